"""`bangkom bench moodle`: what a sync costs beside calls with nothing around them (issue "The Moodle connector").

The stand-in answers at the pace that was measured on a real site where times are compared, and at once where only
our own cost is. Ours runs in a process of its own, so that its CPU and its memory are a worker's.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from service.app import create_app
from service.bench.frame import BenchRefused, Figure, Size
from service.bench.moodle_bare import BATCH, Bare
from service.bench.moodle_site import FIRST_COURSE, FIRST_USER, Measured, known_site, stand_in
from service.bench.moodle_town import SITE_CODE, build_course, build_site
from service.config import load_settings
from service.db import db, upgrade, writing

OF_BATCHES, OF_ONE_BY_ONE = 0.9, 5.5
CPU_MS, CALLS, MEGABYTES = 0.3, 1.02, 200
GROWTH, GROWTH_OF_CPU = 1.0, 1.1
"""Counts must not grow; CPU is measured and may waver by a tenth."""
ROSTER_READS = 2
LOOK_UPS = 1
"""The newest accounts, before a course is written to: has the site gone back in time?"""
"""Who is there before, who is there after."""
ONE_BY_ONE = 500
"""So many calls are enough for the rate of one call a person."""
ACCOUNTS = 1_000


@dataclass(frozen=True)
class Ours:
    """One database with one site, and runs on it in processes of their own."""

    environment: dict[str, str]

    @classmethod
    def made(cls, url: str, folder: Path, site: Measured) -> Ours:
        upgrade(url)
        environment = {
            "BANGKOM_DATABASE_URL": url,
            "BANGKOM_SECRET_KEY": secrets.token_hex(16),
            "BANGKOM_SSO_ISSUER": "http://127.0.0.1:9",
            "BANGKOM_SURVEY_SECRETS": str(folder / "secrets"),
            "BANGKOM_LOG_LEVEL": "ERROR",
            f"BANGKOM_SITE_{SITE_CODE.upper()}_TOKEN": site.token,
        }
        return cls(environment)

    def prepare(self, site: Measured, course: str = "", remote_ids: Sequence[str] = ()) -> None:
        app = create_app(load_settings(self.environment))
        with app.app_context():
            with writing() as session:
                site_id = build_site(session, site)
                if course:
                    build_course(session, site_id, course, remote_ids)
            db.session.remove()
            db.engine.dispose()

    def run(self, *what: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "service.bench.moodle_run", *what]
        environment = {**os.environ, **self.environment}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
        if done.returncode:
            raise BenchRefused(f"the measured run ended early: {done.stderr.strip().splitlines()[-1:]}")
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    def sync(self, rows: int) -> dict[str, Any]:
        told = self.run("sync")
        if told["applied"] != rows or told["other"]:
            raise BenchRefused(f"{told['applied']} of {rows} rows were applied, {told['other']} were not")
        return told


def run(size: Size) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="bangkom-bench-") as name:
        folder = Path(name)
        if size.site == "sandbox":
            people = max(size.rows, ONE_BY_ONE)
            with stand_in(folder / "paced", people=people, courses=4, pace=True) as site:
                yield from _on_stand_in(folder, size, site)
            yield from _growth(folder, size)
        else:
            yield from _on_site(folder, size, known_site(size.site))


def _on_stand_in(folder: Path, size: Size, site: Measured) -> Iterator[Figure]:
    """Each in a course of its own; bare batches before and after ours, as a machine wavers in such a time."""
    users, bare, (before, after, one, mine) = _users(size.rows), Bare(site), _courses(4)
    batches = bare.in_batches(before, users)
    ones = bare.one_by_one(one, users[:ONE_BY_ONE])
    ours = Ours.made(_url(folder, size, "main"), folder, site)
    ours.prepare(site, mine, users)
    told = ours.sync(size.rows)
    batches = (batches + bare.in_batches(after, users)) / 2
    yield from _beside(size.rows, told, batches, ones)
    yield from _accounts(ours.run("accounts", "0", str(min(ACCOUNTS, size.rows))))


def _on_site(folder: Path, size: Size, site: Measured) -> Iterator[Figure]:
    """One course for all, emptied in between; bare batches before and after ours, as on the stand-in.

    Only those whom we enrolled are taken out again.
    """
    bare = Bare(site)
    if not size.course or bare.roster(size.course):
        raise BenchRefused(
            "name an empty course of a site for trials: --course ID; accounts are made and stay"
        )
    asking = Ours.made(f"sqlite:///{folder}/accounts.sqlite3", folder, site)
    asking.prepare(site)
    told = asking.run("accounts", "0", str(size.rows))
    users = told["ids"]
    if len(users) != size.rows:
        raise BenchRefused(f"the site gave {len(users)} of {size.rows} accounts")
    yield from _accounts(told)
    try:
        batches = bare.in_batches(size.course, users)
        bare.empty(size.course, users)
        ones = bare.one_by_one(size.course, users[:ONE_BY_ONE])
        bare.empty(size.course, users[:ONE_BY_ONE])
        ours = Ours.made(_url(folder, size, "main"), folder, site)
        ours.prepare(site, size.course, users)
        mine = ours.sync(size.rows)
        bare.empty(size.course, users)
        batches = (batches + bare.in_batches(size.course, users)) / 2
        yield from _beside(size.rows, mine, batches, ones)
    finally:
        bare.empty(size.course, users)


def _beside(rows: int, told: dict[str, Any], batches: float, ones: float) -> Iterator[Figure]:
    rate, expected = rows / told["seconds"], ceil(rows / BATCH) + ROSTER_READS + LOOK_UPS
    yield Figure("enrolments, beside bare batches", rate, "rows/s", batches, OF_BATCHES, at_least=True)
    yield Figure("enrolments, beside one call a person", rate, "rows/s", ones, OF_ONE_BY_ONE, at_least=True)
    yield Figure("calls made, beside batches and roster reads", told["calls"], "calls", expected, CALLS)
    yield Figure("roster reads", told["calls"] - ceil(rows / BATCH) - LOOK_UPS, "calls")
    yield Figure("our CPU a row", told["cpu"] / rows * 1000, "ms", target=CPU_MS)
    yield Figure("our queries in 1,000 rows", told["queries"] / rows * 1000, "queries")
    yield Figure("our memory", told["megabytes"], "MB", target=MEGABYTES)


def _accounts(told: dict[str, Any]) -> Iterator[Figure]:
    many = len(told["ids"])
    yield Figure("accounts, made where they were missing", many / told["first"], "accounts/s")
    yield Figure("accounts, looked up", many / told["second"], "accounts/s")


def _growth(folder: Path, size: Size) -> Iterator[Figure]:
    """Our own cost a row at each size, beside that at the smallest."""
    first: dict[str, float] = {}
    with stand_in(folder / "quick", people=max(size.growth), courses=len(size.growth), pace=False) as site:
        for course, rows in zip(_courses(len(size.growth)), size.growth, strict=True):
            ours = Ours.made(f"sqlite:///{folder}/growth-{rows}.sqlite3", folder, site)
            ours.prepare(site, course, _users(rows))
            told = ours.sync(rows)
            for name, unit, most in (
                ("cpu", "ms", GROWTH_OF_CPU),
                ("queries", "queries", GROWTH),
                ("calls", "calls", GROWTH),
            ):
                each = told[name] / rows * 1000
                base = first.setdefault(name, each)
                yield Figure(f"{rows:,} rows: {name} of ours in {'a row' if name == 'cpu' else '1,000 rows'}",
                             each, unit, base, most)  # fmt: skip
            yield Figure(f"{rows:,} rows: our memory", told["megabytes"], "MB", target=MEGABYTES)


def _courses(many: int) -> list[str]:
    return [str(FIRST_COURSE + number) for number in range(many)]


def _users(many: int) -> list[str]:
    return [str(FIRST_USER + number) for number in range(many)]


def _url(folder: Path, size: Size, name: str) -> str:
    return size.database_url or f"sqlite:///{folder}/{name}.sqlite3"
