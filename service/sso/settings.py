"""What the operator says about the identity provider. Nothing about any one provider is in the code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

MOST_LEEWAY = timedelta(minutes=5)
"""More would let tokens live on that are long over."""


@dataclass(frozen=True, slots=True)
class SsoSettings:
    """Settings of the relying party; refused when they would open a hole.

    ``nip_claim`` and ``roles_claim`` are paths with dots (``realm_access.roles``). ``role_map`` turns a
    provider's role into ours; a role that is not in it gives nothing. ``acr_map`` turns a provider's acr into a
    level of ours (``{"2": "otp"}``), empty: its own words are the levels; ``acr_stepup`` are the levels that a
    step-up needs. ``acr_available`` false: the provider has no acr, auth_time alone is accepted at step-up and
    the evidence says so. ``stepup_forces_login`` and ``stepup_max_age`` (seconds, None: not sent) are only what
    is asked for; what comes back is checked all the same. ``secure_cookies`` false is for the demo on plain
    http only. ``refresh_every`` zero: the provider is not asked again between sign-ins.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    post_logout_redirect_uri: str = ""
    scope: str = "openid profile email"
    client_auth: str = "client_secret_basic"
    client_auth_alg: str = "RS256"
    private_key: str = field(default="", repr=False)
    nip_claim: str = "nip"
    roles_claim: str = "realm_access.roles"
    role_map: Mapping[str, str] = field(default_factory=dict)
    acr_map: Mapping[str, str] = field(default_factory=dict)
    acr_stepup: tuple[str, ...] = ("otp",)
    acr_available: bool = True
    algorithms: tuple[str, ...] = ("RS256", "ES256")
    other_audiences: tuple[str, ...] = ()
    leeway: timedelta = timedelta(seconds=60)
    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=8)
    login_lives: timedelta = timedelta(minutes=10)
    stepup_lives: timedelta = timedelta(minutes=15)
    refresh_every: timedelta = timedelta(minutes=10)
    logout_token_age: timedelta = timedelta(minutes=5)
    stepup_forces_login: bool = True
    stepup_max_age: int | None = 60
    metadata_ttl: timedelta = timedelta(hours=1)
    jwks_ttl: timedelta = timedelta(minutes=10)
    jwks_pause: timedelta = timedelta(seconds=10)
    secure_cookies: bool = True
    connect_timeout: float = 3.05
    read_timeout: float = 10.0

    def __post_init__(self) -> None:
        if self.secure_cookies and not self.issuer.startswith("https://"):
            raise ValueError("the issuer must be https")
        if "openid" not in self.scope.split():
            raise ValueError("without openid in the scope there is no ID token to check")
        if "offline_access" in self.scope.split():
            raise ValueError("offline_access would outlive the sign-in at the provider; leave it out")
        if any(alg == "none" or alg.startswith("HS") for alg in self.algorithms) or not self.algorithms:
            raise ValueError("ID tokens must be signed with a key pair")
        if self.stepup_max_age is not None and self.stepup_max_age < 1:
            raise ValueError("max_age 0 makes some providers loop")
        if self.acr_available and not self.acr_values:
            raise ValueError("name the acr values that a step-up needs")
        if not (self.acr_available or self.stepup_forces_login or self.stepup_max_age):
            raise ValueError("a step-up must ask for something: a login, a max_age or an acr")
        if not timedelta(0) <= self.leeway <= MOST_LEEWAY:
            raise ValueError(f"clocks may differ by 0 to {MOST_LEEWAY.seconds} seconds")
        if self.client_auth not in ("client_secret_basic", "client_secret_post", "private_key_jwt"):
            raise ValueError("unknown client authentication")

    @property
    def acr_values(self) -> tuple[str, ...]:
        """What a step-up asks for, in the provider's words."""
        if not self.acr_map:
            return self.acr_stepup
        return tuple(acr for acr, level in self.acr_map.items() if level in self.acr_stepup)

    def level_of(self, acr: object) -> str:
        """The level of a token's ``acr`` in our words; empty for what is no text or not in the map."""
        if not isinstance(acr, str):
            return ""
        return self.acr_map.get(acr, "") if self.acr_map else acr

    @property
    def issuer_origin(self) -> str:
        """Scheme, host and port of the issuer: the CSP's form-action must list it (DESIGN.md 5)."""
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def discovery_url(self) -> str:
        return self.issuer.rstrip("/") + "/.well-known/openid-configuration"

    @property
    def session_cookie(self) -> str:
        return "__Host-bangkom" if self.secure_cookies else "bangkom"

    @property
    def browser_cookie(self) -> str:
        return "__Host-bangkom-masuk" if self.secure_cookies else "bangkom-masuk"
