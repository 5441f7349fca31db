"""Accounts on a site: ours follow our data, others are left alone, and who lacks one is looked for until found."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lms_connectors.sandbox import SandboxServer, SeedUser
from lms_connectors.sandbox import faults as trouble
from service.jobs.accounts import check_accounts, look_again
from service.jobs.context import JobContext
from service.jobs.enrolments import SyncSummary, sync_due
from tests.support import walk
from tests.support.account_jobs import (
    CREATE,
    UPDATE,
    account_of,
    calls,
    delete,
    held,
    number_of,
    rename,
    states,
    told,
)
from tests.support.world import LEARNERS, World
from workflows.accounts import data_changed
from workflows.actions import account_looks, enrolments, numbers, pauses, sites
from workflows.errors import Conflict, Denied, NotFound
from workflows.models import Enrolment, Identifier, LmsAccount, Person, Site


@pytest.fixture
def version(world: World) -> int:
    """Three learners wished into course 7."""
    version_id = walk.to_approved(world)
    walk.enrol(world, version_id, LEARNERS[:3])
    return version_id


def test_an_account_that_we_made_follows_name_and_e_mail_and_only_changes_are_sent(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    assert sync_due(jobs) == SyncSummary(applied=3)
    assert account_of(world, "learner1").ours
    assert check_accounts(jobs) == 0, "nothing is due yet"
    rename(world, "learner1", "Nama Baru", "baru@example.test")
    assert check_accounts(jobs) == 1
    query = "SELECT firstname, lastname, email, username, auth FROM users WHERE username = ?"
    number = number_of(world, "learner1")
    assert held(moodle, query, number) == [("Nama", "Baru", "baru@example.test", number, "oauth2")]
    with world.writing() as session:
        data_changed(session, list(world.people.values()))
    assert check_accounts(jobs) == 0
    assert calls(moodle, UPDATE) == 1
    assert told(world, "account.updated") == 1


def test_the_id_number_of_an_account_of_ours_follows_the_number_and_the_user_name_stays(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    """From NI PPPK to NIP, entered by hand: people go on signing in by the user name that they have."""
    sync_due(jobs)
    old, new = number_of(world, "learner1"), "199901012020011099"
    held(moodle, "UPDATE users SET firstname = 'Panggilan' WHERE username = ?", old)
    with world.writing() as session:
        numbers.enter_number(
            session,
            actor=world.actor(session, "administrator"),
            person_id=world.people["learner1"],
            number=new,
            valid_from=world.clock.now().date(),
        )
    assert check_accounts(jobs) == 1
    query = "SELECT username, idnumber, firstname FROM users WHERE username = ?"
    assert held(moodle, query, old) == [(old, new, "Panggilan")], "the name did not change with us"
    account = account_of(world, "learner1")
    assert (account.differs, account.update_code) == ("name", "")
    held(moodle, "UPDATE users SET idnumber = 'X-1' WHERE username = ?", old)
    world.clock.wait(hours=27)
    assert check_accounts(jobs) == 0, "what is changed there is not fought"
    assert calls(moodle, UPDATE) == 1
    assert account_of(world, "learner1").differs == "name idnumber"


def test_a_number_that_another_account_carries_is_shown_and_no_second_one_gets_it(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    sync_due(jobs)
    old, new = number_of(world, "learner1"), "199901012020011099"
    moodle.app.seed_users([SeedUser("baru", "Learner1", "Contoh", "baru@x.test", new)])
    with world.writing() as session:
        row = session.scalars(select(Identifier).where(Identifier.value == old)).one()
        row.value = new
        data_changed(session, [row.person_id])
    assert check_accounts(jobs) == 0
    assert account_of(world, "learner1").update_code == "idnumber_in_use"
    assert held(moodle, "SELECT username FROM users WHERE idnumber = ?", new) == [("baru",)]
    held(moodle, "UPDATE users SET idnumber = '' WHERE username = 'baru'")
    world.clock.wait(hours=27)
    assert check_accounts(jobs) == 1
    assert held(moodle, "SELECT username FROM users WHERE idnumber = ?", new) == [(old,)]


def test_a_number_of_an_account_that_was_there_before_is_only_shown(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    old = number_of(world, "learner1")
    moodle.app.seed_users([SeedUser("lama", "Learner1", "Contoh", "", old)])
    sync_due(jobs)
    with world.writing() as session:
        row = session.scalars(select(Identifier).where(Identifier.value == old)).one()
        row.value = "199901012020011099"
        data_changed(session, [row.person_id])
    assert check_accounts(jobs) == 0
    assert held(moodle, "SELECT idnumber FROM users WHERE username = 'lama'") == [(old,)]
    assert account_of(world, "learner1").differs.split()[-1] == "idnumber"


def test_an_account_made_before_it_was_kept_what_was_sent_is_judged_by_what_it_shows(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    sync_due(jobs)
    held(moodle, "UPDATE users SET idnumber = 'LAMA' WHERE username = ?", number_of(world, "learner1"))
    with world.writing() as session:
        for account in session.scalars(select(LmsAccount)):
            account.sent_number = ""
        data_changed(session, list(world.people.values()))
    assert check_accounts(jobs) == 1
    query = "SELECT count(*) FROM users WHERE idnumber = ?"
    assert held(moodle, query, number_of(world, "learner1")) == [(1,)]
    assert account_of(world, "learner2").sent_number, "it shows ours, so ours was sent"


def test_a_person_who_renamed_the_account_on_the_site_is_not_fought(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    sync_due(jobs)
    number = number_of(world, "learner1")
    held(moodle, "UPDATE users SET firstname = 'Panggilan' WHERE username = ?", number)
    world.clock.wait(hours=27)
    assert check_accounts(jobs) == 0
    assert calls(moodle, UPDATE) == 0
    assert account_of(world, "learner1").differs == "name"


def test_an_account_that_was_there_before_is_never_changed_and_the_difference_is_kept(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    number = number_of(world, "learner1")
    moodle.app.seed_users([SeedUser("lama", "Nama", "Lama", "lama@x.test", number)])
    before = held(moodle, "SELECT * FROM users WHERE username = 'lama'")
    sync_due(jobs)
    rename(world, "learner1", "Nama Baru", "baru@example.test")
    assert check_accounts(jobs) == 0
    assert held(moodle, "SELECT * FROM users WHERE username = 'lama'") == before
    account = account_of(world, "learner1")
    assert (account.ours, account.differs) == (False, "name email")
    assert calls(moodle, UPDATE) == 0


def test_where_the_site_may_only_be_searched_no_account_is_changed(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    sync_due(jobs)
    with world.writing() as session:
        session.get_one(Site, world.site).account_policy = "find"
    rename(world, "learner1", "Nama Baru", "baru@example.test")
    check_accounts(jobs)
    assert calls(moodle, UPDATE) == 0
    assert account_of(world, "learner1").differs == "name email"


def test_an_address_in_use_elsewhere_is_said_and_tried_again_later(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    sync_due(jobs)
    moodle.app.seed_users([SeedUser("lain", "Orang", "Lain", "dipakai@x.test")])
    rename(world, "learner1", "Nama Baru", "dipakai@x.test")
    assert check_accounts(jobs) == 0
    assert account_of(world, "learner1").update_code == "email_in_use"
    held(moodle, "UPDATE users SET email = 'lain@x.test' WHERE username = 'lain'")
    world.clock.wait(hours=27)
    assert check_accounts(jobs) == 1
    assert account_of(world, "learner1").update_code == ""


def test_a_site_that_is_away_puts_the_looks_off_and_counts_as_a_failure(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    sync_due(jobs)
    rename(world, "learner1", "Nama Baru", "baru@example.test")
    moodle.app.faults.always = trouble.BAD_GATEWAY
    assert check_accounts(jobs) == 0
    assert check_accounts(jobs) == 0
    with world.trying() as session:
        assert session.get_one(Site, world.site).failures == 1, "the second look was not due"
    moodle.app.faults.clear()
    world.clock.wait(minutes=20)
    assert check_accounts(jobs) == 1


def test_an_account_suspended_after_enrolling_needs_one_and_goes_on_by_itself_once_repaired(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    sync_due(jobs)
    number = number_of(world, "learner1")
    held(moodle, "UPDATE users SET suspended = 1 WHERE username = ?", number)
    world.clock.wait(hours=27)
    check_accounts(jobs)
    assert states(world) == [("needs_account", "suspended"), ("applied", ""), ("applied", "")]
    remote_id = account_of(world, "learner1").remote_id
    assert remote_id, "reports about it still find their person"
    for minutes in (17, 70):
        world.clock.wait(minutes=minutes)
        assert look_again(jobs) == 1
        sync_due(jobs)
        assert states(world)[0] == ("needs_account", "suspended")
        assert look_again(jobs) == 0, "each look in vain waits longer"
    held(moodle, "UPDATE users SET suspended = 0 WHERE username = ?", number)
    world.clock.wait(hours=7)
    assert look_again(jobs) == 1
    assert sync_due(jobs) == SyncSummary(applied=1)
    assert states(world)[0] == ("applied", "")
    account = account_of(world, "learner1")
    assert (account.remote_id, account.ours, account.looks) == (remote_id, True, 0)


def test_a_deleted_account_is_not_made_anew_until_a_person_says_so(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    sync_due(jobs)
    delete(moodle, number_of(world, "learner1"))
    world.clock.wait(hours=27)
    check_accounts(jobs)
    assert states(world)[0] == ("needs_account", "deleted")
    world.clock.wait(minutes=20)
    look_again(jobs)
    sync_due(jobs)
    assert states(world)[0] == ("needs_account", "deleted")
    assert calls(moodle, CREATE) == 1
    account = account_of(world, "learner1")
    with world.writing() as session:
        account_looks.allow_new(session, actor=world.actor(session, "planner"), account_id=account.id)
    assert look_again(jobs) == 1
    assert sync_due(jobs) == SyncSummary(applied=1)
    assert account_of(world, "learner1").ours
    with pytest.raises(Conflict), world.writing() as session:
        account_looks.allow_new(session, actor=world.actor(session, "planner"), account_id=account.id)
    with pytest.raises(NotFound), world.writing() as session:
        account_looks.allow_new(session, actor=world.actor(session, "planner"), account_id=99999)
    with pytest.raises(Denied), world.writing() as session:
        account_looks.allow_new(session, actor=world.actor(session, "inspector"), account_id=account.id)


def test_a_deleted_account_met_while_sending_is_looked_for_and_another_one_is_used(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    sync_due(jobs)
    numbers = [number_of(world, name) for name in LEARNERS[:2]]
    for number in numbers:
        delete(moodle, number)
    moodle.app.seed_users([SeedUser("gabungan", "Learner1", "Contoh", "g@x.test", numbers[0])])
    with world.writing() as session:
        for row in session.scalars(select(Enrolment)):
            row.status, row.applied_starts_at = "waiting", None
    assert sync_due(jobs) == SyncSummary(applied=1, waiting=2)
    assert {text for status, text in states(world) if status == "waiting"} != {""}
    world.clock.wait(minutes=2)
    assert sync_due(jobs) == SyncSummary(applied=1, failed=1)
    assert [state for state, _ in states(world)] == ["applied", "needs_account", "applied"]
    assert account_of(world, "learner1").username == "gabungan"
    assert not account_of(world, "learner1").ours
    assert account_of(world, "learner2").reason == "deleted"


def test_an_account_whose_user_name_changed_is_still_the_same(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    sync_due(jobs)
    held(moodle, "UPDATE users SET username = 'baru' WHERE username = ?", number_of(world, "learner1"))
    before = account_of(world, "learner1").remote_id
    world.clock.wait(hours=27)
    check_accounts(jobs)
    account = account_of(world, "learner1")
    assert (account.remote_id, account.username, account.status) == (before, "baru", "found")
    assert states(world)[0] == ("applied", "")


def test_who_has_no_number_is_looked_for_as_soon_as_there_is_one(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    with world.writing() as session:
        session.query(Identifier).filter_by(person_id=world.people["learner1"]).delete()
    sync_due(jobs)
    assert account_of(world, "learner1").reason == "no_number"
    with world.writing() as session:
        person = session.get_one(Person, world.people["learner1"])
        person.identifiers.append(
            Identifier(kind="nip", value="199901012020011099", valid_from=world.clock.now().date())
        )
        data_changed(session, [person.id])
    assert look_again(jobs) == 1
    assert sync_due(jobs) == SyncSummary(applied=1)


def test_a_changed_rule_of_the_site_is_tried_at_once(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    def set_policy(policy: str) -> None:
        with world.writing() as session:
            actor = world.actor(session, "administrator")
            code = session.get_one(Site, world.site).code
            sites.set_site(session, actor=actor, code=code, account_policy=policy)

    set_policy("find")
    assert sync_due(jobs) == SyncSummary(failed=3)
    assert set(states(world)) == {("needs_account", "missing")}
    assert look_again(jobs) == 0
    set_policy("create")
    assert look_again(jobs) == 3
    assert sync_due(jobs) == SyncSummary(applied=3)


def test_a_person_need_not_wait_and_only_some_people_are_looked_for_at_a_time(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.writing() as session:
        session.get_one(Site, world.site).account_policy = "find"
    sync_due(jobs)
    assert look_again(jobs) == 0
    with pytest.raises(Denied), world.writing() as session:
        account_looks.look_again(session, actor=world.actor(session, "inspector"), site_id=world.site)
    with world.writing() as session:
        planner = world.actor(session, "planner")
        assert account_looks.look_again(session, actor=planner, site_id=world.site, reasons=["deleted"]) == 0
        assert account_looks.look_again(session, actor=planner, site_id=world.site) == 3
    monkeypatch.setattr(account_looks, "PEOPLE_A_GO", 2)
    assert [look_again(jobs), look_again(jobs), look_again(jobs)] == [2, 1, 0]


def test_nobody_is_looked_for_while_the_site_is_left_alone(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    with world.writing() as session:
        session.get_one(Site, world.site).account_policy = "find"
    sync_due(jobs)
    with world.writing() as session:
        planner = world.actor(session, "planner")
        pauses.pause_sync(session, actor=planner, site_id=world.site, reason="Ujian")
        data_changed(session, list(world.people.values()))
    moodle.app.faults.calls.clear()
    assert look_again(jobs) == 0
    assert check_accounts(jobs) == 0
    with world.writing() as session:
        pauses.resume_sync(session, actor=world.actor(session, "planner"), site_id=world.site)
    assert look_again(jobs) == 3


def test_a_retried_programme_goes_on_from_whoever_was_found(
    world: World, moodle: SandboxServer, jobs: JobContext, version: int
) -> None:
    with world.writing() as session:
        session.get_one(Site, world.site).account_policy = "find"
    sync_due(jobs)
    moodle.app.seed_users(
        [SeedUser("satu", "Learner1", "Contoh", "satu@x.test", number_of(world, "learner1"))]
    )
    with world.writing() as session:
        enrolments.retry(session, actor=world.actor(session, "planner"), version_id=version)
    assert sync_due(jobs) == SyncSummary(applied=1, failed=2)
