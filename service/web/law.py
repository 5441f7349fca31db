"""The numbers of law that the service works with: value, dates, source, and whether anybody verified it (R1)."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.db import reading
from service.web.programmes_edit import rule_words
from service.web.support import page
from workflows.models import LegalParameter, TrainingForm

bp = Blueprint("law", __name__)


@bp.get("/dasar-hukum")
def index() -> str:
    with reading() as session:
        return page(
            "law/index.html", parameters=_parameters(session), forms=_forms(session), rule_words=rule_words
        )


def _parameters(session: Session) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(LegalParameter).order_by(LegalParameter.key, LegalParameter.valid_from.desc())
    )
    return [{"row": row, "value": _plain(json.loads(row.value))} for row in rows]


def _forms(session: Session) -> list[TrainingForm]:
    return list(
        session.scalars(select(TrainingForm).order_by(TrainingForm.name, TrainingForm.valid_from.desc()))
    )


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, bool):
        return str(_("ya") if value else _("tidak"))
    return str(value)
