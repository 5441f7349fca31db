"""A pytest plugin: whatever opens the database runs on both databases, or the run fails.

A test counts as one that opens the database when it uses the fixture `database_kind`, directly or
through any other fixture. Nothing is judged when the user chose single tests (-k, ids, --lf, -x).
A test that connects to a database without that fixture fails at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator

import pytest
from sqlalchemy import Engine, event

from tests.support.databases import KINDS

FIXTURE = "database_kind"
PROPERTY = "database"
RUN_ONCE = (
    "tests/browser/",
    "tests/connectors/",
    "tests/structure/",
    "tests/flows/test_kill.py",
    "tests/flows/test_celery",
)


class BothDatabases:
    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.ran: dict[str, set[str]] = defaultdict(set)
        self.broken: list[str] = []
        self.connections = 0
        event.listen(Engine, "connect", self._count)

    def _count(self, *_: object) -> None:
        self.connections += 1

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        before = self.connections
        result = yield
        if self.connections > before and not _may_connect(item):
            pytest.fail("opens a database, but runs on one only: use database_url, database or session")
        return result

    def pytest_unconfigure(self) -> None:
        event.remove(Engine, "connect", self._count)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            if FIXTURE in getattr(item, "fixturenames", ()):
                item.add_marker("database")
                item.user_properties.append((PROPERTY, _pair_and_kind(item)))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, value in report.user_properties:
            if name == PROPERTY:
                pair, kind = value
                self.ran[pair].update({kind} if _ran(report) else ())

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        whole = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) and not _chosen(self.config)
        if hasattr(self.config, "workerinput") or not whole:
            return
        self.broken = [_sentence(pair, kinds) for pair, kinds in self.ran.items() if kinds != set(KINDS)]
        if self.broken:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.broken:
            terminalreporter.section("not on both databases", red=True)
            for line in self.broken:
                terminalreporter.line(line, red=True)
        elif self.ran:
            counts = ", ".join(f"{sum(kind in ran for ran in self.ran.values())} {kind}" for kind in KINDS)
            terminalreporter.line(f"tests on a database: {counts}")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(BothDatabases(config), "both-databases")


def _may_connect(item: pytest.Item) -> bool:
    return FIXTURE in getattr(item, "fixturenames", ()) or item.nodeid.startswith(RUN_ONCE)


def _pair_and_kind(item: pytest.Item) -> tuple[str, str]:
    call = item.callspec
    kind = call.params[FIXTURE]
    others = call.id.split("-")
    others.remove(kind)
    return f"{item.nodeid.removesuffix(f'[{call.id}]')}[{'-'.join(others)}]", kind


def _ran(report: pytest.TestReport) -> bool:
    # An expected failure is reported as skipped, but it did run.
    return report.when == "call" and (report.outcome != "skipped" or hasattr(report, "wasxfail"))


def _chosen(config: pytest.Config) -> bool:
    option = config.option
    chosen = option.keyword or option.deselect or option.maxfail or getattr(option, "lf", False)
    return bool(chosen or any("::" in argument for argument in config.args))


def _sentence(pair: str, kinds: set[str]) -> str:
    return f"{pair.removesuffix('[]')}: ran on {', '.join(sorted(kinds)) or 'no database'} only"
