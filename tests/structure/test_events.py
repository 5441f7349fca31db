"""Every event that code records is listed with its sentence, and every listed one is recorded somewhere."""

from __future__ import annotations

import ast

from service.web.audit_view import GROUP_WORDS
from tests.structure.tree import files, parsed
from workflows.audit_trail import groups
from workflows.events import EVENTS
from workflows.lifecycle import MOVES_FROM, PAST_TENSE

TELLERS = ("record", "_tell")


def recorded() -> set[str]:
    """First string argument of every call of ``record`` or of a helper that passes it on."""
    found = set(PAST_TENSE.values())
    for path in files("workflows", "service", endings=(".py",)):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TELLERS:
                found |= {
                    a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
                }
    return found


def test_every_recorded_event_has_a_sentence() -> None:
    assert recorded() - set(EVENTS) == set()


def test_every_sentence_belongs_to_an_event_that_happens() -> None:
    assert set(EVENTS) - recorded() == set()


def test_every_event_has_a_word_for_its_kind_in_the_audit() -> None:
    assert set(groups()) == set(GROUP_WORDS)


def test_every_move_has_its_past_tense() -> None:
    assert set(PAST_TENSE) == set(MOVES_FROM)
