"""What the structure tests read: the project's own files, not what others made or tools left."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = ("service", "workflows", "lms_connectors", "migrations")
NOT_OURS = {"vendor", "__pycache__"}


def files(*folders: str, endings: tuple[str, ...]) -> Iterator[Path]:
    """Files below these folders of the project with one of these endings, in a fixed order."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in endings and not NOT_OURS & set(path.relative_to(ROOT).parent.parts):
                yield path


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def modules(package: str) -> list[str]:
    """Dotted names of all modules of a package, the package itself first."""
    names = [name_of(path).removesuffix(".py").replace("/", ".") for path in files(package, endings=(".py",))]
    return sorted(name.removesuffix(".__init__") for name in names)


def reasoned(path: Path) -> dict[str, str]:
    """Lines "name | reason" of a list of exceptions; # begins a comment."""
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return {name.strip(): reason.strip() for name, _, reason in (line.partition("|") for line in lines)}
