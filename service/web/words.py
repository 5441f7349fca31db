"""``_``: the sentence in the reader's language as a plain text (flask_babel gives no types)."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext


def _(text: str, **values: Any) -> str:
    return str(gettext(text, **values))
