"""What stands on top of every page about one version: title, way back, the rail."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from service.web.rail import rail_flag, rail_steps
from workflows.actions.versions import get_version


def programme_url(version_id: int) -> str:
    """The programme's own page, the hub of all pages about a version."""
    return f"/program/{version_id}"


def version_frame(session: Session, version_id: int, *, rail: bool = True) -> dict[str, Any]:
    """version, the lines above the title, the rail where it is shown; NotFound where there is none."""
    version = get_version(session, version_id)
    back = {"label": _("Program"), "url": programme_url(version_id)}
    eyebrow = version.title if version.number == 1 else f"{version.title} · {_('versi')} {version.number}"
    steps = {"steps": rail_steps(session, version), "flag": rail_flag(version)} if rail else {}
    return {"version": version, "back": back, "eyebrow": eyebrow, **steps}
