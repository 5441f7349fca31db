from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from joserfc.jwk import RSAKey

from service.demo.provider import Served, create_provider, serve_provider
from service.sso.client import Provider
from tests.service.sso.browser import Browser
from tests.service.sso.faulty import NIP, NIP_2, Faulty, faulty_app
from tests.service.sso.site import Site, make_site
from tests.support.databases import KINDS, Databases
from tests.support.ports import free_port

NIPS = {"s-sekda": "197001012000031001", "s-keu": "198002022005042002", "s-staf": "199003032015051003"}
ACCOUNTS = [
    {
        "sub": sub,
        "name": name,
        "email": f"{sub}@contoh.test",
        "nip": NIPS[sub],
        "preferred_username": sub[2:],
        "roles": roles,
        "label": label,
    }
    for sub, name, roles, label in [
        ("s-sekda", "Andi Contoh", ["pegawai"], "Sekda - contoh"),
        ("s-keu", "Budi Misal", ["pegawai", "keuangan", "asing"], "Keuangan - contoh"),
        ("s-staf", "Citra Umpama", ["pegawai"], ""),
    ]
]


@dataclass
class Idp:
    issuer: str
    folder: Path
    accounts: Path
    site_url: str
    served: Served

    def restart(self) -> None:
        self.served.stop()
        self.served = _serve(self.folder, self.accounts, self.issuer, self.site_url)


def _serve(folder: Path, accounts: Path, issuer: str, url: str) -> Served:
    client = {
        "client_id": "bangkom",
        "client_secret": "rahasia-uji-yang-panjang",
        "redirect_uris": [f"{url}/masuk/kembali"],
        "post_logout_redirect_uris": [f"{url}/keluar/kembali"],
        "backchannel_logout_uri": f"{url}/keluar/dari-sso",
    }
    app = create_provider(folder, issuer=issuer, clients=[client], purpose="test", accounts=accounts)
    return serve_provider(app, "127.0.0.1", int(issuer.rsplit(":", 1)[1]))


@pytest.fixture(scope="module", params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Wider than the common fixture: the rows of a module share a site."""
    return str(request.param)


@pytest.fixture(scope="session")
def signing_key() -> str:
    """Made once: a key takes up to two seconds."""
    return json.dumps(RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True).as_dict(private=True))


@pytest.fixture
def idp(tmp_path: Path, signing_key: str) -> Iterator[Idp]:
    (tmp_path / "idp").mkdir()
    (tmp_path / "idp" / "keys.json").write_text(signing_key)
    accounts = tmp_path / "accounts.json"
    accounts.write_text(json.dumps(ACCOUNTS))
    issuer, url = f"http://127.0.0.1:{free_port()}", f"http://127.0.0.1:{free_port()}"
    served = _serve(tmp_path / "idp", accounts, issuer, url)
    idp = Idp(issuer, tmp_path / "idp", accounts, url, served)
    yield idp
    idp.served.stop()


@pytest.fixture
def site(idp: Idp, database_url: str) -> Iterator[Site]:
    people = {nip: [UUID(int=number)] for number, nip in enumerate(NIPS.values(), 1)}
    site = make_site(database_url, idp.issuer, idp.site_url, people)
    site.start()
    yield site
    site.stop()


@pytest.fixture(scope="module")
def faulty() -> Iterator[Faulty]:
    faulty = Faulty(f"http://127.0.0.1:{free_port()}")
    served = serve_provider(faulty_app(faulty), "127.0.0.1", int(faulty.issuer.rsplit(":", 1)[1]))
    yield faulty
    served.stop()


@pytest.fixture(scope="module")
def rows_site(faulty: Faulty, database_kind: str, databases_of: Callable[[str], Databases]) -> Iterator[Site]:
    """One site and one database for all rows of a module."""
    databases = databases_of(database_kind)
    database = databases.empty()
    url, people = f"http://127.0.0.1:{free_port()}", {NIP: [UUID(int=2)], NIP_2: [UUID(int=3)]}
    site = make_site(database.url, faulty.issuer, url, people, jwks_pause=timedelta(0))
    site.start()
    yield site
    site.stop()
    databases.drop(database)


@pytest.fixture
def wide_site(faulty: Faulty, rows_site: Site) -> Site:
    """The site beside a provider that is right in everything, as yet."""
    faulty.reset()
    rows_site.decided.clear()
    party = rows_site.app.extensions["bangkom_sso"]
    party.provider = Provider(party.settings)
    return rows_site


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture(autouse=True)
def logs(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Everything is logged, and nothing that is logged is a token, a code, a verifier, or a NIP."""
    caplog.set_level(logging.DEBUG)
    yield caplog
    for nip in NIPS.values():
        assert nip not in caplog.text
    assert "eyJ" not in caplog.text
    assert "code_verifier" not in caplog.text
