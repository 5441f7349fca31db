from __future__ import annotations

from tests.structure.tree import ROOT
from workflows.lifecycle import ProgrammeLifecycle


def test_the_readme_shows_the_life_that_the_class_has() -> None:
    readme = ROOT / "README.md"
    if readme.exists():
        assert f"{ProgrammeLifecycle:mermaid}".strip() in readme.read_text(encoding="utf-8")
