"""The ways in which we prove to the provider that it is us."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from joserfc.jwk import ECKey, RSAKey

from service.demo.provider import create_provider, serve_provider
from service.sso.client import Provider
from tests.service.sso.browser import Browser
from tests.service.sso.conftest import ACCOUNTS, NIPS
from tests.service.sso.site import Site, make_site
from tests.service.sso.test_login import sign_in
from tests.support.ports import free_port

KEYS = {
    "ES256": ECKey.generate_key("P-256"),
    "ES512": ECKey.generate_key("P-521"),
    "RS256": RSAKey.generate_key(),
}


@pytest.fixture(params=KEYS)
def key_site(
    request: pytest.FixtureRequest, tmp_path: Path, signing_key: str, database_url: str
) -> Iterator[Site]:
    key = KEYS[request.param]
    (tmp_path / "idp").mkdir()
    (tmp_path / "idp" / "keys.json").write_text(signing_key)
    (tmp_path / "accounts.json").write_text(json.dumps(ACCOUNTS))
    issuer, url = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    client = {"client_id": "bangkom", "jwks": {"keys": [key.as_dict(private=False)]}}
    client |= {"redirect_uris": [f"{url}/masuk/kembali"], "post_logout_redirect_uris": []}
    files = {"accounts": tmp_path / "accounts.json", "purpose": "test"}
    provider = create_provider(tmp_path / "idp", issuer=issuer, clients=[client], **files)
    served = serve_provider(provider, "127.0.0.1", int(issuer.rsplit(":", 1)[1]))
    pem = key.as_pem(private=True).decode()
    auth = {"client_auth": "private_key_jwt", "client_auth_alg": request.param, "private_key": pem}
    site = make_site(database_url, issuer, url, {NIPS["s-keu"]: [UUID(int=2)]}, client_secret="", **auth)
    site.start()
    yield site
    site.stop()
    served.stop()


def test_a_private_key_proves_who_we_are(key_site: Site, browser: Browser) -> None:
    assert sign_in(browser, key_site).json()["person"] == 2


def test_another_private_key_does_not(key_site: Site, browser: Browser) -> None:
    party = key_site.app.extensions["bangkom_sso"]
    alg = party.settings.client_auth_alg
    other = RSAKey.generate_key() if alg == "RS256" else ECKey.generate_key(KEYS[alg].curve_name)
    pem = other.as_pem(private=True).decode()
    party.provider = Provider(replace(party.settings, private_key=pem))
    assert sign_in(browser, key_site).status_code == 403
    assert key_site.sessions() == []


def test_a_wrong_secret_lets_nobody_in(site: Site, browser: Browser) -> None:
    party = site.app.extensions["bangkom_sso"]
    party.provider = Provider(replace(party.settings, client_secret="salah"))
    assert sign_in(browser, site).status_code == 403
    assert site.sessions() == []
