"""The fixtures that every test with a database stands on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from tests.support.postgres_programs import NoPostgres, find_programs
from tests.support.postgres_server import GIVEN

ROOT = Path(__file__).parents[2]
TWO_KINDS = "def test_it(database_kind): pass\n"
ONE_KIND = "import pytest\ndef test_it(database_kind):\n    if database_kind == 'sqlite': pytest.skip('no')\n"
BY_ITSELF = """
import sqlalchemy
def test_it():
    engine = sqlalchemy.create_engine("sqlite://")
    engine.connect().close()
    engine.dispose()
"""
WAITS = """
import pathlib, signal
def test_it(database_url):
    pathlib.Path("server").write_text(database_url.partition("host=")[2].replace("%2F", "/"))
    signal.pause()
"""


def test_each_test_gets_an_empty_database_of_its_own(database_url: str, database_kind: str) -> None:
    engine = create_engine(database_url)
    assert engine.dialect.name == database_kind
    assert inspect(engine).get_table_names() == []
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE note (words TEXT)"))
    engine.dispose()


def test_a_migrated_copy_has_every_table_of_the_models(migrated_database_url: str) -> None:
    from tests.support.schema import all_models

    engine = create_engine(migrated_database_url)
    assert set(inspect(engine).get_table_names()) >= set(all_models().tables)
    engine.dispose()


def test_no_postgresql_is_an_error_that_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(NoPostgres, match="BANGKOM_TEST_DATABASE_URL"):
        find_programs(system=tmp_path)


@pytest.mark.parametrize("workers", [[], ["-p", "xdist", "-n", "2"]], ids=["alone", "two workers"])
def test_a_test_that_ran_on_one_database_only_fails_the_run(
    pytester: pytest.Pytester, workers: list[str]
) -> None:
    result = _run(pytester, ONE_KIND, *workers)
    result.stdout.fnmatch_lines(["*test_it: ran on postgresql only"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize("arguments", [["-k", "postgresql"], ["test_given.py::test_it[postgresql]"], ["-x"]])
def test_what_the_user_chose_is_not_judged(pytester: pytest.Pytester, arguments: list[str]) -> None:
    assert _run(pytester, ONE_KIND, *arguments).ret == pytest.ExitCode.OK


def test_a_test_that_ran_on_both_databases_passes(pytester: pytest.Pytester) -> None:
    result = _run(pytester, TWO_KINDS, "-m", "database")
    result.assert_outcomes(passed=2)
    assert result.ret == pytest.ExitCode.OK


def test_a_test_that_opens_a_database_by_itself_fails(pytester: pytest.Pytester) -> None:
    result = _run(pytester, BY_ITSELF)
    result.stdout.fnmatch_lines(["*opens a database, but runs on one only*"])
    result.assert_outcomes(failed=1)


def test_the_server_goes_with_a_killed_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(GIVEN, raising=False)
    _write(pytester, WAITS)
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-m", "pytest", "-k", "postgresql"]
    run = pytester.popen(command, start_new_session=True, **quiet)
    server = Path(_wait_for(lambda: _text(pytester.path / "server")))
    assert (server / "data" / "postmaster.pid").exists()
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert _wait_for(lambda: not server.parent.exists())


@pytest.fixture(autouse=True)
def _no_other_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """The runs inside these tests need none of them, and start sooner."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def _run(pytester: pytest.Pytester, source: str, *arguments: str) -> pytest.RunResult:
    _write(pytester, source)
    return pytester.runpytest_subprocess(*arguments)


def _write(pytester: pytest.Pytester, source: str) -> None:
    pytester.makepyfile(test_given=source)
    pytester.makeconftest((ROOT / "tests" / "conftest.py").read_text())
    pytester.makeini(f"[pytest]\npythonpath = '{ROOT}'\nmarkers = database: on both\n")


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _wait_for(ready: Callable[[], str | bool]) -> str | bool:
    deadline = time.monotonic() + 30
    while not (value := ready()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return value
