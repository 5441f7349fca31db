"""What a request must be before its body is looked at (xAPI 1.0.3 Communication 1.5, 3.2, 3.3)."""

from __future__ import annotations

import re

from flask import Request

from service.xapi.refusals import XapiRefusal

VERSION_HEADER = "X-Experience-API-Version"
_VERSION = re.compile(r"1\.0(?:\.[0-9]+)?")


def check_version(request: Request) -> None:
    """Communication 3.3: 1.0 and every 1.0.x are taken; none, earlier and later versions are not."""
    if _VERSION.fullmatch(request.headers.get(VERSION_HEADER, "")) is None:
        raise XapiRefusal(400, VERSION_HEADER, f"the header {VERSION_HEADER} must be 1.0.x, such as 1.0.3")


def check_content_type(request: Request) -> None:
    charset = request.mimetype_params.get("charset", "utf-8")
    if request.mimetype != "application/json" or charset.lower() not in ("utf-8", "utf8"):
        raise XapiRefusal(400, "Content-Type", "the content must be application/json in UTF-8")


def check_parameters(request: Request, *allowed: str) -> None:
    """Communication 3.2: a parameter not known here, or known in another case, refuses the request."""
    if any(name not in allowed for name in request.args):
        known = ", ".join(allowed) or "none"
        raise XapiRefusal(
            400, "query", f"the request has a parameter that is not known here (known: {known})"
        )


def the_statement_id(request: Request) -> str:
    """The one ``statementId`` of a PUT; its format is checked by the reader."""
    check_parameters(request, "statementId")
    given = request.args.getlist("statementId")
    if len(given) != 1:
        raise XapiRefusal(400, "statementId", "the request needs the parameter statementId once")
    return given[0]


def read_body(request: Request, max_bytes: int) -> bytes:
    """The whole body; raises RequestEntityTooLarge past ``max_bytes``, also when no length was announced."""
    request.max_content_length = max_bytes
    return request.get_data(cache=False)
