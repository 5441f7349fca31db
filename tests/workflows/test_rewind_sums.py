"""A site that was restored: whoever holds one of our numbers now is noticed before anybody is enrolled by it (R26)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workflows.ports import AccountSeen
from workflows.rewind import FEW, WITNESSES, Witness, judge


def ours(number: int) -> Witness:
    return Witness(number, str(number), frozenset({f"nip{number}"}))


def seen(number: int, name: str) -> AccountSeen:
    return AccountSeen(str(number), name)


@given(
    kinds=st.lists(st.booleans(), min_size=1, max_size=120),
    kept=st.integers(0, 120),
    made=st.integers(0, 120),
)
def test_no_number_of_ours_is_used_that_belongs_to_somebody_else(
    kinds: list[bool], kept: int, made: int
) -> None:
    """The site gave out numbers upwards, ours and foreign ones; it was restored to its first ``kept`` accounts, and
    then ``made`` new people got the next numbers."""
    mine = [number for number, is_ours in enumerate(kinds, 1) if is_ours]
    now = {number: f"nip{number}" for number in range(1, min(kept, len(kinds)) + 1)}
    now |= {number: f"stranger{number}" for number in range(len(now) + 1, len(now) + 1 + made)}
    witnesses = [ours(number) for number in sorted(mine, reverse=True)[:WITNESSES]]
    shown = {str(n): seen(n, now[n]) for n in (w.account_id for w in witnesses) if n in now}
    verdict = judge(witnesses, shown)
    wrong = [number for number in mine if now.get(number, "").startswith("stranger")]
    assert verdict.went_back or not wrong
    lost = [number for number in mine if number not in now]
    assert verdict.went_back or len(lost) <= FEW
    if not wrong and not lost:
        assert not verdict.went_back


def test_a_changed_user_name_with_our_id_number_is_the_same_person() -> None:
    witness = Witness(1, "7", frozenset({"nip1", "1990"}))
    assert not judge([witness], {"7": AccountSeen("7", "renamed", "1990")}).went_back
    assert not judge([witness], {"7": AccountSeen("7", "NIP1")}).went_back
    assert judge([witness], {"7": AccountSeen("7", "renamed", "2000")}).moved == (1,)


def test_a_few_deleted_accounts_are_no_restore() -> None:
    witnesses = [ours(number) for number in range(10, 0, -1)]
    shown = {str(n): seen(n, f"nip{n}") for n in range(1, 11 - FEW)}
    assert not judge(witnesses, shown).went_back
    del shown["1"]
    assert judge(witnesses, shown).went_back
    assert not judge([], {}).went_back
