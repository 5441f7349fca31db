"""A process that keeps one PostgreSQL server for one test run, and ends it when the run ends.

python postgres_keeper.py FOLDER OWNER_PID. It watches the owner by a pidfd, so that the server also
goes when pytest is killed with -9. What went wrong stands in FOLDER/keeper.log.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support.postgres_programs import as_user, find_programs, readable_programs, unprivileged  # noqa: E402

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "64MB",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "max_connections": "200",
    "timezone": "UTC",
}


def main(folder: Path, owner: int) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the owner's; we follow when it goes
    owner_fd = os.pidfd_open(owner)
    copies = Path(tempfile.mkdtemp(prefix=f"bangkom-test-{owner}-"))
    server = None
    try:
        server = start(folder, copies)
        wait_for_either(owner_fd, os.pidfd_open(server.pid))
    finally:
        stop(server)
        shutil.rmtree(copies, ignore_errors=True)
        shutil.rmtree(folder / "postgresql", ignore_errors=True)
        if select.select([owner_fd], [], [], 0)[0]:
            shutil.rmtree(folder, ignore_errors=True)


def start(folder: Path, copies: Path) -> subprocess.Popen[bytes]:
    user = unprivileged()
    copies.chmod(0o755)
    programs = readable_programs(find_programs(), user, copies / "programs")
    place = prepare(folder, user)
    data = place / "data"
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
        check=True, cwd=place, env=plain_environment(), **as_user(user),
    )  # fmt: skip
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = [programs / "postgres", "-D", data, "-k", place, *options]
    return subprocess.Popen(
        command, cwd=place, env=plain_environment(), start_new_session=True, **as_user(user)
    )


def prepare(folder: Path, user: object) -> Path:
    """A place only the server's user and we can enter: the server itself trusts whoever reaches it."""
    place = folder / "postgresql"
    place.mkdir(mode=0o700)
    if user is not None:
        os.chown(folder, -1, user.pw_gid)
        folder.chmod(0o710)
        os.chown(place, user.pw_uid, user.pw_gid)
    return place


def plain_environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C"}


def wait_for_either(*pidfds: int) -> None:
    select.select(pidfds, [], [])


def stop(server: subprocess.Popen[bytes] | None) -> None:
    if server is None or server.poll() is not None:
        return
    server.send_signal(signal.SIGQUIT)  # "immediate": there is nothing to keep
    try:
        server.wait(timeout=5)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
