"""The schema that a migrated database has."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

from sqlalchemy import MetaData, create_engine

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"


def make_schema(url: str) -> None:
    """Runs the migrations; while there are none at all, makes the models' tables."""
    if any(VERSIONS.glob("*.py")):
        importlib.import_module("service.db").upgrade(url)
        return
    engine = create_engine(url)
    all_models().create_all(engine)
    engine.dispose()


def all_models() -> MetaData:
    """The metadata after every module of workflows.models was imported."""
    package = importlib.import_module("workflows.models")
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    return importlib.import_module("workflows.models.base").Base.metadata
