from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.structure.tree import CODE, ROOT, files, name_of, parsed, reasoned

MOST_LINES = 400
LONGEST_SLEEP_SECONDS = 5
LONG_FILES = ROOT / "tests" / "structure" / "long_files.txt"
READ_BY_PEOPLE = (
    ".py",
    ".html",
    ".txt",
    ".css",
    ".js",
    ".po",
    ".toml",
    ".csv",
    ".svg",
    ".json",
    ".ini",
    ".mako",
)
PROFILE_WORDS = re.compile(r"\b(mamuju|wita|bkpp|bupati)\b", re.IGNORECASE)


def test_no_file_is_long_without_a_reason() -> None:
    written = (".py", ".html", ".css", ".js", ".mako")
    long = {name_of(path) for path in files(*CODE, "tests", endings=written) if _lines(path) > MOST_LINES}
    listed = reasoned(LONG_FILES)
    assert all(listed.values()), "a line is: path | reason"
    assert long - set(listed) == set()
    assert set(listed) - long == set(), "listed, but no longer long"


def test_words_of_one_regency_stand_in_its_profile_only() -> None:
    profiles = ROOT / "service" / "profiles"
    found = [
        f"{name_of(path)}:{number}: {line.strip()[:100]}"
        for path in files(*CODE, endings=READ_BY_PEOPLE)
        if not path.is_relative_to(profiles)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if PROFILE_WORDS.search(line)
    ]
    assert found == []


def test_no_test_sleeps_long() -> None:
    long = [
        f"{name_of(path)}:{call.lineno}"
        for path in files("tests", endings=(".py",))
        for call in ast.walk(parsed(path))
        if isinstance(call, ast.Call) and _sleeps_long(call)
    ]
    assert long == []


def test_every_use_case_says_what_it_does() -> None:
    silent = [
        f"{name_of(path)}: {item.name}"
        for path in files("workflows/actions", endings=(".py",))
        for item in parsed(path).body
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if not item.name.startswith("_") and not ast.get_docstring(item)
    ]
    assert silent == []


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _sleeps_long(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    seconds = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
    milliseconds = 1000 if name == "wait_for_timeout" else 1
    return name in ("sleep", "wait_for_timeout") and any(
        isinstance(value, int | float) and value / milliseconds > LONGEST_SLEEP_SECONDS for value in seconds
    )
