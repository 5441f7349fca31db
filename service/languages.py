"""Indonesian first, English second: the person's own choice in a cookie, else Indonesian."""

from __future__ import annotations

from flask import has_request_context, session

LANGUAGES = ("id", "en")


def chosen() -> str:
    """The language of this request; jobs and the command line speak Indonesian."""
    if not has_request_context():
        return "id"
    language = session.get("language", "id")
    return language if language in LANGUAGES else "id"


def choose(language: str) -> None:
    if language in LANGUAGES:
        session["language"] = language
