"""The browser is back from the provider: everything that is judged before anything is believed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.sso.checks import Seen, run_checks
from service.sso.claims import claim_at
from service.sso.keys import real_now
from service.sso.problems import SsoRefused
from service.sso.relying import RelyingParty
from service.sso.transactions import Trip, use_trip


@dataclass(frozen=True, slots=True)
class Arrival:
    """A trip that came back with a token that holds: ``claims`` are the ID token's, ``id_token`` its text."""

    trip: Trip
    claims: Mapping[str, Any]
    answer: Mapping[str, Any]


def take_trip(party: RelyingParty, args: Mapping[str, str], browser: str, login_id: int | None) -> Trip:
    """State first, also for ``error=`` answers: otherwise anybody's link could end a pending log-in."""
    with party.writing() as session:
        return use_trip(session, args.get("state", ""), browser, login_id, real_now())


def judge(party: RelyingParty, trip: Trip, args: Mapping[str, str]) -> Arrival:
    """Exchange the code and run every check but step-up's. Raises SsoRefused or ProviderDown."""
    seen = Seen(party.settings, real_now(), metadata=party.provider.metadata(), response=args)
    run_checks("response", seen)
    if "error" in args or not args.get("code"):
        raise _provider_said_no(args.get("error", ""))
    seen.answer = party.provider.exchange(args["code"], trip.code_verifier)
    run_checks("answer", seen)
    seen.claims = party.provider.read_id_token(seen.answer, trip.nonce)
    run_checks("claims", seen)
    return Arrival(trip, seen.claims, seen.answer)


def whole_claims(
    party: RelyingParty, claims: Mapping[str, Any], answer: Mapping[str, Any]
) -> Mapping[str, Any]:
    """At login, userinfo adds what the ID token leaves out; what the ID token says stands."""
    settings = party.settings
    wanted = (settings.nip_claim, settings.roles_claim)
    if all(claim_at(claims, path) is not None for path in wanted):
        return claims
    if not party.provider.metadata().get("userinfo_endpoint"):
        return claims
    seen = Seen(settings, real_now(), claims=claims)
    seen.userinfo = party.provider.userinfo(answer)
    run_checks("userinfo", seen)
    return {**seen.userinfo, **claims}


def _provider_said_no(error: str) -> SsoRefused:
    """Only a word of the specification's shape reaches the log; descriptions are the provider's free text."""
    known = re.fullmatch(r"[a-z_]{1,40}", error)
    return SsoRefused("provider_refused", f"error:{known.group() if known else 'unreadable'}")
