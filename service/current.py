"""The running app's own things, for code inside a request or a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app

if TYPE_CHECKING:
    from service.app import Bangkom


def bangkom() -> Bangkom:
    return cast("Bangkom", current_app.extensions["bangkom"])
