"""Roles, and how a person comes by each: by a claim of the token, by a grant, or by an office alone."""

from __future__ import annotations

BY_OFFICE = ("unit_head", "hrd_agency_head", "authorised_official", "personnel_authority")
"""Only a letter gives these: whoever signs holds an office on that day (R8, R11)."""
GRANTED = (
    "administrator",
    "hrd_agency",
    "quality_team",
    "unit_operator",
    "finance_officer",
    "preparer",
    "inspectorate",
    "dpo",
    "partner",
)
"""An administrator may grant these, and the map of claims may give them."""
CLAIMED = frozenset(GRANTED)
