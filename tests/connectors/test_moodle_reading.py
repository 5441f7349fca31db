"""Every recorded answer, as our client reads it; and every recorded form, as our client sends it."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from lms_connectors.moodle.client import END_POINT, MoodleClient
from lms_connectors.moodle.dialect import read_answer, short_code
from tests.connectors.recorded import Recording, names, recording
from workflows.ports import Permanent, Retryable

NOT_NOW = "not now"
DOUBTFUL = "perhaps done"
REFUSED = "refused"
SITE_WIDE = "refused to every call"

EXPECTED = {
    "core_completion_get_course_completion_status.completion_not_enabled": (REFUSED, "cannotviewreport"),
    "core_completion_get_course_completion_status.no_criteria": (REFUSED, "nocriteriaset"),
    "core_completion_get_course_completion_status.not_enrolled": (REFUSED, "usernotenroled"),
    "core_completion_get_course_completion_status.unknown_user": (REFUSED, "invaliduser"),
    "core_course_create_courses.batch3_second_duplicate_shortname": (REFUSED, "shortnametaken"),
    "core_course_create_courses.duplicate_idnumber": (REFUSED, "courseidnumbertaken"),
    "core_course_create_courses.duplicate_shortname": (REFUSED, "shortnametaken"),
    "core_course_create_courses.lang_empty": (REFUSED, "errorinvalidparam"),
    "core_course_create_courses.missing_category": (REFUSED, "invalidparameter"),
    "core_course_create_courses.unknown_category": (REFUSED, "errorcatcontextnotvalid"),
    "core_course_delete_courses.function_not_in_service": (SITE_WIDE, "accessexception"),
    "core_course_duplicate_course.duplicate_shortname": (REFUSED, "shortnametaken"),
    "core_course_duplicate_course.precheck_error_leaves_orphan": (REFUSED, "backupprecheckerrors"),
    "core_course_duplicate_course.retry_after_precheck_error": (REFUSED, "shortnametaken"),
    "core_course_duplicate_course.unknown_course": (REFUSED, "invalidcourseid"),
    "core_course_get_courses_by_field.bad_field": (REFUSED, "invalidparameter"),
    "core_course_get_courses_by_field.ids_two_one_missing": (REFUSED, "Error"),
    "core_enrol_get_enrolled_users.missing_capability": (REFUSED, "errorcoursecontextnotvalid"),
    "core_enrol_get_enrolled_users.unknown_course": (REFUSED, "invalidrecord"),
    "core_enrol_get_enrolled_users.wrong_type": (REFUSED, "invalidparameter"),
    "core_group_add_group_members.not_enrolled": (REFUSED, "invalidparameter"),
    "core_group_add_group_members.unknown_group": (REFUSED, "invalidrecord"),
    "core_group_create_groups.duplicate_idnumber": (REFUSED, "idnumbertaken"),
    "core_group_create_groups.duplicate_name": (REFUSED, "invalidparameter"),
    "core_group_delete_group_members.unknown_user": (REFUSED, "invaliduser"),
    "core_group_get_course_groups.unknown_course": (REFUSED, "errorcoursecontextnotvalid"),
    "core_group_get_group_members.unknown_group": (REFUSED, "invalidrecord"),
    "core_no_such_function.unknown_function": (REFUSED, "invalidrecord"),
    "core_user_create_users.auth_unknown": (REFUSED, "invalidparameter"),
    "core_user_create_users.bad_email": (REFUSED, "invalidparameter"),
    "core_user_create_users.bad_password_policy": (REFUSED, "moodle_exception"),
    "core_user_create_users.batch3_same_username_twice": (REFUSED, "invalidparameter"),
    "core_user_create_users.batch5_third_duplicate_username": (REFUSED, "invalidparameter"),
    "core_user_create_users.duplicate_email": (REFUSED, "invalidparameter"),
    "core_user_create_users.duplicate_email_debug_developer": (REFUSED, "invalidparameter"),
    "core_user_create_users.duplicate_username": (REFUSED, "invalidparameter"),
    "core_user_create_users.duplicate_username_debug_developer": (REFUSED, "invalidparameter"),
    "core_user_create_users.duplicate_username_debug_normal": (REFUSED, "invalidparameter"),
    "core_user_create_users.empty_batch": (REFUSED, "invalidparameter"),
    "core_user_create_users.gateway_timeout_in_batch150": (DOUBTFUL, "http_504"),
    "core_user_create_users.max_input_vars_1000_rows168": (REFUSED, "invalidparameter"),
    "core_user_create_users.missing_capability": (REFUSED, "nopermissions"),
    "core_user_create_users.missing_lastname": (REFUSED, "invalidparameter"),
    "core_user_create_users.name_with_markup": (REFUSED, "invalidparameter"),
    "core_user_create_users.no_password": (REFUSED, "invalidparameter"),
    "core_user_create_users.retry_after_gateway_timeout": (REFUSED, "invalidparameter"),
    "core_user_create_users.unknown_key": (REFUSED, "invalidparameter"),
    "core_user_create_users.username_upper_case": (REFUSED, "invalidparameter"),
    "core_user_get_users_by_field.array_for_scalar": (REFUSED, "invalidparameter"),
    "core_user_get_users_by_field.extra_parameter": (REFUSED, "invalidparameter"),
    "core_user_get_users_by_field.invalid_field": (REFUSED, "codingerror"),
    "core_user_get_users_by_field.missing_parameter": (REFUSED, "invalidparameter"),
    "core_user_get_users_by_field.missing_parameter_debug_developer": (REFUSED, "invalidparameter"),
    "core_user_get_users_by_field.no_values": (REFUSED, "invalidparameter"),
    "core_user_get_users_by_field.scalar_for_array": (REFUSED, "invalidparameter"),
    "core_user_update_users.missing_id": (REFUSED, "invalidparameter"),
    "core_user_update_users.names_missing_capability": (REFUSED, "nopermissions"),
    "core_user_update_users.names_with_markup": (REFUSED, "invalidparameter"),
    "core_webservice_get_site_info.bad_gateway": (DOUBTFUL, "http_502"),
    "core_webservice_get_site_info.database_unavailable": (NOT_NOW, "dbconnectionfailed"),
    "core_webservice_get_site_info.invalid_token": (SITE_WIDE, "invalidtoken"),
    "core_webservice_get_site_info.invalid_token_debug_developer": (SITE_WIDE, "invalidtoken"),
    "core_webservice_get_site_info.json_body": (SITE_WIDE, "not_json"),
    "core_webservice_get_site_info.maintenance_cli": (NOT_NOW, "http_503"),
    "core_webservice_get_site_info.maintenance_site_setting": (NOT_NOW, "sitemaintenance"),
    "core_webservice_get_site_info.no_format_gives_xml": (SITE_WIDE, "not_json"),
    "core_webservice_get_site_info.no_token": (SITE_WIDE, "invalidtoken"),
    "core_webservice_get_site_info.php_fatal_memory": (DOUBTFUL, "http_500"),
    "core_webservice_get_site_info.service_disabled": (SITE_WIDE, "accessexception"),
    "core_webservice_get_site_info.service_user_suspended": (SITE_WIDE, "wsaccessusersuspended"),
    "core_webservice_get_site_info.token_expired": (SITE_WIDE, "accessexception"),
    "core_webservice_get_site_info.token_ip_restricted": (SITE_WIDE, "accessexception"),
    "core_webservice_get_site_info.webservices_disabled": (SITE_WIDE, "http_403"),
    "core_webservice_get_site_info.wrong_url_404": (SITE_WIDE, "http_404"),
    "core_webservice_get_site_info.wrong_url_login_page": (DOUBTFUL, "html"),
    "enrol_manual_enrol_users.batch5_third_unknown_course": (REFUSED, "invalidparameter"),
    "enrol_manual_enrol_users.batch5_third_unknown_user": (REFUSED, "codingerror"),
    "enrol_manual_enrol_users.course_without_manual_instance": (REFUSED, "wsnoinstance"),
    "enrol_manual_enrol_users.max_input_vars_1000_rows333": (REFUSED, "invalidparameter"),
    "enrol_manual_enrol_users.max_input_vars_1000_token_last": (SITE_WIDE, "not_json"),
    "enrol_manual_enrol_users.missing_capability": (REFUSED, "requireloginerror"),
    "enrol_manual_enrol_users.missing_roleid": (REFUSED, "invalidparameter"),
    "enrol_manual_enrol_users.role_not_assignable": (REFUSED, "wsusercannotassign"),
    "enrol_manual_enrol_users.unknown_course": (REFUSED, "invalidparameter"),
    "enrol_manual_enrol_users.unknown_course_debug_developer": (REFUSED, "invalidparameter"),
    "enrol_manual_enrol_users.unknown_user": (REFUSED, "codingerror"),
    "enrol_manual_unenrol_users.course_without_manual_instance": (REFUSED, "wsnoinstance"),
    "enrol_manual_unenrol_users.unknown_course": (REFUSED, "invalidrecord"),
    "enrol_manual_unenrol_users.unknown_user": (REFUSED, "invalidparameter"),
    "gradereport_user_get_grade_items.unknown_course": (REFUSED, "invalidrecord"),
    "no_function.wsfunction_missing": (REFUSED, "invalidparameter"),
}
"""Recordings that are not a good answer: how it is read, and our word for it. All others are a value."""

NOT_SENT_BY_US = {
    "core_webservice_get_site_info.get_method": "GET: it would write the token into the site's access log",
    "core_webservice_get_site_info.json_body": "JSON, which Moodle does not understand",
    "core_webservice_get_site_info.no_format_gives_xml": "without moodlewsrestformat",
    "core_webservice_get_site_info.no_token": "without a token",
    "enrol_manual_enrol_users.max_input_vars_1000_token_last": "the token last, so that PHP cuts it off",
    "no_function.wsfunction_missing": "without a function",
}
"""Sent wrongly on purpose: only the reading of the answer is looked at."""


def answered(httpserver: HTTPServer, played: Recording) -> list[list[tuple[str, str]]]:
    """A site that answers as recorded; what it is sent comes into the list."""
    seen: list[list[tuple[str, str]]] = []

    def answer(request: Request) -> Response:
        body = request.get_data(cache=False, as_text=True)
        seen.append(parse_qsl(body, keep_blank_values=True))
        return Response(played.body, played.status, content_type=played.content_type)

    httpserver.expect_request(END_POINT, method="POST").respond_with_handler(answer)
    return seen


@pytest.mark.parametrize("name", names())
def test_recorded_answer_is_read_by_its_code(name: str, httpserver: HTTPServer) -> None:
    played = recording(name)
    answered(httpserver, played)
    client = MoodleClient(httpserver.url_for(""), "TOKEN")
    if name not in EXPECTED:
        assert client.call(played.function, {}) == played.json
        return
    kind, code = EXPECTED[name]
    with pytest.raises((Permanent, Retryable)) as caught:
        client.call(played.function, {})
    assert (kind_of(caught.value), caught.value.code) == (kind, code)


def kind_of(error: BaseException) -> str:
    if isinstance(error, Retryable):
        return DOUBTFUL if error.doubtful else NOT_NOW
    assert isinstance(error, Permanent)
    return SITE_WIDE if error.site_wide else REFUSED


@pytest.mark.parametrize("name", [name for name in names() if name not in NOT_SENT_BY_US])
def test_client_sends_token_function_and_format_first_then_the_recorded_fields(
    name: str, httpserver: HTTPServer
) -> None:
    played = recording(name)
    seen = answered(httpserver, played)
    try:
        MoodleClient(httpserver.url_for(""), played.token).call(played.function, played.parameters)
    except (Permanent, Retryable):
        assert name in EXPECTED
    assert seen == [played.form]


def test_every_recording_sent_wrongly_on_purpose_is_named_with_its_reason() -> None:
    wrongly = {name for name in names() if not recording(name).sent_as_we_send}
    assert wrongly == set(NOT_SENT_BY_US)


def test_error_code_that_is_a_block_of_html_is_shortened() -> None:
    played = recording("core_user_create_users.bad_password_policy")
    assert "<div>" in played.json["errorcode"]
    assert short_code(played.json["errorcode"], played.json["exception"]) == "moodle_exception"


@pytest.mark.parametrize("code", ["forcepasswordchangenotice", "sitepolicynotagreed", "usernotfullysetup"])
def test_account_of_the_service_that_is_not_ready_stops_the_site_and_blames_no_row(code: str) -> None:
    body = json.dumps({"exception": "moodle_exception", "errorcode": code, "message": "..."})
    with pytest.raises(Permanent) as caught:
        read_answer(200, "application/json", body)
    assert (kind_of(caught.value), caught.value.code) == (SITE_WIDE, code)
