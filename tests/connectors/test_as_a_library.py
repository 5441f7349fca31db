"""The connectors serve a program that has no web framework: the example of the documentation, as it stands there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.connectors.running_sandbox import Running
from tests.connectors.sandbox_state import TOKEN

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "enrol.py"
WITHOUT = """
import runpy, sys
for name in ("flask", "flask_sqlalchemy", "werkzeug", "sqlalchemy", "jinja2", "celery"):
    sys.modules[name] = None
runpy.run_path(sys.argv.pop(1), run_name="__main__")
"""
PEOPLE = (
    "199003122015031003,made@instansi.test,I Made,Wirawan\n199901012025011001,baru@instansi.test,Orang,Baru\n"
)


def example(url: str, course: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MOODLE_URL": url, "MOODLE_TOKEN": TOKEN}
    return subprocess.run(
        [sys.executable, "-c", WITHOUT, str(EXAMPLE), course],
        input=PEOPLE, capture_output=True, text=True, timeout=60, env=environment,
    )  # fmt: skip


def test_the_example_enrols_where_importing_flask_fails(sandbox: Running) -> None:
    for _ in range(2):
        done = example(sandbox.server.url, "26")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines() == [
            "199003122015031003 applied ",
            "199901012025011001 applied ",
            "Kursus Kosong: 2 enrolled",
        ]
    assert len(sandbox.rows("SELECT user FROM enrolments WHERE course = 26")) == 2


def test_the_example_says_when_there_is_no_such_course(sandbox: Running) -> None:
    done = example(sandbox.server.url, "99")
    assert (done.returncode, done.stderr) == (1, "no course 99\n")


def test_the_example_is_short() -> None:
    lines = EXAMPLE.read_text().split('"""', 2)[2].splitlines()
    assert len([line for line in lines if line.strip()]) <= 20
