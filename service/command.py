"""What the parts of the command ``bangkom`` share: settings, the app around a piece of work, how it speaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask import Flask
from rich.console import Console
from sqlalchemy.exc import DBAPIError

from service.config import BadSetting, Settings, load_settings
from workflows.errors import WorkflowError

console = Console(highlight=False, soft_wrap=True)


@contextmanager
def naming_bad_settings() -> Iterator[None]:
    """A setting that is missing or cannot be read ends with a sentence."""
    try:
        yield
    except BadSetting as error:
        raise click.ClickException(f"{error}. `bangkom settings` lists them all.") from error


@naming_bad_settings()
def settings_of(*, need: bool = True) -> Settings:
    """The settings, or a sentence about the first that is missing."""
    return load_settings(need=need)


@naming_bad_settings()
def app_of() -> Flask:
    from service.app import create_app

    return create_app(settings_of())


def in_app(work: Callable[[Flask], Any]) -> Any:
    """Do the work inside the app; a refusal or a broken database ends with a sentence and exit code 1."""
    from service.db import db as database

    app = app_of()
    with app.app_context():
        try:
            return work(app)
        except WorkflowError as error:
            raise click.ClickException(str(error)) from error
        except DBAPIError as error:
            raise click.ClickException(f"the database: {error.orig}. `bangkom doctor` says more.") from error
        finally:
            database.session.remove()
            database.engine.dispose()
