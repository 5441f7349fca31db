"""One embedded runner a database; its claim runs out; trouble in one job does not stop the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

import service.worker
from service import claims
from service.celery_app import claim_background
from service.claims import AnotherRunner
from service.current import bangkom
from service.jobs.context import JobContext
from service.worker import Runner
from tests.support.world import World
from workflows.models import RunnerClaim


@pytest.fixture
def runners(app: Flask, world: World) -> Iterator[list[Runner]]:
    """Two runners of two processes on one database."""
    with app.app_context():
        jobs = bangkom().jobs
    made = [Runner(replace(jobs, owner=f"process-{n}"), app.app_context, every=0.05) for n in (1, 2)]
    yield made
    for runner in made:
        runner.stop()


def owners(world: World) -> list[str]:
    with world.trying() as session:
        return list(session.scalars(select(RunnerClaim.owner)))


def test_a_second_runner_on_the_same_database_refuses_to_run(runners: list[Runner], world: World) -> None:
    first, second = runners
    first.start()
    with pytest.raises(AnotherRunner):
        second.start()
    assert owners(world) == ["process-1"]


def test_a_runner_that_stops_gives_its_claim_back(runners: list[Runner], world: World) -> None:
    first, second = runners
    first.start()
    first.stop()
    assert owners(world) == []
    second.start()
    assert owners(world) == ["process-2"]


def test_the_claim_of_a_dead_runner_runs_out(runners: list[Runner], world: World) -> None:
    with world.writing() as session:
        session.add(RunnerClaim(name="embedded", owner="dead", until=world.clock.real_now()))
    world.clock.wait(seconds=1)
    runners[0].start()
    assert owners(world) == ["process-1"]


def test_a_runner_refuses_beside_celery_and_celery_beside_a_runner(
    runners: list[Runner], world: World
) -> None:
    first, second = runners
    for _ in range(2):
        claim_background(first.context, patience=0)
    assert owners(world) == ["celery"], "all workers together"
    with pytest.raises(AnotherRunner):
        second.start()
    world.clock.wait(seconds=11)
    second.start()
    with pytest.raises(AnotherRunner, match="BANGKOM_RUNNER=no"):
        claim_background(first.context, patience=0)
    assert owners(world) == ["process-2"]


def test_a_job_is_done_by_one_worker_at_a_time(runners: list[Runner], world: World) -> None:
    first, second = (runner.context for runner in runners)
    with first.enter(), claims.alone(first, "a job") as mine:
        with claims.alone(second, "a job") as theirs, claims.alone(second, "another") as other:
            assert (mine, theirs, other) == (True, False, True)
        world.clock.wait(seconds=11)
        with claims.alone(second, "a job") as theirs:
            assert theirs, "who was killed renews nothing"
    assert owners(world) == []


def test_one_job_that_fails_does_not_keep_the_others_from_running(
    runners: list[Runner], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ran = []

    def broken(context: JobContext) -> None:
        raise LookupError("no such platform")

    def good(context: JobContext) -> None:
        ran.append(context.owner)

    monkeypatch.setattr(service.worker, "SWEEP", (broken, good))
    runners[0].sweep()
    assert ran == ["process-1"]
    assert "job broken failed" in caplog.text
