from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from workflows.evidence import Evidence
from workflows.fingerprint import Leaf, merkle_root

WHEN = datetime(2026, 2, 3, 4, 5, tzinfo=UTC)
SHOWN = (Leaf(1, "a" * 64, "approve"), Leaf(2, "b" * 64, "return"))
EVIDENCE = Evidence(
    kind="sso",
    iss="https://idp.test",
    sub="s-1",
    sid="x",
    auth_time=WHEN,
    acr="otp",
    amr=("pwd", "otp"),
    iat=WHEN,
    nonce_sha256="1" * 64,
    id_token_sha256="2" * 64,
    client_id="bangkom",
    roles=("finance_officer",),
    fingerprint=merkle_root(SHOWN),
    server_time=WHEN,
    leaves=SHOWN,
)


def test_evidence_covers_what_was_shown_and_nothing_else() -> None:
    assert all(EVIDENCE.covers(leaf) for leaf in SHOWN)
    assert not EVIDENCE.covers(Leaf(1, "a" * 64, "reject"))
    assert not EVIDENCE.covers(Leaf(1, "c" * 64, "approve"))


def test_leaves_that_do_not_fit_the_fingerprint_cover_nothing() -> None:
    assert not replace(EVIDENCE, leaves=SHOWN[:1]).covers(SHOWN[0])


def test_the_record_is_plain_and_without_leaves() -> None:
    record = json.loads(json.dumps(EVIDENCE.as_record()))
    assert record["auth_time"] == "2026-02-03T04:05:00+00:00"
    assert record["roles"] == ["finance_officer"]
    assert record["level_by"] == "acr"
    assert "leaves" not in record
