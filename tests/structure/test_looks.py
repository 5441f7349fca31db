"""Views that show data of others say so, whatever helper makes their page (R39)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.structure.tree import ROOT, parsed
from workflows.looks import WHAT

LOGGED = {
    "participants.show",
    "participants.leaving",
    "batches.moving",
    "sync.show",
    "sync.part",
    "brakes.show",
    "sync_accounts.show",
    "rewind.show",
    "drift.show",
    "facts.index",
    "evaluations.show",
    "evaluations.revise",
    "needs.show",
    "privacy.log",
    "people_imports.show",
    "persons.show",
    "data_requests.show",
    "persons.employing",
    "persons.assigning",
    "persons.ending_assignment",
    "numbers.entering",
    "numbers.ending",
    "devices_admin.show",
    "audit.index",
}
"""End points of pages with scores, JP, completions, levels of competency, or figures about a group."""


def calls(function: ast.FunctionDef) -> set[str]:
    return {
        call.func.id
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    }


def says_so(path: Path, view: str) -> bool:
    """Whether ``view``, or a function of its module that it calls, calls ``looked``."""
    functions = {one.name: one for one in parsed(path).body if isinstance(one, ast.FunctionDef)}
    assert view in functions, f"{path.name} has no view {view}"
    seen: set[str] = set()
    waiting = [view]
    while waiting:
        name = waiting.pop()
        if name in functions and name not in seen:
            seen.add(name)
            waiting += calls(functions[name])
        elif name == "looked":
            return True
    return False


@pytest.mark.parametrize("endpoint", sorted(LOGGED))
def test_a_page_with_data_of_others_says_so(endpoint: str) -> None:
    module, view = endpoint.split(".")
    assert says_so(ROOT / "service" / "web" / f"{module}.py", view)


def test_a_page_of_one_s_own_says_nothing() -> None:
    assert not says_so(ROOT / "service" / "web" / "my_data.py", "copy")


def test_every_kind_of_look_has_a_page() -> None:
    said = {
        call.args[0].value
        for path in (ROOT / "service" / "web").glob("*.py")
        for call in ast.walk(parsed(path))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "looked"
        if isinstance(call.args[0], ast.Constant)
    }
    assert said == set(WHAT)
