"""Pages. A route reads, calls one use case named by a verb, and answers."""

from __future__ import annotations

from flask import Flask

from service.web import (
    approvals,
    devices,
    evaluations,
    facts,
    history,
    home,
    language,
    law,
    me,
    needs,
    participants,
    programmes,
    reviews,
    surveys,
    sync,
)

PUBLIC = frozenset(
    {"home.healthy", "home.emblem", "language.choose", "xapi.about", "xapi.statements", "xapi.elsewhere"}
)
"""End points that need no sign-in: health, language, and xAPI, which has its own keys."""

PAGES = (
    home,
    needs,
    programmes,
    reviews,
    approvals,
    participants,
    sync,
    facts,
    surveys,
    evaluations,
    history,
    me,
    devices,
    language,
    law,
)


def register_pages(app: Flask) -> None:
    for module in PAGES:
        app.register_blueprint(module.bp)
