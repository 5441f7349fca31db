"""Name, e-mail and ID number of accounts of ours: sent as recorded, told row by row; nothing else ever changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytest_httpserver import HTTPServer

from lms_connectors.contract import someone
from lms_connectors.likeness import differences
from lms_connectors.sandbox import faults
from tests.connectors.recorded import Recording, recording
from tests.connectors.replay_accounts import UPDATE, UPDATE_CASES
from tests.connectors.replaying import Site
from tests.connectors.running_sandbox import Running
from tests.connectors.test_moodle_accounts import ALL_USERS, account
from workflows.ports import Concern, LearnerAccount, RowResult, RowStatus


def people_of(played: Recording) -> list[LearnerAccount]:
    """The people that lead to the recorded form."""
    return [
        LearnerAccount(
            key=f"k{row['id']}",
            username="not.sent",
            idnumber="",
            email=row["email"],
            given_name=row["firstname"],
            family_name=row["lastname"].removeprefix("-"),
            remote_id=row["id"],
        )
        for row in played.parameters["users"].values()
    ]


@pytest.mark.parametrize("case", UPDATE_CASES)
def test_change_is_sent_as_recorded_and_told_row_by_row(case: str, httpserver: HTTPServer) -> None:
    played = recording(f"{UPDATE}.{case}")
    people = people_of(played)
    site = Site(httpserver, played)
    results = site.platform().update_accounts(people)
    assert site.saw_recorded_form()
    assert [result.code for result in results] == UPDATE_CASES[case]
    assert [result.key for result in results] == [person.key for person in people]


def test_markup_in_one_name_spoils_the_call_and_the_others_are_sent_without_it(
    httpserver: HTTPServer,
) -> None:
    played = recording(f"{UPDATE}.names_with_markup")

    def answer(form: list[tuple[str, str]]) -> str:
        return played.body if any("<b>" in value for _, value in form) else '{"warnings":[]}'

    site = Site(httpserver, played, **{UPDATE: answer})
    results = site.platform().update_accounts(people_of(played))
    assert site.saw_recorded_form()
    assert [result.code for result in results] == ["", "invalidparameter"]


def test_want_of_the_right_is_said_of_our_rights_and_asked_once(httpserver: HTTPServer) -> None:
    played = recording(f"{UPDATE}.names_missing_capability")
    site = Site(httpserver, played)
    results = site.platform().update_accounts(people_of(played))
    assert [(one.status, one.code, one.concerns) for one in results] == [
        (RowStatus.REFUSED, "nopermissions", Concern.RIGHTS)
    ]


def test_only_name_and_e_mail_and_number_change(sandbox: Running) -> None:
    before = sandbox.rows("SELECT id, username, auth, suspended, city FROM users")
    changed = account(
        remote_id="5", username="lain", idnumber="baru", email="siti@instansi.test", given_name="Sitti"
    )
    (result,) = sandbox.platform(auth="oidc").update_accounts([changed])
    assert result == RowResult("siti", RowStatus.APPLIED)
    assert sandbox.rows("SELECT firstname, lastname, email, idnumber FROM users WHERE id = 5") == [
        ("Sitti", "Rahmawati", "siti@instansi.test", "baru")
    ]
    assert sandbox.rows("SELECT id, username, auth, suspended, city FROM users") == before


def test_what_is_empty_is_not_even_sent(sandbox: Running) -> None:
    number_only = account(remote_id="5", idnumber="baru", given_name="", family_name="", email="")
    (result,) = sandbox.platform().update_accounts([number_only])
    assert result.status is RowStatus.APPLIED
    assert sandbox.rows("SELECT firstname, email, idnumber FROM users WHERE id = 5") == [
        ("Siti", "asn1@instansi.test", "baru")
    ]


def test_number_that_another_account_carries_is_not_given_and_the_rest_is(sandbox: Running) -> None:
    """Moodle would take it, and afterwards nobody is found by that number."""
    ((other,),) = sandbox.rows("SELECT idnumber FROM users WHERE id = 6")
    before = sandbox.rows("SELECT idnumber FROM users ORDER BY id")
    (result,) = sandbox.platform().update_accounts(
        [account(remote_id="5", idnumber=other, given_name="Sitti")]
    )
    assert other
    assert (result.status, result.code) == (RowStatus.REFUSED, "idnumber_in_use")
    assert sandbox.rows("SELECT firstname FROM users WHERE id = 5") == [("Sitti",)]
    assert sandbox.rows("SELECT idnumber FROM users ORDER BY id") == before


def test_address_that_we_do_not_hold_is_left_as_it_is(sandbox: Running) -> None:
    sandbox.platform().update_accounts([account(remote_id="5", email="", given_name="Sitti")])
    assert sandbox.rows("SELECT firstname, email FROM users WHERE id = 5") == [
        ("Sitti", "asn1@instansi.test")
    ]


def test_site_whose_policy_is_to_find_is_not_even_asked(sandbox: Running) -> None:
    before = sandbox.rows(ALL_USERS)
    platform = sandbox.platform(account_policy="find")
    sandbox.server.stop()
    (result,) = platform.update_accounts([account(remote_id="5", given_name="Sitti")])
    assert (result.status, result.code) == (RowStatus.REFUSED, "find_only")
    assert sandbox.rows(ALL_USERS) == before


@pytest.mark.parametrize("remote_id", ["", "bukan-angka"])
def test_who_has_no_account_number_is_told_so(sandbox: Running, remote_id: str) -> None:
    (result,) = sandbox.platform().update_accounts([account(remote_id=remote_id)])
    assert (result.status, result.code) == (RowStatus.REFUSED, "user_missing")


def test_answer_lost_after_the_work_is_asked_again_and_site_away_waits(sandbox: Running) -> None:
    changed = account(remote_id="5", given_name="Sitti")
    sandbox.app.faults.next(faults.GATEWAY_TIMEOUT_AFTER_WORK)
    (first,) = sandbox.platform().update_accounts([changed])
    assert first.status is RowStatus.APPLIED
    platform = sandbox.platform()
    sandbox.server.stop()
    (second,) = platform.update_accounts([changed])
    assert (second.status, second.code) == (RowStatus.RETRY, "unreachable")


def test_many_changes_go_in_batches(sandbox: Running) -> None:
    people = [someone(key=f"k{number}") for number in range(7)]
    made = sandbox.platform().resolve_accounts(people)
    wanted = [
        replace(person, remote_id=one.remote_id, given_name="Baru")
        for person, one in zip(people, made, strict=True)
    ]
    results = sandbox.platform(batch_size=3).update_accounts(wanted)
    assert {result.status for result in results} == {RowStatus.APPLIED}
    assert sandbox.rows("SELECT count(*) FROM users WHERE firstname = 'Baru'") == [(7,)]


def test_account_found_says_where_it_differs(sandbox: Running) -> None:
    platform = sandbox.platform()
    results = platform.resolve_accounts(
        [
            account(),
            account(key="b", username="199002112015032002", idnumber="199002112015032002", given_name="Budi"),
        ]
    )
    assert [result.differs for result in results] == [(), ("name", "email")]
    (other,) = platform.find_accounts([account(remote_id="5", idnumber="baru")])
    assert other.differs == ("idnumber",)


@pytest.mark.parametrize(
    ("full_name", "email", "expected"),
    [
        ("Rahmawati Siti", "ASN1@instansi.test", ()),
        ("siti  RAHMAWATI", "", ()),
        ("Siti Rahmawati -", "asn1@instansi.test", ()),
        ("", "", ()),
        ("Siti", "asn1@instansi.test", ("name",)),
        ("Siti Rahmawati", "asn1@lain.test", ("email",)),
    ],
)
def test_order_and_case_are_no_difference(full_name: str, email: str, expected: tuple[str, ...]) -> None:
    assert differences(account(), full_name=full_name, email=email) == expected
