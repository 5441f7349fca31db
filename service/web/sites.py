"""Pages: learning sites and their settings, for the administrator. No secret is ever shown."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from service.db import reading, writing
from service.web import sites_view as view
from service.web.home_sites import site_rows
from service.web.support import actor, page, refused_page
from workflows.actions import sites
from workflows.errors import Refused
from workflows.models import Site
from workflows.rules import require
from workflows.site_settings import BY_NAME

bp = Blueprint("sites", __name__)


@bp.get("/situs")
def index() -> ResponseReturnValue:
    require(actor(), "site.oversee")
    with reading() as session:
        return page("sites/index.html", sites=site_rows(session))


@bp.get("/situs/<code>")
def show(code: str) -> ResponseReturnValue:
    with reading() as session:
        return page("sites/show.html", **view.shown(session, _site(session, code), actor()))


@bp.get("/situs/<code>/ubah")
def edit(code: str) -> ResponseReturnValue:
    with reading() as session:
        site = _site(session, code)
        typed = {name: getattr(site, name) for name in BY_NAME}
        return page("sites/edit.html", **view.form(site, typed))


@bp.post("/situs/<code>/ubah")
def change(code: str) -> ResponseReturnValue:
    me, typed = actor(), {name: request.form[name] for name in BY_NAME if name in request.form}
    try:
        with writing() as session:
            changed = sites.set_site(session, actor=me, code=code, **typed)
    except Refused as error:
        with reading() as session:
            return refused_page("sites/edit.html", error, **view.form(_site(session, code), typed))
    flash(_("Pengaturan disimpan.") if changed else _("Tidak ada yang berubah."), "success")
    return redirect(url_for("sites.show", code=code), 303)


def _site(session: Session, code: str) -> Site:
    require(actor(), "site.oversee")
    return sites.site_of(session, code)
