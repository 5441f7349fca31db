"""Letters: who may enter them, what they may say, and what they do to the timeline of an office (R8, R11)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.support import walk
from tests.support.world import FIRST_DAY, World
from workflows.actions import offices
from workflows.clock import today
from workflows.errors import Conflict, Denied, NotFound, Refused, WorkflowError
from workflows.letters import Letter
from workflows.mandate_rules import latest_end
from workflows.mandates import acting_on
from workflows.models import HistoryRow, MandateRule, OfficeHolding

YESTERDAY, TOMORROW = FIRST_DAY - timedelta(days=1), FIRST_DAY + timedelta(days=1)
LETTER = Letter("800/12/2027", FIRST_DAY)


def appoint(world: World, name: str, kind: str = "plt", by: str = "planner", **changes: Any) -> int:
    given = {"letter": LETTER, "valid_from": FIRST_DAY, "valid_to": date(2027, 4, 18), **changes}
    with world.writing() as session:
        holding = offices.appoint(
            session,
            actor=world.actor(session, by),
            office_id=world.offices["unit_head"],
            person_id=world.people[name],
            kind=kind,
            **given,
        )
        return holding.id


def prolong(world: World, holding: int, until: date, by: str = "planner") -> int:
    with world.writing() as session:
        actor = world.actor(session, by)
        return offices.prolong(session, actor=actor, holding_id=holding, letter=LETTER, valid_to=until).id


def end(world: World, holding: int, last: date, reason: str = "Mutasi", by: str = "planner") -> None:
    with world.writing() as session:
        actor = world.actor(session, by)
        offices.end_mandate(session, actor=actor, holding_id=holding, last_day=last, reason=reason)


def acting(world: World, day: date) -> str:
    with world.trying() as session:
        holding = acting_on(session, day).get(world.offices["unit_head"])
        return world.name_of(holding.person_id) if holding else "nobody"


def definitive(world: World) -> int:
    with world.trying() as session:
        query = select(OfficeHolding.id).where(OfficeHolding.office_id == world.offices["unit_head"])
        return session.scalars(query).one()


def code(error: pytest.ExceptionInfo[WorkflowError]) -> str:
    return error.value.code


def test_a_plt_fills_a_vacant_office_only(world: World) -> None:
    with pytest.raises(Refused) as error:
        appoint(world, "deputy")
    assert code(error) == "not_vacant"
    end(world, definitive(world), YESTERDAY)
    appoint(world, "deputy")
    assert [acting(world, day) for day in (YESTERDAY, FIRST_DAY, date(2027, 4, 18), date(2027, 4, 19))] == [
        "unit_head",
        "deputy",
        "deputy",
        "nobody",
    ]


def test_a_term_beyond_the_rule_or_without_end_is_refused_with_its_source(world: World) -> None:
    end(world, definitive(world), YESTERDAY)
    for last, expected in (
        (date(2027, 4, 19), "term_too_long"),
        (None, "end_missing"),
        (YESTERDAY, "days_swapped"),
    ):
        with pytest.raises(Refused) as error:
            appoint(world, "deputy", valid_to=last)
        assert code(error) == expected
    assert acting(world, FIRST_DAY) == "nobody"


def test_a_mandate_is_prolonged_without_a_gap_once_and_no_longer(world: World) -> None:
    end(world, definitive(world), YESTERDAY)
    first = appoint(world, "deputy")
    with pytest.raises(Refused) as error:
        prolong(world, first, date(2027, 7, 20))
    assert code(error) == "term_too_long"
    second = prolong(world, first, date(2027, 7, 18))
    assert acting(world, date(2027, 4, 19)) == "deputy"
    with pytest.raises(Conflict) as twice:
        prolong(world, first, date(2027, 7, 18))
    assert code(twice) == "prolonged_already"
    with pytest.raises(Refused) as enough:
        prolong(world, second, date(2027, 8, 18))
    assert code(enough) == "prolonged_enough"


def test_what_has_no_end_or_was_ended_is_not_prolonged(world: World) -> None:
    holding = definitive(world)
    with pytest.raises(Conflict):
        prolong(world, holding, date(2027, 4, 18))
    end(world, holding, YESTERDAY)
    plt = appoint(world, "deputy")
    end(world, plt, TOMORROW)
    with pytest.raises(Conflict):
        prolong(world, plt, date(2027, 4, 18))


def test_a_definitive_holder_ends_whoever_filled_the_vacancy(world: World) -> None:
    end(world, definitive(world), YESTERDAY)
    appoint(world, "deputy")
    with pytest.raises(Refused) as error:
        appoint(world, "stranger")
    assert code(error) == "already_filled"
    appoint(world, "stranger", "definitive", valid_from=TOMORROW, valid_to=None)
    assert [acting(world, day) for day in (FIRST_DAY, TOMORROW)] == ["deputy", "stranger"]
    with world.trying() as session:
        ended = session.scalars(select(OfficeHolding).where(OfficeHolding.kind == "plt")).one()
        assert (ended.ended_on, ended.valid_to) == (FIRST_DAY, date(2027, 4, 18))
        assert "definitif" in ended.end_reason


def test_two_definitive_holders_at_once_are_refused(world: World) -> None:
    with pytest.raises(Refused) as error:
        appoint(world, "deputy", "definitive", valid_to=None)
    assert code(error) == "not_vacant"


def test_a_plh_comes_with_a_leave_and_an_unknown_kind_not_at_all(world: World) -> None:
    with pytest.raises(Refused) as error:
        appoint(world, "deputy", "plh")
    assert code(error) == "needs_leave"
    with pytest.raises(Refused) as unknown:
        appoint(world, "deputy", "pjs")
    assert code(unknown) == "kind_unknown"


def test_a_mandate_does_not_end_before_a_decision_made_under_it(world: World) -> None:
    version_id = walk.to_approval(world)
    walk.sign(world, version_id, ["unit_head"])
    with pytest.raises(Refused) as error:
        end(world, definitive(world), YESTERDAY)
    assert code(error) == "decided_later"
    end(world, definitive(world), FIRST_DAY)
    assert acting(world, TOMORROW) == "nobody"
    with pytest.raises(Conflict):
        end(world, definitive(world), FIRST_DAY)


def test_nobody_enters_a_letter_about_themselves(world: World) -> None:
    end(world, definitive(world), YESTERDAY)
    with pytest.raises(Refused) as error:
        appoint(world, "planner")
    assert code(error) == "own_letter"
    holding = appoint(world, "planner", by="planner2")
    with pytest.raises(Refused) as ended:
        end(world, holding, FIRST_DAY)
    assert code(ended) == "own_letter"


def test_a_letter_has_a_number_a_day_that_has_come_and_somebody_in_service(world: World) -> None:
    end(world, definitive(world), YESTERDAY)
    cases: list[tuple[dict[str, Any], str]] = [
        ({"letter": Letter("  ", FIRST_DAY)}, "letter_missing"),
        ({"letter": Letter("800/1", TOMORROW)}, "letter_day"),
    ]
    for changes, expected in cases:
        with pytest.raises(Refused) as error:
            appoint(world, "deputy", **changes)
        assert code(error) == expected
    with world.writing() as session:
        session.get_one(OfficeHolding, definitive(world)).person.left_on = YESTERDAY
    with pytest.raises(Refused) as left:
        appoint(world, "unit_head")
    assert code(left) == "person_left"
    world.offices["unit_head"] = 999
    with pytest.raises(NotFound):
        appoint(world, "deputy")


def test_whoever_left_the_service_acts_in_no_office(world: World) -> None:
    with world.writing() as session:
        session.get_one(OfficeHolding, definitive(world)).person.left_on = YESTERDAY
    assert [acting(world, YESTERDAY), acting(world, FIRST_DAY)] == ["unit_head", "nobody"]


def test_what_happened_to_an_office_stands_in_its_history_names_erasable(world: World) -> None:
    end(world, definitive(world), YESTERDAY)
    prolong(world, appoint(world, "deputy"), date(2027, 7, 18))
    with world.trying() as session:
        rows = session.scalars(select(HistoryRow).where(HistoryRow.stream.like("office:%"))).all()
        assert [row.name for row in rows] == ["office.mandate_ended", "office.appointed", "office.prolonged"]
        assert "Deputy" not in rows[1].payload
        assert json.loads(rows[1].payload)["letter"] == "800/12/2027"
        assert {value.value for value in rows[1].values} == {"Deputy Contoh"}


@pytest.mark.parametrize("name", ["unit_head", "quality", "administrator", "inspector", "author", "stranger"])
def test_letters_are_entered_by_the_agency_alone(world: World, name: str) -> None:
    holding = definitive(world)
    for wish in (
        lambda: appoint(world, "deputy", by=name),
        lambda: prolong(world, holding, date(2027, 4, 18), by=name),
        lambda: end(world, holding, FIRST_DAY, by=name),
    ):
        with pytest.raises(Denied):
            wish()


@pytest.mark.parametrize(
    ("first", "longest", "unit", "last"),
    [
        (date(2026, 11, 2), 3, "months", date(2027, 2, 2)),
        (date(2026, 11, 30), 3, "months", date(2027, 2, 28)),
        (date(2027, 12, 31), 2, "months", date(2028, 2, 29)),
        (date(2027, 1, 1), 12, "months", date(2028, 1, 1)),
        (date(2027, 1, 31), 15, "days", date(2027, 2, 14)),
        (date(2027, 1, 31), None, None, None),
    ],
)
def test_a_term_of_months_ends_on_the_same_day_of_the_month(
    first: date, longest: int | None, unit: str | None, last: date | None
) -> None:
    assert latest_end(MandateRule(longest=longest, longest_unit=unit), first) == last


def test_the_rule_of_the_day_counts(world: World) -> None:
    """A circular that allows five months from tomorrow on leaves today's letters as they are."""
    end(world, definitive(world), YESTERDAY)
    with world.writing() as session:
        old = session.scalars(select(MandateRule).where(MandateRule.kind == "plt")).one()
        assert old.valid_from < today(session)
        session.add(
            MandateRule(
                office="unit_head", kind="plt", occasion="vacant", longest=5, longest_unit="months",
                strategic=False, valid_from=TOMORROW, source_document="edaran baru",
            )
        )  # fmt: skip
    with pytest.raises(Refused):
        appoint(world, "deputy", valid_to=date(2027, 6, 18))
    appoint(world, "deputy", valid_from=TOMORROW, valid_to=date(2027, 6, 19))
