"""``bangkom grant`` and ``bangkom people``: who is here, before and beside the pages."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask_babel import force_locale, gettext
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from service.command import console, in_app
from workflows.roles import GRANTED


@click.command()
@click.argument("role", type=click.Choice(GRANTED))
@click.option("--reason", default="bangkom grant", show_default=True, help="told in the history")
@click.option(
    "--number", prompt="NIP or NI PPPK", hide_input=True, help="asked for; - : read from standard input"
)
def grant(role: str, reason: str, number: str) -> None:
    """Give ROLE to the person with this NIP or NI PPPK, from today on.

    The number is asked for, so that it stays out of the shell's history; with --number - it is read from
    standard input.
    """
    from service.db import writing
    from workflows.actions.roles import grant_role
    from workflows.actor import OPERATOR
    from workflows.clock import today
    from workflows.people import persons_with_number

    wanted = (sys.stdin.readline() if number == "-" else number).strip()

    def work(app: Flask) -> None:
        with writing() as session:
            found = persons_with_number(session, wanted, today(session))
            if len(found) != 1:
                problem = "two people have" if found else "nobody in service has"
                raise click.ClickException(
                    f"{problem} this number today. Import people first: bangkom people import"
                )
            grant_role(session, actor=OPERATOR, person_id=found[0], role=role, reason=reason)
        console.print(f"{role}: granted from today on")

    in_app(work)


@click.group()
def people() -> None:
    """The register of people."""


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--source", help="instead of a file: a source that an installed package offers")
@click.option("--apply", "write", is_flag=True, help="write it; without this it is only compared")
@click.option("--mark-left", is_flag=True, help="mark people whom the file lacks as having left today")
def people_import(file: Path | None, source: str | None, write: bool, mark_left: bool) -> None:
    """Compare FILE (CSV or XLSX) with the register, and say what it would change; --apply writes it.

    Exit 1 when rows were refused, 2 when the change is so large that a second person must confirm it on the page.
    """
    from service import people_files
    from service.db import writing
    from workflows.actor import OPERATOR

    if (file is None) == (source is None):
        raise click.UsageError("name a FILE or a --source")

    def work(app: Flask) -> dict[str, Any]:
        content = file.read_bytes() if file else b""
        table = people_files.table_of(content) if file else people_files.table_from(str(source))
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=console) as bar:
            tell = _teller(bar)
            with writing() as session:
                one = people_files.receive_and_look(session, OPERATOR, table, content, tell)
                import_id, seen, no_numbers = one.id, one.fingerprint, one.compared_at is None
            if no_numbers:
                raise click.ClickException(
                    "no column of NIP found: map the columns once on the page /orang/impor"
                )
            if write:
                with writing() as session:
                    people_files.apply(session, OPERATOR, import_id, seen, mark_left, tell)
        return _summary(import_id)

    try:
        told = in_app(work)
    except LookupError as error:
        raise click.ClickException(str(error)) from error
    for line in told["refused"]:
        console.print(line, markup=False)
    console.print(told["counts"])
    console.print(told["state"])
    sys.exit(2 if told["waiting"] else 1 if told["refused"] else 0)


def _teller(bar: Progress) -> Callable[[str, int, int], None]:
    lines: dict[str, Any] = {}

    def tell(what: str, done: int, total: int) -> None:
        if what not in lines:
            lines[what] = bar.add_task({"compare": "comparing", "write": "writing"}[what])
        bar.update(lines[what], completed=done, total=total)

    return tell


def _summary(import_id: int) -> dict[str, Any]:
    """Counts, and each refused row with its number and reason; no number of a person."""
    import json

    from sqlalchemy import select

    from service.db import reading
    from workflows.models import PeopleImport, PeopleImportRow

    with reading() as session, force_locale("en"):
        one = session.get_one(PeopleImport, import_id)
        rows = session.execute(
            select(PeopleImportRow.number, PeopleImportRow.told)
            .where(PeopleImportRow.import_id == import_id, PeopleImportRow.kind == "refused")
            .order_by(PeopleImportRow.number)
        )
        refusals = [(number, json.loads(told)["refusal"]) for number, told in rows]
        said = {
            "compared": f"import {import_id}: compared only; --apply writes it, or the page /orang/impor/{import_id}",
            "waiting": f"{import_id}: changes {one.share} %; a second person confirms: /orang/impor/{import_id}",
            "applied": f"import {import_id}: applied",
        }
        return {
            "refused": [f"row {number}: {gettext(text) % values if values else gettext(text)}"
                        for number, (_code, text, values) in refusals],
            "counts": f"new {one.new}, changed {one.changed}, same {one.same}, "
            f"missing {one.left}, refused {one.refused}",
            "state": said[one.status],
            "waiting": one.status == "waiting",
        }  # fmt: skip
