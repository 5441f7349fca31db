"""What a person reads on a page: its texts and what a screen reader says, without the data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from sqlalchemy import Engine, String, select

from workflows.models import Base

SPOKEN = ("aria-label", "title", "placeholder", "alt")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        self.texts += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._silent:
            self.texts.append(" ".join(data.split()))


def texts_of(page: str) -> list[str]:
    reader = _Reader()
    reader.feed(page)
    return reader.texts


def data_texts(engine: Engine) -> set[str]:
    """Every text the database holds, also those inside the payloads of the history."""
    found: set[str] = set()
    with engine.connect() as connection:
        for table in Base.metadata.tables.values():
            for column in (column for column in table.columns if isinstance(column.type, String)):
                for text in connection.scalars(select(column).distinct()):
                    found.update(_inside(text))
    return {text for text in found if len(text) > 1}


def without(text: str, data: set[str]) -> str:
    for one in sorted(data, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(one)}(?!\w)", "…", text)
    return text


def _inside(text: str | None) -> Iterator[str]:
    if not text:
        return
    yield text
    if text[0] in "{[":
        yield from _strings(json.loads(text))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)
