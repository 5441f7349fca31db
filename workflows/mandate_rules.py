"""What the kinds of mandates may be and do on a day, as data says (R8, R10). What no rule names is not allowed."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workflows.models import MandateRule, Office
from workflows.parameters import value_on


@dataclass(frozen=True, slots=True)
class MandateRules:
    """``by_place``: (office code, role or empty text; kind) -> rule, in force on one day."""

    by_place: Mapping[tuple[str, str], MandateRule]

    def of(self, kind: str, office: Office) -> MandateRule | None:
        """The office's own rule, else that of its role, else the one for all."""
        for place in (office.code, office.role, ""):
            found = self.by_place.get((place, kind))
            if found is not None:
                return found
        return None

    def may_be_strategic(self, kind: str, office: Office) -> bool:
        """A definitive holder may; who acts for one only where a rule says so."""
        rule = self.of(kind, office)
        return kind == "definitive" if rule is None else rule.strategic

    def kinds_for(self, office: Office) -> list[MandateRule]:
        """Every kind that this office knows."""
        kinds = dict.fromkeys(kind for _place, kind in self.by_place)
        return [rule for kind in kinds if (rule := self.of(kind, office)) is not None]


def mandate_rules(session: Session, day: date) -> MandateRules:
    """The rules in force on that day, in one query; the youngest where two overlap."""
    rows = session.scalars(
        select(MandateRule)
        .where(
            MandateRule.valid_from <= day, or_(MandateRule.valid_to.is_(None), MandateRule.valid_to >= day)
        )
        .order_by(MandateRule.valid_from, MandateRule.id)
    )
    return MandateRules({(row.office, row.kind): row for row in rows})


def latest_end(rule: MandateRule, first: date) -> date | None:
    """The last day that one letter may name; None where the rule sets no term.

    Three months from 2 November end on 2 February: months count to the same day of the month, as letters do.
    """
    if rule.longest is None:
        return None
    if rule.longest_unit == "days":
        return first + timedelta(days=rule.longest - 1)
    year, month = divmod(first.year * 12 + first.month - 1 + rule.longest, 12)
    return date(year, month + 1, min(first.day, calendar.monthrange(year, month + 1)[1]))


def working_days(session: Session, first: date, last: date) -> int:
    """Mondays to Fridays from first to last, both counted, without the holidays that the parameter lists."""
    holidays = {date.fromisoformat(text) for text in value_on(session, "calendar.holidays", first)}
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return sum(day.weekday() < 5 and day not in holidays for day in days)
