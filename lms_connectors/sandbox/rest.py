"""``/webservice/rest/server.php``: the form in, JSON (or XML) out, an error with status 200."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from html import escape
from typing import Any

from flask import Flask, Response, request

from lms_connectors.sandbox.faults import Fault
from lms_connectors.sandbox.functions import carry_out
from lms_connectors.sandbox.phpform import Parsed, parse
from lms_connectors.sandbox.refusal import MoodleRefusal, invalid_token
from lms_connectors.sandbox.site import SandboxSite

PATH = "/webservice/rest/server.php"
_FIXED = ("wstoken", "wsfunction", "moodlewsrestformat", "moodlewssettingfilter", "moodlewssettingfileurl")


def install(app: Flask, site: SandboxSite) -> None:
    def server() -> Response:
        form = parse(_fields(), site.max_input_vars)
        if site.pace is None:
            return _answer(site, form)
        with site.pace.kept(form) as read:
            answer = _answer(site, form)
            read.append(answer.get_data().count(b'"id":'))
        return answer

    app.add_url_rule(PATH, "rest", server, methods=["GET", "POST"])


def _fields() -> Iterator[tuple[str, str]]:
    yield from request.args.items(multi=True)
    yield from request.form.items(multi=True)


def _answer(site: SandboxSite, form: Parsed) -> Response:
    function = _text(form, "wsfunction")
    fault = site.faults.take(function)
    if fault is None:
        return _moodle(site, form, function)
    return _faulty(site, form, function, fault)


def _faulty(site: SandboxSite, form: Parsed, function: str, fault: Fault) -> Response:
    answer = _moodle(site, form, function) if fault.after_work or not _replaces(fault) else None
    if fault.late:
        threading.Timer(fault.late, _moodle, (site, form, function)).start()
    time.sleep(fault.seconds)
    if fault.refusal is not None:
        return _refused(fault.refusal, form)
    if fault.cut:
        return _cut()
    if fault.body is not None:
        return Response(fault.body, fault.status, content_type=f"{fault.content_type}; charset=utf-8")
    assert answer is not None
    return answer


def _replaces(fault: Fault) -> bool:
    return fault.refusal is not None or fault.cut or fault.body is not None


def _moodle(site: SandboxSite, form: Parsed, function: str) -> Response:
    try:
        if _text(form, "wstoken") != site.token:
            raise invalid_token()
        parameters = {name: value for name, value in form.items() if name not in _FIXED}
        return _json(carry_out(site, function, parameters))
    except MoodleRefusal as refusal:
        return _refused(refusal, form)


def _text(form: Parsed, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _refused(refusal: MoodleRefusal, form: Parsed) -> Response:
    """Without ``moodlewsrestformat=json`` (or with it cut off) the error is XML."""
    if _text(form, "moodlewsrestformat") == "json":
        return _json(refusal.as_json())
    code = f"<ERRORCODE>{escape(refusal.errorcode)}</ERRORCODE>\n" if refusal.errorcode else ""
    body = (
        '<?xml version="1.0" encoding="UTF-8" ?>\n'
        f'<EXCEPTION class="{refusal.exception}">\n{code}<MESSAGE>{escape(refusal.message)}</MESSAGE>\n'
        "</EXCEPTION>\n"
    )
    return Response(body, content_type="application/xml; charset=utf-8")


def _json(value: Any) -> Response:
    return Response(php_json(value), content_type="application/json")


def php_json(value: Any) -> str:
    """As PHP's ``json_encode`` writes it: no spaces, ``\\/`` and ``\\uXXXX``."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/")


def _cut() -> Response:
    """More is promised than comes: the client sees the connection break."""
    answer = Response(b"nu", content_type="application/json")
    answer.headers["Content-Length"] = "4000"
    return answer
