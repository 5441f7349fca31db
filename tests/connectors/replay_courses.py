"""Names of the functions about courses and groups, and which of their recordings are replayed where."""

from __future__ import annotations

DUPLICATE = "core_course_duplicate_course"
UPDATE = "core_course_update_courses"
DELETE = "core_course_delete_courses"
GROUPS = "core_group_create_groups"
OF_COURSE = "core_group_get_course_groups"
MEMBERS = "core_group_get_group_members"
JOIN = "core_group_add_group_members"
LEAVE = "core_group_delete_group_members"

GROUP_CASES = {
    f"{JOIN}.ok": "",
    f"{JOIN}.repeated": "",
    f"{JOIN}.not_enrolled": "invalidparameter",
    f"{JOIN}.unknown_group": "invalidrecord",
    f"{LEAVE}.ok": "",
    f"{LEAVE}.not_member": "",
    f"{LEAVE}.unknown_user": "invaliduser",
}
"""The code with which the row is refused; empty where it is done."""
COPY_CASES = ("duplicate_shortname", "retry_after_precheck_error", "unknown_course")
REPLAYED_COURSES = {
    *GROUP_CASES,
    *(f"{GROUPS}.{case}" for case in ("ok", "duplicate_idnumber")),
    *(f"{OF_COURSE}.{case}" for case in ("ok", "unknown_course")),
    *(f"{MEMBERS}.{case}" for case in ("ok", "unknown_group")),
    *(f"{DUPLICATE}.{case}" for case in COPY_CASES),
    *(f"{UPDATE}.{case}" for case in ("ok", "duplicate_shortname", "unknown_course")),
    *(f"{DELETE}.{case}" for case in ("ok", "made_by_us", "unknown_course", "copy_not_allowed")),
    f"{DELETE}.function_not_in_service",
}
"""Played by test_moodle_replay_courses."""
