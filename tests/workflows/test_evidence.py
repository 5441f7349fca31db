from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from workflows.evidence import Evidence
from workflows.fingerprint import Leaf, merkle_root

SHOWN = (Leaf(1, "a" * 64, "approve"), Leaf(2, "b" * 64, "return"))
EVIDENCE = Evidence(
    kind="sso",
    iss="https://idp.test",
    sub="s-1",
    auth_time=1770091500,
    acr="otp",
    roles=("finance_officer",),
    fingerprint=merkle_root(SHOWN),
    server_time=datetime(2026, 2, 3, 4, 5, tzinfo=UTC),
    leaves=SHOWN,
)


def test_evidence_covers_what_was_shown_and_nothing_else() -> None:
    assert all(EVIDENCE.covers(leaf) for leaf in SHOWN)
    assert not EVIDENCE.covers(Leaf(1, "a" * 64, "reject"))
    assert not EVIDENCE.covers(Leaf(1, "c" * 64, "approve"))


def test_leaves_that_do_not_fit_the_fingerprint_cover_nothing() -> None:
    assert not replace(EVIDENCE, leaves=SHOWN[:1]).covers(SHOWN[0])


def test_the_record_keeps_the_fingerprint_and_not_the_leaves() -> None:
    record = json.loads(EVIDENCE.to_json())
    assert record["server_time"] == "2026-02-03T04:05:00+00:00"
    assert record["fingerprint"] == EVIDENCE.fingerprint
    assert "leaves" not in record
