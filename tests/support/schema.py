"""The schema that a migrated database has."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil

from sqlalchemy import create_engine


def make_schema(url: str) -> None:
    """Runs the migrations; while there are none, makes the models' tables."""
    if importlib.util.find_spec("service.db") is not None:
        upgrade = getattr(importlib.import_module("service.db"), "upgrade", None)
        if upgrade is not None:
            upgrade(url)
            return
    engine = create_engine(url)
    all_models().create_all(engine)
    engine.dispose()


def all_models():
    """The metadata after every module of workflows.models was imported."""
    package = importlib.import_module("workflows.models")
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    return importlib.import_module("workflows.models.base").Base.metadata
