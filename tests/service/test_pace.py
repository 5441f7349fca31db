"""A site's pace holds over all processes together: each call takes the next turn from the database."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, text

from service.pace import SharedTurns, pace_of
from tests.structure.tree import ROOT
from tests.support.world import World
from workflows.models import Site

CALLS = """
import sys, time
from sqlalchemy import create_engine
import service.db
from lms_connectors.pace import Pace
from service.pace import SharedTurns
engine = create_engine(sys.argv[1])
pace = Pace(float(sys.argv[3]), shared=SharedTurns(engine, int(sys.argv[2])))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(sys.argv[4])):
    pace.wait()
    print(time.time(), flush=True)
"""


def begin(url: str, site: int, per_second: int, calls: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CALLS, url, str(site), str(per_second), str(calls)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_two_processes_together_are_no_faster_than_was_set(world: World, engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    both = [begin(url, world.site, 10, 8) for _ in range(2)]
    for one in both:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    began: list[float] = []
    for one in both:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in both:
        out, _ = one.communicate(timeout=60)
        began += [float(line) for line in out.split()]
        assert one.returncode == 0
    assert len(began) == 16
    assert max(began) - min(began) >= 15 * 0.1 * 0.97, "one process alone would need half of it"


def test_turns_of_threads_follow_each_other_and_an_idle_time_is_not_made_up_for(
    world: World, engine: Engine
) -> None:
    turns = SharedTurns(engine, world.site)
    with ThreadPoolExecutor(4) as pool:
        waits = sorted(pool.map(lambda _: turns(5.0), range(4)))
    assert [round(wait / 5) for wait in waits] == [0, 1, 2, 3]
    with engine.begin() as connection:
        connection.execute(text("UPDATE site_turn SET next_at = next_at - 1000"))
    assert turns(5.0) == 0
    assert 0 < turns(5.0) <= 5


def test_each_site_has_turns_of_its_own(world: World, engine: Engine) -> None:
    with world.writing() as session:
        other = Site(code="lain", name="Lain", url="http://l.test", home_page="http://l.test")
        session.add(other)
        session.flush()
        number = other.id
    assert SharedTurns(engine, world.site)(60.0) == 0
    assert SharedTurns(engine, number)(60.0) == 0
    assert SharedTurns(engine, world.site)(60.0) > 0


def test_where_the_database_is_away_each_keeps_its_own_pace(caplog: pytest.LogCaptureFixture) -> None:
    turns = SharedTurns(create_engine("sqlite:////nowhere/at/all.db"), 1)
    assert turns(1.0) == 0
    assert "no turn of site 1" in caplog.text


def test_a_site_with_a_limit_counts_in_the_database_and_one_without_does_not(
    app: Flask, world: World, engine: Engine
) -> None:
    with world.trying() as session:
        site = session.get_one(Site, world.site)
        session.expunge(site)
    slept: list[float] = []
    with app.app_context():
        pace_of(site).wait()
        with engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM site_turn")).scalar_one() == 0
        site.calls_per_second = 1
        for pace in (pace_of(site), pace_of(site)):
            pace._sleep = slept.append
            pace.wait()
    assert len(slept) == 1
    assert 0 < slept[0] <= 1
