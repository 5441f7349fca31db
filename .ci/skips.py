"""Fails when a test was skipped that the list does not allow: skips.py JUNIT_XML ALLOWED."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree
from fnmatch import fnmatch
from pathlib import Path


def skipped(report: Path) -> list[tuple[str, str]]:
    """(test id, message) of each skipped test; expected failures are not skipped."""
    found = []
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 (pytest wrote it a moment ago)
        skip = case.find("skipped")
        if skip is not None and skip.get("type") != "pytest.xfail":
            name = f"{case.get('classname', '').replace('.', '/')}::{case.get('name')}"
            found.append((name, skip.get("message", "")))
    return found


def patterns(allowed: Path) -> list[str]:
    lines = [line for line in allowed.read_text().splitlines() if line and not line.startswith("#")]
    unreasoned = [line for line in lines if not line.partition(" | ")[2].strip()]
    if unreasoned:
        sys.exit(f"{allowed}: no reason given: {unreasoned[0]}")
    return [line.partition(" | ")[0].strip() for line in lines]


def main(report: Path, allowed: Path) -> int:
    may = patterns(allowed)
    bad = [entry for entry in skipped(report) if not any(fnmatch(entry[0], pattern) for pattern in may)]
    for name, message in bad:
        print(f"skipped, but not in {allowed}: {name}: {message}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
