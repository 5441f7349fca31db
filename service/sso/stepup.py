"""Step-up: one fresh authentication for exactly the list that was shown, decided in the same breath (R19)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, redirect, request

from service.sso.checks import Seen, run_checks
from service.sso.claims import roles_of, text_at, texts_at
from service.sso.guard import browser_key, current_login
from service.sso.keys import device_of, hashed, real_now
from service.sso.problems import SsoRefused
from service.sso.relying import RelyingParty, relying_party
from service.sso.sessions import Login
from service.sso.transactions import Purpose, Trip, open_trip
from workflows.evidence import Evidence
from workflows.fingerprint import Leaf, merkle_root


def begin_stepup(
    login: Login, leaves: Sequence[Leaf], form_payload: Mapping[str, Any], result_path: str = "/"
) -> str:
    """Where to send the browser for a step-up over ``leaves``; ``form_payload`` (JSON) goes to on_stepup.

    ``result_path`` shows what was decided, for whoever never saw the answer.
    """
    party = relying_party()
    now = real_now()
    begun = party.provider.begin(**_fresh_params(party))
    purpose = Purpose(
        kind="stepup",
        next_path=result_path,
        session_id=login.session_id,
        expected_sub=login.sub,
        fingerprint=merkle_root(leaves),
        payload={
            "form": dict(form_payload),
            "leaves": [_plain(leaf) for leaf in leaves],
            "result_path": result_path,
        },
    )
    with party.writing() as session:
        open_trip(session, begun, purpose, browser_key(), now, party.settings.stepup_lives)
    return begun.url


def start_stepup(leaves: Sequence[Leaf], form_payload: Mapping[str, Any], result_path: str = "/") -> Response:
    """For a view that answers a POST: send the browser to the provider."""
    login = current_login()
    if login is None:
        raise SsoRefused("other_session")
    return _see_other(begin_stepup(login, leaves, form_payload, result_path))


def repeat_stepup(typed: Mapping[str, Any]) -> Response:
    """Begin again with everything that was typed; ``typed`` is a stored payload."""
    return start_stepup(_leaves(typed), typed["form"], typed["result_path"])


def evidence_of(trip: Trip, answer: Mapping[str, Any], claims: Mapping[str, Any]) -> Evidence:
    """All of FACTS.md "Step-up, as it worked", then what is kept of it. Roles come from this token alone."""
    settings, now, login = relying_party().settings, real_now(), current_login()
    seen = Seen(settings, now, claims=claims, started_at=trip.started_at, expected_sub=trip.expected_sub)
    seen.signed_in_at = login.auth_time if login else None
    run_checks("stepup", seen)
    acr = text_at(claims, "acr")
    return Evidence(
        kind="sso",
        iss=claims["iss"],
        sub=claims["sub"],
        sid=text_at(claims, "sid") or "",
        auth_time=int(claims["auth_time"]),
        acr=acr or "",
        level=settings.level_of(acr) if settings.acr_available else "",
        amr=tuple(texts_at(claims, "amr")),
        iat=int(claims["iat"]),
        nonce_sha256=hashed(trip.nonce),
        id_token_sha256=hashlib.sha256(answer["id_token"].encode()).hexdigest(),
        client_id=settings.client_id,
        roles=tuple(roles_of(claims, settings.roles_claim, settings.role_map)),
        fingerprint=trip.fingerprint,
        server_time=now,
        device=device_of(request.user_agent.string),
        address=request.remote_addr or "",
        acr_by_auth_time=not settings.acr_available,
        leaves=tuple(_leaves(trip.payload)),
    )


def _fresh_params(party: RelyingParty) -> dict[str, str | int]:
    """No ``login_hint``: it would be a NIP, and addresses are logged."""
    settings = party.settings
    params: dict[str, str | int] = {"prompt": "login"} if settings.stepup_forces_login else {}
    if settings.stepup_max_age is not None:
        params["max_age"] = settings.stepup_max_age
    if settings.acr_available:
        params["acr_values"] = " ".join(settings.acr_values)
    return params


def _plain(leaf: Leaf) -> list[str | int]:
    return [leaf.task_id, leaf.version_fingerprint, leaf.outcome]


def _leaves(payload: Mapping[str, Any]) -> list[Leaf]:
    return [Leaf(*values) for values in payload["leaves"]]


def _see_other(address: str) -> Response:
    response = redirect(address, 303)
    assert isinstance(response, Response)
    return response
