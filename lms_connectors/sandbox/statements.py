"""Statements as the plugin logstore_xapi 5.0.1 writes them: no ids, the actor is the user id on this site.

Source: recorded requests of the plugin with its default settings. No civil servant's number goes out.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lms_connectors.sandbox.site import RELEASE

PLUGIN = "5.0.1"
COMPLETED = {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"en": "Completed"}}
UNCOMPLETED = {
    "id": "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted",
    "display": {"en": "Uncompleted"},
}
VIEWED = {"id": "http://id.tincanapi.com/verb/viewed", "display": {"en": "Viewed"}}
COURSE = "https://w3id.org/xapi/cmi5/activitytype/course"
PAGE = "https://w3id.org/xapi/acrossx/activities/page"
SECTION = "http://id.tincanapi.com/activitytype/section"
LMS = "http://id.tincanapi.com/activitytype/lms"
INFO = "http://lrs.learninglocker.net/define/extensions/info"

Statement = dict[str, Any]


@dataclass(frozen=True)
class Scene:
    """Who did something, where and when; ``run`` is the run of the sender's cron job."""

    home_page: str
    site_name: str
    user_id: int
    user_name: str
    course_id: int
    course_name: str
    when: datetime
    run: str

    def course_completed(self) -> Statement:
        """No result and no date of completion but the timestamp; no parents either."""
        context = self._context("\\core\\event\\course_completed", "core\\course_completed", [])
        return self._said(context, COMPLETED, self._course())

    def activity_viewed(self, activity: int, name: str) -> Statement:
        event = "\\mod_page\\event\\course_module_viewed"
        context = self._context(event, "all\\course_module_viewed", self._parents())
        return self._said(context, VIEWED, self._page(activity, name))

    def activity_uncompleted(self, activity: int, name: str) -> Statement:
        return self._said(self._updated(), UNCOMPLETED, self._page(activity, name))

    def activity_completed(self, activity: int, name: str) -> Statement:
        said = self._said(self._updated(), COMPLETED, self._page(activity, name))
        return said | {"result": {"completion": True}}

    def _updated(self) -> dict[str, Any]:
        event = "\\core\\event\\course_module_completion_updated"
        return self._context(event, "core\\course_module_completion_updated", self._parents())

    def _said(self, context: dict[str, Any], verb: dict[str, Any], thing: dict[str, Any]) -> Statement:
        return {
            "context": context,
            "timestamp": self.when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "actor": {
                "name": self.user_name,
                "account": {"homePage": self.home_page, "name": str(self.user_id)},
            },
            "verb": verb,
            "object": thing,
        }

    def _context(self, event: str, transformer: str, parents: list[dict[str, Any]]) -> dict[str, Any]:
        info = {
            "http://moodle.org": RELEASE,
            "https://github.com/xAPI-vle/moodle-logstore_xapi": PLUGIN,
            "event_name": event,
            "event_function": f"\\src\\transformer\\events\\{transformer}",
        }
        category = [_thing(self.home_page, LMS, self.site_name)]
        activities = {"parent": parents, "category": category} if parents else {"category": category}
        return {
            "platform": "Moodle",
            "registration": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.home_page}#{self.run}")),
            "language": "en",
            "extensions": {INFO: info},
            "contextActivities": activities,
        }

    def _parents(self) -> list[dict[str, Any]]:
        section = f"{self.home_page}/course/section.php?id={self.course_id}"
        return [_thing(section, SECTION, f"{self.course_name} Section 0"), self._course()]

    def _course(self) -> dict[str, Any]:
        return _thing(f"{self.home_page}/course/view.php?id={self.course_id}", COURSE, self.course_name)

    def _page(self, activity: int, name: str) -> dict[str, Any]:
        return _thing(f"{self.home_page}/mod/page/view.php?id={activity}", PAGE, name)


def _thing(identifier: str, kind: str, name: str) -> dict[str, Any]:
    definition = {"type": kind, "name": {"en": name}}
    return {"objectType": "Activity", "id": identifier, "definition": definition}
