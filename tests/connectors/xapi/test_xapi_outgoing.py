"""Our own statements: valid by our own reading, the same twice, and never with a NIP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_connectors.xapi.outgoing import build_statement
from lms_connectors.xapi.statement import read_statements
from tests.connectors.xapi.samples import body

NIP = "199012212015032012"


def built(verb: str = "credited", **changed: Any) -> dict[str, Any]:
    wish: dict[str, Any] = {
        "home_page": "https://bangkom.test",
        "person": "p-7f3a",
        "key": "ledger-1",
        "programme": "https://bangkom.test/programmes/12",
        "title": {"id": "Pelayanan Publik Digital"},
        "when": datetime(2026, 11, 24, 3, 0, tzinfo=UTC),
        "jp": 20.0,
    }
    return build_statement(verb, **{**wish, **changed})


@pytest.mark.parametrize("verb", ["approved", "credited"])
def test_what_we_send_passes_our_own_strict_reading(verb: str) -> None:
    (read,) = read_statements(body(built(verb)))
    assert read.actor_key == "account:https://bangkom.test|p-7f3a"
    assert read.verb == f"https://bangkom.test/xapi/verbs/{verb}"
    assert read.timestamp == datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def test_the_credited_hours_are_an_extension_and_absent_without_them() -> None:
    assert built()["result"] == {"extensions": {"https://bangkom.test/xapi/extensions/jp": 20.0}}
    assert "result" not in built("approved", jp=None)


def test_the_same_event_has_the_same_id_and_another_has_another() -> None:
    ids = {built()["id"], built()["id"], built(key="ledger-2")["id"], built("approved")["id"]}
    assert len(ids) == 3


@pytest.mark.parametrize("nip", [NIP, "19901221 201503 2 012", "19901221.201503.2.012"])
@pytest.mark.parametrize("place", ["person", "programme", "title"])
def test_a_nip_is_never_sent_wherever_it_hides(place: str, nip: str) -> None:
    values = {"person": nip, "programme": f"https://bangkom.test/{nip}", "title": {"id": f"Untuk {nip}"}}
    with pytest.raises(ValueError, match="NIP") as refusal:
        built(**{place: values[place]})
    assert nip not in str(refusal.value)


@given(st.from_regex(r"[0-9]{18}", fullmatch=True))
def test_no_eighteen_digits_leave_as_a_person(nip: str) -> None:
    with pytest.raises(ValueError, match="NIP"):
        built(person=nip)


def test_the_key_of_the_event_does_not_leave() -> None:
    assert NIP not in orjson.dumps(built(key=NIP)).decode()


def test_a_naive_time_and_an_unknown_verb_are_mistakes() -> None:
    with pytest.raises(ValueError, match="aware"):
        built(when=datetime(2026, 11, 24))  # noqa: DTZ001
    with pytest.raises(ValueError, match="verb"):
        built("passed")
