"""The calendar of surveys: waves open and close by themselves; spent secrets go (R34, R37)."""

from __future__ import annotations

from sqlalchemy import Engine, select, text

from service.jobs.context import JobContext
from workflows.actions import surveys
from workflows.actor import CLOCK
from workflows.clock import today
from workflows.models import ProgrammeVersion, Survey, Wave


def open_and_close_due(context: JobContext) -> int:
    """Open waves whose day has come, invite late joiners, close those whose last day is over. How many changed."""
    with context.writing() as session:
        day = today(session)
        living = (
            select(Wave.id)
            .join(Survey)
            .join(ProgrammeVersion)
            .where(ProgrammeVersion.closed_as.is_(None), ProgrammeVersion.state.in_(("approved", "running")))
        )
        opening = session.scalars(living.where(Wave.status == "planned", Wave.opens_on <= day)).all()
        closing = session.scalars(living.where(Wave.status == "open", Wave.closes_on < day)).all()
        still_open = session.scalars(living.where(Wave.status == "open", Wave.closes_on >= day)).all()
    for wave_id in opening:
        with context.writing() as session:
            surveys.open_wave(session, actor=CLOCK, wave_id=wave_id)
    for wave_id in still_open:
        with context.writing() as session:
            surveys.invite(session, session.get_one(Wave, wave_id))
    for wave_id in closing:
        close_wave(context, wave_id)
    return len(opening) + len(closing)


def close_wave(context: JobContext, wave_id: int) -> None:
    with context.writing() as session:
        surveys.close_wave(session, actor=CLOCK, wave_id=wave_id)
    sweep_away(context)


def sweep_away(context: JobContext) -> None:
    """Old versions of answers leave the database's files too: dead rows on PostgreSQL, the log on SQLite."""
    with context.writing() as session:
        bind = session.get_bind()
    if bind.dialect.name == "sqlite":
        _shorten_log(bind.engine)
        return
    with bind.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM answer"))


def _shorten_log(engine: Engine) -> None:
    """Below SQLAlchemy, whose connections begin a transaction first: a checkpoint inside one is refused."""
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def destroy_spent(context: JobContext) -> int:
    """Remove the secrets of surveys that are evaluated or cancelled. How many went."""
    with context.writing() as session:
        store = surveys.secrets_of(session)
        existing = set(store.names())
        spent = [name for name in surveys.spent_secrets(session) if name in existing] if existing else []
    for name in spent:
        store.destroy(name)
    return len(spent)
