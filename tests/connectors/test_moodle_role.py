"""The roles and functions that ship in docs are those that the client needs, neither more nor less."""

from __future__ import annotations

import ast
import re
from xml.etree import ElementTree

import pytest

from lms_connectors.moodle import check, provision
from lms_connectors.moodle.prove import NEEDS
from lms_connectors.moodle.site import Site
from lms_connectors.sandbox.functions import FUNCTIONS
from tests.connectors.running_sandbox import Running
from tests.structure.tree import ROOT, files, parsed

GUIDE = (ROOT / "docs" / "moodle.md").read_text(encoding="utf-8")
IN_CODE = re.compile(r"(core|enrol|gradereport)_[a-z]+_[a-z_]+")
ROLES = {
    "moodle-role.xml": ("| Capability |", "system"),
    "moodle-role-category.xml": ("| Capability in", "coursecat"),
}


def table(head: str) -> list[list[str]]:
    """Rows of the table of the guide whose head begins so: the code words of the first cell, then the other cells."""
    lines = GUIDE[GUIDE.index(head) :].splitlines()
    rows = [line.strip("|").split("|") for line in lines[2 : lines.index("")]]
    return [[*re.findall(r"`([^`]+)`", row[0])] for row in rows]


def first_words(head: str) -> set[str]:
    return {word for row in table(head) for word in row}


def role(name: str) -> ElementTree.Element:
    return ElementTree.parse(ROOT / "docs" / name).getroot()  # noqa: S314  our own file


def allowed(name: str) -> list[str]:
    return [one.text or "" for one in role(name).findall("permissions/allow")]


@pytest.mark.parametrize("name", ROLES)
def test_role_file_allows_what_the_guide_gives_a_reason_for(name: str) -> None:
    head, level = ROLES[name]
    assert sorted(allowed(name)) == sorted(first_words(head))
    assert [one.tag for one in role(name).find("permissions") or ()] == ["allow"] * len(allowed(name))
    assert [one.text for one in role(name).findall("contextlevels/level")] == [level]


def test_only_the_role_of_the_system_gives_a_role_and_only_that_of_students() -> None:
    assert [one.text for one in role("moodle-role.xml").findall("allowassign/shortname")] == ["student"]
    assert role("moodle-role-category.xml").findall("allowassign/shortname") == []


def test_every_capability_that_a_proof_names_is_in_a_role() -> None:
    named = {capability for _, capabilities in NEEDS.values() for capability in capabilities}
    assert named <= {capability for name in ROLES for capability in allowed(name)}


def test_powers_over_courses_are_given_in_their_category_only() -> None:
    system = set(allowed("moodle-role.xml"))
    assert not system & {"moodle/course:create", "moodle/course:delete", "moodle/course:update"}
    assert "moodle/user:delete" not in system | set(allowed("moodle-role-category.xml"))


def called() -> set[str]:
    """Names of functions that stand in the client's code."""
    return {
        node.value
        for path in files("lms_connectors/moodle", endings=(".py",))
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and IN_CODE.fullmatch(node.value)
    }


def test_guide_lists_the_functions_that_the_client_calls_and_the_stand_in_offers_them() -> None:
    assert first_words("| Function | What for |") == called() == set(FUNCTIONS)


def test_functions_looked_for_follow_the_settings_of_the_site(sandbox: Running) -> None:
    def needed(**settings: str) -> set[str]:
        site: Site = sandbox.platform(**settings).site
        return {check.SITE_INFO, *check.needed_functions(site)}

    optional = {"gradereport_user_get_grade_items"}
    assert needed(category_ref="6") == called() - optional
    assert called() - needed(account_policy="find") == {
        "core_user_create_users",
        "core_user_update_users",
        *provision_functions(),
        *optional,
    }


def provision_functions() -> set[str]:
    return {provision.CREATE, provision.DUPLICATE, provision.UPDATE, provision.DELETE}
