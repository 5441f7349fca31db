"""Pages: a course for a version is made from a template, and tried again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from service.current import bangkom
from service.db import reading, writing
from service.web import courses_view as view
from service.web.programmes_course import sites
from service.web.programmes_form import Typed
from service.web.support import actor, page, refused_page
from service.web.version_frame import version_frame
from workflows.actions import courses
from workflows.errors import Conflict, Refused, WorkflowError
from workflows.lifecycle import ensure_state
from workflows.rules import require

bp = Blueprint("courses", __name__)


@bp.get("/program/<int:version_id>/kelas/baru")
def new(version_id: int) -> ResponseReturnValue:
    return page("courses/new.html", **_form(version_id, Typed({}), None))


@bp.post("/program/<int:version_id>/kelas/baru")
def order(version_id: int) -> ResponseReturnValue:
    require(actor(), "course.order")
    typed = Typed(request.form)
    if typed.asks_for_more:
        return page("courses/new.html", **_form(version_id, typed, view.offered(typed)))
    try:
        site_id, template, category = view.picked(typed)
        with writing() as session:
            courses.order_course(
                session,
                actor=actor(),
                version_id=version_id,
                site_id=site_id,
                template=template,
                category=category,
            )
    except (Refused, Conflict) as error:
        return _again(version_id, typed, error)
    bangkom().nudge()
    flash(_("Kelas dipesan. Begitu dibuat di Moodle, kelasnya tertaut dengan sendirinya."), "success")
    return redirect(url_for("sync.show", version_id=version_id), 303)


@bp.post("/program/<int:version_id>/kelas/ulang")
def retry(version_id: int) -> ResponseReturnValue:
    with writing() as session:
        courses.retry_course(session, actor=actor(), version_id=version_id)
    bangkom().nudge()
    flash(_("Kelas dicoba lagi sekarang."), "success")
    return redirect(url_for("sync.show", version_id=version_id), 303)


def _again(version_id: int, typed: Typed, error: WorkflowError) -> ResponseReturnValue:
    """The form with what was typed; the choices are asked for anew, where the site lets us."""
    search = view.offered(typed) if typed.text("site_id") else None
    return refused_page("courses/new.html", error, **_form(version_id, typed, search))


def _form(version_id: int, typed: Typed, search: dict[str, Any] | None) -> dict[str, Any]:
    require(actor(), "course.order")
    with reading() as session:
        frame = version_frame(session, version_id, rail=False)
        ensure_state(frame["version"], ("approved",))
        return {**frame, "typed": typed.form, "search": search, "sites": sites()}
