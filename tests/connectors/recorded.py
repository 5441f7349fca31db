"""Recorded exchanges with a real Moodle 4.4, as data: what was sent, came back, and was held afterwards."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lms_connectors.sandbox.phpform import parse

FOLDER = Path(__file__).parent / "recordings"
FIXED = ("wstoken", "wsfunction", "moodlewsrestformat")


@dataclass(frozen=True)
class Recording:
    name: str
    data: dict[str, Any]

    @property
    def function(self) -> str:
        return str(self.data["function"])

    @property
    def form(self) -> list[tuple[str, str]]:
        request = self.data["request"]
        return [(name, value) for name, value in request.get("form") or request.get("query") or []]

    @property
    def token(self) -> str:
        return dict(self.form).get("wstoken", "")

    @property
    def parameters(self) -> dict[str, Any]:
        return parse([field for field in self.form if field[0] not in FIXED], 10**6)

    @property
    def sent_as_we_send(self) -> bool:
        first = tuple(name for name, _ in self.form[:3])
        return self.data["request"]["method"] == "POST" and first == FIXED

    @property
    def status(self) -> int:
        return int(self.data["response"]["status"])

    @property
    def content_type(self) -> str:
        return str(self.data["response"]["content_type"])

    @property
    def body(self) -> str:
        return str(self.data["response"]["body"])

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def max_input_vars(self) -> int:
        return int(self.data["server"].get("max_input_vars", 5000))


@cache
def recording(name: str) -> Recording:
    return Recording(name, json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))


@cache
def names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))
