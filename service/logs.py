"""One JSON line an event, with the request's id; numbers that identify people are masked whatever wrote them."""

from __future__ import annotations

import logging
import re
import secrets
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, g, has_request_context, request

_PERSON_NUMBER = re.compile(r"(?<!\d)\d{18}(?!\d)")


def set_up(app: Flask, level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                _add_request,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
                _mask,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logger = logging.getLogger("bangkom")
    logger.handlers[:] = [handler]
    logger.setLevel(level)
    logger.propagate = True
    app.logger.handlers[:] = [handler]
    _log_requests(app)


def mask(text: str) -> str:
    """Eighteen digits in a row are a NIP or NI PPPK: only the last three stay."""
    return _PERSON_NUMBER.sub(lambda found: "…" + found.group()[-3:], text)


def request_id() -> str:
    """The id of this request, shown on error pages and in every log line of it."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(6)
    return str(g.request_id)


def _log_requests(app: Flask) -> None:
    log = logging.getLogger("bangkom.request")

    @app.after_request
    def line(response: Response) -> Response:
        response.headers["X-Request-Id"] = request_id()
        if request.endpoint != "static":
            log.info("%s %s %s", request.method, _path(), response.status_code)
        return response


def _path() -> str:
    """The address asked for; of a questionnaire only its pattern, so that no log tells who answered when (R37)."""
    if request.blueprint == "surveys" and request.url_rule is not None:
        return request.url_rule.rule
    return request.path


def _add_request(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if has_request_context():
        event["request"] = request_id()
    return event


def _mask(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: mask(value) if isinstance(value, str) else value for key, value in event.items()}
