"""The schema that a migrated database has."""

from __future__ import annotations

import importlib
import pkgutil

from sqlalchemy import MetaData


def make_schema(url: str) -> None:
    """Runs all migrations on an empty database."""
    importlib.import_module("service.db").upgrade(url)


def all_models() -> MetaData:
    """The metadata after every module of workflows.models was imported."""
    package = importlib.import_module("workflows.models")
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    metadata: MetaData = importlib.import_module("workflows.models.base").Base.metadata
    return metadata
