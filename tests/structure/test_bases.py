"""Every rule that a refusal names can be told to a civil servant in words."""

from __future__ import annotations

import ast

from tests.structure.tree import files, parsed
from workflows.bases import basis_of


def named_rules() -> set[str]:
    found = set()
    for path in files("workflows", "service", endings=(".py",)):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.keyword) and node.arg == "rule" and isinstance(node.value, ast.Constant):
                found.add(str(node.value.value))
    return found - {""}


def test_refusals_name_rules() -> None:
    assert len(named_rules()) > 15


def test_every_named_rule_has_words() -> None:
    assert sorted(rule for rule in named_rules() if not basis_of(rule)) == []
