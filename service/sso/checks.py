"""What Authlib lets through and we do not: one list of named functions (sso/FACTS.md).

Authlib checks signature, crit, iss, exp, iat, nbf, nonce, azp and at_hash. Each function here looks at one
thing more and raises SsoRefused. ``CHECKS`` is the list; the stage says when a check is run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeGuard

from service.sso.problems import SsoRefused
from service.sso.settings import SsoSettings


@dataclass(slots=True)
class Seen:
    """All that is known while an answer is judged; each stage adds to it."""

    settings: SsoSettings
    now: datetime
    metadata: Mapping[str, Any] = field(default_factory=dict)
    response: Mapping[str, str] = field(default_factory=dict)
    answer: Mapping[str, Any] = field(default_factory=dict)
    claims: Mapping[str, Any] = field(default_factory=dict)
    userinfo: Mapping[str, Any] = field(default_factory=dict)
    started_at: datetime | None = None
    expected_sub: str = ""
    signed_in_at: datetime | None = None
    header: Mapping[str, Any] = field(default_factory=dict)


Check = Callable[[Seen], None]


def discovery_issuer_is_the_configured_one(seen: Seen) -> None:
    """OpenID Connect Discovery 1.0, 4.3: exactly equal, a trailing slash counts."""
    _require(seen.metadata.get("issuer") == seen.settings.issuer, "discovery_issuer_mismatch")


def discovery_names_only_https(seen: Seen) -> None:
    wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    addresses = [str(seen.metadata.get(name, "")) for name in wanted]
    scheme = "https://" if seen.settings.secure_cookies else "http"
    _require(all(address.startswith(scheme) for address in addresses), "discovery_address_unsafe")


def response_issuer_is_the_configured_one(seen: Seen) -> None:
    """RFC 9207, 2.4: when present it must be equal; when the provider promised it, it must be present."""
    promised = seen.metadata.get("authorization_response_iss_parameter_supported") is True
    issuer = seen.response.get("iss")
    _require(issuer == seen.settings.issuer or (issuer is None and not promised), "response_issuer")


def answer_holds_an_id_token(seen: Seen) -> None:
    token = seen.answer.get("id_token")
    _require(isinstance(token, str) and token != "", "id_token_missing")


def subject_is_a_name(seen: Seen) -> None:
    sub = seen.claims.get("sub")
    _require(isinstance(sub, str) and sub != "", "subject")


def audience_is_us_and_nobody_unknown(seen: Seen) -> None:
    """OpenID Connect Core 1.0, 3.1.3.7 (3): we are in it, and no audience that we do not trust."""
    aud = seen.claims.get("aud")
    named = [aud] if isinstance(aud, str) else aud
    known = {seen.settings.client_id, *seen.settings.other_audiences}
    fits = isinstance(named, list) and seen.settings.client_id in named
    _require(fits and all(name in known for name in named or []), "audience")


def userinfo_is_about_the_same_subject(seen: Seen) -> None:
    """OpenID Connect Core 1.0, 5.3.2."""
    _require(seen.userinfo.get("sub") == seen.claims.get("sub"), "userinfo_subject")


def stepup_is_by_the_same_person(seen: Seen) -> None:
    _require(seen.claims.get("sub") == seen.expected_sub, "stepup_subject", "other_person")


def stepup_is_fresh(seen: Seen) -> None:
    """``auth_time`` is compared with the start, not with now: an OTP may take minutes. True is no number."""
    moment = seen.claims.get("auth_time")
    skew = seen.settings.leeway.total_seconds()
    started = seen.started_at.timestamp() if seen.started_at else float("inf")
    fresh = _is_number(moment) and started - skew <= moment <= seen.now.timestamp() + skew
    _require(fresh, "stepup_auth_time", "not_fresh")


def stepup_is_a_new_authentication(seen: Seen) -> None:
    """Later than the one this login already rests on, by the provider's own clock: no authentication counts twice.

    Otherwise one that is younger than the skew would cover a second list, where ``prompt=login`` is not asked for
    or was taken out of the address.
    """
    moment, before = seen.claims.get("auth_time"), seen.signed_in_at
    new = before is None or (_is_number(moment) and moment > before.timestamp())
    _require(new, "stepup_auth_time_known", "not_fresh")


def stepup_is_strong_enough(seen: Seen) -> None:
    """Where the provider offers no acr, the setting says so and the evidence records it."""
    strong = seen.settings.level_of(seen.claims.get("acr")) in seen.settings.acr_stepup
    _require(strong or not seen.settings.acr_available, "stepup_acr", "level_low")


def refreshed_token_is_about_the_same_person(seen: Seen) -> None:
    """OpenID Connect Core 1.0, 12.2."""
    _require(seen.claims.get("sub") == seen.expected_sub, "refresh_subject")


def refreshed_token_is_no_new_authentication(seen: Seen) -> None:
    """OpenID Connect Core 1.0, 12.2: ``auth_time`` stays that of the sign-in. One that differs is another's."""
    moment, before = seen.claims.get("auth_time"), seen.signed_in_at
    known = before is None or moment is None or moment == before.timestamp()
    _require(known, "refresh_auth_time")


