"""Who owned a course from when to when, as the database itself saw it: every lease taken, renewed and given back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from sqlalchemy import Engine, text

MAKE = """
CREATE TABLE lease_log (
    id bigserial PRIMARY KEY, op text, site_id int, course_ref text, owner text, until timestamptz,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE FUNCTION log_lease() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO lease_log (op, site_id, course_ref, owner, until)
        VALUES (TG_OP, OLD.site_id, OLD.course_ref, OLD.owner, OLD.until);
    ELSE
        INSERT INTO lease_log (op, site_id, course_ref, owner, until)
        VALUES (TG_OP, NEW.site_id, NEW.course_ref, NEW.owner, NEW.until);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER log_lease AFTER INSERT OR UPDATE OR DELETE ON course_lease
    FOR EACH ROW EXECUTE FUNCTION log_lease();
"""
READ = "SELECT op, site_id, course_ref, owner, until, at FROM lease_log ORDER BY id"


@dataclass
class Owned:
    """``end``: when it was given back, or when the lease that was last renewed ran out."""

    course: tuple[int, str]
    owner: str
    start: datetime
    end: datetime


def keep_log(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text(MAKE))


def owned(engine: Engine) -> list[Owned]:
    """In the order in which they began."""
    with engine.connect() as connection:
        rows = connection.execute(text(READ)).all()
    found: list[Owned] = []
    now: dict[tuple[int, str], Owned] = {}
    for op, site_id, course_ref, owner, until, at in rows:
        course = (site_id, course_ref)
        if op == "DELETE":
            now.pop(course).end = at
        elif course in now and now[course].owner == owner:
            now[course].end = until
        else:
            now[course] = Owned(course, owner, at, until)
            found.append(now[course])
    return found


def overlaps(intervals: list[Owned]) -> list[tuple[Owned, Owned]]:
    """Two who owned a course at the same time."""
    return [
        (one, other)
        for one, other in combinations(intervals, 2)
        if one.course == other.course and one.start < other.end and other.start < one.end
    ]
