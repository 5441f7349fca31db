"""What every learning platform must hold about making courses, groups, and proving what it lets us do.

For pytest, beside ``PlatformContract``; ``bench.category`` names where courses may be made.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from lms_connectors.contract import NOWHERE, Bench, enrolled, refusal_of, someone
from lms_connectors.proving import scratch_mark
from workflows.ports import AccountStatus, DesiredEnrolment, GroupMember, NewCourse, RowStatus

STARTS = datetime(2027, 4, 5, 1, tzinfo=UTC)


def new_course(bench: Bench, **changes: str) -> NewCourse:
    mark = scratch_mark(datetime.now(UTC))
    given = {
        "idnumber": mark,
        "title": f"Kelas {mark}",
        "template_ref": bench.course_ref,
        "category_ref": bench.category,
    }
    return NewCourse(**(given | changes), starts_at=STARTS, ends_at=STARTS + timedelta(days=5))


class CourseContract:
    def test_people_are_found_without_anybody_being_made(self, bench: Bench) -> None:
        known, unknown = someone(key="known"), someone(key="unknown")
        (made,) = bench.platform.resolve_accounts([known])
        for _ in range(2):
            found = bench.platform.find_accounts([known, unknown])
            assert [(one.key, one.status) for one in found] == [
                ("known", AccountStatus.FOUND),
                ("unknown", AccountStatus.MISSING),
            ]
            assert found[0].remote_id == made.remote_id

    def test_course_is_made_once_from_its_template_and_people_enter_it(self, bench: Bench) -> None:
        new = new_course(bench)
        made = bench.platform.create_course(new)
        assert (made.idnumber, made.title) == (new.idnumber, new.title)
        assert made.ref != bench.course_ref
        assert bench.platform.create_course(new) == made
        assert bench.platform.find_course(made.ref) == made
        (row,) = enrolled(bench)
        (result,) = bench.platform.apply(made.ref, [row])
        assert result.status is RowStatus.APPLIED
        assert bench.platform.roster(made.ref)[row.remote_id].active

    def test_category_for_new_courses_is_among_those_shown(self, bench: Bench) -> None:
        assert bench.category in {one.ref for one in bench.platform.categories()}

    def test_other_dates_are_given_to_a_course_as_often_as_wanted(self, bench: Bench) -> None:
        made = bench.platform.create_course(new_course(bench))
        for days in (6, 6, 7):
            bench.platform.set_course_dates(made.ref, STARTS, STARTS + timedelta(days=days))
        assert bench.platform.find_course(made.ref) == made
        refusal = refusal_of(lambda: bench.platform.set_course_dates(NOWHERE, STARTS, STARTS))
        assert (refusal.code, refusal.site_wide) == ("course_missing", False)

    def test_template_or_category_that_is_not_there_is_said(self, bench: Bench) -> None:
        no_template = new_course(bench, template_ref=NOWHERE)
        refusal = refusal_of(lambda: bench.platform.create_course(no_template))
        assert (refusal.code, refusal.site_wide) == ("template_missing", False)
        assert bench.platform.search_courses(no_template.idnumber) == []

    def test_groups_are_made_once_whatever_their_name_is(self, bench: Bench) -> None:
        mark = uuid.uuid4().hex[:8]
        wanted = {f"{mark}-1": f"Angkatan 1 {mark}", f"{mark}-2": f"Angkatan 2 {mark}"}
        first = bench.platform.ensure_groups(bench.course_ref, wanted)
        again = bench.platform.ensure_groups(
            bench.course_ref, {f"{mark}-1": "Nama lain", f"{mark}-3": "Baru " + mark}
        )
        assert again[f"{mark}-1"].ref == first[f"{mark}-1"].ref
        held = bench.platform.groups(bench.course_ref)
        assert {f"{mark}-{number}" for number in (1, 2, 3)} <= set(held)
        assert len({held[f"{mark}-{number}"].ref for number in (1, 2, 3)}) == 3

    def test_name_that_somebody_has_taken_hinders_no_group(self, bench: Bench) -> None:
        mark = uuid.uuid4().hex[:8]
        for idnumber in (f"{mark}-1", f"{mark}-2"):
            bench.platform.ensure_groups(bench.course_ref, {idnumber: f"Nama sama {mark}"})
        assert {f"{mark}-1", f"{mark}-2"} <= set(bench.platform.groups(bench.course_ref))

    def test_learners_join_and_leave_and_a_bad_row_stands_alone(self, bench: Bench) -> None:
        mark = uuid.uuid4().hex[:8]
        group = bench.platform.ensure_groups(bench.course_ref, {mark: f"Grup {mark}"})[mark]
        rows = enrolled(bench, 3)
        outsider = rows.pop()
        bench.platform.apply(bench.course_ref, rows)
        members = [GroupMember(row.key, group.ref, row.remote_id) for row in rows]
        bad = GroupMember("bad", group.ref, outsider.remote_id)
        for _ in range(2):
            results = bench.platform.join_groups(bench.course_ref, [members[0], bad, members[1]])
            assert [result.status for result in results] == [
                RowStatus.APPLIED,
                RowStatus.REFUSED,
                RowStatus.APPLIED,
            ]
        ids = {row.remote_id for row in rows}
        assert bench.platform.groups(bench.course_ref)[mark].members == ids
        for _ in range(2):
            (result,) = bench.platform.leave_groups(bench.course_ref, members[:1])
            assert result.status is RowStatus.APPLIED
        assert bench.platform.groups(bench.course_ref)[mark].members == {rows[1].remote_id}

    def test_who_leaves_the_course_leaves_its_groups(self, bench: Bench) -> None:
        mark = uuid.uuid4().hex[:8]
        group = bench.platform.ensure_groups(bench.course_ref, {mark: f"Grup {mark}"})[mark]
        (row,) = enrolled(bench)
        bench.platform.apply(bench.course_ref, [row])
        bench.platform.join_groups(bench.course_ref, [GroupMember("k", group.ref, row.remote_id)])
        bench.platform.unenrol(bench.course_ref, [DesiredEnrolment("k", row.remote_id)])
        assert bench.platform.groups(bench.course_ref)[mark].members == frozenset()

    def test_groups_of_a_course_that_is_gone_are_a_refusal(self, bench: Bench) -> None:
        refusal = refusal_of(lambda: bench.platform.groups(NOWHERE))
        assert (refusal.code, refusal.site_wide) == ("course_missing", False)
        refusal = refusal_of(lambda: bench.platform.ensure_groups(NOWHERE, {"a": "A"}))
        assert (refusal.code, refusal.site_wide) == ("course_missing", False)

    def test_nothing_asked_of_groups_is_nothing_done(self, bench: Bench) -> None:
        assert bench.platform.ensure_groups(bench.course_ref, {}) == {}
        assert bench.platform.join_groups(bench.course_ref, []) == []
        assert bench.platform.leave_groups(bench.course_ref, []) == []

    def test_proof_of_a_site_in_order_finds_nothing_to_mend_and_leaves_no_course(self, bench: Bench) -> None:
        before = {course.ref for course in bench.platform.search_courses("")}
        for _ in range(2):
            lines = bench.platform.prove()
            assert [line for line in lines if not line.ok] == []
            assert len(lines) > len(bench.platform.check())
        assert {course.ref for course in bench.platform.search_courses("")} == before
