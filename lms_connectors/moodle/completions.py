"""Who has completed a course, asked one by one, because Moodle offers no list of it."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from lms_connectors.moodle.shapes import Thing, record
from lms_connectors.moodle.site import Site
from workflows.ports import LearningFact, Permanent

COMPLETION = "core_completion_get_course_completion_status"
NOBODY = frozenset({"usernotenroled", "invaliduser"})
"""Refusals that concern one learner only. ``nocriteriaset`` and ``cannotviewreport`` concern the course."""


def completions(site: Site, course_ref: str, remote_ids: Iterable[str]) -> list[LearningFact]:
    """Facts ``course_completed`` of those who have. Raises Permanent("nocriteriaset") and the like."""
    ids = list(dict.fromkeys(remote_ids))
    with ThreadPoolExecutor(site.connections) as pool:
        facts = list(pool.map(lambda remote_id: _fact(site, course_ref, remote_id), ids))
    return [fact for fact in facts if fact is not None]


def _fact(site: Site, course_ref: str, remote_id: str) -> LearningFact | None:
    try:
        answer = record(site.client.call(COMPLETION, {"courseid": course_ref, "userid": remote_id}))
    except Permanent as error:
        if error.code in NOBODY:
            return None
        raise
    status = record(answer.get("completionstatus"))
    if not status.get("completed"):
        return None
    return LearningFact("course_completed", site.home_page, remote_id, "id", course_ref, _when(site, status))


def _when(site: Site, status: Thing) -> datetime:
    """Moodle tells no time for the course, only one for each criterion: the last of them completed it."""
    times = [int(record(one).get("timecompleted") or 0) for one in status.get("completions") or ()]
    newest = max(times, default=0)
    return datetime.fromtimestamp(newest, UTC) if newest else site.now()
