"""Trips to the provider that are about to come back, made beforehand."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy.orm import Session

from service.bench.load import Ask
from service.bench.provider import InstantProvider
from service.bench.town import NIP
from service.db import writing
from service.sso.keys import new_key, real_now
from service.sso.models import SsoAccount
from service.sso.relying import RelyingParty
from service.sso.sessions import open_login
from service.sso.transactions import Purpose, open_trip
from service.web.approvals_form import payload_of
from workflows.actions.decisions import Item, shown_fingerprint
from workflows.fingerprint import merkle_root
from workflows.models import ApprovalTask

SUB = "s-bench"
NOTHING = {"form": {"items": []}, "leaves": [], "result_path": "/"}
LIVES = timedelta(hours=1)


class Trips:
    """For one person of the made-up town; ``tasks`` wait for their signature and are used up in order."""

    def __init__(self, app: Flask, person: uuid.UUID, tasks: list[int]) -> None:
        self.app, self.person, self.tasks = app, person, tasks
        self.party: RelyingParty = app.extensions["bangkom_sso"]

    def link_account(self) -> None:
        """The first log-in of an account is rare; what is measured is every other one."""
        now, iss = real_now(), self.party.settings.issuer
        with self.app.app_context(), writing() as session:
            session.add(SsoAccount(iss=iss, sub=SUB, person_id=self.person, linked_at=now, last_login_at=now))

    def signed_in(self) -> str:
        with self.app.app_context(), writing() as session:
            return self._login(session)[0]

    def logins(self, many: int) -> list[Ask]:
        with self.app.app_context(), writing() as session:
            return [
                self._ask(session, Purpose(kind="login", next_path="/bench/bare"), 302) for _ in range(many)
            ]

    def stepups(self, many: int) -> list[Ask]:
        with self.app.app_context(), writing() as session:
            return [self._stepup(session, "", NOTHING) for _ in range(many)]

    def decision(self, many: int) -> Ask:
        """One step-up over the next so many tasks."""
        chosen, self.tasks = self.tasks[:many], self.tasks[many:]
        with self.app.app_context(), writing() as session:
            items = [_item(session, task) for task in chosen]
            leaves = [item.leaf for item in items]
            plain = [[leaf.task_id, leaf.version_fingerprint, leaf.outcome] for leaf in leaves]
            payload = {**NOTHING, "form": payload_of(items), "leaves": plain}
            return self._stepup(session, merkle_root(leaves), payload)

    def _stepup(self, session: Session, fingerprint: str, payload: Mapping[str, object]) -> Ask:
        cookies, session_id = self._login(session)
        purpose = Purpose(
            kind="stepup",
            session_id=session_id,
            expected_sub=SUB,
            fingerprint=fingerprint,
            payload=payload,
        )
        return self._ask(session, purpose, 200, cookies)

    def _ask(self, session: Session, purpose: Purpose, status: int, cookies: str = "") -> Ask:
        provider, browser = self.party.provider, new_key()
        assert isinstance(provider, InstantProvider)
        begun = provider.begin()
        open_trip(session, begun, purpose, browser, real_now(), LIVES)
        code = provider.sign(SUB, NIP, begun.nonce)
        query = urlencode({"code": code, "state": begun.state, "iss": self.party.settings.issuer})
        named = f"{self.party.settings.browser_cookie}={browser}"
        return Ask(f"/masuk/kembali?{query}", f"{named}; {cookies}".rstrip("; "), status)

    def _login(self, session: Session) -> tuple[str, int]:
        facts: dict[str, object] = {"iss": self.party.settings.issuer, "sub": SUB, "sid": None, "id_token": "",
                                    "auth_time": None, "acr": None, "amr": [], "roles": []}  # fmt: skip
        key, row = open_login(session, self.person, facts, "bench", real_now())
        session.flush()
        return f"{self.party.settings.session_cookie}={key}", row.id


def _item(session: Session, task_id: int) -> Item:
    task = session.get_one(ApprovalTask, task_id)
    return Item(task_id, "approve", shown_fingerprint(task.request.version, task))
