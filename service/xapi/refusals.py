"""How the end point says no: JSON with a reference, and one log line with the same reference.

The line holds status, place and the sender's name from our own list: nothing that came with the request, so
neither secrets nor people can get into the log by it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from uuid import uuid4

import orjson
from flask import Blueprint, Response, g
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge

from lms_connectors.xapi.errors import StatementInvalid
from workflows.errors import Conflict, Denied, WorkflowError
from workflows.ports import Retryable

log = logging.getLogger(__name__)
RETRY_AFTER_SECONDS = 30


class XapiRefusal(Exception):
    """A request that is refused before any statement is read. ``where`` is a name of ours, safe to log."""

    def __init__(
        self, status: int, where: str, sentence: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.where = where
        self.sentence = sentence
        self.headers = dict(headers or {})


def refuse(status: int, where: str, sentence: str, headers: Mapping[str, str] | None = None) -> Response:
    reference = uuid4().hex[:12]
    sender = g.get("xapi_sender", "-")
    log.warning("xapi refused reference=%s status=%d where=%s sender=%s", reference, status, where, sender)
    body = orjson.dumps({"error": sentence, "where": where, "reference": reference})
    return Response(body, status, dict(headers or {}), content_type="application/json")


def install(blueprint: Blueprint) -> None:
    """Answer every failure inside ``blueprint`` as the specification's table of codes wants (3.2)."""
    blueprint.register_error_handler(XapiRefusal, _refusal)
    blueprint.register_error_handler(StatementInvalid, _invalid)
    blueprint.register_error_handler(WorkflowError, _rule)
    for busy in (OperationalError, InterfaceError, PoolTimeout, Retryable):
        blueprint.register_error_handler(busy, _busy)
    blueprint.register_error_handler(RequestEntityTooLarge, _too_large)
    blueprint.register_error_handler(InternalServerError, _broken)
    blueprint.register_error_handler(HTTPException, _bad_request)


def _refusal(error: XapiRefusal) -> Response:
    return refuse(error.status, error.where, error.sentence, error.headers)


def _invalid(error: StatementInvalid) -> Response:
    return refuse(400, error.path, f"{error.path} {error.sentence}")


def _rule(error: WorkflowError) -> Response:
    if isinstance(error, Conflict):
        return refuse(409, "statements", "a statement with the same id and other content is stored already")
    if isinstance(error, Denied):
        return refuse(403, "credential", "this key may not do that")
    return refuse(400, "statements", "the statements were refused")


def _busy(error: Exception) -> Response:
    """The sender keeps what it has and comes again. An error's text may quote data: its class is logged."""
    log.warning("xapi store not available: %s", type(error).__name__)
    retry = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return refuse(503, "store", "the store is busy; nothing was stored; send it again later", retry)


def _too_large(_error: RequestEntityTooLarge) -> Response:
    return refuse(413, "body", "the request is larger than this store takes; send fewer statements at once")


def _broken(_error: InternalServerError) -> Response:
    return refuse(500, "store", "the store failed; nothing was stored")


def _bad_request(_error: HTTPException) -> Response:
    return refuse(400, "request", "the request could not be read")
