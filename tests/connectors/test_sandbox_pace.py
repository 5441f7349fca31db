"""The stand-in at a real site's pace: a call and its rows take their time, and few calls at a time."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from lms_connectors.sandbox.pace import Pace


def taken(pace: Pace, rows: int, calls: int = 1, read: int = 0) -> float:
    def call(_: int) -> None:
        with pace.kept({"wstoken": "t", "enrolments": {str(n): {} for n in range(rows)}}) as seen:
            seen.append(read)

    begun = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(call, range(calls)))
    return time.monotonic() - begun


def test_a_call_takes_its_time_and_each_row_as_well() -> None:
    pace = Pace(call=0.02, row=0.01, read=0.001, at_once=2)
    assert taken(pace, 0) >= 0.02
    assert taken(pace, 8) >= 0.1
    assert taken(pace, 0, read=100) >= 0.12


def test_more_calls_than_places_wait_for_one() -> None:
    assert taken(Pace(call=0.05, row=0, read=0, at_once=2), 0, calls=6) >= 0.15
