"""The labelled bar that moves the demo's clock forward; due jobs run at once."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, Flask, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.current import bangkom
from service.dates import moment
from service.db import writing
from service.demo.clock import MovableClock
from service.web.support import back_path
from workflows.clock import now, today, zone_of
from workflows.models import ProgrammeVersion

STEPS = {"day": timedelta(days=1), "week": timedelta(weeks=1), "four_months": timedelta(days=123)}
END_OF_DAY = time(17, 0)


def add_bar(app: Flask, clock: MovableClock) -> None:
    bp = Blueprint("demo", __name__)

    @bp.post("/peragaan/jam")
    def forward() -> ResponseReturnValue:
        with writing() as session:
            step = _step(session, request.form.get("by", ""))
            if step is not None:
                clock.forward(session, step)
        if step is None:
            flash(_("Tidak ada pelatihan yang sedang berjalan."), "warning")
        bangkom().nudge()
        return redirect(back_path(), 303)

    @app.context_processor
    def bar() -> dict[str, Any]:
        return {"demo_clock": {"now": moment(clock.now()), "url": url_for("demo.forward")}}

    app.register_blueprint(bp)


def _step(session: Session, by: str) -> timedelta | None:
    return _until_sessions_end(session) if by == "sessions_end" else STEPS.get(by, timedelta(0))


def _until_sessions_end(session: Session) -> timedelta | None:
    """To the late afternoon of the last day of the training that ends next."""
    last_days = session.scalars(
        select(ProgrammeVersion.ends_on)
        .where(
            ProgrammeVersion.state.in_(("approved", "running")),
            ProgrammeVersion.closed_as.is_(None),
            ProgrammeVersion.ends_on >= today(session),
        )
        .order_by(ProgrammeVersion.ends_on)
    )
    for day in last_days:
        step = datetime.combine(day, END_OF_DAY, zone_of(session)) - now(session)
        if step > timedelta(0):
            return step
    return None
