"""Any sequence of wishes, faults and changes by others ends as wished once the faults stop; rows of others stay.

The site is in memory: what a wire does to a call is tried
elsewhere, here it is what calls that fail, are lost or are done by halves make of rows.
"""

from __future__ import annotations

import os
from collections.abc import Set
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine

from tests.support.breakable import FAULTS
from tests.support.sync_model import FIRST, LAST, PEOPLE, Town
from tests.support.sync_people import allow_new_accounts, decide_holds
from tests.support.world import make_world

WHO = st.sampled_from(PEOPLE)
WISH = st.sampled_from(("withdraw", "remove", "enrol", "move"))
BATCH = st.sampled_from((1, 2))
DAYS = st.integers(0, (LAST - FIRST).days).map(lambda n: FIRST + timedelta(days=n))
PASSING = sorted(set(FAULTS) - {"rights", "course"})
CAME_ABOUT = {"active", "suspended", "fault"}
BY_OTHERS = {"account suspended", "account deleted"}
RARELY = {"removed", "overtaken", "hold approved", "half", "killed", "meanwhile", "hold declined"}
"""In few sequences; so asked of a long run, and only of one whose sequences are always the same."""
CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


class Alone(RuleBasedStateMachine):
    """What the jobs set right by themselves; only at the brake a person is asked."""

    town: Town

    @initialize(delivered=st.sets(WHO))
    def begin(self, delivered: set[str]) -> None:
        self.town.begin()
        if delivered:
            self.town.enrol(sorted(delivered), 1)
            self.town.sweep()

    @rule(names=st.sets(WHO, min_size=1), number=BATCH)
    def enrol(self, names: set[str], number: int) -> None:
        self.town.enrol(sorted(names), number)

    @rule(name=WHO)
    def withdraw(self, name: str) -> None:
        self.town.withdraw(name)

    @rule(name=WHO)
    def remove(self, name: str) -> None:
        self.town.remove(name)

    @rule(name=WHO, number=BATCH)
    def move(self, name: str, number: int) -> None:
        self.town.move(name, number)

    @rule(number=BATCH, first=DAYS, last=DAYS)
    def change_dates(self, number: int, first, last) -> None:  # type: ignore[no-untyped-def]
        self.town.change_dates(number, min(first, last), max(first, last))

    @rule(names=st.sets(WHO, min_size=2))
    def half_of_a_batch(self, names: set[str]) -> None:
        self.town.platform.half = True
        self.town.enrol(sorted(names), 2)
        self.town.pass_time(hours=2)
        self.town.sweep()

    @rule(when=st.sampled_from(("before", "after")))
    def worker_dies(self, when: str) -> None:
        self.town.killed_sweep(when)

    @rule(username=st.sampled_from(("tamu", "guru")), suspended=st.booleans())
    def teacher_enrols_others(self, username: str, suspended: bool) -> None:
        self.town.teacher_enrols(username, suspended)

    @rule(name=WHO, wish=WISH)
    def wish_while_the_next_call_is_under_way(self, name: str, wish: str) -> None:
        self.town.platform.meanwhile.append(lambda: self.wishes(name, wish))

    def wishes(self, name: str, wish: str) -> None:
        town = self.town
        wishes = {
            "withdraw": lambda: town.withdraw(name),
            "remove": lambda: town.remove(name),
            "enrol": lambda: town.enrol([name], 2),
            "move": lambda: town.move(name, 2),
        }
        wishes[wish]()

    @rule(how=st.sampled_from(("approve", "decline")))
    def brake_is_decided(self, how: str) -> None:
        decide_holds(self.town, how)

    @rule(span=st.sampled_from(({"minutes": 2}, {"hours": 2}, {"days": 1}, {"days": 40})))
    def time_passes(self, span: dict[str, float]) -> None:
        self.town.pass_time(**span)

    @rule()
    def sweep(self) -> None:
        self.town.sweep()

    @rule()
    def sweep_after_a_while(self) -> None:
        self.town.pass_time(hours=2)
        self.town.sweep()

    @rule()
    def compare(self) -> None:
        self.town.compare()

    @rule(kinds=st.lists(st.sampled_from(PASSING), min_size=1, max_size=3))
    def passing_faults(self, kinds: list[str]) -> None:
        self.town.breaks(kinds)

    @rule(name=WHO, number=BATCH, wish=WISH)
    def worker_stands_still_and_is_overtaken(self, name: str, number: int, wish: str) -> None:
        """Before what it sends arrives, the wish changes and another worker does all that is due."""
        town = self.town

        def overtaken() -> None:
            self.wishes(name, wish)
            town.pass_time(minutes=2)
            town.sweep()

        town.enrol([name], 3 - number)
        town.pass_time(hours=2)
        town.sweep()
        town.platform.overtaken.append(overtaken)
        town.move(name, number)
        town.pass_time(hours=2)
        town.sweep()

    @rule(
        names=st.sets(WHO, min_size=4),
        wish=st.sampled_from(("withdraw", "remove")),
        decided=st.sampled_from(("approve", "decline", "not yet")),
    )
    def many_stop_at_once(self, names: set[str], wish: str, decided: str) -> None:
        self.town.enrol(sorted(names), 2)
        self.town.pass_time(hours=2)
        self.town.sweep()
        for name in sorted(names):
            self.wishes(name, wish)
        self.town.sweep()
        if decided != "not yet":
            decide_holds(self.town, decided)

    @invariant()
    def rows_of_others_stay(self) -> None:
        assert self.town.foreign_untouched()
        assert self.town.strangers() == set()

    def teardown(self) -> None:
        self.town.heal()
        assert self.town.wrong() == []
        assert self.town.in_step()
        assert self.town.foreign_untouched()


