"""A learning platform in a package of its own, built as a wheel and installed by pip into a folder."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

NAME = "tiny_lms"
CODE = '''
"""A platform for tests: one course in memory for each address. It keeps the token that it was given."""

from lms_connectors.memory import MemoryPlatform

SITES = {}


class TinyPlatform(MemoryPlatform):
    def __init__(self, url, token):
        super().__init__(url)
        self.token = token
        self.add_course("Kelas kecil", ref="7")


def connect(url, token):
    return SITES.setdefault(url, TinyPlatform(url, token))
'''
TESTS = """
import uuid

import pytest

from lms_connectors.contract import Bench, PlatformContract
from tiny_lms import connect


class TestTiny(PlatformContract):
    @pytest.fixture
    def bench(self):
        url = f"http://{uuid.uuid4().hex}.test"
        return Bench(connect(url, "token"), "7", url)
"""
DIST = f"{NAME}-1.0.dist-info"
FILES = {
    f"{NAME}/__init__.py": CODE,
    f"{NAME}/test_tiny.py": TESTS,
    f"{DIST}/METADATA": "Metadata-Version: 2.1\nName: tiny-lms\nVersion: 1.0\n",
    f"{DIST}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{DIST}/entry_points.txt": f"[bangkom.learning_platforms]\ntiny = {NAME}:connect\n",
}


def install_tiny_package(folder: Path) -> Path:
    """The folder to put on the path."""
    wheel = folder / f"{NAME}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in FILES.items():
            archive.writestr(name, text)
        archive.writestr(f"{DIST}/RECORD", "".join(f"{name},,\n" for name in [*FILES, f"{DIST}/RECORD"]))
    target = folder / "packages"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "--no-index",
        "--no-deps",
    ]
    done = subprocess.run([*pip, "--target", target, wheel], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return target
