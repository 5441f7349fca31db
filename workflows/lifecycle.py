"""The life of a programme version: its states, its moves, and what must hold for each (DOMAIN.md 3.1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session
from statemachine import State, StateChart

from workflows import guards
from workflows.actor import Actor
from workflows.errors import N_, Conflict, NotFound
from workflows.events import version_stream
from workflows.history import record
from workflows.models import ProgrammeVersion
from workflows.rules import require


class ProgrammeLifecycle(StateChart[Any]):
    """Six states, six moves between them; a version is born ``proposed``. Everything else is a flag."""

    allow_event_without_transition = False
    catch_errors_as_events = False
    atomic_configuration_update = True
    enable_self_transition_entries = False

    proposed = State(initial=True)
    participatory_review = State()
    approved = State()
    running = State()
    evaluated = State()
    revised = State(final=True)

    open_review = proposed.to(participatory_review, validators=guards.may_open_review)
    return_for_changes = participatory_review.to(proposed, validators=guards.may_return_for_changes)
    approve = participatory_review.to(approved, validators=guards.may_approve)
    start = approved.to(running, validators=guards.may_start)
    evaluate = running.to(evaluated, validators=guards.may_evaluate)
    revise = evaluated.to(revised, validators=guards.may_revise)

    not_yet_checked = {
        "approve": ("R23: partner paper covers all dates", "R4: schedule within the daily and monthly caps"),
    }
    """Guards that later work adds; written here so that nobody believes they hold."""


MOVES_FROM: dict[str, frozenset[str]] = {}
for _state in ProgrammeLifecycle.states:
    for _transition in _state.transitions:
        for _event in _transition.events:
            MOVES_FROM[str(_event)] = MOVES_FROM.get(str(_event), frozenset()) | {str(_state.value)}
"""Move -> the states from which it leads on; made from the class once, used by lists and pages."""

PAST_TENSE = {
    "open_review": "programme.review_opened",
    "return_for_changes": "programme.returned_for_changes",
    "approve": "programme.approved",
    "start": "programme.started",
    "evaluate": "programme.evaluated",
    "revise": "programme.revised",
}


class _Place:
    """The one attribute that the library may write; never the ORM row itself."""

    def __init__(self, state: str) -> None:
        self.state = state


def move(
    session: Session,
    version: ProgrammeVersion,
    name: str,
    *,
    actor: Actor,
    relations: Iterable[str] = (),
    personal: dict[str, str] | None = None,
    told: dict[str, Any] | None = None,
    **given: Any,
) -> None:
    """Take ``version`` along the move ``name``: permission, then state, then rules, then the new state.

    ``given`` goes to the guard; ``told`` and ``personal`` go into the history row. Raises NotFound for an
    unknown move, Denied, Conflict for a wrong state, Refused where a rule speaks against it.
    """
    if name not in MOVES_FROM:
        raise NotFound("unknown_move", N_("Tidak ada langkah bernama itu."))
    require(actor, f"programme.{name}", relations)
    ensure_state(version, MOVES_FROM[name])
    place = _Place(version.state)
    machine = ProgrammeLifecycle(place)
    machine.send(name, session=session, version=version, **given)
    version.state = place.state
    record(
        session,
        PAST_TENSE[name],
        stream=version_stream(version.id),
        actor=actor,
        personal=personal,
        **(told or {}),
    )


def ensure_state(version: ProgrammeVersion, states: Iterable[str]) -> None:
    """Raise Conflict unless the version is alive and in one of the states."""
    if version.closed_as is not None:
        raise Conflict(
            "closed", N_("Program ini sudah berakhir dan tidak dapat diubah lagi."), rule="DOMAIN 3.1"
        )
    if version.state not in states:
        raise Conflict(
            "wrong_state",
            N_(
                "Langkah ini tidak tersedia pada keadaan program sekarang. Muat ulang halaman untuk melihat keadaannya."
            ),
            rule="DOMAIN 3.1",
        )
