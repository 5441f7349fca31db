"""Reading Moodle's answers: the many ways in which it says no, told apart by code, never by sentence.

Source: recorded exchanges with a Moodle 4.4 site. An error raised inside Moodle comes with status 200; its
sentence follows the site's language, so only ``exception`` and ``errorcode`` are looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from workflows.ports import Concern, Permanent, Retryable

SITE_WIDE = frozenset(
    {
        "accessexception",  # expired token, service off, function not in the service, IP: all read alike
        "forcepasswordchangenotice",  # this and the like below: the service's own account is not ready
        "invalidtoken",
        "sitepolicynotagreed",
        "usernotfullysetup",
        "wsaccessuserdeleted",
        "wsaccessuserexpired",
        "wsaccessusernologin",
        "wsaccessusersuspended",
        "wsaccessuserunconfirmed",
    }
)
"""Refusals that will meet every call of this token."""

RIGHTS = frozenset({"errorcoursecontextnotvalid", "nopermissions", "requireloginerror", "wsusercannotassign"})
"""The role of the service lacks something: everywhere, or only where the course is closed to it."""
COURSE = frozenset({"course_missing", "wsnoinstance"})


def concern_of(code: str) -> Concern:
    if code in SITE_WIDE:
        return Concern.SITE
    if code in RIGHTS:
        return Concern.RIGHTS
    return Concern.COURSE if code in COURSE else Concern.ROW


def concerns_whole_call(error: Permanent) -> bool:
    """Refusals that no single row causes: cutting the batch in halves would only repeat them."""
    return error.concerns in (Concern.COURSE, Concern.RIGHTS)


NOT_NOW = frozenset({"dbconnectionfailed", "sitemaintenance", "upgraderunning"})
NOT_NOW_CLASSES = frozenset({"dml_connection_exception"})
DOUBTFUL_STATUS = frozenset({500, 502, 504})

_SHORT_CODE = re.compile(r"[A-Za-z0-9_]{1,64}")


Each = Callable[[dict[str, Any]], Any]
"""What becomes of each object of an answer while it is read: of a long list less has to be held."""


def read_answer(status: int, content_type: str, body: str, each: Each | None = None) -> Any:
    """The parsed value of a good answer (``None`` for ``null``); raises Retryable or Permanent else."""
    if status != 200:
        raise _refused_by_status(status)
    try:
        value = json.loads(body, object_hook=each)
    except ValueError:
        value = ...
    if value is ...:
        raise _not_json(content_type, body)
    if isinstance(value, dict) and "exception" in value:
        raise _refused_by_moodle(value)
    return value


def short_code(errorcode: object, exception: object) -> str:
    """A word that is safe to store and show: some codes are blocks of HTML, and a PHP Error has none."""
    for candidate in (errorcode, exception):
        if isinstance(candidate, str) and _SHORT_CODE.fullmatch(candidate):
            return candidate
    return "unreadable_errorcode"


def _refused_by_status(status: int) -> Retryable | Permanent:
    code = f"http_{status}"
    if status in DOUBTFUL_STATUS:  # the proxy gave up or PHP died: the work may be done all the same
        return Retryable(code, "The site broke off", doubtful=True)
    if status in (408, 425, 429, 503) or status > 504:
        return Retryable(code, "The site is not available now")
    return Permanent(code, "The address does not lead to Moodle's web services", site_wide=True)


def _not_json(content_type: str, body: str) -> Retryable | Permanent:
    if "xml" in content_type:  # Moodle lost sight of moodlewsrestformat, and so of what came after it
        return Permanent("not_json", "The site answered in XML", site_wide=True)
    if "html" in content_type:  # a wrong address, or a gate before the site that closes for a while
        return Retryable("html", "A web page answered in place of Moodle's web services", doubtful=True)
    code = "empty_answer" if not body.strip() else "not_json"
    return Retryable(code, "The answer is not whole", doubtful=True)


def _refused_by_moodle(value: dict[str, Any]) -> Retryable | Permanent:
    exception = value.get("exception")
    code = short_code(value.get("errorcode"), exception)
    if code in NOT_NOW or exception in NOT_NOW_CLASSES:
        return Retryable(code, "Moodle cannot work now")
    return Permanent(code, f"Moodle: {short_code(exception, None)}", concerns=concern_of(code))
