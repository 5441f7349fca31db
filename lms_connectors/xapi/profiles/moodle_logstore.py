"""Statements of Moodle's plugin logstore_xapi (seen: 5.0.1 on Moodle 4.4) as facts.

``completed`` is said of a course, of an activity and of a quiz attempt alike: only the object and the name of
Moodle's event tell them apart. A scaled score is mapped to -1..1 by the plugin and so is never read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from lms_connectors.xapi import formats
from workflows.ports import LearningFact

ACCOUNT_KINDS = ("id", "username", "email")
_COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
_UNCOMPLETED = "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted"
_ENROLLED = "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/enrolled"
_SUSPENDED = "https://w3id.org/xapi/tla/verbs/suspended"
_LEFT = "http://activitystrea.ms/leave"
_SCORED = "https://w3id.org/xapi/tla/verbs/scored"

_COURSE = "https://w3id.org/xapi/cmi5/activitytype/course"
_ACTIVITY_EVENT = "\\core\\event\\course_module_completion_updated"
_INFO = "http://lrs.learninglocker.net/define/extensions/info"
_COURSE_PAGE = re.compile(r"(?P<site>.+?)/course/view\.php\?(?:[^#]*&)?id=(?P<ref>[0-9]+)(?:[&#].*)?")
_MODULE_PAGE = re.compile(r"(?P<site>.+?)/mod/[a-z0-9_]+/view\.php\?.+")

_COURSE_KINDS = {
    _COMPLETED: ("course_completed", "\\core\\event\\course_completed"),
    _ENROLLED: ("enrolled", "\\core\\event\\user_enrolment_created"),
    _LEFT: ("unenrolled", "\\core\\event\\user_enrolment_deleted"),
    _SUSPENDED: ("suspended", "\\core\\event\\user_enrolment_updated"),
}
_ACTIVITY_KINDS = {_COMPLETED: "activity_completed", _UNCOMPLETED: "uncompleted"}


class _Account(NamedTuple):
    kind: str
    name: str
    home: str


def read_fact(
    statement: Mapping[str, Any], *, account_kind: str = "id", stored: datetime
) -> LearningFact | None:
    """See ``StatementProfile``. ``mbox`` actors are told by themselves under every setting."""
    if account_kind not in ACCOUNT_KINDS:
        raise ValueError(f"account_kind must be one of {', '.join(ACCOUNT_KINDS)}, not {account_kind!r}")
    kind = _kind(statement)
    account = _account(statement["actor"], account_kind)
    if kind is None or account is None:
        return None
    site, course_ref = _place(statement, account)
    told = statement.get("timestamp")
    return LearningFact(
        kind=kind,
        site=site,
        account=account.name,
        account_kind=account.kind,
        course_ref=course_ref,
        when=formats.instant(told, "timestamp") if told else stored,
        score=_score(statement) if kind == "graded" else None,
        activity=None if _is_course(statement["object"]) else statement["object"]["id"].partition("#")[0],
    )


def _kind(statement: Mapping[str, Any]) -> str | None:
    verb, about = statement["verb"]["id"], statement["object"]
    if about.get("objectType", "Activity") != "Activity":
        return None
    if verb == _SCORED:
        return "graded"
    if verb == _COMPLETED and statement.get("result", {}).get("completion") is False:
        return None
    event = _event(statement)
    if _is_course(about):
        kind, cause = _COURSE_KINDS.get(verb, (None, None))
        return kind if event in (None, cause) else None
    if event == _ACTIVITY_EVENT and _MODULE_PAGE.fullmatch(about["id"]):
        return _ACTIVITY_KINDS.get(verb)
    return None


def _event(statement: Mapping[str, Any]) -> str | None:
    """The name of Moodle's event; None when the sender does not tell it."""
    info = statement.get("context", {}).get("extensions", {}).get(_INFO)
    name = info.get("event_name") if isinstance(info, dict) else None
    return name if isinstance(name, str) else None


def _is_course(activity: Mapping[str, Any]) -> bool:
    """Both must agree, so that no activity passes for a course: the type and the address."""
    kind = activity.get("definition", {}).get("type")
    return kind == _COURSE and _COURSE_PAGE.fullmatch(activity["id"]) is not None


def _account(actor: Mapping[str, Any], account_kind: str) -> _Account | None:
    if actor.get("objectType") == "Group":
        return None
    if "mbox" in actor:
        return _Account("email", actor["mbox"].removeprefix("mailto:"), "")
    if "account" in actor and account_kind != "email":  # a name of unknown kind may be anybody's
        return _Account(account_kind, actor["account"]["name"], actor["account"]["homePage"].rstrip("/"))
    return None


def _place(statement: Mapping[str, Any], account: _Account) -> tuple[str, str | None]:
    """Site and course. A user id counts on its own site only: elsewhere the course is left open."""
    found = next(_course_pages(statement), None)
    module = _MODULE_PAGE.fullmatch(statement["object"]["id"].partition("#")[0])
    page = found or module
    if page is None or (account.kind == "id" and account.home != page["site"]):
        return account.home, None
    return page["site"], found["ref"] if found else None


def _course_pages(statement: Mapping[str, Any]) -> Iterator[re.Match[str]]:
    around = statement.get("context", {}).get("contextActivities", {})
    for activities in ([statement["object"]], around.get("parent", []), around.get("grouping", [])):
        for activity in activities if isinstance(activities, list) else [activities]:
            if _is_course(activity) and (page := _COURSE_PAGE.fullmatch(activity["id"])):
                yield page


def _score(statement: Mapping[str, Any]) -> float | None:
    score = statement.get("result", {}).get("score", {})
    if not {"raw", "min", "max"} <= score.keys():
        return None
    low, high = float(score["min"]), float(score["max"])
    return 100 * (float(score["raw"]) - low) / (high - low)
