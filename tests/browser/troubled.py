"""Three sites with what waits for a person: a brake, a site that went back in time, one that refuses our token."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from lms_connectors.memory import MemoryPlatform, MemoryUser
from service.current import bangkom
from service.jobs.drift import compare_due
from service.jobs.enrolments import sync_due
from tests.support import walk
from tests.support.crowd import add_people
from tests.support.world import LEARNERS, World
from workflows.actions import breaker, enrolments
from workflows.models import Batch, Enrolment, Person, Site, SyncHold
from workflows.ports import DesiredEnrolment

NAMES = (
    "Nurhayati Daeng Baji", "Andi Muhammad Rizal Pratama", "Sitti Aminah", "Rusli", "Yohana Tandilangi",
    "Muhammad Fadli Syamsuddin", "Hasnawati", "Wa Ode Nurlaila Saharuddin",
)  # fmt: skip
REASON = "Dipanggil bertugas di posko banjir sampai akhir bulan, surat perintah nomor 800/117"


@dataclass
class Troubled:
    """The ids that addresses need."""

    version_id: int
    hold_id: int
    row_id: int
    without_course: int


def make_trouble(app: Flask, world: World) -> Troubled:
    """By use cases and jobs alone, over six days."""
    others = _sites(world)
    crowd = add_people(world, 22, prefix="peserta")
    _name(world)
    held = walk.to_approved(world, seats=40, course_title="Pengelolaan data publik: kelas utama 2027")
    walk.enrol(world, held, [*LEARNERS, *crowd])
    back = _elsewhere(world, others[0], "12", LEARNERS[:6])
    unlinked = walk.to_approved(world, course_ref="", course_title="", title="Pelayanan prima di loket")
    refused = _elsewhere(world, others[1], "4", crowd[:3])
    sites = {ref: MemoryPlatform(f"http://lms{ref}.test", now=world.clock.now) for ref in ("7", "12", "4")}
    platforms = dict(zip((world.site, *others), sites.values(), strict=True))
    for ref, platform in sites.items():
        platform.add_course("Kelas", ref=ref)
    before = copy.deepcopy((sites["12"].users, sites["12"].courses))
    _sync(app, platforms)
    _drift(app, world, platforms)
    _withdraw(world, held, 9)
    _sync(app, platforms)
    sites["12"].users, sites["12"].courses = before
    for number in ("5", "6"):
        sites["12"].users[number] = MemoryUser(number, f"tamu{number}", f"t{number}", f"t{number}@lms.test")
    walk.enrol(world, back, LEARNERS[6:7])
    _sync(app, platforms)
    walk.enrol(world, refused, crowd[3:6])
    with world.writing() as session:
        breaker.site_refuses(session, site_id=others[1], code="invalidtoken")
    with world.trying() as session:
        hold_id = session.scalars(select(SyncHold.id)).one()
        row_id = session.scalars(select(Enrolment.id).where(Enrolment.status == "held")).first()
    assert row_id is not None
    return Troubled(held, hold_id, row_id, unlinked)


def _sites(world: World) -> tuple[int, int]:
    with world.writing() as session:
        session.get_one(Site, world.site).name = "LMS Bangkom Kabupaten"
        made = [
            Site(
                code="kesehatan",
                name="LMS Dinas Kesehatan",
                url="http://lms12.test",
                home_page="http://lms12.test",
            ),
            Site(
                code="provinsi",
                name="LMS BPSDM Provinsi",
                url="http://lms4.test",
                home_page="http://lms4.test",
            ),
        ]
        session.add_all(made)
        session.flush()
        return made[0].id, made[1].id


def _name(world: World) -> None:
    with world.writing() as session:
        for key, name in zip(LEARNERS, NAMES, strict=True):
            session.get_one(Person, world.people[key]).name = name


def _elsewhere(world: World, site_id: int, course: str, names: Sequence[str]) -> int:
    version_id = walk.to_approved(
        world,
        site_id=site_id,
        course_ref=course,
        title=f"Tata kelola arsip {course}",
        course_title=f"Arsip {course}",
    )
    walk.enrol(world, version_id, names)
    return version_id


def _sync(app: Flask, platforms: dict[int, MemoryPlatform]) -> None:
    with app.app_context():
        sync_due(replace(bangkom().jobs, platform_for=lambda site: platforms[site.id]))


def _drift(app: Flask, world: World, platforms: dict[int, MemoryPlatform]) -> None:
    """Each day something else is found in the main course."""
    moodle = platforms[world.site]
    rows = moodle.courses["7"].enrolments
    refs = sorted(rows, key=int)
    for day in range(6):
        for ref in refs[day : day + day % 3]:
            rows.pop(ref, None)
        rows[refs[20]] = DesiredEnrolment(refs[20], refs[20], suspended=day > 2)
        rows[f"9{day}"] = DesiredEnrolment(f"9{day}", f"9{day}")
        with app.app_context():
            compare_due(replace(bangkom().jobs, platform_for=lambda site: platforms[site.id]))
        world.clock.work += timedelta(days=1)
        world.clock.machine += timedelta(days=1)


def _withdraw(world: World, version_id: int, count: int) -> None:
    with world.writing() as session:
        mine = (
            select(Enrolment.id)
            .join(Batch)
            .where(Batch.version_id == version_id)
            .order_by(Enrolment.id.desc())
        )
        for row_id in session.scalars(mine.limit(count)).all():
            enrolments.withdraw(
                session, actor=world.actor(session, "planner"), enrolment_id=row_id, reason=REASON
            )
