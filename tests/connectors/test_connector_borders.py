"""What the connectors may lean on: no web framework, nothing of the service."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

from lms_connectors.moodle.platform import MoodlePlatform
from tests.connectors.sandbox_state import TOKEN, empty_sandbox, load
from workflows.ports import DesiredEnrolment

ROOT = Path(__file__).parents[2]


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT, capture_output=True, text=True, timeout=60
    )


def test_connectors_work_without_flask() -> None:
    done = python(
        """
        import sys
        for name in ("flask", "werkzeug", "sqlalchemy", "waitress"):
            sys.modules[name] = None
        import lms_connectors.http, lms_connectors.memory, lms_connectors.moodle.platform
        assert not [name for name in sys.modules if name.split(".")[0] == "service"]
        """
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_kill_9_of_the_stand_in_loses_nothing_that_it_answered(tmp_path: Path) -> None:
    load(empty_sandbox(tmp_path))
    code = f"""
    import sys, time
    sys.path[:0] = [{str(ROOT)!r}, {str(Path(__file__).parent)!r}]
    from pathlib import Path
    from sandbox_state import empty_sandbox
    from lms_connectors.sandbox import serve_sandbox
    server = serve_sandbox(empty_sandbox(Path({str(tmp_path)!r})), "127.0.0.1", 0)
    print(server.port, flush=True)
    time.sleep(60)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        platform = MoodlePlatform(f"http://127.0.0.1:{port}", TOKEN)
        platform.apply("26", [DesiredEnrolment(str(user), str(user)) for user in range(5, 15)])
        os.kill(process.pid, signal.SIGKILL)
    with empty_sandbox(tmp_path).site.store.reading() as db:
        assert db.execute("SELECT count(*) FROM enrolments WHERE course = 26").fetchone()[0] == 10
