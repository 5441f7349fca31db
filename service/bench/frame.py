"""The frame of every benchmark: figures with a baseline of the same run, a target, and a verdict."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.table import Table

BENCHES = {"moodle": "service.bench.moodle", "sso": "service.bench.sso"}
"""Name -> module with ``run(size) -> Iterator[Figure]``."""


class BenchRefused(Exception):
    """It cannot be measured here; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Size:
    """``rounds`` of each measurement; ``database_url`` an empty database, or None for a new SQLite file.

    Of a learning site: its code (``sandbox``: the stand-in), an empty course of it, and how many ``rows``;
    ``growth``: row counts from small to large at which our own cost a row is compared.
    """

    rounds: int = 200
    database_url: str | None = None
    site: str = "sandbox"
    course: str = ""
    rows: int = 10_000
    growth: tuple[int, ...] = (1_000, 10_000, 100_000)


@dataclass(frozen=True, slots=True)
class Figure:
    """``target`` is the most that is allowed (``at_least``: the least), of the ratio where there is a baseline,
    else of the value itself."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    target: float | None = None
    at_least: bool = False

    @property
    def ratio(self) -> float | None:
        return self.value / self.baseline if self.baseline else None

    @property
    def ok(self) -> bool:
        """Without a target a figure is only told."""
        measured = self.value if self.ratio is None else self.ratio
        if self.target is None:
            return True
        return measured >= self.target if self.at_least else measured <= self.target


def run_bench(name: str, size: Size) -> Iterator[Figure]:
    """Figures as they are measured. KeyError for a name that is not in BENCHES."""
    figures: Iterator[Figure] = importlib.import_module(BENCHES[name]).run(size)
    yield from figures


def as_json(figure: Figure) -> str:
    """One line: name, value, unit, baseline, ratio, target, ok."""
    return json.dumps(
        {
            "name": figure.name,
            "value": round(figure.value, 4),
            "unit": figure.unit,
            "baseline": _rounded(figure.baseline),
            "ratio": _rounded(figure.ratio),
            "target": figure.target,
            "ok": figure.ok,
        }
    )


def as_table(figures: Iterable[Figure]) -> Table:
    table = Table("figure", "value", "baseline", "ratio", "target", "")
    for one in figures:
        verdict = "" if one.target is None else "ok" if one.ok else "MISSED"
        table.add_row(
            one.name,
            f"{one.value:.2f} {one.unit}",
            "" if one.baseline is None else f"{one.baseline:.2f} {one.unit}",
            "" if one.ratio is None else f"{one.ratio:.2f} x",
            _limit(one),
            verdict,
        )
    return table


def _limit(figure: Figure) -> str:
    if figure.target is None:
        return ""
    sign = "≥" if figure.at_least else "≤"
    return f"{sign} {figure.target:g}{' x' if figure.baseline else ''}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
