"""One measured run in a process of its own, as a worker is: ``python -m service.bench.moodle_run WHAT ...``.

``sync``: send all that is due. ``accounts FIRST MANY``: make the accounts with these running numbers where they are
missing, then look them up. One line of JSON is printed. The settings come from the environment.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from lms_connectors import http
from service.app import create_app
from service.bench.load import counting
from service.config import load_settings
from service.current import bangkom
from service.db import db, writing
from service.jobs.enrolments import sync_due
from workflows.models import Site
from workflows.ports import LearnerAccount


def main(what: str, *arguments: str) -> None:
    app = create_app(load_settings())
    with app.app_context():
        told = _accounts(*map(int, arguments)) if what == "accounts" else _sync(app)
        db.session.remove()
        db.engine.dispose()
    print(json.dumps(told))


def _sync(app: Flask) -> dict[str, Any]:
    calls: list[None] = []
    http.NOTED.append(lambda: calls.append(None))
    with counting(db.engine) as queries:
        begun, cpu = time.perf_counter(), time.process_time()
        summary = sync_due(bangkom().jobs)
        seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    return {
        "applied": summary.applied,
        "other": summary.waiting + summary.failed,
        "seconds": seconds,
        "cpu": cpu,
        "queries": len(queries),
        "calls": len(calls),
        "megabytes": _most_memory(),
    }


def _most_memory() -> float:
    """The most that this program held, in MB. ``ru_maxrss`` would count what the starting process held, too."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this system does not tell the most memory of a process (VmHWM)")


def _accounts(first: int, many: int) -> dict[str, Any]:
    with writing() as session:
        platform = bangkom().jobs.platform_for(session.scalars(select(Site)).one())
    names = [f"bangkom-bench-{number:06d}" for number in range(first, first + many)]
    people = [LearnerAccount(name, name, name, f"{name}@bench.test", "Bench", name) for name in names]
    times = []
    for _ in range(2):
        begun = time.perf_counter()
        results = platform.resolve_accounts(people)
        times.append(time.perf_counter() - begun)
    made = sum(result.status.value == "made" for result in results)
    ids = [result.remote_id for result in results if result.usable]
    return {"first": times[0], "second": times[1], "made": made, "ids": ids}


if __name__ == "__main__":
    main(*sys.argv[1:])
