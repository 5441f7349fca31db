"""The addresses of sign-in. The GETs here write by their nature: a log-in is an event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from service.sso.accounts import person_of
from service.sso.arrival import Arrival, judge, take_trip, whole_claims
from service.sso.backchannel import obey_logout_token
from service.sso.claims import roles_of, text_at
from service.sso.guard import as_the_token_says, browser_key, current_login, sign_in_here, sign_out_here
from service.sso.keys import device_of, local_path, real_now
from service.sso.pages import log_refusal
from service.sso.problems import ProviderDown, SignInFailed, SsoRefused
from service.sso.refresh import refresh_facts
from service.sso.refusals import NOTED, note_refusal
from service.sso.relying import RelyingParty, relying_party
from service.sso.sessions import end_login, open_login, renew_login, token_facts
from service.sso.stepup import evidence_of, repeat_stepup
from service.sso.transactions import Purpose, forget_typed, open_trip, typed_in

blueprint = Blueprint("sso", __name__)


@blueprint.get("/masuk")
def start() -> ResponseReturnValue:
    """To the provider; whoever is signed in goes straight on."""
    party, wanted = relying_party(), local_path(request.args.get("next"))
    if current_login():
        return redirect(wanted)
    try:
        begun = party.provider.begin()
    except SignInFailed as failed:
        failed.next_path = wanted
        raise
    purpose = Purpose(kind="login", next_path=wanted)
    with party.writing() as session:
        open_trip(session, begun, purpose, browser_key(), real_now(), party.settings.login_lives)
    return redirect(begun.url)


@blueprint.get("/masuk/kembali")
def callback() -> ResponseReturnValue:
    party, login = relying_party(), current_login()
    args = request.args.to_dict()
    trip = take_trip(party, args, browser_key(), login.session_id if login else None)
    try:
        arrival = judge(party, trip, args)
        return _log_in(party, arrival) if trip.kind == "login" else _decide(party, arrival)
    except SignInFailed as failed:
        failed.next_path = trip.next_path
        failed.retry = trip.id if trip.kind == "stepup" else None
        raise


@blueprint.get("/masuk/ulang/<int(max=2147483647):trip_id>")
def waiting(trip_id: int) -> ResponseReturnValue:
    """Signed in again after a step-up whose session had ended: what was typed is still there."""
    login = current_login()
    assert login is not None
    if not _typed(trip_id):
        raise SsoRefused("stepup_used")
    return render_template("sso/waiting.html", retry=trip_id)


@blueprint.post("/masuk/ulang")
def again() -> ResponseReturnValue:
    """A step-up that came to nothing, begun again with everything that was typed."""
    login = current_login()
    trip_id = request.form.get("trip", type=int)
    if login is None or trip_id is None:
        raise SsoRefused("other_session")
    typed = _typed(trip_id)
    if not typed:
        raise SsoRefused("already_used")
    return repeat_stepup(typed)


def _typed(trip_id: int) -> Mapping[str, Any]:
    party, login = relying_party(), current_login()
    if login is None:
        return {}
    with party.reading() as session:
        return typed_in(session, trip_id, login.person_id, browser_key())


@blueprint.post("/keluar")
def logout() -> ResponseReturnValue:
    """End our session, then offer to end the provider's: by POST, since an ID token holds the NIP."""
    party, login, token = relying_party(), current_login(), ""
    if login:
        with party.writing() as session:
            token = end_login(session, login.session_id, "logout", real_now())
    sign_out_here()
    return render_template("sso/logged_out.html", **_provider_logout(party, token))


@blueprint.get("/keluar/kembali")
def logged_out() -> ResponseReturnValue:
    return render_template("sso/logged_out.html", address="", fields={})


@blueprint.post("/keluar/dari-sso")
def backchannel() -> ResponseReturnValue:
    """Called by the provider, not by a browser: no cookie, no CSRF token, only a signed logout token."""
    try:
        obey_logout_token(relying_party(), request.form.get("logout_token", ""))
    except SsoRefused as refused:
        log_refusal(refused)
        return {"error": "invalid_request"}, 400
    return "", 200


def _provider_logout(party: RelyingParty, token: str) -> dict[str, Any]:
    """OpenID Connect RP-Initiated Logout 1.0, 2: the end point takes a POST as well."""
    try:
        address = party.provider.metadata().get("end_session_endpoint", "") if token else ""
    except (ProviderDown, SsoRefused):
        address = ""
    fields = {"id_token_hint": token, "client_id": party.settings.client_id}
    if party.settings.post_logout_redirect_uri:
        fields["post_logout_redirect_uri"] = party.settings.post_logout_redirect_uri
    return {"address": address, "fields": fields}


def _log_in(party: RelyingParty, arrival: Arrival) -> ResponseReturnValue:
    claims, now, old = whole_claims(party, arrival.claims, arrival.answer), real_now(), current_login()
    nip = text_at(claims, party.settings.nip_claim)
    facts = _facts(party, arrival, claims)
    with _noting(party, nip or facts["sub"]), party.writing() as session:
        person_id = person_of(session, facts["iss"], facts["sub"], nip, party, now)
        if old:
            end_login(session, old.session_id, "replaced", now)
        key, _ = open_login(session, person_id, facts, device_of(request.user_agent.string), now)
    sign_in_here(key)
    return redirect(arrival.trip.next_path)


@contextmanager
def _noting(party: RelyingParty, who: str) -> Iterator[None]:
    """A refusal that only people can mend becomes an entry for the administrator, in a transaction of its own."""
    try:
        yield
    except SsoRefused as refused:
        if refused.code in NOTED:
            with party.writing() as session:
                note_refusal(session, refused.code, who, str(current_app.secret_key), real_now())
        raise


def _decide(party: RelyingParty, arrival: Arrival) -> ResponseReturnValue:
    """A new key goes out with any answer, also when a decision is refused; then what was typed is kept.

    Key and what was typed are written together, after the decisions: each commit waits for the disk.
    """
    trip = arrival.trip
    evidence = evidence_of(trip, arrival.answer, arrival.claims)
    if party.on_stepup is None or trip.session_id is None:
        raise SsoRefused("unsafe", "nothing_awaits_the_stepup")
    facts, decided = _facts(party, arrival, arrival.claims), False
    as_the_token_says(facts)
    try:
        answer = make_response(party.on_stepup(trip.payload["form"], evidence))
        decided = True
    finally:
        with party.writing() as session:
            key = renew_login(session, trip.session_id, facts, real_now())
            if decided:
                forget_typed(session, trip.id)
        sign_in_here(key)
    return answer


def _facts(party: RelyingParty, arrival: Arrival, claims: Any) -> dict[str, Any]:
    roles = roles_of(claims, party.settings.roles_claim, party.settings.role_map)
    facts = token_facts(claims, arrival.answer["id_token"], roles)
    return facts | refresh_facts(party, arrival.answer, real_now())
