"""The checks and readers without a network."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from service.sso import checks
from service.sso.accounts import person_of
from service.sso.checks import Seen, pinned_algorithms, run_checks
from service.sso.claims import claim_at, instant_at, roles_of
from service.sso.client import Documents
from service.sso.keys import device_of, local_path
from service.sso.problems import SsoRefused
from service.sso.sessions import find_login, open_login
from service.sso.settings import SsoSettings
from workflows.models import Base, Person

SETTINGS = SsoSettings(
    issuer="https://sso.test/realms/a",
    client_id="bangkom",
    client_secret="rahasia-panjang",
    redirect_uri="https://bangkom.test/masuk/kembali",
)
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    engine = create_engine(database_url)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(
            Person(id=person, name="Orang", email=f"{person}@contoh.test", employment_kind="pns")
            for person in (ONE, TWO)
        )
        session.flush()
        yield session
    engine.dispose()


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "http://sso.test"},
        {"scope": "profile"},
        {"algorithms": ("RS256", "none")},
        {"algorithms": ("HS256",)},
        {"algorithms": ()},
        {"stepup_max_age": 0},
        {"acr_stepup": ()},
        {"acr_map": {"1": "password"}},
        {"acr_available": False, "stepup_forces_login": False, "stepup_max_age": None},
        {"leeway": timedelta(minutes=6)},
        {"leeway": timedelta(seconds=-1)},
        {"client_auth": "none"},
        {"scope": "openid offline_access"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_settings_that_open_a_hole_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="."):
        replace(SETTINGS, **changes)


def test_secrets_do_not_show_in_a_printed_setting() -> None:
    assert "rahasia" not in repr(SETTINGS)


def test_https_brings_host_cookies_and_the_issuer_has_an_origin() -> None:
    assert SETTINGS.session_cookie == "__Host-bangkom"
    assert SETTINGS.issuer_origin == "https://sso.test"


def test_a_discovery_document_must_name_https_addresses() -> None:
    document = {"issuer": SETTINGS.issuer, "authorization_endpoint": "https://sso.test/a"}
    document |= {"token_endpoint": "https://sso.test/t", "jwks_uri": "https://sso.test/j"}
    run_checks("discovery", Seen(SETTINGS, NOW, metadata=document))
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        for address in ("http://sso.test/x", ""):
            with pytest.raises(SsoRefused, match="discovery_address_unsafe"):
                run_checks("discovery", Seen(SETTINGS, NOW, metadata={**document, name: address}))


def test_without_its_check_a_plain_http_address_would_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    document = {"issuer": SETTINGS.issuer, "authorization_endpoint": "https://sso.test/a"}
    document |= {"token_endpoint": "http://sso.test/t", "jwks_uri": "https://sso.test/j"}
    monkeypatch.setattr(Documents, "_get", lambda self, address: document)
    with pytest.raises(SsoRefused, match="discovery_address_unsafe"):
        Documents(SETTINGS).metadata()
    left = [one for one in checks.CHECKS if one[1] is not checks.discovery_names_only_https]
    monkeypatch.setattr(checks, "CHECKS", left)
    assert Documents(SETTINGS).metadata()["token_endpoint"] == "http://sso.test/t"


@pytest.mark.parametrize("auth_time", [math.nan, math.inf, -math.inf, None, True, "1", [], {}])
def test_auth_time_is_a_real_number(auth_time: object) -> None:
    claims = {"sub": "s", "auth_time": auth_time, "acr": "otp"}
    with pytest.raises(SsoRefused, match="stepup_auth_time"):
        run_checks("stepup", Seen(SETTINGS, NOW, claims=claims, started_at=NOW, expected_sub="s"))


@pytest.mark.parametrize(
    ("offset", "holds"), [(-61, False), (-59, True), (0, True), (239, True), (241, False)]
)
def test_auth_time_lies_between_start_and_now_with_the_skew(offset: int, holds: bool) -> None:
    claims = {"sub": "s", "auth_time": NOW.timestamp() + offset, "acr": "otp"}
    seen = Seen(SETTINGS, NOW + timedelta(minutes=3), claims=claims, started_at=NOW, expected_sub="s")
    if holds:
        run_checks("stepup", seen)
    else:
        with pytest.raises(SsoRefused):
            run_checks("stepup", seen)


def test_only_algorithms_that_we_allow_are_left() -> None:
    assert pinned_algorithms(SETTINGS, ["none", "HS256", "ES256"]) == ["ES256"]
    assert pinned_algorithms(SETTINGS, None) == ("RS256", "ES256")


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        "",
        "https://jahat.test/",
        "//jahat.test/",
        "/\\jahat.test",
        "\\\\jahat.test",
        "/\t/jahat.test",
        "/\n/jahat.test",
        "javascript:alert(1)",
        "tugas/1",
        "/" + "a" * 3000,
    ],
)
def test_next_leads_nowhere_but_here(wanted: str | None) -> None:
    assert local_path(wanted) == "/"


@pytest.mark.parametrize("wanted", ["/", "/tugas/1", "/tugas?q=a//b&x=1", "/a:b"])
def test_next_keeps_paths_of_ours(wanted: str) -> None:
    assert local_path(wanted) == wanted


def test_claims_are_found_by_path_and_whole_names_win() -> None:
    claims = {"a": {"b": {"c": 1}}, "https://x.test/a.b": 2, "text": "a.b"}
    assert claim_at(claims, "a.b.c") == 1
    assert claim_at(claims, "https://x.test/a.b") == 2
    assert claim_at(claims, "text.b") is None
    assert claim_at(claims, "a.z") is None


def test_roles_outside_the_map_and_of_the_wrong_shape_give_nothing() -> None:
    ours = {"keu": "finance_officer", "keuangan": "finance_officer"}
    assert roles_of({"r": ["keu", "keuangan", "admin", 7, None]}, "r", ours) == ["finance_officer"]
    for wrong in ("keu", {"keu": True}, None, 7):
        assert roles_of({"r": wrong}, "r", ours) == []


def test_an_auth_time_of_zero_is_no_time() -> None:
    assert instant_at({"auth_time": 0}, "auth_time") is None
    assert instant_at({"auth_time": True}, "auth_time") is None
    assert instant_at({"auth_time": 1e30}, "auth_time") is None
    assert instant_at({"auth_time": 1772438400}, "auth_time") == NOW


def test_devices_have_names_that_people_know() -> None:
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"
    assert device_of(agent) == "Chrome, Android"
    assert device_of("curl/8") == ""


@dataclass
class Found:
    """A register in which whoever is asked for is found so."""

    found: Sequence[uuid.UUID]
    left: bool = False

    def find_person(self, session: Session, nip: str) -> Sequence[uuid.UUID]:
        return self.found

    def has_left(self, session: Session, nip: str) -> bool:
        return self.left


def link(session: Session, sub: str, *found: uuid.UUID, iss: str = "https://sso.test") -> uuid.UUID:
    return person_of(session, iss, sub, "198002022005042002", Found(found), NOW)


def test_an_account_is_linked_once_and_stays(session: Session) -> None:
    assert link(session, "s-1", ONE) == link(session, "s-1", ONE) == ONE


@pytest.mark.parametrize(("found", "code"), [((), "person_unknown"), ((ONE, TWO), "person_ambiguous")])
def test_no_person_and_two_persons_are_refused(
    session: Session, found: tuple[uuid.UUID, ...], code: str
) -> None:
    with pytest.raises(SsoRefused) as refused:
        link(session, "s-1", *found)
    assert refused.value.code == code


def test_who_left_is_told_so(session: Session) -> None:
    with pytest.raises(SsoRefused) as refused:
        person_of(session, "https://sso.test", "s-1", "198002022005042002", Found((), left=True), NOW)
    assert refused.value.code == "person_left"


@pytest.mark.parametrize(("sub", "person"), [("s-2", ONE), ("s-1", TWO)], ids=["second account", "moved NIP"])
def test_two_accounts_with_one_nip_and_a_nip_that_moved_are_refused(
    session: Session, sub: str, person: uuid.UUID
) -> None:
    link(session, "s-1", ONE)
    with pytest.raises(SsoRefused) as refused:
        link(session, sub, person)
    assert refused.value.code == "account_mismatch"


@pytest.mark.parametrize(
    ("seen_ago", "made_ago", "open_"),
    [(29, 60, True), (31, 60, False), (1, 479, True), (1, 481, False)],
    ids=["active", "idle", "long", "too long"],
)
def test_a_login_ends_by_idle_and_by_absolute_time(
    session: Session, seen_ago: int, made_ago: int, open_: bool
) -> None:
    facts = {"iss": "i", "sub": "s", "sid": None, "id_token": "", "auth_time": None, "acr": None}
    key, row = open_login(session, ONE, {**facts, "amr": [], "roles": []}, "", NOW)
    row.created_at = NOW - timedelta(minutes=made_ago)
    row.last_seen_at = NOW - timedelta(minutes=seen_ago)
    session.flush()
    assert (find_login(session, key, SETTINGS, NOW) is not None) is open_
    assert find_login(session, key + "x", SETTINGS, NOW) is None
    assert row.key_hash != key
