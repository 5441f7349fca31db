"""Every table of meaning that holds something about a person: one entry for each column that names one.

A new column that names a person belongs into one of these lists, or with its reason in tests/structure/not_held.txt.
"""

from __future__ import annotations

from workflows.held import Held
from workflows.held_deeds import DEEDS
from workflows.held_learning import LEARNING
from workflows.held_looks import LOOKS
from workflows.held_people import PERSON
from workflows.held_preparing import PREPARING
from workflows.held_privacy import PRIVACY
from workflows.held_taking_part import TAKING_PART

TABLES: tuple[Held, ...] = (*PERSON, *TAKING_PART, *LEARNING, *DEEDS, *PREPARING, *LOOKS, *PRIVACY)
