"""Held stops go back to an older release as rows that wait, and sites get the limits that are in force by default."""

from __future__ import annotations

from sqlalchemy import create_engine, select, text

from service.db import upgrade
from tests.support import walk
from tests.support.world import make_world
from workflows.models import Enrolment, Site, SyncHold, SyncHoldRow


def test_down_and_up_again_with_stops_that_wait_for_a_person(database_url: str) -> None:
    upgrade(database_url)
    engine = create_engine(database_url)
    world = make_world(engine)
    ids = walk.enrol(world, walk.to_approved(world), ["learner1", "learner2"])
    with world.writing() as session:
        hold = SyncHold(
            site_id=world.site, course_ref="7", held_at=world.clock.now(), reached=1, base=2, crossed="share"
        )
        session.add(hold)
        session.flush()
        row = session.get_one(Enrolment, ids[0])
        row.desired, row.status, row.stop_cause = "suspended", "held", "decision"
        session.add(
            SyncHoldRow(
                hold_id=hold.id,
                enrolment_id=ids[0],
                desired="suspended",
                cause="decision",
                held_at=hold.held_at,
            )
        )
    engine.dispose()
    upgrade(database_url, "0021")
    engine = create_engine(database_url)
    with engine.connect() as connection:
        older = connection.execute(text("SELECT desired, status FROM enrolment ORDER BY id")).all()
    engine.dispose()
    assert [tuple(one) for one in older] == [("suspended", "waiting"), ("active", "waiting")]
    upgrade(database_url)
    engine = create_engine(database_url)
    world.engine = engine
    with world.trying() as session:
        site = session.get_one(Site, world.site)
        limits = (site.brake_least, site.brake_most, site.brake_percent, site.brake_hours)
        assert limits == (3, 50, 20, 24)
        assert session.scalars(select(SyncHold)).all() == []
        assert {row.stop_agreed for row in session.scalars(select(Enrolment))} == {""}
    engine.dispose()
