"""Enrolments of one course: who is in, who shall be in, who shall leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from lms_connectors.batches import Batches, Done, Failed, Outcome
from lms_connectors.moodle.courses import find_course
from lms_connectors.moodle.dialect import concerns_whole_call
from lms_connectors.moodle.form import Value
from lms_connectors.moodle.shapes import nothing, unexpected
from lms_connectors.moodle.site import Site
from workflows.ports import (
    ActualEnrolment,
    Concern,
    DesiredEnrolment,
    Permanent,
    Retryable,
    RowResult,
    RowStatus,
)

ENROL = "enrol_manual_enrol_users"
UNENROL = "enrol_manual_unenrol_users"
ROSTER = "core_enrol_get_enrolled_users"
READS_LIKE_NO_COURSE = frozenset({"invalidrecord", "invalidparameter"})
"""Said of a course that is gone, but also of a missing function and of a bad row."""
MOST_FIELDS_PER_ROW = 6


@dataclass
class Look:
    """One look at who is in a course, by user id: two lists, because Moodle tells the active only by leaving
    the others out. Each is fetched when somebody asks for it, as a list of a large course takes seconds."""

    site: Site
    course_ref: str

    @cached_property
    def everyone(self) -> set[str]:
        return self._ids({})

    @cached_property
    def active(self) -> set[str]:
        return self._ids({"onlyactive": "1"})

    def _ids(self, options: Mapping[str, str]) -> set[str]:
        try:
            return _ids(self.site, self.course_ref, {**options, "userfields": "id"})
        except Permanent as error:
            if error.code in READS_LIKE_NO_COURSE and find_course(self.site, self.course_ref) is None:
                raise _course_missing() from None
            raise


Holds = Callable[[DesiredEnrolment, Look], bool]


def roster(site: Site, course_ref: str) -> dict[str, ActualEnrolment]:
    """Everyone enrolled, by user id."""
    look = Look(site, course_ref)
    if not look.everyone:
        return {}
    return {one: ActualEnrolment(one, one in look.active) for one in look.everyone | look.active}


def look(site: Site, course_ref: str) -> str:
    """May the service read this roster? Asks for one active learner; the empty word when it may."""
    _ids(site, course_ref, {"onlyactive": "1", "userfields": "id", "limitnumber": "1"})
    return ""


def _ids(site: Site, course_ref: str, options: Mapping[str, str]) -> set[str]:
    listed = [{"name": name, "value": value} for name, value in options.items()]
    form: dict[str, Value] = {"courseid": course_ref, "options": listed}
    answer = site.client.call(ROSTER, form, each=_id_alone)
    if not isinstance(answer, list) or not all(isinstance(one, str) for one in answer):
        raise unexpected()
    return set(answer)


def _id_alone(thing: dict[str, Any]) -> Any:
    """Moodle adds the full name to the id that was asked for; of a large course only ids are held."""
    return str(thing["id"]) if "id" in thing else thing


def _course_missing() -> Permanent:
    return Permanent("course_missing", "The course is not on the site any more", concerns=Concern.COURSE)


@dataclass(frozen=True)
class Change:
    """One kind of change to a course's enrolments: what is sent, and how to see that it holds."""

    site: Site
    course_ref: str
    function: str
    form_of: Callable[[DesiredEnrolment], dict[str, str]]
    proven: Holds
    """What is read back proves that this very row was carried out."""
    plausible: Holds
    """What is read back does not speak against it."""
    unseen: str
    """The code for a row that Moodle accepted twice and that still does not show."""

    def run(self, rows: Sequence[DesiredEnrolment]) -> list[RowResult]:
        if not rows:
            return []
        telling = replace(self._batches(self.site.batch_size), answered=self.site.answered)
        outcomes = telling.run(rows)
        return [_told(row, outcome) for row, outcome in zip(rows, self._checked(rows, outcomes), strict=True)]

    def _batches(self, size: int) -> Batches[DesiredEnrolment, bool]:
        return Batches(
            send=self._send,
            read_back=self._read_back,
            size=min(size, self.site.rows_per_call(MOST_FIELDS_PER_ROW)),
            connections=self.site.connections,
            whole_call=concerns_whole_call,
        )

    def _send(self, rows: Sequence[DesiredEnrolment]) -> list[bool]:
        form: dict[str, Value] = {"enrolments": [self.form_of(row) for row in rows]}
        try:
            nothing(self.site.client.call(self.function, form))
        except Permanent as error:
            if error.code in READS_LIKE_NO_COURSE and not self._course_is_there:
                raise _course_missing() from None
            raise
        return [True] * len(rows)

    @cached_property
    def _course_is_there(self) -> bool:
        return find_course(self.site, self.course_ref) is not None

    def _read_back(self, rows: Sequence[DesiredEnrolment]) -> list[bool | None]:
        seen = Look(self.site, self.course_ref)
        return [self.proven(row, seen) or None for row in rows]

    def _checked(
        self, rows: Sequence[DesiredEnrolment], outcomes: list[Outcome[bool]]
    ) -> list[Outcome[bool]]:
        """``null`` comes also when PHP cut the tail off the form: look once, send the lost ones again."""
        done = [place for place, outcome in enumerate(outcomes) if isinstance(outcome, Done)]
        try:
            lost = self._lost(rows, done)
            if lost:
                self._send_alone(rows, outcomes, lost)
        except Retryable as error:
            return self._unproven(outcomes, done, error)
        except Permanent as error:
            if error.site_wide:
                raise
            return self._unproven(outcomes, done, Retryable(error.code, error.message))
        return outcomes

    def _send_alone(
        self, rows: Sequence[DesiredEnrolment], outcomes: list[Outcome[bool]], lost: Sequence[int]
    ) -> None:
        again = self._batches(1).run([rows[place] for place in lost])
        for place, outcome in zip(lost, again, strict=True):
            outcomes[place] = outcome
        for place in self._lost(rows, [place for place in lost if isinstance(outcomes[place], Done)]):
            outcomes[place] = Failed(Permanent(self.unseen, "Accepted by Moodle, but it does not show"))

    def _unproven(
        self, outcomes: list[Outcome[bool]], done: Sequence[int], error: Retryable
    ) -> list[Outcome[bool]]:
        """Accepted, and nobody could look whether all of it arrived: tried again, which changes nothing twice."""
        for place in done:
            if isinstance(outcomes[place], Done):
                outcomes[place] = Failed(error)
        return outcomes

    def _lost(self, rows: Sequence[DesiredEnrolment], places: Sequence[int]) -> list[int]:
        """Places of rows that were accepted and do not show."""
        if not places:
            return []
        seen = Look(self.site, self.course_ref)
        return [place for place in places if not self.plausible(rows[place], seen)]


