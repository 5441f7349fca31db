"""Settings: from the environment, secrets also from a file named by ``..._FILE``. One table says them all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflows.roles import CLAIMED

PREFIX = "BANGKOM_"
SQLITE = "sqlite:///"


class BadSetting(ValueError):
    """A setting is missing or cannot be read; the text names it and never shows a secret."""


@dataclass(frozen=True, slots=True)
class Spec:
    """One setting: name without the prefix, default as text, meaning. ``secret``: also read from ``NAME_FILE``."""

    name: str
    default: str
    meaning: str
    read: Callable[[str], Any] = str
    secret: bool = False
    required: bool = False


def _flag(text: str) -> bool:
    if text.lower() not in ("1", "0", "true", "false", "yes", "no"):
        raise ValueError("yes or no")
    return text.lower() in ("1", "true", "yes")


def _text_map(text: str) -> dict[str, str]:
    value = json.loads(text)
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise ValueError("a JSON object of texts")
    return value


def _number_or_none(text: str) -> int | None:
    return int(text) if text.strip() else None


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _role_map(text: str) -> dict[str, str]:
    """Only roles that a claim may give: whoever signs holds an office, and no token makes an operator."""
    found = _text_map(text)
    if set(found.values()) - CLAIMED:
        raise ValueError("roles here: " + ", ".join(sorted(CLAIMED)))
    return found


def _numbers(text: str) -> tuple[float, ...]:
    """At least one, none negative."""
    numbers = tuple(float(word) for word in _words(text))
    if not numbers or min(numbers) < 0:
        raise ValueError("numbers of zero or more")
    return numbers


def _three_numbers(text: str) -> tuple[float, ...]:
    """All above zero."""
    numbers = _numbers(text)
    if len(numbers) != 3 or min(numbers) == 0:
        raise ValueError("three numbers above zero")
    return numbers


def _database(text: str) -> str:
    """A file named without a leading slash lies where the command runs, for every command alike."""
    path = text.removeprefix(SQLITE)
    return (
        f"{SQLITE}{Path(path).absolute()}" if text.startswith(SQLITE) and not path.startswith("/") else text
    )


SPECS = (
    Spec(
        "DATABASE_URL",
        "sqlite:///var/bangkom.sqlite3",
        "SQLAlchemy address: sqlite:/// or postgresql+psycopg://",
        _database,
    ),
    Spec(
        "PROFILE", "", "folder under service/profiles; empty: the one named in service/profiles/default.txt"
    ),
    Spec("SECRET_KEY", "", "signs forms and messages; 32 random bytes or more", secret=True, required=True),
    Spec("SECRET_KEY_FALLBACKS", "", "older keys, comma separated, still accepted", _words, secret=True),
    Spec("PUBLIC_URL", "http://127.0.0.1:8080", "the address people use; sign-in comes back to it"),
    Spec(
        "TRUSTED_HOSTS", "", "host names answered to, comma separated; empty: the one of PUBLIC_URL", _words
    ),
    Spec("PROXY_HOPS", "0", "reverse proxies in front whose forwarded headers are believed", int),
    Spec("SSO_ISSUER", "", "the OpenID Connect issuer, exactly as in its discovery document", required=True),
    Spec("SSO_CLIENT_ID", "bangkom", "our client id at the issuer"),
    Spec("SSO_CLIENT_SECRET", "", "our client secret (client_secret_basic or _post)", secret=True),
    Spec(
        "SSO_CLIENT_AUTH", "client_secret_basic", "client_secret_basic | client_secret_post | private_key_jwt"
    ),
    Spec("SSO_PRIVATE_KEY", "", "PEM key for private_key_jwt", secret=True),
    Spec("SSO_PRIVATE_KEY_ALG", "RS256", "its algorithm: RS256, ES256, ES512 ..."),
    Spec("SSO_SCOPE", "openid profile email", "scope asked for"),
    Spec("SSO_ALGORITHMS", "RS256,ES256", "algorithms accepted on ID tokens", _words),
    Spec("SSO_NIP_CLAIM", "nip", "path of the claim that holds the NIP or NI PPPK"),
    Spec("SSO_ROLES_CLAIM", "realm_access.roles", "path of the claim that lists roles"),
    Spec(
        "SSO_ROLE_MAP",
        "{}",
        'JSON: role at the issuer -> role here, e.g. {"bangkom-agency": "hrd_agency"}; here one of '
        + ", ".join(sorted(CLAIMED)),
        _role_map,
    ),
    Spec(
        "SSO_ACR_MAP",
        "{}",
        'JSON: acr at the issuer -> level here, e.g. {"2": "otp", "3": "passkey"}; {}: its words are the levels',
        _text_map,
    ),
    Spec("SSO_ACR_STEPUP", "otp", "levels that satisfy a step-up, comma separated", _words),
    Spec(
        "SSO_ACR_AVAILABLE",
        "yes",
        "no: the issuer offers no acr; auth_time alone counts and evidence says so",
        _flag,
    ),
    Spec(
        "SSO_STEPUP_FORCES_LOGIN",
        "yes",
        "no: a step-up does not send prompt=login (Keycloak would ask for the password as well)",
        _flag,
    ),
    Spec(
        "SSO_STEPUP_MAX_AGE",
        "60",
        "seconds sent as max_age at a step-up; empty: not sent (in Keycloak it acts as prompt=login)",
        _number_or_none,
    ),
    Spec(
        "SSO_REFRESH_MINUTES",
        "10",
        "so often is the issuer asked whether a sign-in still stands, where it gives refresh tokens; 0: never",
        int,
    ),
    Spec("SSO_CLOCK_SKEW_SECONDS", "60", "so far may the issuer's clock and ours differ (0-300)", int),
    Spec("SSO_OTHER_AUDIENCES", "", "further audiences that an ID token may name, comma separated", _words),
    Spec("SESSION_IDLE_MINUTES", "30", "a sign-in ends after so long without use", int),
    Spec("SESSION_HOURS", "8", "a sign-in ends after so long in any case", int),
    Spec("STEPUP_MINUTES", "15", "so long may a step-up take from start to return (R19)", int),
    Spec(
        "SURVEY_SECRETS",
        "var/survey-secrets",
        "folder for the secrets of surveys, shared by all machines",
        Path,
    ),
    Spec(
        "SEALS",
        "var/seals",
        "folder for the daily seals of the history, shared by all machines, kept apart from the database",
        Path,
    ),
    Spec("XAPI_MAX_BYTES", "4194304", "largest body of one request to /xapi/statements", int),
    Spec(
        "POLL_MINUTES",
        "360",
        "how often a course is asked for completions that no statement brought; 0: never",
        int,
    ),
    Spec("POLL_LEARNERS", "50", "learners asked about in one go; Moodle needs one call each", int),
    Spec("RUNNER", "yes", "yes: background work in this process (one only); no: elsewhere", _flag),
    Spec(
        "BROKER_URL",
        "",
        "redis://host:6379/0 of a Valkey or Redis: background work by Celery workers; empty: none",
        secret=True,
    ),
    Spec("SWEEP_SECONDS", "5", "how often due work is looked for", float),
    Spec("LEASE_SECONDS", "60", "how long a worker owns a course before another may take it", int),
    Spec(
        "SYNC_BACK_OFF",
        "1,5,15,60",
        "minutes a row waits after its first, second ... failure; the last repeats",
        _numbers,
    ),
    Spec("SYNC_OPEN_AFTER", "3", "failures in a row after which a site is only tried by one cheap call", int),
    Spec("SYNC_TRIAL_SECONDS", "60", "how often such a site is tried", float),
    Spec(
        "ACCOUNT_LOOK_AGAIN",
        "15,60,360,1440",
        "minutes until who has no account is looked for again, after the first, second ... look; the last repeats",
        _numbers,
    ),
    Spec("ACCOUNT_CHECK_HOURS", "24", "how often accounts that are in order are looked at", float),
    Spec(
        "SITE_SECONDS",
        "5,25,300",
        "seconds to wait for a site: to connect, for the next piece of an answer, for the whole of it",
        _three_numbers,
    ),
    Spec(
        "SITE_SECONDS_ON_PAGE",
        "2,5,8",
        "the same, while a person waits for a page that asks the site",
        _three_numbers,
    ),
    Spec("LIMITS_STORAGE", "memory://", "where rate limits are counted (redis://... for several processes)"),
    Spec("LOGIN_LIMIT", "60 per minute", "sign-ins and call-backs from one address"),
    Spec("DATA_COPY_LIMIT", "5 per hour", "copies of the own data that one person may take"),
    Spec(
        "PUBLIC_LIMIT", "60 per minute", "visits to the public pages of seals and of proof from one address"
    ),
    Spec("LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR"),
    Spec("THREADS", "8", "threads of the web server", int),
)


@dataclass(frozen=True)
class Settings:
    """Values by the names of ``SPECS`` in lower case, and where each came from."""

    values: Mapping[str, Any]
    sources: Mapping[str, str]
    environment: Mapping[str, str]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None

    def __repr__(self) -> str:
        return "Settings(...)"

    def site_token(self, code: str) -> str:
        """The token of a learning site: BANGKOM_SITE_<CODE>_TOKEN or the file BANGKOM_SITE_<CODE>_TOKEN_FILE."""
        name = f"SITE_{code.upper().replace('-', '_')}_TOKEN"
        text, _ = _look_up(self.environment, name, secret=True)
        if not text:
            raise BadSetting(f"{PREFIX}{name} (or {PREFIX}{name}_FILE) is not set")
        return text

    @property
    def https(self) -> bool:
        return str(self.public_url).startswith("https://")


def load_settings(environment: Mapping[str, str] | None = None, *, need: bool = True) -> Settings:
    """Read every setting; BadSetting names the first that is missing (``need``) or cannot be read."""
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for spec in SPECS:
        text, source = _look_up(environment, spec.name, spec.secret)
        if text is None:
            text, source = spec.default, "default"
        if need and spec.required and not text:
            raise BadSetting(f"{PREFIX}{spec.name} is needed: {spec.meaning}")
        try:
            values[spec.name.lower()] = spec.read(text)
        except ValueError as error:
            raise BadSetting(f"{PREFIX}{spec.name} cannot be read: {spec.meaning}") from error
        sources[spec.name.lower()] = source
    return Settings(values, sources, environment)


def _look_up(environment: Mapping[str, str], name: str, secret: bool) -> tuple[str | None, str]:
    if PREFIX + name in environment:
        return environment[PREFIX + name], "environment"
    path = environment.get(f"{PREFIX}{name}_FILE") if secret else None
    if path is None:
        return None, ""
    try:
        return Path(path).read_text().strip(), f"file {path}"
    except OSError as error:
        raise BadSetting(f"{PREFIX}{name}_FILE cannot be read: {error.strerror}") from error
