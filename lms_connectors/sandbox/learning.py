"""What learners do on the stand-in: complete an activity, or the course. Statements are queued with it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from lms_connectors.sandbox.completion import activities_of, course_completed
from lms_connectors.sandbox.courses import course_of
from lms_connectors.sandbox.enrolment import members
from lms_connectors.sandbox.outbox import queue
from lms_connectors.sandbox.refusal import moodle_error
from lms_connectors.sandbox.site import SandboxSite
from lms_connectors.sandbox.statements import Scene, Statement
from lms_connectors.sandbox.users import full_name


def complete_activity(site: SandboxSite, course: int, user: int) -> None:
    """The learner opens the next open activity, and viewing completes it (and perhaps the course)."""
    with site.store.writing() as db:
        learner = Learner.of(site, db, course, user)
        learner.complete_next()


def complete_course(site: SandboxSite, course: int, user: int) -> None:
    """Every activity that is still open, and with the last of them the course. Repeating says nothing new."""
    with site.store.writing() as db:
        Learner.of(site, db, course, user).complete_all()


def complete_for_all(site: SandboxSite, course: int) -> None:
    """The same for everyone who may enter the course now."""
    with site.store.writing() as db:
        for row in members(site, db, course):
            if row["active"]:
                Learner.of(site, db, course, row["id"]).complete_all()


@dataclass
class Learner:
    """One learner in one course, inside one transaction."""

    db: sqlite3.Connection
    scene: Scene
    seconds: int
    completable: bool
    """Whether the course can be completed at all: it is tracked and has criteria."""

    @classmethod
    def of(cls, site: SandboxSite, db: sqlite3.Connection, course: int, user: int) -> Learner:
        row = next((row for row in members(site, db, course) if row["id"] == user), None)
        about = course_of(db, course)
        if row is None or about is None or not row["active"]:
            raise moodle_error("usernotenroled", "User is not enrolled in this course")
        now = site.clock()
        scene = Scene(
            home_page=site.home_page,
            site_name=site.name,
            user_id=user,
            user_name=full_name(row),
            course_id=course,
            course_name=about["fullname"],
            when=now,
            run=now.strftime("%Y-%m-%dT%H:%M"),
        )
        completable = bool(about["tracked"]) and about["criteria"] != "none"
        return cls(db, scene, site.seconds(), completable)

    def complete_all(self) -> None:
        while self._open():
            self.complete_next()
        if self._course_completes():
            queue(self.db, [self.scene.course_completed()])

    def complete_next(self) -> None:
        """The course's completion comes before that of the activity which caused it, as recorded."""
        still_open = self._open()
        if not still_open:
            return
        activity, name = still_open[0]["id"], still_open[0]["name"]
        self.db.execute(
            "INSERT INTO activity_completions VALUES (?, ?, ?)", (activity, self.scene.user_id, self.seconds)
        )
        said: list[Statement] = [self.scene.activity_viewed(activity, name)]
        if self._course_completes():
            said.append(self.scene.course_completed())
        said.append(self.scene.activity_uncompleted(activity, name))
        said.append(self.scene.activity_completed(activity, name))
        queue(self.db, said)

    def _open(self) -> list[sqlite3.Row]:
        rows = activities_of(self.db, self.scene.course_id, self.scene.user_id)
        return [row for row in rows if row["completed"] is None]

    def _course_completes(self) -> bool:
        """Record the course as complete when nothing is open and it was not before."""
        course, user = self.scene.course_id, self.scene.user_id
        if not self.completable or self._open() or course_completed(self.db, course, user) is not None:
            return False
        self.db.execute("INSERT INTO course_completions VALUES (?, ?, ?)", (course, user, self.seconds))
        return True
