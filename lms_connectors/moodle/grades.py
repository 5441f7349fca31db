"""The grade of a course so far, for all its learners in one call."""

from __future__ import annotations

from lms_connectors.moodle.shapes import Thing, record, unexpected
from lms_connectors.moodle.site import Site

GRADES = "gradereport_user_get_grade_items"


def grades(site: Site, course_ref: str) -> dict[str, float]:
    """Remote id -> 0..100 of those who have a grade for the course as a whole."""
    answer = record(site.client.call(GRADES, {"courseid": course_ref}))
    learners = answer.get("usergrades")
    if not isinstance(learners, list):
        raise unexpected()
    found = {str(record(one).get("userid")): _of_course(record(one)) for one in learners}
    return {remote_id: grade for remote_id, grade in found.items() if grade is not None}


def _of_course(learner: Thing) -> float | None:
    """``graderaw`` lies between ``grademin`` and ``grademax`` of the item that stands for the course."""
    for item in map(record, learner.get("gradeitems") or ()):
        raw, least, most = item.get("graderaw"), item.get("grademin") or 0, item.get("grademax") or 0
        if item.get("itemtype") == "course" and raw is not None and most > least:
            return round(100 * (float(raw) - least) / (most - least), 2)
    return None
