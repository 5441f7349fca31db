"""The stand-in as a process of its own: ``python -m lms_connectors.sandbox FOLDER``; its address is printed.

It stops when its standard input ends, so that it never outlives whoever started it. ``--people`` and
``--courses`` fill it first: user ids follow each other from 5, course ids from 20.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from lms_connectors.sandbox.app import create_sandbox
from lms_connectors.sandbox.pace import MOODLE_PACE
from lms_connectors.sandbox.seed import SeedCourse, SeedUser
from lms_connectors.sandbox.server import serve_sandbox
from lms_connectors.sandbox.store import FIRST_IDS


def main(arguments: list[str] | None = None) -> None:
    asked = _parser().parse_args(arguments)
    app = create_sandbox(
        asked.folder / "moodle.sqlite3", purpose="test", token=asked.token, home_page="http://127.0.0.1",
        clock=lambda: datetime.now(UTC), xapi_endpoint="http://127.0.0.1:9/xapi", xapi_key="", xapi_secret="",
        max_input_vars=asked.max_input_vars,
    )  # fmt: skip
    app.site.pace = MOODLE_PACE if asked.pace else None
    app.seed_users(
        SeedUser(
            f"{10**17 + n}",
            "Nama",
            f"Uji {n}",
            f"{n}@instansi.test",
            f"{10**17 + n}",
            ref=FIRST_IDS["users"] + n,
        )
        for n in range(asked.people)
    )
    app.seed_courses(
        SeedCourse(f"Kelas {n}", f"kelas-{n}", ref=FIRST_IDS["courses"] + n) for n in range(asked.courses)
    )
    server = serve_sandbox(app, "127.0.0.1", asked.port, resend_every=600)
    app.site.home_page = server.url
    print(server.url, flush=True)
    sys.stdin.read()
    server.stop()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lms_connectors.sandbox", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", required=True)
    parser.add_argument("--people", type=int, default=0)
    parser.add_argument("--courses", type=int, default=1)
    parser.add_argument("--pace", action="store_true", help="as slow as the Moodle that was measured")
    parser.add_argument("--max-input-vars", type=int, default=5000)
    return parser


if __name__ == "__main__":
    main()
