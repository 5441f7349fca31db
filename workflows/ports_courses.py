"""What crosses the border to a learning platform about courses and their groups; part of ``workflows.ports``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CourseRef:
    """A course of a platform. ``ref`` is the platform's own id as text, ``idnumber`` ours."""

    ref: str
    title: str
    idnumber: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class CourseCategory:
    """Where a platform keeps courses together; ``name`` may be empty where the platform does not tell it."""

    ref: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class NewCourse:
    """A course to be made from a template. Asking twice for one ``idnumber`` gives the same course."""

    idnumber: str
    title: str
    template_ref: str
    category_ref: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class CourseGroup:
    """A group of ours in a course, known by our ``idnumber``; ``ref`` is the platform's id of it."""

    ref: str
    idnumber: str
    name: str
    members: frozenset[str] = frozenset()
    """Remote ids."""


@dataclass(frozen=True, slots=True)
class GroupMember:
    """One learner who shall join or leave a group."""

    key: str
    group_ref: str
    remote_id: str
