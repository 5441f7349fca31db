"""How the made-up people are employed, and what they are assigned to beside their post."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from service.demo.seed.cast import Member
from workflows.models import Assignment, Employment

AT_WORK_SINCE = date(2025, 1, 2)
ASSIGNED_SINCE = date(2026, 1, 5)
YEARLY = ((date(2025, 10, 1), date(2026, 9, 30)), (date(2026, 10, 1), date(2027, 9, 30)))
"""Agreements of part-time contract staff are set per year (KepmenPANRB 16/2025)."""
YEARS = 5
NOT_ENTERED = 9
"""Every so many people the agreement is not entered, as it happens: the pages say so."""


def employments(member: Member) -> Iterator[Employment]:
    """PNS without an agreement; PPPK for five years from the year in their number; part-time year by year."""
    if member.kind == "pns":
        yield Employment(person_id=member.id, kind="pns", valid_from=AT_WORK_SINCE)
    elif member.kind == "pppk":
        begins = date(int(member.number[8:12]), 3, 1)
        entered = int(member.number[15:]) % NOT_ENTERED != 0
        yield Employment(
            person_id=member.id,
            kind="pppk",
            contract_from=begins if entered else None,
            contract_to=date(begins.year + YEARS, 2, 28) if entered else None,
            valid_from=begins,
        )
    else:
        for begins, ends in YEARLY:
            yield Employment(
                person_id=member.id,
                kind="pppk_part_time",
                contract_from=begins,
                contract_to=ends,
                valid_from=begins,
                valid_to=ends,
            )


def assignments(cast: Sequence[Member], kinds: Mapping[str, int]) -> Iterator[Assignment]:
    """In each unit: who leads a section carries out the budget activity, the first two of the staff help."""
    seen: dict[str, int] = {}
    for member in cast:
        place = "section" if member.rank == "section" else None
        if member.rank == "staff":
            seen[member.unit] = seen.get(member.unit, 0) + 1
            place = str(seen[member.unit])
        code = {"section": "technical_executor", "1": "data_steward", "2": "service_operator"}.get(
            place or ""
        )
        if code is not None:
            yield Assignment(
                person_id=member.id,
                kind_id=kinds[code],
                letter_no=f"800.1.11/{kinds[code]}/2026 (contoh)",
                valid_from=ASSIGNED_SINCE,
            )
