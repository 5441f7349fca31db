"""A learning site in memory beside a made-up world, and jobs that speak to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms_connectors.memory import MemoryPlatform, MemoryUser
from service.current import bangkom
from service.jobs.context import JobContext
from tests.support.world import World
from workflows.models import LmsAccount
from workflows.ports import DesiredEnrolment


def site_as_told(world: World, course_ref: str = "7") -> MemoryPlatform:
    """The site holds just what we told it: every account that we know, enrolled in the course."""
    platform = MemoryPlatform("http://lms.test", now=world.clock.now)
    platform.add_course("Kelas", ref=course_ref)
    with world.trying() as session:
        for account in session.scalars(select(LmsAccount)):
            ref = str(account.remote_id)
            platform.users[ref] = MemoryUser(ref, account.username or f"u{ref}", ref, f"{ref}@lms.test")
            platform.courses[course_ref].enrolments[ref] = DesiredEnrolment(ref, ref)
    return platform


def jobs_beside(app: Flask, platform: MemoryPlatform, **changes: Any) -> JobContext:
    """Each transaction in an app context of its own, so that a page asked in between knows nothing of it."""
    with app.app_context():
        given = bangkom().jobs

    @contextmanager
    def writing() -> Iterator[Session]:
        with app.app_context(), given.writing() as session:
            yield session

    return replace(given, writing=writing, platform_for=lambda site: platform, **changes)
