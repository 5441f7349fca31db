"""./run and what it installs."""

from __future__ import annotations

import configparser
import re
import subprocess
from pathlib import Path

from tests.structure.tree import ROOT

NAME = re.compile(r"^[A-Za-z0-9._-]+")


def test_every_dependency_has_its_exact_version() -> None:
    pinned = {_plain(line) for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line}
    assert _dependencies() - pinned == set(), "renew: ./run constraints"


def test_run_says_what_it_can_do_from_any_folder(tmp_path: Path) -> None:
    done = _run("help", cwd=tmp_path)
    assert done.returncode == 0
    assert all(
        f"./run {name}" in done.stdout
        for name in ("demo", "test", "check", "vendor", "translations", "bangkom")
    )


def test_run_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    done = _run("deploy", cwd=tmp_path)
    assert done.returncode == 2
    assert "Unknown / Tidak dikenal: deploy" in done.stderr


def _run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "run", *arguments], cwd=cwd, capture_output=True, text=True, env={"PATH": "/bin"}
    )


def _dependencies() -> set[str]:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    lists = [setup["options"]["install_requires"], *dict(setup["options.extras_require"]).values()]
    return {_plain(line) for text in lists for line in text.splitlines() if line.strip()}


def _plain(requirement: str) -> str:
    name = NAME.match(requirement)
    assert name is not None, requirement
    return name[0].lower().replace("_", "-").replace(".", "-")
