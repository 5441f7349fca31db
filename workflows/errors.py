"""The four ways in which a wish can fail, each with a code and a sentence for people.

``sentence`` is Indonesian with ``%(name)s`` places; the web translates it and fills in ``values``.
"""

from __future__ import annotations

from typing import Any


def N_(text: str) -> str:
    """Mark a sentence for translation without translating it here."""
    return text


class WorkflowError(Exception):
    """A refusal that people can read. ``rule`` names the rule (R1-R40) or the article that speaks."""

    status = 400

    def __init__(self, code: str, sentence: str, *, rule: str = "", field: str = "", **values: Any) -> None:
        super().__init__(f"{code}: {sentence % values if values else sentence}")
        self.code = code
        self.sentence = sentence
        self.rule = rule
        self.field = field
        self.values = values


class Denied(WorkflowError):
    """Not yours: this person may not do this."""

    status = 403


class NotFound(WorkflowError):
    """There is no such thing, or none that this person may know of."""

    status = 404


class Conflict(WorkflowError):
    """Already done, or not now: the state has moved on, or does not allow it."""

    status = 409


class Refused(WorkflowError):
    """A rule speaks against it; the sentence says which and what to do."""

    status = 422
