"""What stands on top of every page about one version: title, way back, the rail."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from service.web.rail import rail_flag, rail_steps
from workflows.actions.versions import get_version
from workflows.models import ProgrammeVersion


def version_frame(session: Session, version_id: int, *, rail: bool = True) -> dict[str, Any]:
    """version, the lines above the title, the rail where it is shown; NotFound where there is none."""
    version = get_version(session, version_id)
    back = {"label": _("Program"), "url": url_for("programmes.show", version_id=version_id)}
    eyebrow = version.title if version.number == 1 else _title(version)
    steps = {"steps": rail_steps(session, version), "flag": rail_flag(version)} if rail else {}
    return {"version": version, "back": back, "eyebrow": eyebrow, **steps}


def _title(version: ProgrammeVersion) -> str:
    return str(_("%(title)s · versi %(number)s", title=version.title, number=version.number))
