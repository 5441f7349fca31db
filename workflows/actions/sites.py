"""Use cases about learning sites: made known by whoever operates the machine, set by the administrator too."""

from __future__ import annotations

import hashlib
import re
import secrets
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.accounts import settings_changed
from workflows.actor import Actor
from workflows.errors import N_, Conflict, NotFound, Refused
from workflows.events import site_stream
from workflows.history import record
from workflows.models import FirstRun, Site, XapiCredential
from workflows.rules import require
from workflows.site_settings import BY_NAME, SETTINGS, must_fit_together, read_settings

ABOUT_ACCOUNTS = frozenset({"account_policy", "auth", "username_from", "idnumber_from", "email_from"})
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def register_site(
    session: Session, *, actor: Actor, code: str, url: str, platform: str = "moodle", **settings: object
) -> Site:
    """Make a site known. The token is not kept here but in a setting. ``settings``: as in ``site_settings``.

    Nothing is sent to it until its first delivery was looked at and agreed to (``first_run``).
    """
    require(actor, "site.register")
    if not CODE.fullmatch(code) or len(code) > 40:
        raise Refused(
            "site_code", N_("Kode situs terdiri dari huruf kecil, angka, dan tanda hubung."), field="code"
        )
    if session.scalar(select(Site.id).where(Site.code == code)) is not None:
        raise Conflict(
            "site_known", N_("Situs dengan kode ini sudah ada. Ubah pengaturannya dengan `sites set`.")
        )
    address = _address(url)
    values = {setting.name: setting.default for setting in SETTINGS} | read_settings(settings)
    must_fit_together(values)
    site = Site(code=code, platform=platform, url=address, home_page=address, **values)
    session.add(site)
    session.flush()
    session.add(FirstRun(site_id=site.id))
    record(session, "site.registered", stream=site_stream(site.id), actor=actor, code=code)
    return site


def set_site(
    session: Session, *, actor: Actor, code: str, url: str | None = None, **settings: object
) -> list[str]:
    """Change settings of a site; the names of those that were changed. ``url`` is the operator's alone."""
    require(actor, "site.change")
    site = site_of(session, code, lock=True)
    wanted: dict[str, str | int] = read_settings(settings)
    must_fit_together({setting.name: getattr(site, setting.name) for setting in SETTINGS} | wanted)
    if url is not None:
        require(actor, "site.register")
        wanted |= dict.fromkeys(("url", "home_page"), _address(url))
    before = {name: getattr(site, name) for name, value in wanted.items() if getattr(site, name) != value}
    if not before:
        return []
    for name in before:
        setattr(site, name, wanted[name])
    if ABOUT_ACCOUNTS & set(before):
        settings_changed(session, site.id)
    words = dict.fromkeys(BY_NAME[name].word if name in BY_NAME else ADDRESS for name in before)
    record(
        session,
        "site.changed",
        stream=site_stream(site.id),
        actor=actor,
        code=code,
        settings=", ".join(words),
        values={name: [old, wanted[name]] for name, old in before.items()},
    )
    return list(before)


ADDRESS = N_("alamat situs")


def issue_key(session: Session, *, actor: Actor, code: str) -> tuple[str, str]:
    """A new key and secret with which the site delivers statements; the secret is told this once only."""
    require(actor, "site.register")
    site = site_of(session, code)
    key, secret = secrets.token_urlsafe(16), secrets.token_urlsafe(32)
    digest = hashlib.sha256(secret.encode()).hexdigest()
    session.add(XapiCredential(key=key, secret_sha256=digest, site_id=site.id))
    record(session, "site.key_issued", stream=site_stream(site.id), actor=actor, code=code)
    return key, secret


def site_of(session: Session, code: str, *, lock: bool = False) -> Site:
    """The site with that code; NotFound where there is none. ``lock``: nobody else writes it meanwhile."""
    query = select(Site).where(Site.code == code)
    site = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if site is None:
        raise NotFound("no_site", N_("Situs ini tidak ada."))
    return site


def _address(url: str) -> str:
    """The site's address without a trailing slash: http or https, a host, no password and no question."""
    parts = urlsplit(url.strip())
    plain = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    if not plain or parts.query or parts.fragment or len(url) > 300:
        raise Refused("site_url", N_("Alamat situs dimulai dengan https://."), field="url")
    return url.strip().rstrip("/")
