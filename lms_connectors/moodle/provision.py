"""Making a course from a template, and removing what was made for a try. Seen on Moodle 4.4:

A copy whose restore fails leaves an empty hidden course that occupies the short name. A copy is not "created" in
Moodle's sense, so that it may be removed only with ``moodle/course:delete``; a course made from nothing may be
removed by who made it within a day. The option ``users`` may only be said by who may back up people: it is off
by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from lms_connectors.moodle.courses import by_field, course_of, find_course
from lms_connectors.moodle.form import Value
from lms_connectors.moodle.shapes import Thing, record, things
from lms_connectors.moodle.site import Site
from workflows.ports import Concern, CourseRef, NewCourse, Permanent, Retryable

CREATE = "core_course_create_courses"
DUPLICATE = "core_course_duplicate_course"
UPDATE = "core_course_update_courses"
DELETE = "core_course_delete_courses"
RESTORE_TAKES = timedelta(minutes=15)
"""A hidden copy younger than this may still be in the making: PHP goes on when a proxy has given up."""
MISSING = {
    "invalidcourseid": "template_missing",
    "errorcatcontextnotvalid": "category_missing",
    "unknowcategory": "category_missing",
}


def create_course(site: Site, new: NewCourse) -> CourseRef:
    """The course with our idnumber: found, or copied from the template, with its dates and completion on.

    Raises Permanent with what refused it; ``message`` then says what could not be removed again.
    """
    there = by_field(site, "idnumber", new.idnumber)
    if there:
        return course_of(site, there[0])
    half = by_field(site, "shortname", new.idnumber)
    if half and (half[0].get("visible") or not _tidied(site, half[0])):
        return _finished(site, str(half[0]["id"]), new)
    return _finished(site, _copied(site, new), new)


def _tidied(site: Site, half: Thing) -> bool:
    """A hidden half of an earlier try is out of the way. Retryable while it may still be in the making."""
    born = int(half.get("timecreated") or 0)
    if site.now().timestamp() - born < RESTORE_TAKES.total_seconds():
        raise Retryable("restore_running", "A copy of the template is still being made")
    clean_up(site, half)
    return True


def _copied(site: Site, new: NewCourse) -> str:
    form: dict[str, Value] = {
        "courseid": new.template_ref,
        "fullname": new.title,
        "shortname": new.idnumber,
        "categoryid": new.category_ref,
    }
    try:
        return str(record(site.client.call(DUPLICATE, form)).get("id", ""))
    except Permanent as error:
        if error.code == "shortnametaken":  # somebody else is at it: the next try finds what came of it
            raise Retryable("restore_running", "A copy of the template is being made") from None
        raise _refused(site, new, error) from None


def _refused(site: Site, new: NewCourse, error: Permanent) -> Permanent:
    if error.site_wide:
        return error
    if error.code == "invalidrecord":
        missing = "template_missing" if find_course(site, new.template_ref) is None else "category_missing"
        return Permanent(missing, error.message)
    left = [clean_up(site, half) for half in by_field(site, "shortname", new.idnumber)]
    return Permanent(MISSING.get(error.code, error.code), " ".join(one for one in left if one))


def clean_up(site: Site, half: Thing) -> str:
    """Remove an empty hidden course; where that is not allowed, free its short name. What is left, or nothing."""
    ref = str(half["id"])
    if half.get("visible") or half.get("idnumber"):
        return f"course {ref} stays"
    if remove(site, ref):
        return ""
    try:
        change(site, ref, {"shortname": f"sisa-{ref}", "fullname": f"Sisa salinan {ref} (boleh dihapus)"})
    except Permanent:
        return f"course {ref} is left, hidden and empty, and keeps the short name"
    return f"course {ref} is left, hidden and empty"


def remove(site: Site, ref: str) -> bool:
    """Whether the course is gone now. Moodle refuses by a warning."""
    try:
        warnings = record(site.client.call(DELETE, {"courseids": [ref]})).get("warnings") or []
    except Permanent:  # a hidden course that we may not see looks like none: that is no proof that it is gone
        return False
    return all(warning.get("warningcode") == "unknowncourseidnumber" for warning in warnings)


def change(site: Site, ref: str, values: Mapping[str, Value]) -> None:
    """Moodle answers row by row with a warning instead of a refusal."""
    answer = record(site.client.call(UPDATE, {"courses": [{"id": ref, **values}]}))
    for warning in answer.get("warnings") or []:
        raise Permanent(str(warning.get("warningcode") or "refused"), "Moodle refuses to change the course")


def set_dates(site: Site, ref: str, starts_at: datetime, ends_at: datetime) -> None:
    """Other dates for a course; nothing else of it is touched."""
    values: dict[str, Value] = {"startdate": int(starts_at.timestamp()), "enddate": int(ends_at.timestamp())}
    try:
        change(site, ref, values)
    except Permanent as error:
        if not error.site_wide and find_course(site, ref) is None:
            raise Permanent("course_missing", "The course is gone", concerns=Concern.COURSE) from None
        raise


def _finished(site: Site, ref: str, new: NewCourse) -> CourseRef:
    """Our idnumber, the dates, completion: said at the end, so that a course with our idnumber is whole."""
    values: dict[str, Value] = {"fullname": new.title, "idnumber": new.idnumber, "enablecompletion": 1}
    values["startdate"] = int(new.starts_at.timestamp())
    values["enddate"] = int(new.ends_at.timestamp())
    change(site, ref, values)
    found = find_course(site, ref)
    if found is None or found.idnumber != new.idnumber:
        raise Retryable("unexpected_answer", "The new course does not show", doubtful=True)
    return found


def make_empty(site: Site, idnumber: str, title: str) -> str:
    """A hidden empty course for a try; its id."""
    row: dict[str, Value] = {
        "fullname": title,
        "shortname": idnumber,
        "categoryid": site.category_ref,
        "idnumber": idnumber,
        "visible": 0,
        "enablecompletion": 1,
    }
    made = things(site.client.call(CREATE, {"courses": [row]}))
    if len(made) != 1:
        raise Retryable("answer_too_short", "The new course did not come back", doubtful=True)
    return str(made[0]["id"])
