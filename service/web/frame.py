"""What the frame of every page shows: profile, person, places, how much waits."""

from __future__ import annotations

from typing import Any

from flask import Flask, request, url_for
from flask_babel import gettext as _
from flask_babel import pgettext
from sqlalchemy.orm import Session

from service import dates, languages
from service.current import bangkom
from service.db import reading
from service.sso import current_login
from service.web.mandate_words import office_with_kind
from service.web.site_trouble import held_stops, troubled_sites
from service.web.support import actor
from workflows.clock import today
from workflows.mandates import holdings_of
from workflows.models import Person
from workflows.rules import allowed
from workflows.signers import tasks_for

SIGNERS = frozenset(
    {"unit_head", "hrd_agency_head", "finance_officer", "authorised_official", "personnel_authority"}
)


def fill(app: Flask) -> None:
    app.context_processor(_frame)
    app.jinja_env.filters.update(
        long_date=dates.long_date, short_date=dates.short_date, moment=dates.moment, rupiah=dates.rupiah
    )


def _frame() -> dict[str, Any]:
    frame: dict[str, Any] = {
        "profile": bangkom().profile,
        "language": languages.chosen(),
        "language_url": url_for("language.choose"),
        "home_url": url_for("home.index"),
        "emblem_url": url_for("home.emblem"),
        "seals_url": url_for("seals.index"),
        "proof_url": url_for("authenticity.check"),
    }
    login = current_login()
    if login is None:
        return frame
    with reading() as session:
        frame.update(_person(session))
    frame["logout_url"] = url_for("sso.logout")
    frame["places"] = _places(frame["tasks_waiting"])
    frame["actor"] = actor()
    return frame


def _person(session: Session) -> dict[str, Any]:
    me, day = actor(), today(session)
    person = session.get_one(Person, me.person)
    oversees = allowed(me, "enrolment.oversee")
    holdings = holdings_of(session, me.person, day)
    waiting = len(tasks_for(session, me.person, day)) if holdings else 0
    return {
        "person": {
            "name": person.name,
            "office": office_with_kind(holdings[0].office.title, holdings[0].kind) if holdings else "",
        },
        "tasks_waiting": waiting,
        "waiting_url": url_for("approvals.waiting"),
        "site_troubles": troubled_sites(session) if oversees else [],
        "held_stops": held_stops(session) if oversees else [],
    }


def _places(waiting: int) -> list[dict[str, Any]]:
    places = (
        ("home", "home.index", _("Beranda"), 0),
        ("approvals", "approvals.waiting", _("Perlu keputusan"), waiting),
        ("programmes", "programmes.index", pgettext("all of them", "Program"), 0),
        ("me", "me.index", _("Saya"), 0),
    )
    return [
        {"label": label, "url": url_for(endpoint), "current": request.blueprint == name, "count": count}
        for name, endpoint, label, count in places
    ]
