"""Groups of a course, known by our idnumber: made once, read back, and who is in them.

Moodle keeps an idnumber unique in a course, and a name too: a name that a teacher has taken gets our idnumber added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lms_connectors.batches import Batches, Done, Failed, Outcome
from lms_connectors.moodle.courses import find_course
from lms_connectors.moodle.dialect import concerns_whole_call
from lms_connectors.moodle.shapes import Thing, nothing, things, unexpected
from lms_connectors.moodle.site import Site
from workflows.ports import Concern, CourseGroup, GroupMember, Permanent, Retryable, RowResult, RowStatus

GROUPS = "core_group_get_course_groups"
CREATE = "core_group_create_groups"
MEMBERS = "core_group_get_group_members"
JOIN = "core_group_add_group_members"
LEAVE = "core_group_delete_group_members"
FIELDS_PER_MEMBER = 2
GONE = frozenset({"errorcoursecontextnotvalid", "invalidrecord", "invalidparameter"})


def groups(site: Site, course_ref: str) -> dict[str, CourseGroup]:
    """By idnumber, with members; two calls, whatever their number."""
    listed = {str(one["id"]): one for one in _listed(site, course_ref) if one.get("idnumber")}
    members = _members(site, list(listed))
    return {
        str(one["idnumber"]): CourseGroup(ref, str(one["idnumber"]), str(one.get("name", "")), members[ref])
        for ref, one in listed.items()
    }


def _listed(site: Site, course_ref: str) -> list[Thing]:
    try:
        return things(site.client.call(GROUPS, {"courseid": course_ref}))
    except Permanent as error:
        if error.code in GONE and find_course(site, course_ref) is None:
            raise Permanent("course_missing", "The course is not on the site any more") from None
        raise


def _members(site: Site, refs: Sequence[str]) -> dict[str, frozenset[str]]:
    if not refs:
        return {}
    answer = site.client.call(MEMBERS, {"groupids": list(refs)})
    if not isinstance(answer, list) or len(answer) != len(refs):
        raise unexpected()
    return {str(one["groupid"]): frozenset(map(str, one.get("userids") or ())) for one in answer}


def ensure_groups(site: Site, course_ref: str, wanted: Mapping[str, str]) -> dict[str, CourseGroup]:
    """Those that are missing are made in one call; after a lost answer they are found by their idnumber."""
    if not wanted:
        return {}
    listed = _listed(site, course_ref)
    known = {str(one.get("idnumber")): one for one in listed}
    names = {str(one.get("name")) for one in listed}
    new = [
        {
            "courseid": course_ref,
            "name": _free(name, idnumber, names),
            "description": "",
            "idnumber": idnumber,
        }
        for idnumber, name in wanted.items()
        if idnumber not in known
    ]
    if new:
        known |= {str(one.get("idnumber")): one for one in _made(site, course_ref, new)}
    if not wanted.keys() <= known.keys():
        raise Retryable("unexpected_answer", "Not every new group came back", doubtful=True)
    return {
        idnumber: CourseGroup(str(known[idnumber]["id"]), idnumber, str(known[idnumber].get("name", "")))
        for idnumber in wanted
    }


def _made(site: Site, course_ref: str, new: Sequence[Mapping[str, str]]) -> list[Thing]:
    try:
        return things(site.client.call(CREATE, {"groups": list(new)}))
    except Permanent as error:
        if error.site_wide or concerns_whole_call(error):
            raise
        # Somebody was quicker, or the answer of an earlier call was lost: what is there now counts.
        found = _listed(site, course_ref)
        if {one["idnumber"] for one in new} <= {str(one.get("idnumber")) for one in found}:
            return found
        raise


def _free(name: str, idnumber: str, taken: set[str]) -> str:
    return f"{name} ({idnumber})" if name in taken else name


def join(site: Site, rows: Sequence[GroupMember]) -> list[RowResult]:
    """Raises Permanent only for what concerns every call. A learner who is not enrolled is refused."""
    return _changed(site, JOIN, rows, inside=True)


def leave(site: Site, rows: Sequence[GroupMember]) -> list[RowResult]:
    """Out of the group; who is not in it is no error."""
    return _changed(site, LEAVE, rows, inside=False)


def _changed(site: Site, function: str, rows: Sequence[GroupMember], *, inside: bool) -> list[RowResult]:
    if not rows:
        return []

    def send(chunk: Sequence[GroupMember]) -> list[bool]:
        members = [{"groupid": row.group_ref, "userid": row.remote_id} for row in chunk]
        nothing(site.client.call(function, {"members": members}))
        return [True] * len(chunk)

    def read_back(chunk: Sequence[GroupMember]) -> list[bool | None]:
        held = _members(site, list(dict.fromkeys(row.group_ref for row in chunk)))
        return [(row.remote_id in held[row.group_ref]) is inside or None for row in chunk]

    batches: Batches[GroupMember, bool] = Batches(
        send=send,
        read_back=read_back,
        size=site.rows_per_call(FIELDS_PER_MEMBER),
        whole_call=concerns_whole_call,
    )
    outcomes = _looked_at(rows, batches, batches.run(rows))
    return [_told(row, outcome) for row, outcome in zip(rows, outcomes, strict=True)]


def _looked_at(
    rows: Sequence[GroupMember], batches: Batches[GroupMember, bool], outcomes: list[Outcome[bool]]
) -> list[Outcome[bool]]:
    """``null`` comes also when PHP cut the tail off the form: look once, send the lost ones again, each alone."""
    done = [place for place, outcome in enumerate(outcomes) if isinstance(outcome, Done)]
    if not done:
        return outcomes
    try:
        seen = batches.read_back([rows[place] for place in done])
    except Retryable as error:
        return [Failed(error) if isinstance(one, Done) else one for one in outcomes]
    except Permanent as error:
        if error.site_wide:
            raise
        unseen = Failed(Retryable(error.code, error.message))
        return [unseen if isinstance(one, Done) else one for one in outcomes]
    lost = [place for place, there in zip(done, seen, strict=True) if there is None]
    if lost:
        again = replace(batches, size=1).run([rows[place] for place in lost])
        for place, outcome in zip(lost, again, strict=True):
            outcomes[place] = outcome
    return outcomes


def _told(row: GroupMember, outcome: Outcome[bool]) -> RowResult:
    if isinstance(outcome, Done):
        return RowResult(row.key, RowStatus.APPLIED)
    status = RowStatus.RETRY if isinstance(outcome.error, Retryable) else RowStatus.REFUSED
    return RowResult(row.key, status, outcome.error.code, outcome.error.message, _concern(outcome.error))


def _concern(error: Retryable | Permanent) -> Concern:
    return error.concerns if isinstance(error, Permanent) else Concern.ROW
