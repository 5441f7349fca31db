"""Courses and groups against recorded answers: sent as recorded, and read right."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from pytest_httpserver import HTTPServer

from lms_connectors.moodle import groups, provision
from tests.connectors.recorded import recording
from tests.connectors.replay_courses import (
    COPY_CASES,
    DELETE,
    DUPLICATE,
    GROUP_CASES,
    GROUPS,
    JOIN,
    MEMBERS,
    OF_COURSE,
    UPDATE,
)
from tests.connectors.replaying import Site
from workflows.ports import GroupMember, NewCourse, Permanent, Retryable, RowStatus

COURSES = "core_course_get_courses_by_field"
NO_COURSES = '{"courses":[],"warnings":[]}'


@pytest.mark.parametrize("name", GROUP_CASES)
def test_members_of_groups_are_sent_as_recorded(name: str, httpserver: HTTPServer) -> None:
    played = recording(name)
    rows = [
        GroupMember(row["userid"], row["groupid"], row["userid"])
        for row in played.parameters["members"].values()
    ]
    joins = played.function == JOIN
    inside = {row.group_ref: [int(one.remote_id) for one in rows if joins] for row in rows}
    held = [{"groupid": int(ref), "userids": users} for ref, users in inside.items()]
    site = Site(httpserver, played, **{MEMBERS: json.dumps(held)})
    change = groups.join if joins else groups.leave
    results = change(site.platform().site, rows)
    assert site.saw_recorded_form()
    code = GROUP_CASES[name]
    expected = (RowStatus.REFUSED if code else RowStatus.APPLIED, code)
    assert [(result.status, result.code) for result in results] == [expected] * len(rows)


def test_groups_are_made_as_recorded(httpserver: HTTPServer) -> None:
    site = Site(httpserver, recording(f"{GROUPS}.ok"), **{OF_COURSE: "[]"})
    made = site.platform().ensure_groups("20", {"ANG-1": "Angkatan I", "ANG-2": "Angkatan II"})
    assert site.saw_recorded_form()
    assert {idnumber: group.ref for idnumber, group in made.items()} == {"ANG-1": "1", "ANG-2": "2"}


def test_idnumber_that_somebody_was_quicker_with_is_found(httpserver: HTTPServer) -> None:
    played, listed = recording(f"{GROUPS}.duplicate_idnumber"), recording(f"{OF_COURSE}.ok")
    answers = iter(["[]", listed.body])
    site = Site(httpserver, played, **{OF_COURSE: lambda form: next(answers)})
    made = site.platform().ensure_groups("56", {"ANG-1": "Angkatan II"})
    assert site.saw_recorded_form()
    assert (made["ANG-1"].ref, made["ANG-1"].name) == ("47", "Angkatan I")


def test_groups_and_their_members_are_read_as_recorded(httpserver: HTTPServer) -> None:
    listed = Site(httpserver, recording(f"{OF_COURSE}.ok"), **{MEMBERS: recording(f"{MEMBERS}.ok").body})
    (group,) = listed.platform().groups("56").values()
    assert listed.saw_recorded_form()
    assert (group.ref, group.idnumber, group.members) == ("47", "ANG-1", {"82"})


def test_members_are_asked_for_as_recorded(httpserver: HTTPServer) -> None:
    for case in ("ok", "unknown_group"):
        played = recording(f"{MEMBERS}.{case}")
        httpserver.clear()
        site = Site(httpserver, played, **{OF_COURSE: recording(f"{OF_COURSE}.ok").body.replace(
            '"id":47', f'"id":{played.parameters["groupids"]["0"]}')})  # fmt: skip
        if case == "ok":
            assert set(site.platform().groups("56")) == {"ANG-1"}
        else:
            with pytest.raises(Permanent):
                site.platform().groups("56")
        assert site.saw_recorded_form()


def test_groups_of_a_course_that_is_gone_are_asked_for_as_recorded(httpserver: HTTPServer) -> None:
    site = Site(httpserver, recording(f"{OF_COURSE}.unknown_course"), **{COURSES: NO_COURSES})
    with pytest.raises(Permanent) as refused:
        site.platform().groups("987654")
    assert (refused.value.code, site.saw_recorded_form()) == ("course_missing", True)


COPIED: dict[str, tuple[type[Exception], str]] = {
    "duplicate_shortname": (Retryable, "restore_running"),
    "retry_after_precheck_error": (Retryable, "restore_running"),
    "unknown_course": (Permanent, "template_missing"),
}


@pytest.mark.parametrize("case", COPY_CASES)
def test_a_template_is_copied_as_recorded(case: str, httpserver: HTTPServer) -> None:
    played, (kind, code) = recording(f"{DUPLICATE}.{case}"), COPIED[case]
    sent = played.parameters
    moment = datetime(2027, 4, 5, tzinfo=UTC)
    new = NewCourse(sent["shortname"], sent["fullname"], sent["courseid"], sent["categoryid"], moment, moment)
    site = Site(httpserver, played, **{COURSES: NO_COURSES})
    with pytest.raises(kind) as refused:
        site.platform().create_course(new)
    assert site.saw_recorded_form()
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("case", "code"),
    [("ok", ""), ("duplicate_shortname", "shortnametaken"), ("unknown_course", "invalidrecord")],
)
def test_a_course_is_changed_as_recorded_and_its_warning_is_a_refusal(
    case: str, code: str, httpserver: HTTPServer
) -> None:
    played = recording(f"{UPDATE}.{case}")
    (sent,) = played.parameters["courses"].values()
    site = Site(httpserver, played)
    values = {name: value for name, value in sent.items() if name != "id"}
    if code:
        with pytest.raises(Permanent) as refused:
            provision.change(site.platform().site, sent["id"], values)
        assert refused.value.code == code
    else:
        provision.change(site.platform().site, sent["id"], values)
    assert site.saw_recorded_form()


@pytest.mark.parametrize(
    ("case", "gone"),
    [("ok", True), ("made_by_us", True), ("unknown_course", True), ("copy_not_allowed", False),
     ("function_not_in_service", False)],
)  # fmt: skip
def test_a_course_is_removed_as_recorded(case: str, gone: bool, httpserver: HTTPServer) -> None:
    played = recording(f"{DELETE}.{case}")
    site = Site(httpserver, played)
    assert provision.remove(site.platform().site, played.parameters["courseids"]["0"]) is gone
    assert site.saw_recorded_form()
