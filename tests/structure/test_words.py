"""The screen never says what docs/istilah.md tells us not to say."""

from __future__ import annotations

import re

from tests.structure.test_translations import messages
from tests.structure.tree import ROOT


def unwanted() -> list[str]:
    rows = [
        line
        for line in (ROOT / "docs/istilah.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| ")
    ]
    return [row.split("|")[1].strip() for row in rows if row.split("|")[1].strip() != "jangan"]


def test_the_list_of_unwanted_words_is_read() -> None:
    assert "Direvisi" in unwanted()


def test_no_text_of_the_screen_uses_an_unwanted_word() -> None:
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, unwanted()))})\b", re.IGNORECASE)
    assert sorted(text for text in messages() if pattern.search(text)) == []
