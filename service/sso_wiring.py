"""From the service's settings to those of sign-in; refused in a sentence, never with a secret in it."""

from __future__ import annotations

from datetime import timedelta

from service.config import PREFIX, BadSetting, Settings
from service.sso.client import private_key_of
from service.sso.settings import SsoSettings
from workflows.rules import NEVER_GIVEN


def sso_settings(settings: Settings) -> SsoSettings:
    """The settings of sign-in in the words of the relying party. BadSetting when they would open a hole."""
    wrong = sorted(set(settings.sso_role_map.values()) & NEVER_GIVEN)
    if wrong:
        raise BadSetting(f"{PREFIX}SSO_ROLE_MAP: no issuer can give the role {', '.join(wrong)}")
    try:
        read = _read(settings)
    except ValueError as error:
        raise BadSetting(f"{PREFIX}SSO_...: {error}") from None
    if read.client_auth == "private_key_jwt":
        _must_have_a_key(read)
    return read


def _must_have_a_key(settings: SsoSettings) -> None:
    try:
        private_key_of(settings)
    except ValueError as error:
        raise BadSetting(f"{PREFIX}SSO_PRIVATE_KEY: {error}") from None


def _read(settings: Settings) -> SsoSettings:
    public = settings.public_url.rstrip("/")
    return SsoSettings(
        issuer=settings.sso_issuer,
        client_id=settings.sso_client_id,
        client_secret=settings.sso_client_secret,
        redirect_uri=f"{public}/masuk/kembali",
        post_logout_redirect_uri=f"{public}/keluar/kembali",
        scope=settings.sso_scope,
        client_auth=settings.sso_client_auth,
        client_auth_alg=settings.sso_private_key_alg,
        private_key=settings.sso_private_key,
        nip_claim=settings.sso_nip_claim,
        roles_claim=settings.sso_roles_claim,
        role_map=settings.sso_role_map,
        acr_map=settings.sso_acr_map,
        acr_stepup=settings.sso_acr_stepup,
        acr_available=settings.sso_acr_available,
        algorithms=settings.sso_algorithms,
        other_audiences=settings.sso_other_audiences,
        leeway=timedelta(seconds=settings.sso_clock_skew_seconds),
        stepup_forces_login=settings.sso_stepup_forces_login,
        stepup_max_age=settings.sso_stepup_max_age,
        refresh_every=timedelta(minutes=settings.sso_refresh_minutes),
        idle=timedelta(minutes=settings.session_idle_minutes),
        absolute=timedelta(hours=settings.session_hours),
        stepup_lives=timedelta(minutes=settings.stepup_minutes),
        secure_cookies=settings.https,
    )
