"""Sign-in by OpenID Connect, login sessions, and step-up. What other packages use stands here."""

from service.sso.guard import SSO_PUBLIC, current_login, login_required
from service.sso.problems import ProviderDown, SsoRefused
from service.sso.relying import RelyingParty, init_sso, relying_party
from service.sso.sessions import Login
from service.sso.settings import SsoSettings
from service.sso.stepup import begin_stepup, start_stepup

__all__ = [
    "SSO_PUBLIC",
    "Login",
    "ProviderDown",
    "RelyingParty",
    "SsoRefused",
    "SsoSettings",
    "begin_stepup",
    "current_login",
    "init_sso",
    "login_required",
    "relying_party",
    "start_stepup",
]
