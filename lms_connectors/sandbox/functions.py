"""The web service functions that the stand-in offers: exactly those that our client calls."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lms_connectors.sandbox import (
    completion,
    courses,
    enrolment,
    grades,
    groups,
    provision,
    siteinfo,
    user_updates,
    users,
)
from lms_connectors.sandbox.refusal import access_denied, invalid_parameter, missing_record
from lms_connectors.sandbox.site import SandboxSite
from lms_connectors.sandbox.values import Record

Work = Callable[[SandboxSite, sqlite3.Connection, Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Function:
    parameters: Record
    work: Work
    writes: bool = False


def _site_info(site: SandboxSite, db: sqlite3.Connection, asked: Mapping[str, Any]) -> dict[str, Any]:
    return siteinfo.describe(site, [name for name in FUNCTIONS if name not in site.not_in_service])


FUNCTIONS: dict[str, Function] = {
    "core_webservice_get_site_info": Function(Record({}), _site_info),
    "core_user_get_users_by_field": Function(users.LOOKUP, users.look_up),
    "core_user_create_users": Function(users.CREATE, users.create, writes=True),
    "core_user_update_users": Function(user_updates.UPDATE, user_updates.update, writes=True),
    "core_course_get_courses_by_field": Function(courses.FIND, courses.find),
    "core_enrol_get_enrolled_users": Function(enrolment.ENROLLED, enrolment.enrolled),
    "enrol_manual_enrol_users": Function(enrolment.ENROL, enrolment.enrol, writes=True),
    "enrol_manual_unenrol_users": Function(enrolment.UNENROL, enrolment.unenrol, writes=True),
    "core_completion_get_course_completion_status": Function(completion.STATUS, completion.status),
    "gradereport_user_get_grade_items": Function(grades.GRADES, grades.items),
    "core_course_create_courses": Function(provision.CREATE, provision.create, writes=True),
    "core_course_duplicate_course": Function(provision.DUPLICATE, provision.duplicate, writes=True),
    "core_course_update_courses": Function(provision.UPDATE, provision.update, writes=True),
    "core_course_delete_courses": Function(provision.DELETE, provision.delete, writes=True),
    "core_group_create_groups": Function(groups.CREATE, groups.create, writes=True),
    "core_group_get_course_groups": Function(groups.OF_COURSE, groups.of_course),
    "core_group_get_group_members": Function(groups.MEMBERS, groups.members_of),
    "core_group_add_group_members": Function(groups.CHANGE, groups.add, writes=True),
    "core_group_delete_group_members": Function(groups.CHANGE, groups.take_out, writes=True),
}
NOT_IN_SERVICE = frozenset({"core_user_get_users"})
"""Functions that a real Moodle has and that this service was not given."""


def carry_out(site: SandboxSite, name: str, parameters: Mapping[str, Any]) -> Any:
    """One call in one transaction. Raises MoodleRefusal, and then nothing has changed."""
    if not name:
        raise invalid_parameter()
    if name in NOT_IN_SERVICE or name in site.not_in_service:
        raise access_denied()
    if name not in FUNCTIONS:
        raise missing_record("external_functions")
    function = FUNCTIONS[name]
    asked = function.parameters.clean(parameters)
    opened = site.store.writing() if function.writes else site.store.reading()
    with opened as db:
        return function.work(site, db, asked)
