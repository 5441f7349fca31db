"""The platform in memory meets faults as the port says."""

from __future__ import annotations

import pytest

from lms_connectors.contract import someone
from lms_connectors.memory import Fault, MemoryPlatform
from workflows.ports import DesiredEnrolment, Permanent, Retryable, RowStatus


def ready() -> tuple[MemoryPlatform, str, DesiredEnrolment]:
    platform = MemoryPlatform()
    course = platform.add_course("Dasar").ref
    return platform, course, DesiredEnrolment("k", platform.add_user("satu").remote_id)


def test_fault_before_the_work_leaves_rows_to_be_tried_again() -> None:
    platform, course, row = ready()
    platform.faults.append(Fault(Retryable("unreachable")))
    (result,) = platform.apply(course, [row])
    assert (result.status, result.code) == (RowStatus.RETRY, "unreachable")
    assert platform.roster(course) == {}


def test_fault_after_the_work_has_done_it_all_the_same() -> None:
    platform, course, row = ready()
    platform.faults.append(Fault(Retryable("http_504", doubtful=True), after_work=True))
    (result,) = platform.apply(course, [row])
    assert result.status is RowStatus.RETRY
    assert set(platform.roster(course)) == {row.remote_id}


def test_refusal_of_every_call_is_raised() -> None:
    platform, course, row = ready()
    platform.faults.append(Fault(Permanent("invalidtoken", site_wide=True)))
    with pytest.raises(Permanent):
        platform.apply(course, [row])
    platform.faults.append(Fault(Retryable("unreachable")))
    with pytest.raises(Retryable):
        platform.resolve_accounts([someone()])
    platform.faults.append(Fault(Retryable("unreachable")))
    assert [line.ok for line in platform.check()] == [False]


def test_completion_of_somebody_enrolled_is_a_fact() -> None:
    platform, course, row = ready()
    platform.apply(course, [row])
    platform.complete(course, row.remote_id)
    (fact,) = platform.completions(course, [row.remote_id])
    assert (fact.kind, fact.account, fact.course_ref) == ("course_completed", row.remote_id, course)
    assert platform.calls == ["apply", "completions"]
