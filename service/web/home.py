"""Pages: a person's own first page, and the answer for load balancers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for
from sqlalchemy.orm import Session

from service.current import bangkom
from service.db import reading
from service.web.approvals_view import orphan_rows, waiting_rows
from service.web.breaches_view import waiting_breaches
from service.web.course_words import course_state
from service.web.data_requests_view import count_waiting
from service.web.home_asked import asked_of
from service.web.home_board import board
from service.web.home_sites import site_rows
from service.web.me_view import courses_of, jp_entries, needs_of, year_of
from service.web.offices_view import alarm_rows
from service.web.preparations_view import preparing_count
from service.web.sign_ins_view import count_open
from service.web.support import actor, page
from workflows.clock import today
from workflows.models import Person
from workflows.rules import allowed

bp = Blueprint("home", __name__)


@bp.get("/lambang.svg")
def emblem() -> Response:
    """The region's emblem, from the profile."""
    headers = {"Cache-Control": "public, max-age=3600"}
    return Response(bangkom().profile.logo.read_bytes(), mimetype="image/svg+xml", headers=headers)


@bp.get("/sehat")
def healthy() -> str:
    """For a load balancer: the process answers. ``doctor`` says more."""
    return "ok\n"


@bp.get("/")
def index() -> str:
    with reading() as session:
        return page("home/index.html", **_mine(session), **_by_role(session))


def _mine(session: Session) -> dict[str, Any]:
    """What every ASN has: lesson hours, what is asked of them, the way of their needs."""
    me, day = actor(), today(session)
    person = session.get_one(Person, me.person)
    courses = [(row, course_state(session, row)) for row in courses_of(session, me.person)]
    return {
        "me": person,
        "year": year_of(session, person, day, jp_entries(session, me.person)),
        "courses": [(row, state) for row, state in courses if row.completion is None][:3],
        "asked": asked_of(session, me, day),
        "needs": needs_of(session, me.person)[:3],
        "file_url": url_for("needs.new"),
        "decisions": waiting_rows(session, me),
        "preparing": preparing_count(session, me),
    }


def _by_role(session: Session) -> dict[str, Any]:
    """Agency: the board and the queue nobody may sign; administrator: the sites."""
    me, day = actor(), today(session)
    plans, runs = allowed(me, "programme.propose"), "administrator" in me.roles
    return {
        "board": board(session, day) if plans else None,
        "orphans": orphan_rows(session) if allowed(me, "approval.oversee") else [],
        "alarms": alarm_rows(session, day) if allowed(me, "office.oversee") else [],
        "offices_url": url_for("offices.index") if allowed(me, "office.oversee") else "",
        "sites": site_rows(session) if runs else [],
        "breaches": waiting_breaches(session) if allowed(me, "breach.oversee") else [],
        "breaches_url": url_for("breaches.index") if allowed(me, "breach.oversee") else "",
        "data_requests": count_waiting(session) if allowed(me, "request.answer") else 0,
        "privacy_url": url_for("privacy.index") if allowed(me, "privacy.oversee") else "",
        "refused": count_open(session) if allowed(me, "sign_in.oversee") else 0,
        "devices_url": url_for("devices_admin.index") if allowed(me, "session.end") else "",
        "people_url": url_for("persons.index") if allowed(me, "person.oversee") else "",
        "units_url": url_for("units.index") if allowed(me, "unit.oversee") else "",
        "roles_url": url_for("roles.index") if allowed(me, "role.oversee") else "",
        "audit_url": url_for("audit.index") if allowed(me, "audit.read") else "",
        "facts_url": url_for("facts.index") if allowed(me, "fact.oversee") else "",
        "sync_url": url_for("sync_row.index") if allowed(me, "enrolment.oversee") else "",
    }
