"""Reading a profile's files row by row; whatever is wrong is told with its file and line."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from service.profiles.profile import ProfileError, Words

Row = TypeVar("Row")
_TOML_LINE = re.compile(r"at line (\d+)")


class Cells:
    """One row of a table: named texts, turned into what the program needs."""

    def __init__(self, path: Path, line: int, values: Mapping[str, Any]) -> None:
        self._path = path
        self._line = line
        self._values = values

    def error(self, what: str) -> ProfileError:
        return ProfileError(self._path, self._line, what)

    def raw(self, name: str) -> Any:
        if self._values.get(name) is None:
            raise self.error(f"{name} is missing")
        return self._values[name]

    def text(self, name: str) -> str:
        value = self.raw(name)
        if not isinstance(value, str) or not value.strip():
            raise self.error(f"{name} must be a text")
        return value.strip()

    def maybe(self, name: str) -> str:
        return str(self._values.get(name) or "").strip()

    def one_of(self, name: str, choices: Sequence[str]) -> str:
        value = self.text(name)
        if value not in choices:
            raise self.error(f"{name} is {value!r}, must be one of {', '.join(choices)}")
        return value

    def number(self, name: str) -> int:
        try:
            return int(self.raw(name))
        except (TypeError, ValueError) as error:
            raise self.error(f"{name} must be a whole number") from error

    def maybe_number(self, name: str) -> int | None:
        return self.number(name) if self.maybe(name) else None

    def yes(self, name: str) -> bool:
        value = self._values.get(name)
        if isinstance(value, bool):
            return value
        if value not in ("yes", "no"):
            raise self.error(f"{name} must be yes or no")
        return bool(value == "yes")

    def day(self, name: str) -> date:
        value = self.raw(name)
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError as error:
            raise self.error(f"{name} must be a day like 2027-01-31") from error

    def maybe_day(self, name: str) -> date | None:
        return self.day(name) if self._values.get(name) else None

    def words(self) -> Words:
        return Words(self.text("id"), self.text("en"), self.maybe("short"))


def read_csv(path: Path, make: Callable[[Cells], Row]) -> tuple[Row, ...]:
    """Each line of the file as ``make`` sees it."""
    with _open(path) as handle:
        reader = csv.DictReader(handle, strict=True)
        rows = []
        try:
            for values in reader:
                rows.append(make(_cells(path, reader.line_num, values)))
        except csv.Error as error:
            raise ProfileError(path, reader.line_num, str(error)) from error
    if not rows:
        raise ProfileError(path, 1, "no rows")
    return tuple(rows)


def read_toml(path: Path) -> dict[str, Any]:
    with _open(path) as handle:
        text = handle.read()
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _TOML_LINE.search(str(error))
        raise ProfileError(path, int(found[1]) if found else text.count("\n") + 1, str(error)) from error


def tables(path: Path, data: Mapping[str, Any], name: str) -> Iterator[Cells]:
    """The entries of ``[[name]]``, each with the line on which it begins."""
    lines = _lines_of(path, f"[[{name}]]")
    for index, values in enumerate(data.get(name, ())):
        yield Cells(path, lines[index] if index < len(lines) else 1, values)


def named_words(path: Path, data: Mapping[str, Any], name: str) -> dict[str, Words]:
    """``[name.key]`` tables with ``id`` and ``en``, by key."""
    found = {}
    for key, values in data.get(name, {}).items():
        lines = _lines_of(path, f"[{name}.{key}]")
        cells = Cells(path, lines[0] if lines else 1, values if isinstance(values, dict) else {})
        found[key] = cells.words()
    return found


def must_be_unique(path: Path, names: Sequence[object]) -> None:
    """Rows of a CSV file stand for one thing each (line 1 is the head)."""
    seen = set()
    for line, name in enumerate(names, start=2):
        if name in seen:
            raise ProfileError(path, line, f"{name} stands here a second time")
        seen.add(name)


def must_be_known(path: Path, names: Sequence[str], known: Sequence[str]) -> None:
    """References of a CSV file lead somewhere; an empty one leads nowhere and is well."""
    for line, name in enumerate(names, start=2):
        if name and name not in known:
            raise ProfileError(path, line, f"{name!r} is not known")


def _cells(path: Path, line: int, values: Mapping[str | None, Any]) -> Cells:
    if None in values:
        raise ProfileError(path, line, "more cells than the head has names")
    return Cells(path, line, {str(key): value for key, value in values.items()})


def _open(path: Path) -> Any:
    try:
        return path.open(encoding="utf-8", newline="")
    except FileNotFoundError as error:
        raise ProfileError(path, 1, "the file is missing") from error


def _lines_of(path: Path, head: str) -> list[int]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [number for number, line in enumerate(lines, start=1) if line.strip() == head]
