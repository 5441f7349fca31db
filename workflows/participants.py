"""Participants with batch, version and account on the site: what every look at a course begins with."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, select

from workflows.models import Batch, Enrolment, LmsAccount, ProgrammeVersion


def participants(*columns: Any) -> Select[Any]:
    """These columns of enrolments; who has no account on the row's site is left out."""
    on_that_site = and_(LmsAccount.site_id == Enrolment.site_id, LmsAccount.person_id == Enrolment.person_id)
    return (
        select(*columns)
        .select_from(Enrolment)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == Batch.version_id)
        .join(LmsAccount, on_that_site)
    )
