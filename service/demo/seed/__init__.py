"""The demo's data: made-up people and programmes, brought to life by the use cases that people use."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.demo.clock import PastClock
from service.demo.seed.cast import Member, make_cast
from service.demo.seed.entering import entering_deeds
from service.demo.seed.learning import SiteUnavailable
from service.demo.seed.life import Deed, Life, decline_need, file_need
from service.demo.seed.mandates import mandate_deeds
from service.demo.seed.preparing import preparing_deeds
from service.demo.seed.register import write_register
from service.demo.seed.report import SeedReport, accounts_of
from service.demo.seed.stage import Stage
from service.profiles import Profile, install_profile
from workflows.actions.sites import register_site
from workflows.actor import OPERATOR
from workflows.models import Ceiling, Competency, JobField, Person, Unit, XapiCredential
from workflows.ports import LearningPlatform, SecretStore

__all__ = ["NotEmpty", "SeedReport", "SiteUnavailable", "course_titles", "past_clock", "seed", "starts_at"]

CHANCE = 2027
FIRST_DAY = date(2026, 1, 5)
DEMO_DAY = date(2027, 3, 15)
"""A Monday after the expected holidays of March 2027 (not verified), early enough to walk the year 2027."""
STORIES = Path(__file__).parent / "stories.toml"


class NotEmpty(Exception):
    """There are people in the database already; the seed only fills an empty one."""


def starts_at(profile: Profile) -> datetime:
    """Where the demo's clock begins: 09.00 of the demo's day in the profile's zone."""
    return datetime.combine(DEMO_DAY, time(9, 0), profile.zone)


def course_titles() -> list[str]:
    """Titles of the courses that the stories use, each once, for whoever fills the learning site."""
    return list(dict.fromkeys(story["course"] for story in _told()["programme"]))


def past_clock(profile: Profile) -> PastClock:
    """The clock under which the story is told, at its beginning."""
    return PastClock(datetime.combine(FIRST_DAY, time(7, 30), profile.zone))


def seed(
    session_factory: Callable[[], AbstractContextManager[Session]],
    profile: Profile,
    *,
    clock: PastClock,
    site_url: str,
    xapi_key: str,
    xapi_secret_sha256: str,
    courses: Sequence[tuple[str, str]],
    secrets: SecretStore,
    platform: LearningPlatform,
    on_completion: Callable[[str, str, datetime], None] = lambda course_ref, remote_id, when: None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> SeedReport:
    """Fill an empty, migrated database. ``session_factory()`` commits at its end, like ``service.db.writing``.

    ``courses``: (ref, title) of ``platform``'s courses, at least one. ``on_completion`` tells the stand-in which
    account (remote id) finished which course when. Raises NotEmpty, SiteUnavailable.
    """
    rng = random.Random(CHANCE)  # noqa: S311
    cast = make_cast(profile, rng)
    stage = Stage(session_factory, profile, clock, secrets, platform, list(courses), on_completion, rng, cast)
    _set_up(stage, site_url, xapi_key, xapi_secret_sha256)
    told = _told()
    lives = [Life(stage, story, told["questions"], told["input"]) for story in _with_levels(told)]
    _play(
        stage,
        [
            *mandate_deeds(stage),
            *_loose_needs(stage, told["need"]),
            *(d for life in lives for d in life.deeds()),
            *preparing_deeds(stage),
            *entering_deeds(stage),
        ],
        on_progress,
    )
    return SeedReport(
        starts_at(profile),
        accounts_of(profile, cast, _takers(cast, lives)),
        {life.story["code"]: life.version for life in lives},
    )


def _told() -> dict[str, Any]:
    return tomllib.loads(STORIES.read_text(encoding="utf-8"))


def _set_up(stage: Stage, site_url: str, xapi_key: str, xapi_secret_sha256: str) -> None:
    with stage.writing() as session:
        if session.scalars(select(Person.id).limit(1)).first() is not None:
            raise NotEmpty("The database already holds people; the demo's data only goes into an empty one.")
        install_profile(session, stage.profile)
        write_register(session, stage.profile, stage.cast)
        site = register_site(session, actor=OPERATOR, code="moodle", url=site_url)
        site.home_page = stage.platform.home_page
        session.add(XapiCredential(key=xapi_key, secret_sha256=xapi_secret_sha256, site_id=site.id))
        stage.site_id = site.id
        stage.ids = {
            "unit": {row.code: row.id for row in session.scalars(select(Unit))},
            "job_field": {row.code: row.id for row in session.scalars(select(JobField))},
            "competency": {row.code: row.id for row in session.scalars(select(Competency))},
            "ceiling": {(row.fiscal_year, row.code): row.id for row in session.scalars(select(Ceiling))},
        }


def _with_levels(told: dict[str, Any]) -> list[dict[str, Any]]:
    """A need that a programme grew from is about the programme's competency."""
    for story in told["programme"]:
        for need in story["need"]:
            need["competency"] = story["competency"]
    stories: list[dict[str, Any]] = told["programme"]
    return stories


def _loose_needs(stage: Stage, needs: list[dict[str, Any]]) -> list[Deed]:
    """Needs that wait, and those the agency declined."""
    deeds: list[Deed] = []
    for need in needs:
        filed: list[int] = []
        deeds.append((need["on"], lambda need=need, filed=filed: filed.append(file_need(stage, need))))
        if "declined_on" in need:
            deeds.append(
                (
                    need["declined_on"],
                    lambda need=need, filed=filed: decline_need(stage, filed[0], need["reason"]),
                )
            )
    return deeds


def _play(stage: Stage, deeds: list[Deed], on_progress: Callable[[int, int], None]) -> None:
    """All stories in one calendar, day by day, so that the clock only moves forward."""
    for number, (day, deed) in enumerate(sorted(deeds, key=lambda pair: pair[0]), start=1):
        if day >= DEMO_DAY:
            raise ValueError(f"a deed on {day} lies after the demo's first day")
        stage.on(day)
        deed()
        on_progress(number, len(deeds))


def _takers(cast: Sequence[Member], lives: Sequence[Life]) -> list[Member]:
    """Those who take part in what runs now first, then those of what starts next."""
    taking = [
        person
        for state in ("running", "approved")
        for life in lives
        if life.story["until"] == state
        for person in reversed(life.takers)
    ]
    by_id = {member.id: member for member in cast}
    return [by_id[person] for person in dict.fromkeys(taking)]
