"""A bare app with sign-in, on a port: what Bangkom's own app will be to the relying party."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask, jsonify, request
from flask_babel import Babel
from jinja2 import ChoiceLoader, FileSystemLoader
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session, sessionmaker

from service.demo.provider import Served, serve_provider
from service.sso import SsoSettings, current_login, init_sso, login_required, start_stepup
from service.sso.models import LoginSession
from workflows.evidence import Evidence
from workflows.fingerprint import Leaf
from workflows.models import Base, Person

ROLES = {"keuangan": "finance_officer", "pegawai": "employee"}
SERVICE = Path(__file__).resolve().parents[3] / "service"


@dataclass
class Site:
    """``people``: NIP -> person ids; ``decided``: what came back from step-ups."""

    url: str
    settings: SsoSettings
    app: Flask
    database: Callable[[], Session]
    people: dict[str, list[UUID]]
    decided: list[tuple[Mapping[str, Any], Evidence]] = field(default_factory=list)
    served: Served | None = None

    def sessions(self) -> list[LoginSession]:
        with self.database() as session:
            return list(session.scalars(select(LoginSession).order_by(LoginSession.id)))

    def open_sessions(self) -> list[LoginSession]:
        return [row for row in self.sessions() if row.ended_at is None]

    def start(self) -> None:
        self.served = serve_provider(self.app, "127.0.0.1", int(self.url.rsplit(":", 1)[1]))

    def stop(self) -> None:
        if self.served:
            self.served.stop()
        with self.database() as session:
            engine = session.get_bind()
        assert isinstance(engine, Engine)
        engine.dispose()


def settings_for(issuer: str, url: str, **changes: Any) -> SsoSettings:
    plain = SsoSettings(
        issuer=issuer,
        client_id="bangkom",
        client_secret="rahasia-uji-yang-panjang",
        redirect_uri=f"{url}/masuk/kembali",
        post_logout_redirect_uri=f"{url}/keluar/kembali",
        role_map=ROLES,
        secure_cookies=False,
        connect_timeout=1,
        read_timeout=3,
    )
    return replace(plain, **changes)


def make_site(
    database_url: str, issuer: str, url: str, people: dict[str, list[UUID]], **changes: Any
) -> Site:
    engine = create_engine(database_url)
    Base.metadata.create_all(engine)
    database = sessionmaker(engine, expire_on_commit=False)
    with database.begin() as session:
        ids = sorted({person for found in people.values() for person in found})
        session.add_all(
            Person(id=p, name="Orang", email=f"{p}@contoh.test", employment_kind="pns") for p in ids
        )
    app = Flask("site", root_path=str(SERVICE))
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(Path(__file__).parent / "templates"), FileSystemLoader(SERVICE / "templates")]
    )
    app.secret_key = "uji"
    Babel(app, default_locale="id")
    site = Site(url, settings_for(issuer, url, **changes), app, database, people)
    init_sso(
        app,
        site.settings,
        reading=lambda: _using(database),
        writing=lambda: _using(database),
        find_person=lambda session, nip: people.get(nip, []),
        on_stepup=_decider(site),
    )
    login_required(app, {"bare"})
    _add_pages(app)
    return site


def _decider(site: Site) -> Any:
    def decide(payload: Mapping[str, Any], evidence: Evidence) -> Any:
        site.decided.append((payload, evidence))
        login = current_login()
        return jsonify(decided=payload, person=login.person_id.int if login else None)

    return decide


def _add_pages(app: Flask) -> None:
    @app.get("/")
    @app.get("/tugas/<int:number>")
    def who(number: int = 0) -> Any:
        login = current_login()
        assert login is not None
        return jsonify(person=login.person_id.int, roles=list(login.roles), acr=login.acr, number=number)

    @app.get("/terbuka")
    def bare() -> str:
        return "terbuka"

    @app.post("/putusan")
    def decide() -> Any:
        leaves = [Leaf(int(task), "f" * 64, "approve") for task in request.form.getlist("task")]
        return start_stepup(leaves, {"reason": request.form.get("reason", "")})


@contextmanager
def _using(database: sessionmaker[Session]) -> Iterator[Session]:
    with database.begin() as session:
        yield session