class Machine(Alone):
    """And what others do on the site, which a person has to set right."""

    @rule(kinds=st.lists(st.sampled_from(sorted(FAULTS)), min_size=1, max_size=3))
    def faults(self, kinds: list[str]) -> None:
        self.town.breaks(kinds)

    @rule(name=WHO, what=st.sampled_from(("suspends", "reactivates", "deletes")))
    def teacher_changes_ours(self, name: str, what: str) -> None:
        self.town.teacher_changes(name, what)

    @rule(name=WHO, what=st.sampled_from(("stops", "opens", "goes")))
    def account_changes_on_the_site(self, name: str, what: str) -> None:
        change = {"stops": self.town.account_stops, "opens": self.town.account_opens}
        change.get(what, self.town.account_goes)(name)

    @rule(names=st.sets(WHO, min_size=3))
    def many_accounts_go(self, names: set[str]) -> None:
        for name in sorted(names):
            self.town.account_goes(name)
        self.town.sweep()

    @rule()
    def new_accounts_are_allowed(self) -> None:
        allow_new_accounts(self.town)

    @rule()
    def course_goes(self) -> None:
        self.town.course_goes()

    @rule()
    def course_comes_back(self) -> None:
        self.town.course_comes_back()


def try_out(
    engine: Engine,
    kind: type[Alone],
    examples: int,
    steps: int,
    *,
    same: bool = True,
    more: Set[str] = frozenset(),
) -> None:
    """``more``: what must come about beside what always does."""
    town = Town.make(make_world(engine))
    machine = type(kind.__name__, (kind,), {"town": town})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=same,
            database=None,
            print_blob=True,
            phases=[Phase.explicit, Phase.generate],  # to shrink takes many times as long as to find
            suppress_health_check=CHECKS,
        ),
    )
    came_about = CAME_ABOUT | more | (BY_OTHERS if kind is Machine and same else set())
    assert came_about <= set(+town.met), f"never tried: {came_about - set(+town.met)}"


@pytest.mark.parametrize("kind", [Alone, Machine])
def test_any_short_sequence_ends_as_wished(engine: Engine, kind: type[Alone]) -> None:
    try_out(engine, kind, 15, 15)


@pytest.mark.long
@pytest.mark.parametrize("kind", [Alone, Machine])
def test_any_long_sequence_ends_as_wished(engine: Engine, kind: type[Alone]) -> None:
    """The same sequences in every run, so that a run tells of a change and not of its luck. With BANGKOM_TEST_EXPLORE
    others each time; what fails is told with the steps, and by ``@reproduce_failure``."""
    explore = "BANGKOM_TEST_EXPLORE" in os.environ
    try_out(engine, kind, 70, 40, same=not explore, more=frozenset() if explore else RARELY)
