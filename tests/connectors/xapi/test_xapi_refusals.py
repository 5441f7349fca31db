"""What is refused, and where it says that the fault is: one row a rule, each with an id."""

from __future__ import annotations

import orjson
import pytest

from lms_connectors.xapi.statement import StatementInvalid, read_statements
from tests.connectors.xapi.invalid_statements import ROWS
from tests.connectors.xapi.samples import REFERENCE, body, plain


@pytest.mark.parametrize("row", ROWS)
def test_an_invalid_statement_is_refused_where_it_is_wrong(row: str) -> None:
    spoiled, path = ROWS[row]
    with pytest.raises(StatementInvalid) as refusal:
        read_statements(body(plain(), spoiled))
    assert refusal.value.path == f"statements[1]{path}"
    assert refusal.value.sentence


@pytest.mark.parametrize(
    ("text", "path"),
    [
        pytest.param(b"", "body", id="nothing"),
        pytest.param(b"[{}", "body", id="cut_off"),
        pytest.param(b"[]]", "body", id="too_much"),
        pytest.param(b"\xef\xbb\xbf[]", "body", id="byte_order_mark"),
        pytest.param(b'["\xff"]', "body", id="not_utf8"),
        pytest.param("[]".encode("utf-16"), "body", id="utf16"),
        pytest.param(b'["\\ud800"]', "body", id="lone_surrogate"),
        pytest.param(b"[NaN]", "body", id="not_a_number"),
        pytest.param(b"[1e999]", "body", id="infinite"),
        pytest.param(b"[" * 5000, "body", id="bottomless"),
        pytest.param(b"null", "statement", id="null"),
        pytest.param(b'"text"', "statement", id="text"),
        pytest.param(b"[[]]", "statements[0]", id="array_in_array"),
    ],
)
def test_a_body_that_is_no_json_of_statements_is_refused(text: bytes, path: str) -> None:
    with pytest.raises(StatementInvalid) as refusal:
        read_statements(text)
    assert refusal.value.path == path


def test_the_same_key_twice_is_refused_also_when_escaped_and_deep() -> None:
    deep = orjson.dumps(plain(result={"extensions": {"http://e.test/x": {"a": 1}}}))
    with pytest.raises(StatementInvalid, match="same key twice") as refusal:
        read_statements(b"[" + deep.replace(b'{"a":1}', b'{"a":1,"\\u0061":2}') + b"]")
    assert refusal.value.path == "statements[0]"


@pytest.mark.parametrize("depth", [300, 900])
def test_a_statement_nested_too_deeply_is_refused(depth: int) -> None:
    extensions = b'{"http://e.test/x":' + b"[" * depth + b"]" * depth + b"}"
    text = orjson.dumps(plain(result={"extensions": {}})).replace(
        b'"extensions":{}', b'"extensions":' + extensions
    )
    with pytest.raises(StatementInvalid, match="nested too deeply"):
        read_statements(text)


def test_one_id_twice_in_a_batch_is_refused() -> None:
    one = plain(id=REFERENCE["id"])
    with pytest.raises(StatementInvalid) as refusal:
        read_statements(body(one, {**one, "id": REFERENCE["id"].upper()}))
    assert refusal.value.path == "statements[1].id"


def test_the_path_holds_nothing_that_the_sender_wrote() -> None:
    with pytest.raises(StatementInvalid) as refusal:
        read_statements(body(plain(**{"199012212015032012": 1})))
    assert refusal.value.path == "statements[0]"
