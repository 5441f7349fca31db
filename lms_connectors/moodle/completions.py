"""Who has completed a course, asked one by one, because Moodle offers no list of it."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from lms_connectors.moodle.shapes import Thing, record
from lms_connectors.moodle.site import Site
from workflows.ports import LearnerProgress, LearningFact, Permanent

COMPLETION = "core_completion_get_course_completion_status"
NOBODY = frozenset({"usernotenroled", "invaliduser"})
"""Refusals that concern one learner only. ``nocriteriaset`` and ``cannotviewreport`` concern the course."""


def completions(site: Site, course_ref: str, remote_ids: Iterable[str]) -> list[LearningFact]:
    """Facts ``course_completed`` of those who have. Raises Permanent("nocriteriaset") and the like."""
    return [one.fact for one in progress(site, course_ref, remote_ids) if one.fact is not None]


def progress(site: Site, course_ref: str, remote_ids: Iterable[str]) -> list[LearnerProgress]:
    """One call a learner tells both: whether the course is completed and how many criteria are met."""
    ids = list(dict.fromkeys(remote_ids))
    with ThreadPoolExecutor(site.connections) as pool:
        found = list(pool.map(lambda remote_id: _progress(site, course_ref, remote_id), ids))
    return [one for one in found if one is not None]


def _progress(site: Site, course_ref: str, remote_id: str) -> LearnerProgress | None:
    try:
        answer = record(site.client.call(COMPLETION, {"courseid": course_ref, "userid": remote_id}))
    except Permanent as error:
        if error.code in NOBODY:
            return None
        raise
    status = record(answer.get("completionstatus"))
    criteria = [record(one) for one in status.get("completions") or ()]
    done = sum(bool(one.get("complete")) for one in criteria)
    fact = _fact(site, course_ref, remote_id, criteria) if status.get("completed") else None
    return LearnerProgress(remote_id, fact, done, len(criteria))


def _fact(site: Site, course_ref: str, remote_id: str, criteria: list[Thing]) -> LearningFact:
    """Moodle tells no time for the course, only one for each criterion: the last of them completed it."""
    newest = max((int(one.get("timecompleted") or 0) for one in criteria), default=0)
    when = datetime.fromtimestamp(newest, UTC) if newest else site.now()
    return LearningFact("course_completed", site.home_page, remote_id, "id", course_ref, when)
