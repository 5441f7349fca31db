"""The command ``bangkom``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask_babel import force_locale, gettext
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from service.command import app_of as _app
from service.command import console, naming_bad_settings
from service.command import in_app as _in_app
from service.command import settings_of as _settings
from service.command_people import grant, people
from service.command_sites import sites
from service.config import PREFIX, SPECS, BadSetting, load_settings
from workflows.seals import code_of


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bangkom")
def main() -> None:
    """Plan, decide, run, measure and improve the training of civil servants."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    """Serve the pages (waitress), with the embedded runner unless BANGKOM_RUNNER=no."""
    from service import server

    settings = _settings()
    with naming_bad_settings():
        server.serve(settings, host=host, port=port)


@main.command()
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65533))
@click.option("--fresh", is_flag=True, help="begin anew: the demo's data under var/demo is removed first")
@click.option("--no-open", is_flag=True, help="do not open a browser")
def demo(port: int, fresh: bool, no_open: bool) -> None:
    """Everything on this machine, with made-up people and two labelled stand-ins."""
    from service.demo.command import DemoRefused, run_demo

    try:
        run_demo(port=port, fresh=fresh, open_browser=not no_open, console=console)
    except DemoRefused as error:
        raise click.ClickException(str(error)) from error


@main.command()
def worker() -> None:
    """Background work in a process of its own; a second one on the same database refuses to run."""
    from service import server
    from service.claims import AnotherRunner

    try:
        server.work(_app())
    except AnotherRunner as error:
        raise click.ClickException(str(error)) from error


@main.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@click.argument("revision", default="head")
def db_upgrade(revision: str) -> None:
    """Bring the database to REVISION (the newest unless said).

    An installation in use also gets the dated numbers that the profile has meanwhile; none is changed.
    """
    from service.db import current_and_head, upgrade
    from service.profiles import ProfileError
    from service.profiles.completing import complete

    settings = _settings(need=False)
    upgrade(settings.database_url, revision)
    current, head = current_and_head(settings.database_url)
    console.print(f"database at revision {current}")
    try:
        new = complete(settings.database_url, settings.profile) if current == head else []
    except ProfileError as error:
        raise click.ClickException(str(error)) from error
    for name in new:
        console.print(f"new in the profile: {name}")


@main.command()
def seed() -> None:
    """Write the profile's reference data: units, offices, competencies, numbers of law. Again: brings up to date."""
    from service.current import bangkom
    from service.db import writing
    from service.profiles import install_profile

    def work(app: Flask) -> None:
        with writing() as session:
            install_profile(session, bangkom().profile)
        console.print(f"profile {bangkom().profile.name}: installed")

    _in_app(work)


@main.command()
def sync() -> None:
    """Send what is due to the learning sites now. Exit 1 when rows failed, 2 when rows still wait."""
    from dataclasses import replace

    from service.current import bangkom
    from service.jobs.breaker import try_closed_sites
    from service.jobs.enrolments import SyncSummary, renew_dates, sync_due

    def work(app: Flask) -> SyncSummary:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=console) as bar:
            line = bar.add_task("courses", total=None)
            context = replace(
                bangkom().jobs, on_progress=lambda done, total: bar.update(line, completed=done, total=total)
            )
            try_closed_sites(context)
            renew_dates(context)
            return sync_due(context)

    summary: SyncSummary = _in_app(work)
    console.print(f"applied {summary.applied}, waiting {summary.waiting}, failed {summary.failed}")
    sys.exit(1 if summary.failed else 2 if summary.waiting else 0)


main.add_command(sites)
main.add_command(grant)
main.add_command(people)


@main.group()
def audit() -> None:
    """The history."""


@audit.command("verify")
@click.option("--seals", type=click.Path(path_type=Path), help="a copy of the folder of seals kept elsewhere")
def audit_verify(seals: Path | None) -> None:
    """Walk every chain and every seal; name the first broken link of each stream. Exit 1 when there is one."""
    from service.seal_folder import SealFolder
    from service.verifying import Found, verify

    def work(app: Flask) -> Found:
        return verify(SealFolder(seals) if seals else None)

    found: Found = _in_app(work)
    for line in found.lines:
        console.print(line, markup=False)
    console.print(f"{found.streams} streams, {found.rows} rows, {found.seals}")
    console.print("no broken link" if not found.lines else f"{len(found.lines)} broken")
    sys.exit(1 if found.lines else 0)


