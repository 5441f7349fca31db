"""What is read: recorded requests as they are, exact text, columns, identity."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import orjson
import pytest

from lms_connectors.xapi.statement import StatementInvalid, read_statement, read_statements
from tests.connectors.xapi import recorded
from tests.connectors.xapi.samples import ACTIVITY, AGENT, ATTACHMENT, REFERENCE, body, plain, substatement

GIVEN = "2F4C2BA4-8B2C-4B1A-9B0B-0D5B1D6B6C11"


@pytest.mark.parametrize("name", recorded.NAMES)
def test_every_recorded_request_is_read_as_it_is(name: str) -> None:
    request = recorded.load(name)
    read = read_statements(request.body)
    assert [one.content for one in read] == request.statements
    assert [orjson.loads(one.raw) for one in read] == request.statements
    assert all(one.raw in request.body for one in read)


def test_a_statement_without_id_is_given_one() -> None:
    first, second = read_statements(body(plain(), plain()))
    assert UUID(first.id) != UUID(second.id)
    assert (first.id_given, second.id_given) == (False, False)
    assert first.fingerprint == second.fingerprint


def test_a_given_id_is_kept_in_lower_case() -> None:
    (read,) = read_statements(body(plain(id=GIVEN)))
    assert (read.id, read.id_given) == (GIVEN.lower(), True)


def test_the_exact_text_of_each_statement_is_kept() -> None:
    one = orjson.dumps(plain(), option=orjson.OPT_INDENT_2)
    two = orjson.dumps(plain(actor={**AGENT, "name": "Sitti Nurhaliza \u2014 \U0001f600"}))
    three = one.replace(b'"11"', b'"1\\u00001"')
    read = read_statements(b" [\n" + one + b" ,\r\n\t" + two + b"," + three + b" ] \n")
    assert [statement.raw for statement in read] == [one, two, three]


def test_a_single_statement_is_kept_without_the_blanks_around_it() -> None:
    text = orjson.dumps(plain())
    (read,) = read_statements(b"\n " + text + b"\n")
    assert read.raw == text


def test_columns_are_derived_from_the_statement() -> None:
    context = {"registration": "7CF45595-97E7-5E27-B302-274F60923BC7"}
    (read,) = read_statements(body(plain(timestamp="2026-11-24T11:16:59.123+08:00", context=context)))
    assert read.verb == "http://adlnet.gov/expapi/verbs/completed"
    assert read.actor_key == "account:http://moodle.test|11"
    assert read.object_id == "http://moodle.test/course/view.php?id=21"
    assert read.timestamp == datetime(2026, 11, 24, 3, 16, 59, 123000, UTC)
    assert read.timestamp.tzinfo is UTC
    assert read.registration == "7cf45595-97e7-5e27-b302-274f60923bc7"
    assert read.voids is None


def test_a_statement_without_timestamp_leaves_the_time_to_the_store() -> None:
    (read,) = read_statements(body(plain()))
    assert read.timestamp is None


@pytest.mark.parametrize(
    ("actor", "key"),
    [
        (AGENT, "mailto:asn@instansi.test"),
        ({"mbox_sha1sum": "a" * 40}, "mbox_sha1sum:" + "a" * 40),
        ({"openid": "http://id.test/1"}, "openid:http://id.test/1"),
        ({"objectType": "Group", "member": [AGENT]}, "anonymous"),
        (
            {"objectType": "Group", "account": {"homePage": "http://a.test", "name": "x"}},
            "account:http://a.test|x",
        ),
    ],
)
def test_the_actor_key_names_kind_and_value(actor: dict[str, object], key: str) -> None:
    (read,) = read_statements(body(plain(actor=actor)))
    assert read.actor_key == key


@pytest.mark.parametrize(
    ("about", "key"),
    [
        ({"objectType": "Agent", **AGENT}, "mailto:asn@instansi.test"),
        ({**REFERENCE, "id": GIVEN}, GIVEN.lower()),
        (substatement(), ""),
    ],
)
def test_the_object_may_be_more_than_an_activity(about: dict[str, object], key: str) -> None:
    (read,) = read_statements(body(plain(object=about)))
    assert read.object_id == key


def test_a_voiding_statement_names_its_target() -> None:
    void = plain(verb={"id": "http://adlnet.gov/expapi/verbs/voided"}, object={**REFERENCE, "id": GIVEN})
    (read,) = read_statements(body(void))
    assert read.voids == GIVEN.lower()


@pytest.mark.parametrize(
    "changed",
    [
        {"result": {"response": "", "extensions": {"http://e.test/x": None, "http://e.test/y": ["", {}]}}},
        {"context": {"contextActivities": {"parent": ACTIVITY}, "revision": "", "platform": "Moodle"}},
        {
            "result": {
                "duration": "P3Y6M4DT12H30M5.123S",
                "score": {"scaled": -1, "raw": 0.5, "min": 0, "max": 1},
            }
        },
        {"result": {"duration": "P4W"}},
        {"timestamp": "2026-11-24T03:16:59"},
        {"timestamp": "20261124T031659Z"},
        {"authority": {"objectType": "Group", "member": [AGENT, AGENT]}, "version": "1.0.0"},
        {"stored": "2026-11-24T03:16:59.1234567Z", "attachments": [ATTACHMENT]},
        {"verb": {"id": "http://e.test/v", "display": {"zh-Hans-CN": "", "x-klingon": "q", "i-lux": "l"}}},
        {"context": {"team": {"objectType": "Group", **AGENT}, "instructor": AGENT, "statement": REFERENCE}},
    ],
)
def test_what_the_specification_allows_is_accepted(changed: dict[str, object]) -> None:
    assert len(read_statements(body(plain(**changed)))) == 1


def test_an_empty_array_holds_no_statement() -> None:
    assert read_statements(b" [ ] ") == []


def test_put_stores_under_the_id_of_the_request() -> None:
    assert read_statement(orjson.dumps(plain()), GIVEN).id == GIVEN.lower()
    assert read_statement(orjson.dumps(plain(id=GIVEN.lower())), GIVEN).id_given


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (orjson.dumps(plain(id=REFERENCE["id"])), "statement.id"),
        (body(plain()), "statement"),
        (b"7", "statement"),
        (b"{", "body"),
    ],
)
def test_put_takes_one_statement_of_that_id_only(text: bytes, path: str) -> None:
    with pytest.raises(StatementInvalid) as refusal:
        read_statement(text, GIVEN)
    assert refusal.value.path == path
