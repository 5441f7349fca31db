"""The recorded requests of logstore_xapi, as they were sent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "recordings"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


@dataclass(frozen=True)
class Recorded:
    body: bytes
    statements: list[Any]
    headers: dict[str, str]
    settings: dict[str, str]

    @property
    def account_kind(self) -> str:
        return "username" if self.settings["send_username"] == "1" else "id"


def load(name: str) -> Recorded:
    told = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    request = told["request"]
    return Recorded(
        body=request["body"].encode(),
        statements=request["json"],
        headers=dict(request["headers"]),
        settings=told["plugin_settings"],
    )
