"""The fingerprint tells other content under the same id, and nothing else."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_connectors.xapi.fingerprint import fingerprint
from lms_connectors.xapi.statement import read_statements
from tests.connectors.xapi import recorded
from tests.connectors.xapi.samples import ACTIVITY, AGENT, ATTACHMENT, body, plain

OTHER_AGENT = {"mbox": "mailto:lain@instansi.test"}
RECORDED = [one for name in recorded.NAMES for one in recorded.load(name).statements]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    found = dict(draw(st.sampled_from(RECORDED)))
    grown = {"http://e.test/x": draw(JSON), "http://e.test/y": draw(st.text())}
    return {**found, "result": {"response": draw(st.text()), "extensions": grown}}


def shuffled(value: Any, random: Any) -> Any:
    if isinstance(value, list):
        return [shuffled(item, random) for item in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    random.shuffle(keys)
    return {key: shuffled(value[key], random) for key in keys}


@given(statements())
def test_reading_what_was_kept_gives_the_same_again(statement: dict[str, Any]) -> None:
    (once,) = read_statements(body(statement))
    (again,) = read_statements(once.raw)
    assert once.raw == again.raw == orjson.dumps(statement)
    assert once.content == again.content == statement
    assert (once.fingerprint, once.actor_key, once.timestamp) == (
        again.fingerprint,
        again.actor_key,
        again.timestamp,
    )


@given(statements(), st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(statement: dict[str, Any], random: Any) -> None:
    assert fingerprint(shuffled(statement, random)) == fingerprint(statement)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"id": "8f87ccde-bb56-4c2e-ab83-44982ef22df0", "version": "1.0.0"}),
        ({}, {"stored": "2026-11-24T03:16:59Z", "authority": AGENT}),
        ({}, {"attachments": [ATTACHMENT]}),
        ({}, {"verb": {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"id": "Selesai"}}}),
        ({"object": ACTIVITY}, {"object": {**ACTIVITY, "objectType": "Activity", "definition": {}}}),
        ({"timestamp": "2026-11-24T03:16:59Z"}, {"timestamp": "2026-11-24T11:16:59.000+08:00"}),
        (
            {"context": {"contextActivities": {"parent": ACTIVITY}}},
            {"context": {"contextActivities": {"parent": [ACTIVITY]}}},
        ),
        (
            {"actor": {"objectType": "Group", "member": [AGENT, OTHER_AGENT]}},
            {"actor": {"objectType": "Group", "member": [OTHER_AGENT, AGENT]}},
        ),
        ({"actor": AGENT}, {"actor": {**AGENT, "objectType": "Agent"}}),
    ],
)
def test_differences_that_the_specification_ignores_are_ignored(one: Any, other: Any) -> None:
    assert fingerprint(plain(**one)) == fingerprint(plain(**other))


@pytest.mark.parametrize(
    "changed",
    [
        {"actor": AGENT},
        {"actor": {**plain()["actor"], "name": "Dewi"}},
        {"verb": {"id": "http://e.test/other"}},
        {"object": ACTIVITY},
        {"result": {"completion": True}},
        {"timestamp": "2026-11-24T03:16:59Z"},
        {"context": {"contextActivities": {"grouping": [ACTIVITY]}}},
        {"context": {"extensions": {"http://e.test/x": None}}},
        {"object": {"objectType": "SubStatement", **plain()}},
    ],
)
def test_other_content_has_another_fingerprint(changed: dict[str, Any]) -> None:
    assert fingerprint(plain(**changed)) != fingerprint(plain())
