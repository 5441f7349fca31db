from __future__ import annotations

import subprocess
import sys

import pytest

from tests.structure.tree import ROOT, modules

CONTRACTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
LOADED = """
import importlib, sys
for name in sys.argv[1].split(","):
    importlib.import_module(name)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""
NO_WEB = {"flask", "flask_sqlalchemy", "werkzeug", "flask_wtf", "flask_babel", "jinja2", "celery"}
NO_WIRE = {"requests", "urllib3", "httpx", "authlib", "tincan", "lms_connectors"}
STAND_INS = ("lms_connectors.sandbox",)


def test_the_contracts_of_the_layers_hold() -> None:
    done = _python("-c", CONTRACTS)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [("workflows", NO_WEB | NO_WIRE | {"service"}), ("lms_connectors", NO_WEB | {"service"})],
)
def test_a_package_loads_nothing_of_the_layers_above_it(package: str, forbidden: set[str]) -> None:
    names = [name for name in modules(package) if not name.startswith(STAND_INS)]
    done = _python("-c", LOADED, ",".join(names))
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) & forbidden == set()


def _python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)
