"""What an operator wants to know before the first person comes: does everything answer, and what to mend."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from service.config import BadSetting
from service.current import bangkom
from service.db import current_and_head, reading
from service.sso import ProviderDown, SsoRefused, relying_party
from workflows.actions.seals import seals_of
from workflows.clock import today
from workflows.models import LegalParameter, Site
from workflows.ports import CheckLine, Permanent, Retryable


def examine() -> Iterator[CheckLine]:
    """Read-only; each line is one thing that was tried."""
    database = _database()
    yield database
    yield _folder("survey secrets", bangkom().settings.survey_secrets)
    yield _folder("seals", bangkom().settings.seals)
    yield _issuer()
    if database.ok:
        yield _profile()
        yield _sealed()
        yield from _sites()


def _database() -> CheckLine:
    try:
        with reading() as session:
            session.execute(text("SELECT 1"))
            kind = session.get_bind().dialect.name
        current, head = current_and_head(bangkom().settings.database_url)
    except SQLAlchemyError as error:
        return CheckLine(
            "database", False, type(error).__name__, "Check BANGKOM_DATABASE_URL and that the server runs."
        )
    if current != head:
        return CheckLine(
            "database", False, f"{kind}, revision {current}, newest {head}", "Run: bangkom db upgrade"
        )
    return CheckLine("database", True, f"{kind}, revision {current}")


def _folder(name: str, folder: Path) -> CheckLine:
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if os.access(existing, os.W_OK):
        return CheckLine(name, True, f"{folder} can be written")
    return CheckLine(name, False, f"{folder} cannot be written", "Give the service's user that folder.")


def _issuer() -> CheckLine:
    settings = relying_party().settings
    try:
        metadata = relying_party().provider.metadata()
    except ProviderDown as error:
        return CheckLine(
            "issuer", False, f"{settings.issuer}: {error.cause}", "Check BANGKOM_SSO_ISSUER and the network."
        )
    except SsoRefused as error:
        return CheckLine(
            "issuer",
            False,
            f"{settings.issuer}: {error.check}",
            "Set BANGKOM_SSO_ISSUER exactly as discovery says.",
        )
    missing = [
        name for name in ("authorization_endpoint", "token_endpoint", "jwks_uri") if name not in metadata
    ]
    if missing:
        return CheckLine("issuer", False, f"no {', '.join(missing)}", "Ask the provider's administrator.")
    return CheckLine("issuer", True, f"{settings.issuer} answers")


def _profile() -> CheckLine:
    with reading() as session:
        loaded = set(session.scalars(select(LegalParameter.key).distinct()))
    if not loaded:
        return CheckLine("profile", False, "no reference data", "Run: bangkom seed")
    missing = sorted({one.key for one in bangkom().profile.parameters} - loaded)
    if missing:
        return CheckLine(
            "profile", False, f"not in the database: {', '.join(missing)}", "Run: bangkom db upgrade"
        )
    return CheckLine("profile", True, bangkom().profile.name)


def _sealed() -> CheckLine:
    """The history is sealed every day: late by more than a day means that nobody makes the seals."""
    with reading() as session:
        names, day = seals_of(session).names(), today(session)
    if not names:
        return CheckLine("newest seal", True, "none yet")
    late = day - names[-1].day > timedelta(days=1)
    mend = "See that the worker runs, or run each day: bangkom audit seal" if late else ""
    return CheckLine("newest seal", not late, f"{names[-1].number} of {names[-1].day}", mend)


def _sites() -> Iterator[CheckLine]:
    with reading() as session:
        sites = session.scalars(select(Site).order_by(Site.code)).all()
    for site in sites:
        try:
            platform = bangkom().jobs.platform_for(site)
            for line in platform.check():
                yield CheckLine(f"site {site.code}, {line.name}", line.ok, line.detail, line.mend)
        except BadSetting as error:
            yield CheckLine(f"site {site.code}", False, str(error), "Set the token of the site.")
        except (Retryable, Permanent) as error:
            yield CheckLine(
                f"site {site.code}", False, error.code, f"Open {site.url} and look; then run doctor again."
            )
