"""Addresses of other pages. One that this installation does not have gives no link instead of an error."""

from __future__ import annotations

from typing import Any

from flask import url_for
from werkzeug.routing import BuildError


def link(endpoint: str, **values: Any) -> str:
    try:
        return url_for(endpoint, **values)
    except BuildError:
        return ""
