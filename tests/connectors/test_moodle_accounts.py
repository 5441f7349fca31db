"""People and accounts: found by idnumber, then by user name; never changed, never guessed."""

from __future__ import annotations

import pytest

from lms_connectors.contract import someone
from lms_connectors.moodle.accounts import is_deleted
from lms_connectors.moodle.platform import MoodlePlatform
from lms_connectors.sandbox import SeedUser, users
from tests.connectors.running_sandbox import Running
from workflows.ports import AccountStatus, DesiredEnrolment, LearnerAccount, RowStatus

ALL_USERS = "SELECT * FROM users ORDER BY id"


def account(**changes: str) -> LearnerAccount:
    """Siti, who is user 5 of the stand-in."""
    siti = {
        "key": "siti",
        "username": "199001102015031001",
        "idnumber": "199001102015031001",
        "email": "asn1@instansi.test",
        "given_name": "Siti",
        "family_name": "Rahmawati",
    }
    return LearnerAccount(**(siti | changes))


def test_account_found_is_left_exactly_as_it_is(sandbox: Running) -> None:
    before = sandbox.rows(ALL_USERS)
    changed = account(username="NIP.BARU", email="baru@instansi.test", given_name="Lain")
    (result,) = sandbox.platform().resolve_accounts([changed])
    assert (result.status, result.remote_id) == (AccountStatus.FOUND, "5")
    assert result.username == "199001102015031001"
    assert sandbox.rows(ALL_USERS) == before


def test_two_accounts_with_one_idnumber_are_a_case_for_a_person(sandbox: Running) -> None:
    sandbox.app.seed_users([SeedUser("kembar", "Siti", "Dua", "dua@x.test", "199001102015031001")])
    (result,) = sandbox.platform().resolve_accounts([account()])
    assert (result.status, result.remote_id) == (AccountStatus.AMBIGUOUS, None)


def test_user_name_of_somebody_with_another_idnumber_is_a_case_for_a_person(sandbox: Running) -> None:
    (result,) = sandbox.platform().resolve_accounts([account(idnumber="999")])
    assert (result.status, result.reason) == (AccountStatus.AMBIGUOUS, "other_idnumber")


def test_two_people_of_ours_on_one_account_are_a_case_for_a_person(sandbox: Running) -> None:
    by_name = account(key="b", idnumber="")
    by_number = account(key="a", username="lain")
    results = sandbox.platform().resolve_accounts([by_number, by_name, account(key="c", remote_id="5")])
    assert {result.status for result in results} == {AccountStatus.AMBIGUOUS}


def test_the_same_person_twice_in_one_request_makes_no_account(sandbox: Running) -> None:
    person = someone()
    results = sandbox.platform().resolve_accounts([person, person])
    assert {result.reason for result in results} == {"twice_in_request"}
    assert sandbox.rows("SELECT count(*) FROM users WHERE username LIKE 'uji%'") == [(0,)]


def test_suspended_account_is_said_to_be_suspended(sandbox: Running) -> None:
    sandbox.app.seed_users([SeedUser("tutup", "A", "B", "tutup@x.test", "T-1", suspended=True)])
    (result,) = sandbox.platform().resolve_accounts([account(username="tutup", idnumber="T-1")])
    assert (result.status, result.usable) == (AccountStatus.SUSPENDED, False)


def test_site_whose_policy_is_to_find_makes_nobody(sandbox: Running) -> None:
    before = sandbox.rows(ALL_USERS)
    results = sandbox.platform(account_policy="find").resolve_accounts([someone(), account()])
    assert [result.status for result in results] == [AccountStatus.MISSING, AccountStatus.FOUND]
    assert sandbox.rows(ALL_USERS) == before


