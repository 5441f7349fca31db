"""Our app and the development provider over real ports, with people of the made-up world as its accounts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.demo.provider import Served, create_provider, serve_provider
from tests.support.ports import free_port
from tests.support.scripted import ScriptedBrowser
from tests.support.web import running_app
from tests.support.world import World
from workflows.models import Identifier

SECRET = "rahasia-uji-yang-panjang"


@dataclass
class Beside:
    """``url`` and ``issuer`` answer. Accounts are named ``s-<name>`` and read anew when their file changes."""

    world: World
    url: str
    issuer: str
    app: Flask
    accounts: Path

    def browser(self) -> ScriptedBrowser:
        return ScriptedBrowser(self.url)

    def signed_in(self, name: str, path: str = "/") -> ScriptedBrowser:
        browser = self.browser()
        browser.sign_in(f"s-{name}", path)
        return browser

    def change_account(self, name: str, **values: object) -> None:
        rows = json.loads(self.accounts.read_text())
        for row in rows:
            if row["sub"] == f"s-{name}":
                row.update(values)
        self.accounts.write_text(json.dumps(rows))


@contextmanager
def beside_provider(world: World, folder: Path, names: Sequence[str], **environment: str) -> Iterator[Beside]:
    issuer, url = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    accounts = folder / "accounts.json"
    accounts.write_text(json.dumps([account(world, name) for name in names]))
    served = [serve_provider(_provider(folder, issuer, url, accounts), "127.0.0.1", port_of(issuer))]
    settings = {
        "BANGKOM_PUBLIC_URL": url,
        "BANGKOM_SSO_ISSUER": issuer,
        "BANGKOM_SSO_CLIENT_SECRET": SECRET,
        **environment,
    }
    with running_app(world, folder, **settings) as app:
        served.append(serve_provider(app, "127.0.0.1", port_of(url)))
        try:
            yield Beside(world, url, issuer, app, accounts)
        finally:
            stop_all(served)


def stop_all(served: Sequence[Served]) -> None:
    for server in served:
        server.stop()


def port_of(address: str) -> int:
    return int(address.rsplit(":", 1)[1])


def account(world: World, name: str) -> dict[str, object]:
    with Session(world.engine) as session:
        mine = select(Identifier.value).where(Identifier.person_id == world.people[name])
        number = session.scalars(mine).one()
    return {"sub": f"s-{name}", "name": name, "email": f"{name}@example.test", "nip": number,
            "preferred_username": name, "roles": [], "label": name}  # fmt: skip


def _provider(folder: Path, issuer: str, url: str, accounts: Path) -> Flask:
    client = {
        "client_id": "bangkom",
        "client_secret": SECRET,
        "redirect_uris": [f"{url}/masuk/kembali"],
        "post_logout_redirect_uris": [f"{url}/keluar/kembali"],
        "backchannel_logout_uri": f"{url}/keluar/dari-sso",
    }
    return create_provider(folder / "idp", issuer=issuer, clients=[client], purpose="test", accounts=accounts)
