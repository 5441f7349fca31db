"""Use cases about learning sites; done by whoever operates the machine, from the command line."""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.actor import Actor
from workflows.errors import N_, NotFound, Refused
from workflows.events import site_stream
from workflows.history import record
from workflows.models import Site, XapiCredential
from workflows.rules import require

ACCOUNT_KINDS = ("id", "username", "email")
ACCOUNT_POLICIES = ("create", "find")


def register_site(
    session: Session,
    *,
    actor: Actor,
    code: str,
    name: str,
    url: str,
    platform: str = "moodle",
    account_kind: str = "id",
    account_policy: str = "create",
    auth: str = "oauth2",
) -> Site:
    """Make a site known, or change what is known of it. The token is not kept here but in a setting."""
    require(actor, "site.register")
    if (
        not code.replace("-", "").isalnum()
        or account_kind not in ACCOUNT_KINDS
        or account_policy not in ACCOUNT_POLICIES
    ):
        raise Refused(
            "site_values", N_("Kode, jenis akun, atau kebijakan akun situs tidak dikenal."), field="code"
        )
    if not url.startswith(("http://", "https://")):
        raise Refused("site_url", N_("Alamat situs dimulai dengan https://."), field="url")
    site = session.scalars(select(Site).where(Site.code == code)).one_or_none() or Site(code=code)
    site.name, site.platform, site.url, site.home_page = name, platform, url.rstrip("/"), url.rstrip("/")
    site.account_kind, site.account_policy, site.auth = account_kind, account_policy, auth
    session.add(site)
    session.flush()
    record(session, "site.registered", stream=site_stream(site.id), actor=actor, code=code)
    return site


def issue_key(session: Session, *, actor: Actor, code: str) -> tuple[str, str]:
    """A new key and secret with which the site delivers statements; the secret is told this once only."""
    require(actor, "site.register")
    site = session.scalars(select(Site).where(Site.code == code)).one_or_none()
    if site is None:
        raise NotFound("no_site", N_("Situs ini tidak ada."))
    key, secret = secrets.token_urlsafe(16), secrets.token_urlsafe(32)
    digest = hashlib.sha256(secret.encode()).hexdigest()
    session.add(XapiCredential(key=key, secret_sha256=digest, site_id=site.id))
    record(session, "site.key_issued", stream=site_stream(site.id), actor=actor, code=code)
    return key, secret