def apply(site: Site, course_ref: str, rows: Sequence[DesiredEnrolment]) -> list[RowResult]:
    """Enrol, suspend or reactivate. Raises Permanent only for what concerns every call of the site."""

    def form_of(row: DesiredEnrolment) -> dict[str, str]:
        form = {"roleid": str(site.role_id), "userid": row.remote_id, "courseid": course_ref}
        if row.starts_at is not None:
            form["timestart"] = _seconds(row.starts_at)
        if row.ends_at is not None:
            form["timeend"] = _seconds(row.ends_at)
        if row.suspended:
            form["suspend"] = "1"
        return form

    return Change(site, course_ref, ENROL, form_of, _as_wished, _not_against, "not_as_wished").run(rows)


def unenrol(site: Site, course_ref: str, rows: Sequence[DesiredEnrolment]) -> list[RowResult]:
    """Take the manual enrolment away. Who is enrolled by another method stays and is told so."""

    def form_of(row: DesiredEnrolment) -> dict[str, str]:
        return {"userid": row.remote_id, "courseid": course_ref}

    return Change(site, course_ref, UNENROL, form_of, _gone, _gone, "still_enrolled").run(rows)


def _dated(row: DesiredEnrolment) -> bool:
    return row.starts_at is not None or row.ends_at is not None


def _as_wished(row: DesiredEnrolment, seen: Look) -> bool:
    """Dates do not show in the roster: a row with dates is never proven, it is sent again (which is safe)."""
    return not _dated(row) and _not_against(row, seen)


def _not_against(row: DesiredEnrolment, seen: Look) -> bool:
    """Only an undated active row must be among the active: of others Moodle tells less."""
    if row.suspended:
        return row.remote_id in seen.everyone and row.remote_id not in seen.active
    return row.remote_id in (seen.everyone if _dated(row) else seen.active)


def _gone(row: DesiredEnrolment, seen: Look) -> bool:
    return row.remote_id not in seen.everyone


def _told(row: DesiredEnrolment, outcome: Outcome[bool]) -> RowResult:
    if isinstance(outcome, Done):
        return RowResult(row.key, RowStatus.APPLIED)
    error = outcome.error
    if isinstance(error, Retryable):
        return RowResult(row.key, RowStatus.RETRY, error.code, error.message)
    return RowResult(row.key, RowStatus.REFUSED, error.code, error.message, error.concerns)


def _seconds(moment: datetime) -> str:
    return str(int(moment.timestamp()))
