"""Accounts of an older revision: those that we made are known as ours, and everybody is looked at once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import create_engine, select, text

from service.db import upgrade
from tests.support.world import make_world
from workflows.models import LmsAccount


def test_old_accounts_get_their_owner_and_a_first_look(database_url: str) -> None:
    upgrade(database_url)
    engine = create_engine(database_url)
    world = make_world(engine)
    kept = {
        "learner1": ("11", "made", ""),
        "learner2": ("12", "found", ""),
        "learner3": (None, "missing", ""),
    }
    with world.writing() as session:
        for name, (remote_id, status, reason) in kept.items():
            session.add(
                LmsAccount(
                    site_id=world.site, person_id=world.people[name], remote_id=remote_id, status=status,
                    reason=reason, checked_at=world.clock.now(),
                )
            )  # fmt: skip
    engine.dispose()
    upgrade(database_url, "0019")
    upgrade(database_url)
    engine = create_engine(database_url)
    world.engine = engine
    with world.trying() as session:
        rows = session.scalars(select(LmsAccount).order_by(LmsAccount.id)).all()
        assert [(row.ours, row.reason, row.looks) for row in rows] == [
            (True, "", 0),
            (False, "", 0),
            (False, "missing", 0),
        ]
        assert all(row.check_at is not None for row in rows)
        (moment,) = {row.check_at for row in rows}
        assert moment.utcoffset() == timedelta(0)
        assert session.execute(text("SELECT count(*) FROM site_lack")).scalar_one() == 0
    engine.dispose()
