"""Everything about an issuer is a setting, and one that would open a hole is refused in a sentence."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from service.config import BadSetting, load_settings
from service.sso.settings import SsoSettings
from service.sso_wiring import sso_settings
from tests.support.web import running_app
from tests.support.world import World

GIVEN = {
    "BANGKOM_SECRET_KEY": "k" * 32,
    "BANGKOM_SSO_ISSUER": "https://sso.test/realms/asn",
    "BANGKOM_PUBLIC_URL": "https://bangkom.test/",
}


def wired(**changes: str) -> SsoSettings:
    return sso_settings(
        load_settings({**GIVEN, **{f"BANGKOM_{name}": text for name, text in changes.items()}})
    )


def test_nothing_but_the_issuer_needs_saying() -> None:
    settings = wired()
    assert settings.redirect_uri == "https://bangkom.test/masuk/kembali"
    assert settings.algorithms == ("RS256", "ES256")
    assert settings.leeway == timedelta(seconds=60)
    assert settings.acr_values == ("otp",)
    assert settings.secure_cookies


def test_every_setting_of_the_issuer_reaches_the_relying_party() -> None:
    settings = wired(
        SSO_CLIENT_ID="kami",
        SSO_CLIENT_AUTH="private_key_jwt",
        SSO_PRIVATE_KEY_ALG="ES512",
        SSO_PRIVATE_KEY=ECKey.generate_key("P-521").as_pem(private=True).decode(),
        SSO_SCOPE="openid kepegawaian",
        SSO_ALGORITHMS="PS256, ES512",
        SSO_NIP_CLAIM="kepegawaian.nip",
        SSO_ROLES_CLAIM="resource_access.bangkom.roles",
        SSO_ROLE_MAP='{"bangkom-agency": "hrd_agency"}',
        SSO_ACR_MAP='{"1": "password", "2": "otp", "3": "passkey"}',
        SSO_ACR_STEPUP="otp,passkey",
        SSO_CLOCK_SKEW_SECONDS="15",
        SSO_OTHER_AUDIENCES="account",
        SSO_STEPUP_FORCES_LOGIN="no",
        SSO_STEPUP_MAX_AGE="",
    )
    assert (settings.client_id, settings.client_auth, settings.client_auth_alg) == (
        "kami",
        "private_key_jwt",
        "ES512",
    )
    assert (settings.scope, settings.algorithms) == ("openid kepegawaian", ("PS256", "ES512"))
    assert (settings.nip_claim, settings.roles_claim) == ("kepegawaian.nip", "resource_access.bangkom.roles")
    assert settings.role_map == {"bangkom-agency": "hrd_agency"}
    assert settings.acr_values == ("2", "3")
    assert [settings.level_of(acr) for acr in ("1", "2", "3", "4", 2, None)] == [
        "password",
        "otp",
        "passkey",
        "",
        "",
        "",
    ]
    assert (settings.leeway, settings.other_audiences) == (timedelta(seconds=15), ("account",))
    assert (settings.stepup_forces_login, settings.stepup_max_age) == (False, None)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("SSO_ROLE_MAP", '{"x": "clock"}', "ROLE_MAP.*here one of administrator"),
        ("SSO_ROLE_MAP", '{"x": "task_holder"}', "ROLE_MAP.*here one of administrator"),
        ("SSO_ISSUER", "http://sso.test", "https"),
        ("SSO_ALGORITHMS", "RS256,none", "key pair"),
        ("SSO_ALGORITHMS", "HS256", "key pair"),
        ("SSO_CLOCK_SKEW_SECONDS", "3600", "300"),
        ("SSO_SCOPE", "profile", "openid"),
        ("SSO_CLIENT_AUTH", "none", "client authentication"),
        ("SSO_STEPUP_MAX_AGE", "0", "max_age"),
        ("SSO_ACR_MAP", '{"1": "password"}', "acr"),
    ],
)
def test_a_setting_that_opens_a_hole_is_refused_by_name(name: str, text: str, said: str) -> None:
    with pytest.raises(BadSetting, match=f"BANGKOM_SSO_.*{said}"):
        wired(**{name: text})


@pytest.mark.parametrize("text", ["[]", '{"a": 1}', "peta", '{"a": ["hrd_agency"]}'])
@pytest.mark.parametrize("name", ["SSO_ROLE_MAP", "SSO_ACR_MAP"])
def test_a_map_is_an_object_of_texts(name: str, text: str) -> None:
    with pytest.raises(BadSetting, match=f"BANGKOM_{name}"):
        wired(**{name: text})


def test_a_private_key_comes_from_a_file_and_a_wrong_one_is_not_quoted(world: World, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    settings = {
        "BANGKOM_SSO_CLIENT_AUTH": "private_key_jwt",
        "BANGKOM_SSO_PRIVATE_KEY_ALG": "ES256",
        "BANGKOM_SSO_PRIVATE_KEY_FILE": str(key),
    }
    key.write_bytes(ECKey.generate_key("P-256").as_pem(private=True))
    with running_app(world, tmp_path, **settings) as app:
        assert app.extensions["bangkom_sso"].settings.private_key.startswith("-----BEGIN")
    for wrong in (b"bukan kunci rahasia", ECKey.generate_key("P-256").as_pem(private=False)):
        key.write_bytes(wrong)
        with (
            pytest.raises(BadSetting, match="SSO_PRIVATE_KEY") as caught,
            running_app(world, tmp_path, **settings),
        ):
            pass
        assert "rahasia" not in str(caught.value)
