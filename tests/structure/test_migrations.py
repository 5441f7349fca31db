from __future__ import annotations

import importlib

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect

from tests.structure.tree import ROOT, files
from tests.support.schema import all_models


def migrations() -> list[str]:
    return [path.stem for path in files("migrations/versions", endings=(".py",)) if path.stem != "__init__"]


def test_migrations_have_one_head() -> None:
    if migrations():
        assert len(ScriptDirectory(ROOT / "migrations").get_heads()) == 1


def test_migrations_make_what_the_models_say(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, all_models())
    assert differences == []


def test_checks_of_the_models_are_in_the_database(engine: Engine) -> None:
    # Alembic compares no CHECK constraints, and a state column stands on one.
    inspector = inspect(engine)
    for table in all_models().sorted_tables:
        wanted = {
            str(check.name) for check in table.constraints if check.__visit_name__ == "check_constraint"
        }
        found = {str(check["name"]) for check in inspector.get_check_constraints(table.name)}
        assert wanted - found == set(), table.name


def test_a_migrated_database_can_be_migrated_again(migrated_database_url: str) -> None:
    if migrations():
        importlib.import_module("service.db").upgrade(migrated_database_url)
        engine = create_engine(migrated_database_url)
        assert "alembic_version" in inspect(engine).get_table_names()
        engine.dispose()


def test_every_table_has_a_primary_key() -> None:
    assert [table.name for table in all_models().sorted_tables if not table.primary_key.columns] == []
