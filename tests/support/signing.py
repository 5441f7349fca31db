"""Signing in a made-up world: tasks, what was shown, good evidence, one decision or the whole chain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.world import CHAIN, World
from workflows.actions import decisions
from workflows.actions.decisions import Item, Result, shown_fingerprint
from workflows.evidence import Evidence
from workflows.fingerprint import merkle_root
from workflows.models import ApprovalRequest, ApprovalStep, ApprovalTask, Decision, ProgrammeVersion


def task_of(session: Session, version_id: int, role: str) -> ApprovalTask:
    """The task of that step in the newest request."""
    return session.scalars(
        select(ApprovalTask)
        .join(ApprovalTask.request)
        .join(ApprovalTask.step)
        .where(ApprovalRequest.version_id == version_id, ApprovalStep.code == role)
        .order_by(ApprovalTask.id.desc())
    ).first()


def item_for(
    session: Session, version_id: int, role: str, outcome: str = "approve", reason: str = "", **more: Any
) -> Item:
    task = task_of(session, version_id, role)
    shown = shown_fingerprint(session.get_one(ProgrammeVersion, version_id), task)
    return Item(
        task.id, outcome, shown, reason or ("" if outcome == "approve" else "Perlu diperbaiki"), **more
    )


def proof(items: Sequence[Item], kind: str = "sso") -> Evidence:
    """What a step-up over exactly this list gives."""
    leaves = tuple(item.leaf for item in items)
    return Evidence(
        kind=kind, iss="https://idp.test", sub="s", fingerprint=merkle_root(leaves), leaves=leaves
    )


def decide(
    world: World, name: str, version_id: int, role: str, outcome: str = "approve", **more: Any
) -> Result:
    """One decision with good evidence in its own transaction."""
    with world.writing() as session:
        items = [item_for(session, version_id, role, outcome, **more)]
        return decisions.decide(
            session, actor=world.actor(session, name), items=items, evidence=proof(items)
        )[0]


def sign(world: World, version_id: int, roles: Iterable[str] = CHAIN) -> None:
    """The definitive holders sign these steps, one after the other."""
    for role in roles:
        result = decide(world, role, version_id, role)
        if result.error is not None:
            raise result.error


def select_decisions(session: Session, role: str) -> Sequence[Decision]:
    """Every decision about that step, void ones too."""
    return session.scalars(
        select(Decision)
        .join(Decision.task)
        .join(ApprovalTask.step)
        .where(ApprovalStep.code == role)
        .order_by(Decision.id)
    ).all()
