"""The frame of the benchmarks, and `bangkom bench sso` run small: its counts hold at any size."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from service import bench
from service.bench import Figure, Size, as_json, run_bench
from service.cli import main


def test_a_target_is_for_the_ratio_where_there_is_a_baseline() -> None:
    assert Figure("a", 30, "ms", baseline=3, target=15).ok
    assert not Figure("a", 46, "ms", baseline=3, target=15).ok
    assert not Figure("a", 9, "queries", target=8).ok
    assert Figure("a", 9, "queries").ok
    assert Figure("a", 9, "rows/s", baseline=10, target=0.9, at_least=True).ok
    assert not Figure("a", 8, "rows/s", baseline=10, target=0.9, at_least=True).ok


def test_a_line_has_all_that_a_program_needs() -> None:
    line = json.loads(as_json(Figure("callback", 30, "ms", baseline=3, target=15)))
    assert line == {"name": "callback", "value": 30, "unit": "ms", "baseline": 3, "ratio": 10.0, "target": 15,
                    "ok": True}  # fmt: skip


@pytest.mark.parametrize(("value", "code"), [(8, 0), (9, 1)])
def test_a_missed_target_ends_with_1(monkeypatch: pytest.MonkeyPatch, value: int, code: int) -> None:
    def figures(name: str, size: Size) -> Iterator[Figure]:
        yield Figure("queries", value, "queries", target=8)

    monkeypatch.setattr(bench, "run_bench", figures)
    done = CliRunner().invoke(main, ["bench", "sso", "--json"])
    assert done.exit_code == code
    assert json.loads(done.output)["ok"] is (code == 0)
    assert CliRunner().invoke(main, ["bench", "sso"]).exit_code == code


def test_an_unknown_name_says_which_there_are() -> None:
    done = CliRunner().invoke(main, ["bench", "nothing"])
    assert done.exit_code == 1
    assert "there are: moodle, sso" in done.output


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_bench_sso_measures_all_and_its_counts_of_queries_hold(database_url: str) -> None:
    figures = {one.name: one for one in run_bench("sso", Size(rounds=8, database_url=database_url))}
    counted = [one for one in figures.values() if one.unit == "queries" and one.target]
    assert [one.name for one in counted if not one.ok] == []
    assert len(counted) == 6
    assert figures["session look-up, queries a request"].value == 1
    for connections in (1, 8):
        for name in ("callback", "step-up return, checks"):
            assert figures[f"{name} p50, {connections} connections"].ratio
    assert {f"decisions, list of {many}, queries" for many in (1, 10, 60)} <= set(figures)
