"""`bangkom bench moodle` run small: what it counts holds at any size; times are told, not judged, here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.bench import BenchRefused, Figure, Size, moodle, run_bench
from service.bench.moodle_bare import Bare
from service.bench.moodle_site import FIRST_COURSE, stand_in
from service.cli import main
from tests.structure.tree import ROOT


def measured(size: Size) -> dict[str, Figure]:
    return {one.name: one for one in run_bench("moodle", size)}


def test_calls_and_queries_hold_at_a_small_size(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moodle, "ONE_BY_ONE", 20)
    monkeypatch.setattr(moodle, "ACCOUNTS", 20)
    figures = measured(Size(database_url=database_url, rows=100, growth=(100, 300)))
    assert figures["calls made, beside batches and roster reads"].ratio == 1.0
    assert figures["roster reads"].value == 2
    assert figures["our memory"].ok
    assert figures["enrolments, beside bare batches"].at_least
    assert figures["accounts, looked up"].value > 0
    for name in ("queries", "calls"):
        assert figures[f"300 rows: {name} of ours in 1,000 rows"].ok


@pytest.mark.long
def test_our_cost_a_row_does_not_grow_from_one_thousand_to_ten_thousand(
    tmp_path: Path, database_url: str
) -> None:
    figures = {one.name: one for one in moodle._growth(tmp_path, Size(growth=(1_000, 10_000)))}
    counted = [one for one in figures.values() if one.unit in ("queries", "calls", "MB")]
    assert len(counted) == 6
    assert [one.name for one in counted if not one.ok] == []
    assert figures["10,000 rows: cpu of ours in a row"].value < 1, (
        "a busy machine may waver, not by that much"
    )


def test_a_course_that_is_not_empty_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with stand_in(tmp_path, people=3, courses=1, pace=False) as site:
        Bare(site).one_by_one(str(FIRST_COURSE), ["5"])
        monkeypatch.setattr(moodle, "known_site", lambda code: site)
        for course in ("", str(FIRST_COURSE)):
            with pytest.raises(BenchRefused, match="name an empty course"):
                measured(Size(site="kelas", course=course, rows=100))
        assert Bare(site).roster(str(FIRST_COURSE)) == ["5"]


def test_a_named_site_is_measured_in_one_course_and_left_as_it_was(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moodle, "ONE_BY_ONE", 20)
    with stand_in(tmp_path, people=0, courses=1, pace=False) as site:
        monkeypatch.setattr(moodle, "known_site", lambda code: site)
        figures = measured(Size(site="kelas", course=str(FIRST_COURSE), rows=100, database_url=database_url))
        assert figures["calls made, beside batches and roster reads"].ratio == 1.0
        assert Bare(site).roster(str(FIRST_COURSE)) == []


def test_a_site_that_nobody_knows_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANGKOM_SECRET_KEY", "k" * 32)
    monkeypatch.setenv("BANGKOM_SSO_ISSUER", "http://127.0.0.1:9")
    done = CliRunner().invoke(main, ["bench", "moodle", "--site", "nowhere", "--course", "7"])
    assert done.exit_code == 1
    assert "BANGKOM_SITE_NOWHERE_TOKEN" in done.output


def test_the_stand_in_ends_with_whoever_started_it(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "lms_connectors.sandbox", str(tmp_path), "--token", "t"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        process.stdin.close()
        assert process.wait(timeout=20) == 0
