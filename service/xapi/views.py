"""The routes under /xapi. Storing is injected: these know the wire's manners, not the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

import orjson
from flask import Blueprint, Response, g, request

from lms_connectors.xapi.statement import ReadStatement, read_statement, read_statements
from service.xapi import checks, refusals
from service.xapi.credentials import XapiCredential, authenticate
from service.xapi.refusals import XapiRefusal

VERSION = "1.0.3"
_METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="xAPI", charset="UTF-8"'}

Credentials = Callable[[str], XapiCredential | None]
Receive = Callable[[XapiCredential, list[ReadStatement]], list[str]]


def make_blueprint(
    *, credentials: Credentials, receive: Receive, now: Callable[[], datetime], max_bytes: int
) -> Blueprint:
    """The blueprint ``xapi`` under ``/xapi``.

    ``credentials``: key -> sender or None. ``receive``: stores the batch in one transaction and returns the
    ids in order; raises Conflict for a known id with other content, and a database error or Retryable when
    it cannot now. ``now``: aware. ``max_bytes``: of one request's body.
    """
    blueprint = Blueprint("xapi", __name__, url_prefix="/xapi")
    refusals.install(blueprint)
    _install_headers(blueprint, now)
    _install_guard(blueprint, credentials)

    def about() -> Response:
        if request.method not in ("GET", "HEAD"):
            raise _wrong_method()
        checks.check_parameters(request)
        return _json({"version": [VERSION]})

    def statements() -> Response:
        if request.method == "POST":
            return _post(receive, max_bytes)
        if request.method == "PUT":
            return _put(receive, max_bytes)
        raise _wrong_method()

    def elsewhere(rest: str = "") -> Response:
        raise XapiRefusal(404, "path", "there is no such resource here")

    for rule, view in (
        ("/about", about),
        ("/statements", statements),
        ("", elsewhere),
        ("/", elsewhere),
        ("/<path:rest>", elsewhere),
    ):
        # All methods are ours, so that the framework's own 405 in HTML never answers (Communication 3.2).
        blueprint.add_url_rule(
            rule, view_func=view, methods=_METHODS, provide_automatic_options=False, strict_slashes=True
        )
    return blueprint


def _install_headers(blueprint: Blueprint, now: Callable[[], datetime]) -> None:
    def add_headers(response: Response) -> Response:
        moment = now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        response.headers[checks.VERSION_HEADER] = VERSION
        response.headers["X-Experience-API-Consistent-Through"] = moment
        return response

    blueprint.after_request(add_headers)


def _install_guard(blueprint: Blueprint, credentials: Credentials) -> None:
    def guard() -> None:
        # Communication 2.9: /about is open and needs no version.
        if request.endpoint == f"{blueprint.name}.about":
            return
        sender = authenticate(request, credentials)
        if sender is None:
            raise XapiRefusal(401, "Authorization", "the key and its secret are missing or wrong", _CHALLENGE)
        g.xapi_credential, g.xapi_sender = sender, sender.name
        checks.check_version(request)

    blueprint.before_request(guard)


def _post(receive: Receive, max_bytes: int) -> Response:
    checks.check_parameters(request)
    checks.check_content_type(request)
    read = read_statements(checks.read_body(request, max_bytes))
    # An idle Moodle posts an empty array each minute: nothing to store, no transaction.
    return _json(receive(_sender(), read) if read else [])


def _put(receive: Receive, max_bytes: int) -> Response:
    statement_id = checks.the_statement_id(request)
    checks.check_content_type(request)
    receive(_sender(), [read_statement(checks.read_body(request, max_bytes), statement_id)])
    return Response(status=204)


def _sender() -> XapiCredential:
    return cast(XapiCredential, g.xapi_credential)


def _wrong_method() -> XapiRefusal:
    return XapiRefusal(400, "method", "this store does not offer that method here")


def _json(value: object) -> Response:
    return Response(orjson.dumps(value), 200, content_type="application/json")
