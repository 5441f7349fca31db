"""What tests of the jobs about accounts look at: the stand-in's own state, ours, and what was told."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from lms_connectors.sandbox import SandboxServer, users
from tests.support.world import World
from workflows.accounts import data_changed
from workflows.models import Enrolment, HistoryRow, Identifier, LmsAccount, Person, SiteLack

CREATE, UPDATE = "core_user_create_users", "core_user_update_users"


def held(moodle: SandboxServer, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with moodle.app.site.store.writing() as db:
        return [tuple(row) for row in db.execute(query, values).fetchall()]


def number_of(world: World, name: str) -> str:
    with world.trying() as session:
        found = select(Identifier.value).where(Identifier.person_id == world.people[name])
        return session.scalars(found).one()


def account_of(world: World, name: str) -> LmsAccount:
    with world.trying() as session:
        query = select(LmsAccount).where(LmsAccount.person_id == world.people[name])
        account = session.scalars(query).one()
        session.expunge(account)
        return account


def states(world: World) -> list[tuple[str, str]]:
    with world.trying() as session:
        rows = session.scalars(select(Enrolment).order_by(Enrolment.id))
        return [(row.status, row.error_text or row.error_code) for row in rows]


def lacks(world: World) -> list[str]:
    with world.trying() as session:
        return list(session.scalars(select(SiteLack.kind)))


def told(world: World, name: str) -> int:
    with world.trying() as session:
        return len(session.scalars(select(HistoryRow.id).where(HistoryRow.name == name)).all())


def rename(world: World, name: str, new: str, email: str) -> None:
    with world.writing() as session:
        person = session.get_one(Person, world.people[name])
        person.name, person.email = new, email
        data_changed(session, [person.id])


def calls(moodle: SandboxServer, function: str) -> int:
    return list(moodle.app.faults.calls).count(function)


def delete(moodle: SandboxServer, number: str) -> None:
    """As an administrator of the site does it."""
    users.delete(moodle.app.site, number)
