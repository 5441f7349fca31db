"""What every route needs: who acts, how a refusal reads, how a page answers."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlsplit

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.exceptions import Unauthorized

from service.dates import long_date
from service.db import reading
from service.sso import current_login
from service.sso.keys import local_path
from service.web.profile_words import in_words
from workflows.actor import Actor, load_actor
from workflows.bases import basis_of
from workflows.errors import WorkflowError


def actor() -> Actor:
    """The signed-in person with the roles of today; worked out once a request."""
    if "actor" not in g:
        login = current_login()
        if login is None:
            raise Unauthorized
        with reading() as session:
            g.actor = load_actor(session, login.person_id, login.roles)
    found: Actor = g.actor
    return found


def say(error: WorkflowError) -> dict[str, str]:
    """The refusal in the reader's language: text, field, rule."""
    values = {key: _value(value) for key, value in error.values.items()}
    text = gettext(error.sentence)
    return {"text": text % values if values else text, "field": error.field, "rule": _basis(error.rule)}


def _value(value: Any) -> Any:
    if isinstance(value, date):
        return long_date(value)
    return in_words(value) if isinstance(value, str) else value


def page(template: str, **context: Any) -> str:
    """``wrong`` (sentence by field) is always there, so that a form is written once for both its lives."""
    return render_template(template, **{"wrong": {}, **context})


def refused_page(template: str, error: WorkflowError, **context: Any) -> ResponseReturnValue:
    """The form again, with what was typed and a summary of what is wrong; the status tells programs.

    What is not there has no form: that refusal is raised.
    """
    if error.status == 404:
        raise error
    return refused_with(template, [say(error)], error.status, **context)


def refused_with(
    template: str, said: list[dict[str, str]], status: int, **context: Any
) -> ResponseReturnValue:
    """As ``refused_page`` for several refusals at once, said already."""
    wrong = {one["field"]: one["text"] for one in said if one["field"]}
    return render_template(template, errors=said, wrong=wrong, **context), status


def fresh(session: Session) -> None:
    """Look again: what was read before a write is old."""
    session.expire_all()


def _basis(rule: str) -> str:
    """What the refusal rests on, in words: people read no codes of ours."""
    words = basis_of(rule)
    return str(gettext(words)) if words else ""


def back_path() -> str:
    """The page from which a small form of the frame was sent, as a path of ours."""
    return local_path(urlsplit(request.referrer or "/").path)
