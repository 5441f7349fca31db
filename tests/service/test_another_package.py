"""A platform of another package joins by its entry point: it is synced with as Moodle is, and runs the contract."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from service.config import load_settings
from service.connectors import platform_factory
from service.current import bangkom
from service.jobs.enrolments import SyncSummary, sync_due
from tests.structure.tree import ROOT
from tests.support import walk
from tests.support.tiny_package import install_tiny_package
from tests.support.world import LEARNERS, World
from workflows.models import Enrolment, Site


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    place = install_tiny_package(tmp_path)
    monkeypatch.syspath_prepend(str(place))
    yield place
    sys.modules.pop("tiny_lms", None)


def test_a_platform_of_another_package_is_synced_with(app: Flask, world: World, installed: Path) -> None:
    with world.writing() as session:
        session.get_one(Site, world.site).platform = "tiny"
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, LEARNERS)
    settings = load_settings({"BANGKOM_SITE_LMS_TOKEN": "secret"}, need=False)
    with app.app_context():
        jobs = replace(bangkom().jobs, platform_for=platform_factory(settings))
        assert sync_due(jobs) == SyncSummary(applied=len(LEARNERS))
    tiny = sys.modules["tiny_lms"].SITES["http://lms.test"]
    assert tiny.token == "secret"
    assert len(tiny.roster("7")) == len(LEARNERS)
    with world.trying() as session:
        assert set(session.scalars(select(Enrolment.status))) == {"applied"}


def test_a_platform_that_no_package_offers_says_so(world: World) -> None:
    with world.trying() as session:
        site = session.get_one(Site, world.site)
        site.platform = "nowhere"
        factory = platform_factory(load_settings({"BANGKOM_SITE_LMS_TOKEN": "secret"}, need=False))
        with pytest.raises(LookupError, match="no installed package offers the learning platform 'nowhere'"):
            factory(site)


def test_another_package_runs_the_shipped_contract(tmp_path: Path) -> None:
    place = install_tiny_package(tmp_path)
    path = os.pathsep.join([str(place), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", place / "tiny_lms" / "test_tiny.py"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
