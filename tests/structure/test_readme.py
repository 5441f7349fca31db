"""The two front pages: the life as the class has it, the same commands in both, and links that lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.structure.tree import ROOT
from workflows.lifecycle import ProgrammeLifecycle

ENGLISH, INDONESIAN = ROOT / "README.md", ROOT / "docs" / "README.id.md"
BOTH = pytest.mark.parametrize("page", [ENGLISH, INDONESIAN], ids=lambda page: page.name)
COMMAND = re.compile(r"^(\./run|bangkom|\.venv/bin/\S+|BANGKOM_\w+)\b")


@BOTH
def test_it_shows_the_life_that_the_class_has(page: Path) -> None:
    assert f"{ProgrammeLifecycle:mermaid}".strip() in page.read_text(encoding="utf-8")


def commands(page: Path) -> list[str]:
    """What stands there to be typed or set: lines of shell blocks and words in code marks."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    words = [" ".join(word.split()) for word in re.findall(r"`([^`]+)`", prose)]
    return [one for one in [*lines, *words] if COMMAND.match(one)]


def test_both_languages_have_the_same_commands_as_often() -> None:
    assert sorted(commands(INDONESIAN)) == sorted(commands(ENGLISH))
    assert len(commands(ENGLISH)) > 20


def test_the_table_names_every_command() -> None:
    from service.cli import main

    named = {word.split()[1] for word in commands(ENGLISH) if word.startswith("bangkom ")}
    assert set(main.commands) - named == set()


@BOTH
def test_its_links_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []
    assert local
