"""The end point, joined to the database: whose key it is, and where statements go."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint
from sqlalchemy.exc import IntegrityError

from lms_connectors.xapi.statement import ReadStatement
from service.current import bangkom
from service.db import reading, writing
from service.xapi.credentials import XapiCredential
from service.xapi.views import make_blueprint
from workflows.actions.records import Received, receive
from workflows.models import Site
from workflows.models import XapiCredential as CredentialRow


def xapi_blueprint(max_bytes: int) -> Blueprint:
    return make_blueprint(
        credentials=_credential, receive=_receive, now=lambda: datetime.now(UTC), max_bytes=max_bytes
    )


def _credential(key: str) -> XapiCredential | None:
    with reading() as session:
        row = session.get(CredentialRow, key)
        if row is None:
            return None
        site = session.get_one(Site, row.site_id)
        return XapiCredential(
            key=row.key,
            secret_sha256=row.secret_sha256,
            name=site.code,
            site=site.home_page.rstrip("/"),
            account_kind=site.account_kind,
        )


def _receive(credential: XapiCredential, statements: list[ReadStatement]) -> list[str]:
    moment = bangkom().clock.now()
    rows = [
        Received(
            id=one.id,
            body=one.raw,
            content_sha256=one.fingerprint,
            verb=one.verb,
            object_id=one.object_id,
            happened_at=one.timestamp or moment,
        )
        for one in statements
    ]
    try:
        ids = _store(credential, rows)
    except IntegrityError:
        # The same id came twice at once: the other is stored by now, so that this one is seen as known.
        ids = _store(credential, rows)
    bangkom().nudge()
    return ids


def _store(credential: XapiCredential, rows: list[Received]) -> list[str]:
    with writing() as session:
        sender = session.get_one(CredentialRow, credential.key)
        return receive(session, site_id=sender.site_id, statements=rows)