def logout_token_has_a_fitting_type(seen: Seen) -> None:
    """``logout+jwt``; older providers send ``JWT`` or nothing. An ID token's other types are refused."""
    kind = seen.header.get("typ", "JWT")
    _require(isinstance(kind, str) and kind.casefold() in ("logout+jwt", "jwt"), "logout_typ")


def logout_token_is_from_our_issuer(seen: Seen) -> None:
    _require(seen.claims.get("iss") == seen.settings.issuer, "logout_iss")


def logout_token_is_of_now(seen: Seen) -> None:
    """``iat`` is needed and recent; ``exp`` counts when it is there (older providers leave it out)."""
    now, skew = seen.now.timestamp(), seen.settings.leeway.total_seconds()
    oldest = now - seen.settings.logout_token_age.total_seconds() - skew
    made, ends = seen.claims.get("iat"), seen.claims.get("exp", now)
    _require(_is_number(made) and oldest <= made <= now + skew, "logout_iat")
    _require(_is_number(ends) and ends >= now - skew, "logout_exp")


def logout_token_says_logout(seen: Seen) -> None:
    events = seen.claims.get("events")
    value = events.get(LOGOUT_EVENT) if isinstance(events, Mapping) else None
    _require(isinstance(value, Mapping), "logout_events")


def logout_token_is_no_id_token(seen: Seen) -> None:
    """OpenID Connect Back-Channel Logout 1.0, 2.4: ``nonce`` is forbidden, so that none can stand in."""
    _require("nonce" not in seen.claims, "logout_nonce")


def logout_token_names_whom(seen: Seen) -> None:
    names = [seen.claims[name] for name in ("sub", "sid") if name in seen.claims]
    _require(bool(names) and all(isinstance(name, str) and name for name in names), "logout_whom")


def logout_token_has_an_id(seen: Seen) -> None:
    jti = seen.claims.get("jti")
    _require(isinstance(jti, str) and jti != "", "logout_jti")


LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"

CHECKS: list[tuple[str, Check]] = [
    ("discovery", discovery_issuer_is_the_configured_one),
    ("discovery", discovery_names_only_https),
    ("response", response_issuer_is_the_configured_one),
    ("answer", answer_holds_an_id_token),
    ("claims", subject_is_a_name),
    ("claims", audience_is_us_and_nobody_unknown),
    ("userinfo", userinfo_is_about_the_same_subject),
    ("stepup", stepup_is_by_the_same_person),
    ("stepup", stepup_is_fresh),
    ("stepup", stepup_is_a_new_authentication),
    ("stepup", stepup_is_strong_enough),
    ("refresh", refreshed_token_is_about_the_same_person),
    ("refresh", audience_is_us_and_nobody_unknown),
    ("refresh", refreshed_token_is_no_new_authentication),
    ("logout", logout_token_has_a_fitting_type),
    ("logout", logout_token_is_from_our_issuer),
    ("logout", audience_is_us_and_nobody_unknown),
    ("logout", logout_token_is_of_now),
    ("logout", logout_token_says_logout),
    ("logout", logout_token_is_no_id_token),
    ("logout", logout_token_names_whom),
    ("logout", logout_token_has_an_id),
]


def run_checks(stage: str, seen: Seen) -> None:
    for when, check in CHECKS:
        if when == stage:
            check(seen)


def pinned_algorithms(settings: SsoSettings, advertised: object) -> Sequence[str]:
    """The allow-list, narrowed to what the provider advertises; metadata may list ``none`` or HS256."""
    if not isinstance(advertised, list):
        return settings.algorithms
    return [alg for alg in settings.algorithms if alg in advertised]


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _require(holds: bool, check: str, code: str = "unsafe") -> None:
    if not holds:
        raise SsoRefused(code, check)
