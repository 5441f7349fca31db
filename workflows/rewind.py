"""Has a site gone back in time? Plain data, no database (R26).

A site that was restored from a backup no longer knows the newest accounts, and gives their numbers out again. So the
witnesses are those accounts of ours with the highest numbers: where a platform numbers upwards, a backup that touches
any number that we hold touches the highest one. A number that now belongs to somebody else is enough to stop; of
accounts that are merely gone there may be a few, since people delete accounts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflows.ports import AccountSeen

WITNESSES = 25
"""Looked up in one call before each run over a course."""
FEW = 2
"""So many of them may be gone."""


@dataclass(frozen=True, slots=True)
class Witness:
    """An account as we know it. ``names``: user names and ID numbers by which it would be this person's, lower case;
    empty where the site never told us its user name."""

    account_id: int
    remote_id: str
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """By our own ids of accounts. ``looked``: how many witnesses there were."""

    looked: int
    gone: tuple[int, ...] = ()
    moved: tuple[int, ...] = ()
    """Their number now carries another user name and another ID number."""

    @property
    def went_back(self) -> bool:
        return bool(self.moved) or len(self.gone) > FEW


def judge(witnesses: Sequence[Witness], seen: Mapping[str, AccountSeen]) -> Verdict:
    """``seen``: what the site shows, by its numbers."""
    gone = tuple(one.account_id for one in witnesses if one.remote_id not in seen)
    moved = tuple(
        one.account_id
        for one in witnesses
        if one.names and (told := _names(seen.get(one.remote_id))) and not one.names & told
    )
    return Verdict(len(witnesses), gone, moved)


def _names(seen: AccountSeen | None) -> frozenset[str]:
    """Empty where the account is gone, or the site does not tell."""
    if seen is None:
        return frozenset()
    return frozenset(name.casefold() for name in (seen.username, seen.idnumber) if name)
