"""Calls begin no faster than was set, also from several threads at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from lms_connectors.pace import Pace
from tests.connectors.running_sandbox import Running


class Time:
    def __init__(self) -> None:
        self.now, self.slept = 100.0, list[float]()

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds


def test_without_a_limit_nothing_waits() -> None:
    time = Time()
    pace = Pace(clock=lambda: time.now, sleep=time.sleep)
    for _ in range(5):
        pace.wait()
    assert time.slept == []


def test_calls_are_spaced_evenly_and_a_pause_is_not_made_up_for() -> None:
    time = Time()
    pace = Pace(4, clock=lambda: time.now, sleep=time.sleep)
    for _ in range(3):
        pace.wait()
    assert time.slept == [0.25, 0.25]
    time.now += 60
    pace.wait()
    pace.wait()
    assert time.slept == [0.25, 0.25, 0.25]


def test_threads_share_one_pace() -> None:
    slept: list[float] = []
    pace = Pace(10, clock=lambda: 5.0, sleep=lambda seconds: slept.append(round(seconds, 3)))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: pace.wait(), range(6)))
    assert sorted(slept) == [0.1, 0.2, 0.3, 0.4, 0.5]


def test_every_call_of_a_platform_waits_its_turn(sandbox: Running) -> None:
    slept: list[float] = []
    pace = Pace(2, clock=lambda: 5.0, sleep=slept.append)
    platform = sandbox.platform(pace=pace)
    platform.roster("20")  # everyone, and the active
    assert slept == [0.5]
