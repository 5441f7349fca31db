"""The stand-in against real Moodle: the recorded form gives the recorded status, exception and error code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lms_connectors.sandbox import SandboxApp
from lms_connectors.sandbox.enrolment import put
from lms_connectors.sandbox.faults import GATEWAY_TIMEOUT_AFTER_WORK
from lms_connectors.sandbox.rest import PATH
from tests.connectors.recorded import Recording, names, recording
from tests.connectors.sandbox_state import WHEN, complete, empty_sandbox, load, load_many

INFO = "core_webservice_get_site_info"
CREATE = "core_user_create_users"
ENROL = "enrol_manual_enrol_users"
COMPLETION = "core_completion_get_course_completion_status"
LOOKUP = "core_user_get_users_by_field"
GRADES = "gradereport_user_get_grade_items"

DUPLICATE = "core_course_duplicate_course"
UPDATE = "core_course_update_courses"
MAKE = "core_course_create_courses"
DELETE = "core_course_delete_courses"
GROUPS = "core_group_create_groups"
OF_COURSE = "core_group_get_course_groups"
MEMBERS = "core_group_get_group_members"
JOIN = "core_group_add_group_members"
LEAVE = "core_group_delete_group_members"

LEFT_OUT = {
    f"{INFO}.bad_gateway": "the proxy in front of Moodle",
    f"{INFO}.database_unavailable": "Moodle's database",
    f"{INFO}.maintenance_cli": "a command on Moodle's machine",
    f"{INFO}.maintenance_site_setting": "a setting of the site that the stand-in does not have",
    f"{INFO}.php_fatal_memory": "PHP itself",
    f"{INFO}.service_disabled": "a setting of the site that the stand-in does not have",
    f"{INFO}.service_user_suspended": "a setting of the site that the stand-in does not have",
    f"{INFO}.token_expired": "a setting of the site that the stand-in does not have",
    f"{INFO}.token_ip_restricted": "a setting of the site that the stand-in does not have",
    f"{INFO}.webservices_disabled": "a setting of the site that the stand-in does not have",
    f"{INFO}.wrong_url_404": "no address of Moodle",
    f"{INFO}.wrong_url_login_page": "no address of the web services",
    f"{INFO}.no_format_gives_xml": "good answers in XML are not built: our client always asks for JSON",
    f"{COMPLETION}.self_completed_before_cron": "no cron: the stand-in completes a course at once",
    f"{DUPLICATE}.ok": "its option is for who may back up people: our client leaves it out",
    f"{DUPLICATE}.precheck_error_leaves_orphan": "a lack of the question bank that the stand-in does not have",
    f"{CREATE}.bad_password_policy": "passwords are not judged: our client sends none",
}
"""Answered by the environment, or not built; each with its reason."""

MAKES_17 = {f"{CREATE}.one"}
MAKES_18 = {f"{CREATE}.many"}
WEAK = {
    f"{CREATE}.missing_capability",
    f"{ENROL}.missing_capability",
    "core_enrol_get_enrolled_users.missing_capability",
    "core_user_update_users.names_missing_capability",
}
WRONG_TOKEN = {f"{INFO}.invalid_token", f"{INFO}.invalid_token_debug_developer"}
COMPLETED = {
    f"{COMPLETION}.completed": (20, 5, 1795489461),
    f"{COMPLETION}.completed_activities": (21, 6, 1795489703),
    f"{COMPLETION}.completed_grade": (22, 6, 1795489668),
    f"{GRADES}.one_user": (22, 6, 1795489668),
}
ENROLLED_TOO = {f"{GRADES}.no_grades": (21, 9)}
MANY = {
    **{
        f"{ENROL}.max_input_vars_{case}": (201, "16", 2000)
        for case in (
            "1000_five_fixed_silent_loss",
            "1000_rows332",
            "1000_rows333",
            "1000_token_last",
            "5000_rows2000_silent_loss",
        )
    },
    f"{LOOKUP}.max_input_vars_1000_values_1100_silent_loss": (201, "16", 1100),
    f"{CREATE}.retry_after_gateway_timeout": (201, "1702", 150),
}


CHANGE = "core_user_update_users"
HASH = "d03b4b10f5d0377e68377a479bae8b61"
"""What Moodle leaves in place of the e-mail of a deleted account."""
PERSON = "INSERT INTO users (id, username, firstname, lastname, email) VALUES (?, ?, ?, ?, ?)"
COURSE = "INSERT INTO courses VALUES (?, ?, ?, ?, 'none', 1, 1, ?)"
NOW = int(WHEN.timestamp())
STATE: dict[str, list[tuple[str, tuple[Any, ...]]]] = {
    f"{DUPLICATE}.duplicate_shortname": [(COURSE, (34, "Angkatan III", "PPD-2026-03", "", NOW))],
    f"{DUPLICATE}.retry_after_precheck_error": [(COURSE, (33, "Angkatan II", "PPD-2026-02", "", NOW))],
    f"{UPDATE}.ok": [(COURSE, (28, "Kepemimpinan", "PKP-2026-01", "LAIN-1", NOW))],
    f"{UPDATE}.duplicate_shortname": [(COURSE, (28, "Kepemimpinan", "PKP-2026-01", "LAIN-1", NOW))],
    f"{MAKE}.duplicate_shortname": [(COURSE, (33, "Administrator", "PKA-2026-01", "ID-PKA", NOW))],
    f"{MAKE}.batch3_second_duplicate_shortname": [(COURSE, (28, "Pengawas", "PKP-2026-01", "LAIN", NOW))],
    **{
        f"{JOIN}.{case}": [("INSERT INTO groups VALUES (1, 20, 'Angkatan I', 'ANG-1')", ())]
        for case in ("ok", "repeated", "not_enrolled")
    },
    **{
        f"{CHANGE}.{case}": [
            (PERSON, (10327, "rekam1", "Rekam", "Satu1", "rekam1@instansi.test")),
            (PERSON, (10328, "rekam2", "Rekam", "Satu2", "rekam2@instansi.test")),
        ]
        for case in ("names_and_email", "names_bad_email", "names_email_taken", "names_with_markup")
    },
    f"{CHANGE}.names_deleted": [(PERSON, (10329, "rekam3@instansi.test.1795528140", "Rekam", "Tiga3", HASH))],
    f"{LOOKUP}.id_deleted": [(PERSON, (10428, "26ecf9e5b4e0@uji.test.1795533233", "Nama", "Uji", HASH))],
    f"{GROUPS}.duplicate_name": [("INSERT INTO groups VALUES (1, 20, 'Angkatan I', 'ANG-1')", ())],
}
"""What the recording implies beside the state that all share."""
LATER = {
    f"{GROUPS}.duplicate_idnumber", f"{OF_COURSE}.ok", f"{MEMBERS}.ok",
    *(f"{LEAVE}.{case}" for case in ("ok", "not_member", "unknown_user")),
    *(f"{DELETE}.{case}" for case in ("ok", "copy_not_allowed", "made_by_us")),
}  # fmt: skip
"""Recorded afterwards on another site of the same version: a course 56 with one learner in group 47, its copy 57."""
LATER_STATE = (
    "INSERT INTO courses VALUES (56, 'Kelas Rekam', 'rekam-1', 'rekam-1', 'none', 1, 1, 1795490000)",
    "INSERT INTO course_places VALUES (56, 6, 0, 0, 0, 1)",
    "INSERT INTO courses VALUES (57, 'Salinan Rekam', 'rekam-2', '', 'none', 1, 1, 1795490000)",
    "INSERT INTO users (id, username, firstname, lastname, email) VALUES (82, 'uji', 'Akun', 'Uji', 'u@uji.test')",
    "INSERT INTO enrolments VALUES (56, 82, 'manual', 0, 0, 0)",
    "INSERT INTO groups VALUES (47, 56, 'Angkatan I', 'ANG-1')",
    "INSERT INTO group_members VALUES (47, 82)",
)
NOT_GIVEN = {
    f"{DELETE}.copy_not_allowed": "moodle/course:delete",
    f"{DELETE}.made_by_us": "moodle/course:delete",
}


def sandbox_of(played: Recording, path: Path) -> SandboxApp:
    """A stand-in in the state that the recording implies."""
    token = "another-token" if played.name in WRONG_TOKEN else "TOKEN"
    app = empty_sandbox(path, token=token, max_input_vars=played.max_input_vars)
    without = {17} if played.name in MAKES_17 else {18} if played.name in MAKES_18 else set()
    load(app, without=without)
    app.site.capable = played.name not in WEAK
    if played.name == f"{DELETE}.function_not_in_service":
        app.site.not_in_service = {DELETE}
    if played.name in NOT_GIVEN:
        app.site.lacking = {NOT_GIVEN[played.name]}
    with app.site.store.writing() as db:
        for statement, values in STATE.get(played.name, []):
            db.execute(statement, values)
        for statement in LATER_STATE if played.name in LATER else ():
            db.execute(statement)
    if played.name in MANY:
        load_many(app, *MANY[played.name])
    if played.name in ENROLLED_TOO:
        with app.site.store.writing() as db:
            put(db, *ENROLLED_TOO[played.name])
    if played.name in COMPLETED:
        complete(app, *COMPLETED[played.name])
    if played.name == f"{CREATE}.gateway_timeout_in_batch150":
        app.faults.next(GATEWAY_TIMEOUT_AFTER_WORK)
    return app


def play(app: SandboxApp, played: Recording) -> Any:
    request, client = played.data["request"], app.test_client()
    if request["method"] == "GET":
        return client.get(PATH, query_string=played.form)
    if "body" in request:
        return client.post(PATH, data=request["body"], content_type=request["content_type"])
    data: dict[str, list[str]] = {}
    for name, value in played.form:
        data.setdefault(name, []).append(value)
    return client.post(PATH, data=data)


PLAYED = [name for name in names() if name not in LEFT_OUT]


@pytest.mark.parametrize("name", PLAYED)
def test_stand_in_answers_as_real_moodle_did(name: str, tmp_path: Path) -> None:
    played = recording(name)
    answer = play(sandbox_of(played, tmp_path), played)
    assert answer.status_code == played.status
    assert answer.content_type.split(";")[0] == played.content_type.split(";")[0]
    if "xml" in played.content_type:
        assert answer.text == played.body
    elif played.status == 200:
        same_shape(answer.get_json(), played.json)


def same_shape(ours: Any, theirs: Any) -> None:
    """Refusals: the same class and code. Successes: the same keys, and empty where theirs is empty."""
    if isinstance(theirs, dict) and "exception" in theirs:
        assert {key: ours.get(key) for key in ("exception", "errorcode")} == {
            key: theirs.get(key) for key in ("exception", "errorcode")
        }
    elif isinstance(theirs, dict):
        assert set(ours) == set(theirs)
        for key, value in theirs.items():
            if key not in NOT_BUILT:
                same_shape(ours[key], value)
    elif isinstance(theirs, list):
        assert bool(ours) == bool(theirs)
        if theirs:
            same_shape(ours[0], theirs[0])
    else:
        assert type(ours) is type(theirs)


NOT_BUILT = {"filters", "courseformatoptions"}
"""Lists about a course that our client does not read; the stand-in leaves them empty."""


@pytest.mark.parametrize("name", [name for name in PLAYED if "rows_enrolled" in str(recording(name).data)])
def test_stand_in_loses_the_rows_that_real_moodle_lost(name: str, tmp_path: Path) -> None:
    played = recording(name)
    app = sandbox_of(played, tmp_path)
    play(app, played)
    with app.site.store.reading() as db:
        (enrolled,) = db.execute("SELECT count(*) FROM enrolments WHERE course = 26").fetchone()
    assert enrolled == played.data["observed_after"]["rows_enrolled"]


def test_stand_in_looks_up_no_more_names_than_php_let_through(tmp_path: Path) -> None:
    played = recording(f"{LOOKUP}.max_input_vars_1000_values_1100_silent_loss")
    answer = play(sandbox_of(played, tmp_path), played)
    assert len(answer.get_json()) == len(played.json)


@pytest.mark.parametrize("case", ["batch5_third_unknown_user", "batch5_third_unknown_course"])
def test_stand_in_rolls_a_whole_batch_back(case: str, tmp_path: Path) -> None:
    played = recording(f"{ENROL}.{case}")
    app = sandbox_of(played, tmp_path)
    play(app, played)
    with app.site.store.reading() as db:
        rows = db.execute("SELECT user FROM enrolments WHERE course = 20 ORDER BY user").fetchall()
    assert [row["user"] for row in rows] == played.data["observed_after"]["enrolled_user_ids"]


OVERWRITING = (
    "suspend_existing",
    "suspend_new",
    "reactivate",
    "timestart_timeend",
    "repeated_with_other_times",
)


@pytest.mark.parametrize("case", OVERWRITING)
def test_stand_in_overwrites_dates_and_suspension(case: str, tmp_path: Path) -> None:
    played = recording(f"{ENROL}.{case}")
    app = sandbox_of(played, tmp_path)
    play(app, played)
    user = played.parameters["enrolments"]["0"]["userid"]
    with app.site.store.reading() as db:
        row = db.execute("SELECT * FROM enrolments WHERE course = 20 AND user = ?", (user,)).fetchone()
    (held,) = played.data["observed_after"]
    assert (row["suspended"], row["timestart"], row["timeend"]) == (
        held["status"],
        held["timestart"],
        held["timeend"],
    )


def test_every_recording_is_played_or_named_with_a_reason() -> None:
    assert set(LEFT_OUT) <= set(names())
    assert all(LEFT_OUT.values())
