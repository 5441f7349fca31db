"""What sign-in leaves behind and must not stay: forms that nobody sent."""

from __future__ import annotations

from service.jobs.context import JobContext
from service.sso.kept import forget_old
from service.sso.keys import real_now


def forget_kept_forms(context: JobContext) -> None:
    """Texts past their quarter of an hour go, also when nobody signs in again."""
    with context.writing() as session:
        forget_old(session, real_now())
