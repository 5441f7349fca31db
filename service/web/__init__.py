"""Pages. A route reads, calls one use case named by a verb, and answers."""

from __future__ import annotations

from flask import Flask

from service.web import (
    approvals,
    audit,
    authenticity,
    batches,
    brakes,
    breaches,
    courses,
    data_requests,
    devices,
    devices_admin,
    drift,
    evaluations,
    facts,
    first_run,
    history,
    home,
    kept,
    language,
    law,
    me,
    my_data,
    needs,
    numbers,
    offices,
    participants,
    people_imports,
    persons,
    preparations,
    privacy,
    programmes,
    reviews,
    rewind,
    roles,
    seals,
    sign_ins,
    sites,
    surveys,
    sync,
    sync_accounts,
    sync_row,
    sync_site,
    targets,
    units,
)

LIMITED = frozenset({"seals.index", "seals.text", "authenticity.check"})
"""Public pages that anybody may ask for, so many times a minute from one address."""

PUBLIC = LIMITED | {
    "home.healthy",
    "home.emblem",
    "language.choose",
    "xapi.about",
    "xapi.statements",
    "xapi.elsewhere",
}
"""End points that need no sign-in: health, language, seals and proof of decisions, and xAPI, which has its own keys."""

NEVER_KEPT = frozenset({"surveys"})
"""Blueprints whose forms are never kept past a session's end: an answer has no copy, no time and no name (R37)."""

PAGES = (
    home,
    needs,
    numbers,
    programmes,
    reviews,
    rewind,
    approvals,
    preparations,
    offices,
    units,
    participants,
    batches,
    courses,
    sync,
    drift,
    sync_row,
    sync_site,
    sync_accounts,
    facts,
    surveys,
    evaluations,
    history,
    me,
    my_data,
    data_requests,
    privacy,
    brakes,
    breaches,
    devices,
    devices_admin,
    kept,
    sign_ins,
    sites,
    first_run,
    people_imports,
    persons,
    targets,
    roles,
    language,
    law,
    seals,
    authenticity,
    audit,
)


def register_pages(app: Flask) -> None:
    for module in PAGES:
        app.register_blueprint(module.bp)
