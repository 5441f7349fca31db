"""One site: whether it listens, how it is set, what was changed lately."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from service.config import BadSetting
from service.current import bangkom
from service.web.history_view import event_of
from service.web.home_sites import health
from service.web.sites_words import LABELS, fields
from service.web.sites_words import shown as settings_shown
from workflows.actor import Actor
from workflows.events import site_stream
from workflows.models import HistoryRow, Site

LATEST = 5


def shown(session: Session, site: Site, actor: Actor) -> dict[str, Any]:
    """``site``, its ``state``, ``groups`` of settings, whether its token is set, the latest ``events``."""
    return {
        "site": site,
        "state": health(site),
        "groups": settings_shown(site),
        "has_token": has_token(site),
        "events": _events(session, site, actor),
    }


def has_token(site: Site) -> bool:
    """Whether a token is set for the site; the token itself is never looked at here."""
    try:
        bangkom().settings.site_token(site.code)
    except BadSetting:
        return False
    return True


def _events(session: Session, site: Site, actor: Actor) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(HistoryRow)
        .where(HistoryRow.stream == site_stream(site.id))
        .options(joinedload(HistoryRow.actor), selectinload(HistoryRow.values))
        .order_by(HistoryRow.seq.desc())
        .limit(LATEST)
    )
    return [event_of(row, actor, named=True) for row in rows]


def form(site: Site, typed: dict[str, Any]) -> dict[str, Any]:
    """The form, filled with ``typed`` by name of setting."""
    return {"site": site, "typed": typed, "groups": fields(typed), "name_label": LABELS["name"]}
