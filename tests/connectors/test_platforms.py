"""The contract, run against the platform in memory, the stand-in on a port, and a real site."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_connectors.contract import Bench, PlatformContract
from lms_connectors.contract_courses import CourseContract
from lms_connectors.memory import MemoryPlatform
from lms_connectors.moodle.platform import MoodlePlatform
from lms_connectors.sandbox import serve_sandbox
from tests.connectors.sandbox_state import TOKEN, empty_sandbox, load

REAL_SITE = os.environ.get("BANGKOM_TEST_MOODLE_URL")


class TestMemory(PlatformContract, CourseContract):
    @pytest.fixture
    def bench(self) -> Bench:
        platform = MemoryPlatform("http://moodle.test")
        course = platform.add_course("Dasar Antikorupsi bagi ASN")
        return Bench(platform, course.ref, "http://moodle.test", "6")


class TestSandbox(PlatformContract, CourseContract):
    @pytest.fixture
    def bench(self, tmp_path: Path) -> Iterator[Bench]:
        app = empty_sandbox(tmp_path)
        load(app)
        server = serve_sandbox(app, "127.0.0.1", 0)
        platform = MoodlePlatform(server.url, TOKEN, home_page="http://moodle.test/", category_ref="6")
        yield Bench(platform, "20", "http://moodle.test", "6")
        server.stop()


@pytest.mark.skipif(not REAL_SITE, reason="real Moodle: set BANGKOM_TEST_MOODLE_URL")
class TestRealSite(PlatformContract, CourseContract):
    """Makes accounts and enrolments on that site, in the first course found or ``..._COURSE``, and courses in
    the category ``..._CATEGORY`` (1 unless said)."""

    @pytest.fixture
    def bench(self) -> Bench:
        url = str(REAL_SITE).rstrip("/")
        category = os.environ.get("BANGKOM_TEST_MOODLE_CATEGORY", "1")
        token = os.environ["BANGKOM_TEST_MOODLE_TOKEN"]
        platform = MoodlePlatform(url, token, category_ref=category)
        course = os.environ.get("BANGKOM_TEST_MOODLE_COURSE")
        return Bench(platform, course or platform.search_courses("")[0].ref, url, category)