@audit.command("seal")
def audit_seal() -> None:
    """Seal the history of today, where that is not done. Exit 1 when the history does not fit older seals."""
    from service.current import bangkom
    from service.jobs.seals import seal_day
    from workflows.actor import OPERATOR

    def work(app: Flask) -> Any:
        return seal_day(bangkom().jobs, actor=OPERATOR)

    try:
        drawn = _in_app(work)
    except OSError as error:
        raise click.ClickException(f"the folder of seals: {error}. `bangkom doctor` says more.") from error
    if drawn is None:
        console.print("nothing to seal: today has its seal, or nothing has happened yet")
        return
    header = drawn.header
    console.print(f"seal {header.number} of {header.day}: {header.streams} streams, {header.rows} rows")
    console.print(code_of(drawn.text))
    if not drawn.well:
        console.print("the history does not fit older seals: bangkom audit verify", style="bold")
    sys.exit(0 if drawn.well else 1)


@main.command()
@click.argument("name")
@click.option("--json", "as_lines", is_flag=True, help="one JSON object a line instead of a table")
@click.option("--rounds", default=200, show_default=True, type=click.IntRange(2, 100_000))
@click.option("--database-url", help="an empty database to measure on; default: a new SQLite file")
@click.option(
    "--site", default="sandbox", show_default=True, help="moodle: a known site's code, or the stand-in"
)
@click.option(
    "--course", default="", help="moodle: id of an empty course of that site (accounts are made there)"
)
@click.option("--rows", default=10_000, show_default=True, type=click.IntRange(100, 1_000_000))
def bench(
    name: str, as_lines: bool, rounds: int, database_url: str | None, site: str, course: str, rows: int
) -> None:
    """Measure NAME (sso, moodle) beside a baseline of the same run. Exit 1 when a target is missed."""
    from service.bench import BENCHES, BenchRefused, Size, as_json, as_table, run_bench

    if name not in BENCHES:
        raise click.ClickException(f"no benchmark {name}; there are: {', '.join(sorted(BENCHES))}")
    figures = []
    try:
        for figure in run_bench(name, Size(rounds, database_url, site, course, rows)):
            figures.append(figure)
            if as_lines:
                click.echo(as_json(figure))
    except BenchRefused as error:
        raise click.ClickException(str(error)) from error
    if not as_lines:
        console.print(as_table(figures))
    sys.exit(0 if all(figure.ok for figure in figures) else 1)


@main.command()
def settings() -> None:
    """Each setting: name, where its value comes from, default, meaning. Secrets are never shown."""
    try:
        loaded = load_settings(need=False)
    except BadSetting as error:
        raise click.ClickException(str(error)) from error
    for spec in SPECS:
        value = str(loaded.values[spec.name.lower()])
        shown = ("set" if value not in ("", "()") else "not set") if spec.secret else value
        source = loaded.sources[spec.name.lower()]
        console.print(f"{PREFIX}{spec.name} = {shown}  ({source})", markup=False)
        default = "" if source == "default" or not spec.default else f" Default: {spec.default}"
        also = f" Also from a file: {PREFIX}{spec.name}_FILE." if spec.secret else ""
        console.print(f"    {spec.meaning}.{also}{default}", markup=False)
    site = f"{PREFIX}SITE_<CODE>_TOKEN"
    console.print(f"{site}\n    token of a learning site. Also from a file: {site}_FILE.", markup=False)


@main.command()
def doctor() -> None:
    """Look at database, issuer, sites and folders; say what to mend. Exit 1 when something is wrong."""
    from service.doctor import examine

    def work(app: Flask) -> list[tuple[bool, str, str]]:
        with force_locale("en"):
            return [
                (one.ok, _told(one.name, one.detail), gettext(one.mend) if one.mend else "")
                for one in examine()
            ]

    findings = _in_app(work)
    for ok, told, mend in findings:
        console.print(f"{'ok  ' if ok else 'FAIL'} {told}", markup=False)
        if not ok and mend:
            console.print(f"     {mend}", markup=False)
    sys.exit(0 if all(ok for ok, _, _ in findings) else 1)


def _told(name: str, detail: str) -> str:
    site, comma, check = name.partition(", ")
    words = f"{site}, {gettext(check)}" if comma else name
    return f"{words}: {detail}" if detail else words


if __name__ == "__main__":
    main()
