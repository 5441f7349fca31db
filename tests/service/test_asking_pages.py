"""Pages that ask the site while a person waits: given up after seconds, said in words, no transaction open."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from lms_connectors.memory import MemoryPlatform
from service.config import load_settings
from service.connectors import platform_factory
from service.db import db
from tests.support import walk
from tests.support.world import LEARNERS, World
from workflows.actions import rewind
from workflows.models import FirstRun, Site
from workflows.rewind import Verdict

Visit = Callable[[str], FlaskClient]
Where = tuple[str, str, dict[str, Any], str, str]
SECONDS = 0.3
BY = ("first_run", "rewind", "search", "templates")


@pytest.fixture
def slow(world: World) -> Iterator[str]:
    """The site takes calls and never answers; its address."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
        with world.writing() as session:
            session.get_one(Site, world.site).url = url
        yield url


def to_ask(world: World, kind: str) -> Where:
    """(person, address, form, page that is shown then, what it says of a site that is slow)."""
    if kind == "first_run":
        walk.enrol(world, walk.to_approved(world), LEARNERS[:3])
        with world.writing() as session:
            session.add(FirstRun(site_id=world.site))
        page = "/situs/lms/pertama"
        return "administrator", f"{page}/lihat", {}, page, "Moodle tidak menjawab pada waktunya"
    if kind == "rewind":
        walk.enrol(world, walk.to_approved(world), LEARNERS[:3])
        walk.deliver(world)
        with world.writing() as session:
            rewind.stop(session, site_id=world.site, course_ref="7", verdict=Verdict(3, gone=(1, 2, 3)))
        page = "/sinkron/lms/mundur"
        return (
            "administrator",
            f"{page}/lihat",
            {},
            page,
            "Situs belum menjawab, jadi belum ada yang dilihat.",
        )
    version_id = walk.to_approved(world, course_ref="", course_title="")
    page = f"/program/{version_id}/kelas" + ("/baru" if kind == "templates" else "")
    form = {"site_id": world.site, "course_search": "data", "action": "search_course"}
    return "planner", page, form, "", "sedang tidak menjawab"


@pytest.mark.parametrize("kind", BY)
def test_a_slow_site_is_given_up_after_seconds_and_the_page_says_so(
    app: Flask, visit: Visit, world: World, slow: str, kind: str
) -> None:
    settings = load_settings({"BANGKOM_SITE_LMS_TOKEN": "t" * 32}, need=False)
    own = app.extensions["bangkom"]
    brief = replace(own.jobs, platform_for=platform_factory(settings, (SECONDS, SECONDS, SECONDS)))
    app.extensions["bangkom"] = replace(own, asking=brief, jobs=brief if kind == "first_run" else own.jobs)
    name, path, form, page, said = to_ask(world, kind)
    client, begun = visit(name), time.monotonic()
    answer = client.post(path, data=form)
    assert time.monotonic() - begun < SECONDS * 10
    shown = client.get(page) if page else answer
    assert said in shown.text
    assert shown.status_code == 200


@pytest.mark.parametrize("kind", BY)
def test_no_transaction_is_open_while_the_site_is_asked(
    app: Flask, visit: Visit, world: World, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, path, form, _page, _said = to_ask(world, kind)
    platform: MemoryPlatform = app.extensions["test_platform"]
    platform.add_course("Data publik", ref="7")
    client = visit(name)
    with app.app_context():
        engine = db.engine
    opened: list[int] = []
    begun: list[int] = []
    during: list[int] = []

    def begins(_connection: object) -> None:
        opened.append(1)
        begun.append(1)

    def ends(_connection: object) -> None:
        opened.pop()

    def watch(call: Callable[..., object]) -> Callable[..., object]:
        def watched(*args: object, **more: object) -> object:
            during.append(len(opened))
            return call(*args, **more)

        return watched

    for method in ("find_course", "search_courses", "categories", "find_accounts", "roster", "show_accounts"):
        monkeypatch.setattr(platform, method, watch(getattr(platform, method)))
    listeners = [("begin", begins), ("commit", ends), ("rollback", ends)]
    _listen(engine, listeners, event.listen)
    try:
        assert client.post(path, data=form).status_code in (200, 303)
    finally:
        _listen(engine, listeners, event.remove)
    assert during
    assert len(begun) > 1, "the transactions before and after were seen"
    assert not any(during)


def _listen(
    engine: Engine, listeners: list[tuple[str, Callable[..., None]]], how: Callable[..., None]
) -> None:
    for name, listener in listeners:
        how(engine, name, listener)


def test_once_a_site_did_not_answer_no_other_course_of_it_is_asked(
    app: Flask, visit: Visit, world: World, slow: str
) -> None:
    """Twenty courses of a site that hangs would hold the page for twenty time-outs."""
    for course in ("7", "8", "9"):
        version_id = walk.to_approved(world, course_ref=course, title=f"Kelas nomor {course}")
        walk.enrol(world, version_id, LEARNERS[:1])
    with world.writing() as session:
        session.add(FirstRun(site_id=world.site))
    settings = load_settings({"BANGKOM_SITE_LMS_TOKEN": "t" * 32}, need=False)
    own, asked = app.extensions["bangkom"], []
    real = platform_factory(settings, (SECONDS, SECONDS, SECONDS))

    def counted(site: Site) -> Any:
        platform = real(site)
        find = platform.find_course
        platform.find_course = lambda ref: (asked.append(ref), find(ref))[1]
        return platform

    app.extensions["bangkom"] = replace(own, jobs=replace(own.jobs, platform_for=counted))
    client = visit("administrator")
    client.post("/situs/lms/pertama/lihat")
    assert len(asked) == 1
    shown = client.get("/situs/lms/pertama").text
    assert shown.count("Moodle tidak menjawab pada waktunya") == 3
    assert "Ada kelas yang belum terbaca" in shown
    assert "Setujui pengiriman pertama" not in shown
