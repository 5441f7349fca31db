from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from tests.structure.tree import ROOT

METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "_l": None}
CATALOGUES = sorted((ROOT / "service" / "translations").glob("*/LC_MESSAGES/messages.po"))


@pytest.mark.parametrize("path", CATALOGUES or [None], ids=lambda path: path and path.parts[-3])
def test_every_message_is_translated(path: Path | None) -> None:
    if path is not None:
        with path.open("rb") as handle:
            catalogue = read_po(handle)
        assert sorted(message for message in messages() if not _translated(catalogue, message)) == []


def test_what_is_served_is_served_in_english_too() -> None:
    if (ROOT / "README.md").exists():
        assert "en" in {path.parts[-3] for path in CATALOGUES}


def messages() -> set[str]:
    """Every text in code and templates that people may read, in the language it is written in."""
    found = set()
    for folder in ("service", "workflows", "lms_connectors"):
        for _, _, message, _, _ in extract_from_dir(ROOT / folder, METHODS, keywords=KEYWORDS):
            found.add(message if isinstance(message, str) else message[0])
    return found


def _translated(catalogue: Catalog, message: str) -> bool:
    entry = catalogue.get(message)
    texts = (
        entry.string if entry is not None and isinstance(entry.string, tuple) else (entry and entry.string,)
    )
    return entry is not None and not entry.fuzzy and all(texts)
