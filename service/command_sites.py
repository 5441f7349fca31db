"""``bangkom sites``: learning sites, from the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import click
from flask import Flask
from flask_babel import force_locale, gettext
from sqlalchemy import select

from service.command import console, in_app
from service.config import PREFIX, BadSetting, Settings
from workflows.models import Site
from workflows.ports import CheckLine
from workflows.site_settings import SETTINGS, Setting

MEANINGS = {
    "name": "what people call the site",
    "account_policy": "create missing accounts, or only find",
    "auth": "sign-in method of accounts that are made",
    "username_from": "what the user name of an account is: the NIP or NI PPPK, or the e-mail address",
    "idnumber_from": "what the ID number of an account is: the NIP or NI PPPK, our opaque id, or nothing",
    "email_from": "whether the e-mail address is told to the site",
    "role_id": "the site's id of the role that an enrolment gives (5: student)",
    "category_ref": "the site's id of the category in which new courses are made; empty: none are made",
    "batch_size": "rows in one call (50-100 is best)",
    "connections": "calls at a time (2-4 is best)",
    "calls_per_second": "most calls begun in a second by one process; 0: no limit",
    "brake_least": "so many participants of a course may always be stopped unasked",
    "brake_most": "more stops than this in one course wait for a person",
    "brake_percent": "more stops than this share of a course wait for a person; 100: no share",
    "brake_hours": "stops within so many hours are counted together",
    "completion_source": "where completions come from",
    "account_kind": "who actors of statements are",
}


@click.group()
def sites() -> None:
    """Learning sites."""


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """One option for each setting; what is not given stays as it is (or takes its default)."""
    for setting in reversed(SETTINGS):
        command = click.option(
            f"--{setting.name.replace('_', '-')}", type=_kind(setting), help=_help(setting)
        )(command)
    return command


def _kind(setting: Setting) -> click.ParamType[Any]:
    if setting.choices:
        return click.Choice(setting.choices)
    return click.IntRange(*setting.bounds) if setting.bounds else click.STRING


def _help(setting: Setting) -> str:
    default = f" [default for a new site: {setting.default}]" if setting.default != "" else ""
    return MEANINGS[setting.name] + default


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


@sites.command("add")
@click.argument("code")
@click.option("--url", required=True, help="the site's address, as it names itself")
@click.option("--platform", default="moodle", show_default=True, help="the kind of site")
@with_settings
def add(code: str, url: str, platform: str, **options: Any) -> None:
    """Make the site CODE known."""
    from service.db import writing
    from workflows.actions.sites import register_site
    from workflows.actor import OPERATOR

    def work(app: Flask) -> None:
        with writing() as session:
            register_site(session, actor=OPERATOR, code=code, url=url, platform=platform, **_given(options))
        console.print(f"site {code}: known. Its token: {token_name(code)}")

    in_app(work)


@sites.command("set")
@click.argument("code")
@click.option("--url", help="the site's address, as it names itself")
@with_settings
def change(code: str, url: str | None, **options: Any) -> None:
    """Change settings of the site CODE; only what is given changes."""
    from service.db import writing
    from workflows.actions.sites import set_site
    from workflows.actor import OPERATOR

    def work(app: Flask) -> list[str]:
        with writing() as session:
            return set_site(session, actor=OPERATOR, code=code, url=url, **_given(options))

    changed = in_app(work)
    console.print(f"site {code}: {', '.join(changed) or 'nothing'} changed")


@sites.command("list")
def listed() -> None:
    """Every site: code, address, whether its token is set."""
    from service.current import bangkom
    from service.db import reading

    def work(app: Flask) -> None:
        with reading() as session:
            for site in session.scalars(select(Site).order_by(Site.code)):
                state = token_state(bangkom().settings, site.code)
                console.print(f"{site.code}  {site.url}  token {state}", markup=False)

    in_app(work)


@sites.command("show")
@click.argument("code")
def show(code: str) -> None:
    """Every setting of the site CODE. Secrets are never shown."""
    from service.current import bangkom
    from service.db import reading
    from workflows.actions.sites import site_of

    def work(app: Flask) -> None:
        with reading() as session:
            site = site_of(session, code)
            rows = {
                "url": site.url,
                "platform": site.platform,
                "token": token_state(bangkom().settings, code),
            }
            rows |= {setting.name: getattr(site, setting.name) for setting in SETTINGS}
        for name, value in rows.items():
            console.print(f"{name:18} {value}", markup=False)

    in_app(work)


@sites.command("key")
@click.argument("code")
def key(code: str) -> None:
    """Make a key and secret with which the site CODE delivers statements. The secret is shown this once."""
    from service.current import bangkom
    from service.db import writing
    from workflows.actions.sites import issue_key
    from workflows.actor import OPERATOR

    def work(app: Flask) -> None:
        with writing() as session:
            name, secret = issue_key(session, actor=OPERATOR, code=code)
        console.print(f"end point  {bangkom().settings.public_url.rstrip('/')}/xapi")
        console.print(f"user name  {name}")
        console.print(f"password   {secret}")

    in_app(work)


@sites.command("doctor")
@click.argument("code")
@click.option("--read-only", is_flag=True, help="look only: nothing is made, changed or removed there")
@click.option("--lang", type=click.Choice(["en", "id"]), default="en", show_default=True)
def doctor(code: str, read_only: bool, lang: str) -> None:
    """Prove what the site CODE lets us do: with a scratch course, removed again. Exit 1 when something lacks.

    One line a permission; below one that lacks stands where in Moodle to set it.
    """
    from service.current import bangkom
    from service.db import reading
    from workflows.actions.sites import site_of

    def work(app: Flask) -> list[CheckLine]:
        with reading() as session:
            site = site_of(session, code)
            session.expunge(site)
        try:
            platform = bangkom().jobs.platform_for(site)
            lines = platform.check() if read_only else platform.prove()
        except (BadSetting, LookupError) as error:
            raise click.ClickException(str(error)) from error
        with force_locale(lang):
            return [replace(one, name=gettext(one.name), mend=said(one.mend)) for one in lines]

    lines = in_app(work)
    for one in lines:
        told = f"{one.name}: {one.detail}" if one.detail else one.name
        console.print(f"{'ok  ' if one.ok else 'FAIL'} {told}", markup=False)
        if not one.ok and one.mend:
            console.print(f"     {one.mend}", markup=False)
    sys.exit(0 if all(one.ok for one in lines) else 1)


def said(sentence: str) -> str:
    """In the language of now; gettext answers an empty text with the header of its catalogue."""
    return str(gettext(sentence)) if sentence else ""


def token_name(code: str) -> str:
    return f"{PREFIX}SITE_{code.upper().replace('-', '_')}_TOKEN"


def token_state(settings: Settings, code: str) -> str:
    """``set``, or why there is none."""
    try:
        settings.site_token(code)
    except BadSetting as error:
        return f"missing: {error}"
    return "set"
