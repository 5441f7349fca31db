"""Whatever names a person belongs to a category of personal data, or stands with its reason in a short list.

A new column: add it to one of the lists in ``workflows/held_*.py`` (or ``service.sso.held``), else to
not_held.txt with the reason.
"""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Column

from service.profiles import available, load_profile
from service.web.held_view import CODES, TABLES
from tests.structure.tree import ROOT, reasoned
from tests.support.schema import all_models
from workflows.held import CATEGORIES

NOT_HELD = ROOT / "tests" / "structure" / "not_held.txt"
PERSONAL = re.compile(
    r"(^|_)(name|email|account|username|nip|sub|person|people|respondent|viewer|subject|device|browser|address|ip|phone"
    r"|who|body|payload|pair|remote)(_|$)"
)
"""Names of columns that can say something about a person, also without a foreign key."""
OF_THINGS = frozenset(
    {
        "unit", "job_field", "partner", "competency", "training_form", "ceiling", "site", "office", "legal_parameter",
        "runner_claim", "course_lease", "assignment_kind", "approval_step", "job_mark",
        "unit_change",
    }
)  # fmt: skip
"""Tables of things: their names are not those of people."""


ROWS_OF_ONE_PERSON = frozenset(
    {
        "identifier", "posting", "office_holding", "enrolment", "completion", "lms_account", "fact", "statement",
        "input_item", "invitation", "login_session", "sso_account",
    }
)  # fmt: skip
"""A row that leads to one of these is about that person as well."""


def naming_columns() -> dict[str, Column[object]]:
    return {
        f"{table.name}.{column.name}": column
        for table in all_models().sorted_tables
        for column in table.columns
        if any(key.column.table.name == "person" for key in column.foreign_keys)
    }


def leading_columns() -> set[str]:
    """Foreign keys to rows of one person."""
    return {
        f"{table.name}.{column.name}"
        for table in all_models().sorted_tables
        for column in table.columns
        if any(key.column.table.name in ROWS_OF_ONE_PERSON for key in column.foreign_keys)
    }


def describing_columns() -> set[str]:
    return {
        f"{table.name}.{column.name}"
        for table in all_models().sorted_tables
        if table.name not in OF_THINGS
        for column in table.columns
        if PERSONAL.search(column.name) and not column.foreign_keys
    }


def shown_columns() -> set[str]:
    return {
        f"{column.class_.__tablename__}.{column.key}"
        for held in TABLES
        for _word, column in held.shows
        if hasattr(column, "class_")
    }


def test_every_column_that_names_a_person_is_held_or_has_its_reason() -> None:
    held = {one.place for one in TABLES}
    listed = reasoned(NOT_HELD)
    assert all(listed.values()), "a line is: table.column | reason"
    missing = sorted(set(naming_columns()) - held - set(listed))
    assert missing == [], "add to workflows/held_*.py, or with the reason to tests/structure/not_held.txt"


def test_every_column_that_describes_a_person_is_shown_or_has_its_reason() -> None:
    missing = sorted(describing_columns() - shown_columns() - set(reasoned(NOT_HELD)))
    assert missing == [], "add to workflows/held_*.py, or with the reason to tests/structure/not_held.txt"


def test_every_table_that_leads_to_a_person_is_held_or_has_its_reason() -> None:
    held = {one.about.__tablename__ for one in TABLES}
    missing = {name for name in leading_columns() if name.partition(".")[0] not in held}
    assert sorted(missing - set(reasoned(NOT_HELD))) == [], "add to workflows/held_*.py, or to not_held.txt"
    assert "completion.enrolment_id" in leading_columns()


def test_the_list_of_reasons_names_what_exists_and_is_not_shown() -> None:
    listed = set(reasoned(NOT_HELD))
    assert listed - set(naming_columns()) - describing_columns() - leading_columns() == set()
    assert listed & {one.place for one in TABLES} == set()


def test_every_table_held_belongs_to_a_category_and_every_category_has_a_table() -> None:
    assert {one.category for one in TABLES} == set(CATEGORIES)


def test_nothing_is_held_twice_under_one_title() -> None:
    titles = [(one.place, one.title) for one in TABLES]
    assert len(titles) == len(set(titles))
    assert all(one.shows for one in TABLES)


@pytest.mark.parametrize("name", available())
def test_a_profile_speaks_of_every_category_once(name: str) -> None:
    profile = load_profile(name)
    assert sorted(one.code for one in profile.privacy) == sorted(CATEGORIES)
    assert {one.retention for one in profile.privacy} == {one.code for one in profile.retentions}
    assert len(CODES) > 30
