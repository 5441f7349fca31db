"""What a good answer must look like before anybody reaches into it: else the border's promise would break."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.ports import Retryable

Thing = Mapping[str, Any]


def unexpected() -> Retryable:
    """A good status with a strange body: a filter on the way, or a Moodle that we do not know."""
    return Retryable("unexpected_answer", "The answer is not what this function gives", doubtful=True)


def record(answer: object) -> Thing:
    if not isinstance(answer, dict):
        raise unexpected()
    return answer


def things(answer: object) -> list[Thing]:
    """A list of records with an id each."""
    if not isinstance(answer, list) or not all(isinstance(one, dict) and "id" in one for one in answer):
        raise unexpected()
    return answer


def nothing(answer: object) -> None:
    """``null`` is what a function without a result answers when it is done."""
    if answer is not None:
        raise unexpected()