@pytest.mark.parametrize("auth", ["manual", "email", "oauth2"])
def test_account_is_made_for_every_sign_in_method_though_we_hold_no_password(
    auth: str, sandbox: Running
) -> None:
    (result,) = sandbox.platform(auth=auth).resolve_accounts([someone()])
    assert result.status is AccountStatus.MADE
    assert sandbox.rows(f"SELECT auth FROM users WHERE id = {result.remote_id}") == [(auth,)]


def test_known_id_is_asked_first_and_a_stale_one_does_not_stop_the_search(sandbox: Running) -> None:
    renamed = account(remote_id="6", username="lain", idnumber="lain")
    stale = account(key="stale", remote_id="98765", idnumber="199003122015031003", username="x")
    results = sandbox.platform().resolve_accounts([renamed, stale])
    assert [(result.status, result.remote_id) for result in results] == [
        (AccountStatus.FOUND, "6"),
        (AccountStatus.FOUND, "7"),
    ]


def test_deleted_account_is_gone_though_its_id_is_still_found(sandbox: Running) -> None:
    platform = sandbox.platform()
    users.delete(sandbox.app.site, "199001102015031001")
    assert platform.existing_accounts(["5", "6"]) == {"6"}
    (found,) = platform.find_accounts([account(remote_id="5")])
    assert (found.status, found.remote_id) == (AccountStatus.MISSING, None)
    (refused,) = platform.apply("21", [DesiredEnrolment("k", "5")])
    assert (refused.status, refused.code) == (RowStatus.REFUSED, "codingerror")
    (unchanged,) = platform.update_accounts([account(remote_id="5")])
    assert unchanged.code == "user_missing"


@pytest.mark.parametrize(
    ("user", "gone"),
    [
        ({"username": "a@x.test.1795533233", "email": "d" * 32}, True),
        ({"username": "a@x.test.1795533233"}, True),
        ({"username": "a@x.test.1795533233", "email": "a@x.test"}, False),
        ({"username": "a@x.test.1795533233", "idnumber": "199001102015031001"}, False),
        ({"username": "199001102015031001"}, False),
        ({"username": "lain", "email": ""}, False),
    ],
)
def test_deleted_account_is_known_by_what_moodle_leaves_of_it(user: dict[str, str], gone: bool) -> None:
    assert is_deleted(user) is gone


def test_account_is_made_for_sign_in_by_the_provider_and_without_a_password(sandbox: Running) -> None:
    person = someone(given_name="Sukarno", family_name=" ")
    sandbox.platform(auth="oidc").resolve_accounts([person])
    held = sandbox.rows(
        "SELECT username, idnumber, email, auth, firstname, lastname FROM users WHERE id = 19"
    )
    assert held == [(person.username.lower(), person.idnumber, person.email, "oidc", "Sukarno", "-")]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"username": "dua kata"}, "username_refused"),
        ({"email": "bukan-email"}, "invalidparameter"),
        ({"email": "ASN1@instansi.test"}, "email_in_use"),
        ({"given_name": "<b>Nama</b>"}, "invalidparameter"),
    ],
)
def test_bad_person_stands_alone_and_the_others_are_made(
    sandbox: Running, wrong: dict[str, str], reason: str
) -> None:
    people = [someone(key="a"), someone(key="bad", **wrong), someone(key="c"), account()]
    results = sandbox.platform().resolve_accounts(people)
    assert [result.status for result in results] == [
        AccountStatus.MADE,
        AccountStatus.REFUSED,
        AccountStatus.MADE,
        AccountStatus.FOUND,
    ]
    assert results[1].reason == reason


def test_service_without_the_right_to_make_accounts_refuses_each_with_its_code(sandbox: Running) -> None:
    sandbox.app.site.capable = False
    results = sandbox.platform().resolve_accounts([someone(key="a"), someone(key="b")])
    assert {(result.status, result.reason) for result in results} == {
        (AccountStatus.REFUSED, "nopermissions")
    }


def test_policy_that_does_not_exist_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="account_policy"):
        MoodlePlatform("http://moodle.test", "token", account_policy="guess")
