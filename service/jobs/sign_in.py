"""What sign-in needs between two visits: forms that nobody sent go, sign-ins that no longer stand end."""

from __future__ import annotations

from service.jobs.context import JobContext
from service.sso import relying_party
from service.sso.kept import forget_old
from service.sso.keys import real_now
from service.sso.refresh import renew_due


def forget_kept_forms(context: JobContext) -> None:
    """Texts past their quarter of an hour go, also when nobody signs in again."""
    with context.writing() as session:
        forget_old(session, real_now())


def renew_sign_ins(context: JobContext) -> None:
    """Ask the issuer about those whose turn it is; the roles it gives today, or the end."""
    renew_due(relying_party())
