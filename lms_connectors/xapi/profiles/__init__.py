"""Readers that turn the statements of one kind of sender into facts, by name.

A reader never guesses who is meant: whether an account names a user id or a user name is a setting of the
site, since the statement alone does not tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from lms_connectors.xapi.profiles import moodle_logstore
from workflows.ports import LearningFact


class StatementProfile(Protocol):
    def __call__(
        self, statement: Mapping[str, Any], *, account_kind: str, stored: datetime
    ) -> LearningFact | None:
        """The fact that a valid statement tells, or None when it is no concern of ours.

        ``account_kind``: ``id`` or ``username``, what an account's name is on that site; ``email``: actors go
        by e-mail only. ``stored``: the time of effect of a statement without a timestamp (xAPI 1.0.3 Data
        2.4.7).
        """


_PROFILES: dict[str, StatementProfile] = {"moodle_logstore": moodle_logstore.read_fact}


def names() -> tuple[str, ...]:
    return tuple(sorted(_PROFILES))


def get(name: str) -> StatementProfile:
    """The reader called ``name``; raises ValueError that lists the known ones."""
    try:
        return _PROFILES[name]
    except KeyError:
        raise ValueError(f"unknown statement profile {name!r}; known: {', '.join(names())}") from None
