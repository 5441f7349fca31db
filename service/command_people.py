"""``bangkom grant``: the first administrator, before anybody can give roles on a page."""

from __future__ import annotations

import sys

import click
from flask import Flask

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
