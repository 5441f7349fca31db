"""The application: settings in, a guarded Flask app out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from service import connectors, headers, languages, logs, static_files
from service.config import Settings
from service.current import Bangkom
from service.db import db, engine_options, reading, writing
from service.jobs.context import JobContext
from service.nudges import nudge_workers
from service.profiles import Profile, default_name, load_profile
from service.seal_folder import SealFolder
from service.sso import init_sso, login_required
from service.sso_wiring import sso_settings
from service.survey_secrets import FileSecrets
from service.web import LIMITED, NEVER_KEPT, PUBLIC, errors, frame, looks, register_pages
from service.web.approvals import after_stepup
from service.web.people import find_person, has_left
from service.web.support import actor
from service.xapi.wiring import xapi_blueprint
from workflows.clock import SystemClock
from workflows.patience import Patience
from workflows.ports import Clock

csrf = CSRFProtect()


def create_app(settings: Settings, *, clock: Clock | None = None, platform_for: Any = None) -> Flask:
    """Everything is guarded by sign-in unless it stands in ``service.web.PUBLIC`` or ``SSO_PUBLIC``."""
    app = Flask("service")
    profile = load_profile(settings.profile or default_name())
    clock = clock or SystemClock()
    _configure(app, settings)
    secrets = FileSecrets(settings.survey_secrets)
    app.extensions["bangkom_session_info"] = {
        "clock": clock,
        "zone": profile.zone,
        "secrets": secrets,
        "seals": SealFolder(settings.seals),
    }
    app.extensions["bangkom"] = _bangkom(app, settings, profile, clock, platform_for)
    db.init_app(app)
    csrf.init_app(app)
    Babel(app, locale_selector=languages.chosen, default_locale="id", default_domain="messages")
    logs.set_up(app, settings.log_level)
    static_files.serve_compressed(app)
    sso = sso_settings(settings)
    init_sso(
        app,
        sso,
        reading=reading,
        writing=writing,
        find_person=find_person,
        has_left=has_left,
        on_stepup=after_stepup,
    )
    login_required(app, PUBLIC, kept_endpoint="kept.show", never_kept=NEVER_KEPT)
    looks.keep_looks(app)
    headers.add_security(app, form_targets=[sso.issuer_origin])
    errors.show(app)
    frame.fill(app)
    register_pages(app)
    xapi = xapi_blueprint(settings.xapi_max_bytes)
    csrf.exempt(xapi)
    app.register_blueprint(xapi)
    _limit(app, settings)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _bangkom(app: Flask, settings: Settings, profile: Profile, clock: Clock, platform_for: Any) -> Bangkom:
    jobs = JobContext(
        writing=writing,
        platform_for=platform_for or connectors.platform_factory(settings),
        lease=timedelta(seconds=settings.lease_seconds),
        poll_every=timedelta(minutes=settings.poll_minutes),
        poll_learners=settings.poll_learners,
        enter=app.app_context,
        patience=Patience(
            back_off=settings.sync_back_off,
            open_after=settings.sync_open_after,
            trial_every=timedelta(seconds=settings.sync_trial_seconds),
            look_again=settings.account_look_again,
            check_every=timedelta(hours=settings.account_check_hours),
        ),
    )

    def nudge() -> None:
        runner = app.extensions.get("bangkom_runner")
        if runner is not None:
            runner.nudge()
        elif settings.broker_url:
            nudge_workers(settings)

    at_once = platform_for or connectors.platform_factory(settings, settings.site_seconds_on_page)
    return Bangkom(settings, profile, clock, jobs, nudge, replace(jobs, platform_for=at_once))


def _configure(app: Flask, settings: Settings) -> None:
    host = urlsplit(settings.public_url).hostname
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True, **engine_options(settings.database_url)},
        TRUSTED_HOSTS=list(settings.trusted_hosts) or [host],
        SESSION_COOKIE_NAME="__Host-bangkom-form" if settings.https else "bangkom-form",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=8 * 1024 * 1024,
        BABEL_TRANSLATION_DIRECTORIES="translations",
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _limit(app: Flask, settings: Settings) -> None:
    limiter = Limiter(get_remote_address, app=app, storage_uri=settings.limits_storage, headers_enabled=False)
    limits = dict.fromkeys(
        ("sso.start", "sso.callback", "sso.again", "sso.backchannel"), settings.login_limit
    )
    limits |= dict.fromkeys(LIMITED, settings.public_limit)
    for endpoint, limit in limits.items():
        view: Any = app.view_functions[endpoint]
        app.view_functions[endpoint] = limiter.limit(limit)(view)
    copy: Any = app.view_functions["my_data.copy"]
    by_person = limiter.limit(settings.data_copy_limit, key_func=lambda: str(actor().person))
    app.view_functions["my_data.copy"] = by_person(copy)
