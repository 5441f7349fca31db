from __future__ import annotations

import ast
import configparser
import re
import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.profiles import ProfileError, available, default_name, install_profile, load_profile
from service.profiles.loading import load_folder
from tests.structure.tree import CODE, ROOT, files, parsed
from workflows.models import (
    ApprovalStep,
    AssignmentKind,
    Base,
    Ceiling,
    Competency,
    JobField,
    LegalParameter,
    Office,
    Partner,
    TrainingForm,
    Unit,
)

REFERENCE = (
    ApprovalStep,
    AssignmentKind,
    Ceiling,
    Competency,
    JobField,
    LegalParameter,
    Office,
    Partner,
    TrainingForm,
    Unit,
)
SHOWN_ON_PAGES = {"jp.floor_pns", "jp.cap_pppk", "jp.minutes", "evaluation.months_default"}
OURS = pytest.mark.parametrize("name", available())


def test_the_default_profile_exists() -> None:
    assert default_name() in available()
    assert len(available()) >= 2


@OURS
def test_every_parameter_that_code_asks_for_stands_in_the_profile(name: str) -> None:
    keys = {parameter.key for parameter in load_profile(name).parameters}
    assert _asked_for() | SHOWN_ON_PAGES <= keys


@OURS
def test_every_parameter_has_a_source_and_says_whether_it_was_verified(name: str) -> None:
    for parameter in load_profile(name).parameters:
        assert parameter.source_document
        assert parameter.note


@OURS
def test_the_parameter_of_the_chain_names_the_profile_s_chain(name: str) -> None:
    profile = load_profile(name)
    assert [p.value for p in profile.parameters if p.key == "approval.chain"] == [profile.chain]


@OURS
def test_the_chain_reserves_once_and_commits_at_its_last_step(name: str) -> None:
    steps = load_profile(name).steps
    assert [step.seq for step in steps] == list(range(1, len(steps) + 1))
    assert [step.money for step in steps].count("reserve") == 1
    assert steps[-1].money == "commit"
    assert steps[-1].substitute_role is None, "nobody stands in for the personnel authority"
    assert all(step.step_up for step in steps[2:])


@OURS
def test_every_unit_has_a_head(name: str) -> None:
    profile = load_profile(name)
    heads = [office.unit for office in profile.offices if office.role == "unit_head"]
    assert sorted(heads) == sorted(unit.code for unit in profile.units)


@OURS
def test_a_region_has_remote_districts_to_be_heard(name: str) -> None:
    assert any(unit.is_remote and unit.kind == "district" for unit in load_profile(name).units)


@OURS
def test_all_25_types_of_training_for_export_have_a_form(name: str) -> None:
    assert {form.siasn_code for form in load_profile(name).forms} >= set(range(1, 26))


@OURS
def test_the_nine_competencies_of_the_standard_are_there(name: str) -> None:
    kinds = [c.kind for c in load_profile(name).competencies]
    assert (kinds.count("managerial"), kinds.count("sociocultural")) == (8, 1)


def test_profiles_say_the_same_things_in_their_own_words() -> None:
    first, *others = [load_profile(name) for name in available()]
    for other in others:
        for group in ("titles", "agencies", "verbs", "texts"):
            assert getattr(first, group).keys() == getattr(other, group).keys(), group
        assert {p.key for p in first.parameters} == {p.key for p in other.parameters}


@OURS
def test_a_profile_installed_twice_is_there_once(name: str, session: Session) -> None:
    profile = load_profile(name)
    install_profile(session, profile)
    once = _counts(session)
    install_profile(session, profile)
    assert _counts(session) == once
    assert once["unit"] == len(profile.units)
    assert once["office"] == len(profile.offices)
    assert once["legal_parameter"] == len(profile.parameters)
    assert min(once.values()) > 0


@OURS
def test_offices_know_their_unit_and_the_office_above(name: str, session: Session) -> None:
    profile = load_profile(name)
    install_profile(session, profile)
    offices = {office.code: office for office in session.scalars(select(Office))}
    for row in profile.offices:
        above, unit = offices[row.code].above, offices[row.code].unit
        assert (above.code if above else "", unit.code if unit else "") == (row.above, row.unit)


def test_a_correction_by_an_administrator_survives_the_next_start(session: Session) -> None:
    profile = load_profile(default_name())
    install_profile(session, profile)
    row = session.scalars(select(LegalParameter).where(LegalParameter.key == "jp.floor_pns")).one()
    row.value, row.verified = "24", True
    install_profile(session, profile)
    assert (row.value, row.verified) == ("24", True)


def test_a_renamed_unit_keeps_its_row(session: Session) -> None:
    profile = load_profile(default_name())
    install_profile(session, profile)
    unit = session.scalars(select(Unit).order_by(Unit.id)).first()
    assert unit is not None
    name, unit.name = unit.name, "Nama lama"
    install_profile(session, profile)
    assert unit.name == name


@pytest.mark.parametrize(
    ("file", "line", "old", "new", "says"),
    [
        ("units.csv", 2, ",no,", ",maybe,", "is_remote must be yes or no"),
        ("forms.csv", 7, "per_day,4", "per_day,four", "jp_value must be a whole number"),
        ("forms.csv", 7, "per_day", "per_week", "jp_rule is 'per_week', must be one of"),
        ("forms.csv", 7, "per_day,4", "per_day,", "jp_value does not go with the rule per_day"),
        ("offices.csv", 3, "authorised_official,", "personnel_authority,", "stands here a second time"),
        ("ceilings.csv", 2, "420000000", "420.000.000", "amount must be a whole number"),
        ("parameters.toml", 6, "value = 20", "valeu = 20", "value is missing"),
        ("parameters.toml", 6, "value = 20", "value = = 20", "Invalid value"),
        ("privacy.toml", 1, 'code = "learning"', 'code = "lerning"', "code is 'lerning', must be one of"),
        (
            "privacy.toml",
            1,
            'retention = "sign_in"',
            'retention = "ever"',
            "no [[retention]] has the code 'ever'",
        ),
        (
            "privacy.toml",
            1,
            "retention.sign_in_months",
            "retention.none",
            "'retention.none' is not in parameters",
        ),
        ("privacy.toml", 1, 'code = "survey"', 'code = "deeds"', "[[category]] survey is missing"),
        ("profile.toml", 4, 'region = "', 'regio = "', "region is missing"),
        ("profile.toml", 4, "zone = ", 'zone = "Asia/Nowhere" #', "zone 'Asia/Nowhere' is unknown"),
    ],
)
def test_a_broken_profile_says_where(
    tmp_path: Path, file: str, line: int, old: str, new: str, says: str
) -> None:
    folder = _copy(tmp_path)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ProfileError, match=re.escape(says)) as caught:
        load_folder(folder)
    assert caught.value.path == path
    if file.endswith(".csv"):
        assert caught.value.line == line


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    (folder / "partners.csv").unlink()
    with pytest.raises(ProfileError, match=r"partners\.csv:1: the file is missing"):
        load_folder(folder)


def test_a_step_without_an_office_is_told_with_its_line(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    path = folder / "profile.toml"
    text = path.read_text(encoding="utf-8").replace('"finance_officer"\n', '"treasurer"\n', 1)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProfileError, match="no office in offices.csv has the role 'treasurer'") as caught:
        load_folder(folder)
    assert text.splitlines()[caught.value.line - 1] == "[[step]]"


def test_an_unknown_profile_names_those_that_exist() -> None:
    with pytest.raises(ProfileError, match=re.escape(default_name())):
        load_profile("nowhere")


@OURS
def test_an_installed_package_carries_the_whole_profile(name: str) -> None:
    # A pattern without ** stays in the folder of the package itself, and a profile is a folder below it.
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    patterns = [text.strip() for text in setup["options.package_data"]["*"].split(",")]
    folder = load_profile(name).folder
    carried = {path for pattern in patterns for path in folder.parent.glob(pattern)}
    assert {path for path in folder.iterdir() if path.is_file()} <= carried


@OURS
def test_every_office_has_one_title_in_each_language(name: str) -> None:
    offices = load_profile(name).offices
    english = {office.title: office.title_en for office in offices}
    assert all(english[office.title] == office.title_en for office in offices)
    assert not [title for title, other in english.items() if title == other]
    assert len(set(english.values())) == len(english), "two offices are not called the same"


def _asked_for() -> set[str]:
    """First words of law that code asks for: ``whole_number(session, KEY, day)`` and its like."""
    readers = {"whole_number", "value_on", "parameter_on"}
    found = {
        call.args[1].value
        for path in files(*CODE, endings=(".py",))
        for call in ast.walk(parsed(path))
        if isinstance(call, ast.Call) and len(call.args) > 1
        if isinstance(call.func, ast.Name) and call.func.id in readers
        if isinstance(call.args[1], ast.Constant)
    }
    assert "approval.chain" in found
    return found


def _counts(session: Session) -> dict[str, int]:
    models: tuple[type[Base], ...] = REFERENCE
    return {m.__tablename__: session.scalar(select(func.count()).select_from(m)) or 0 for m in models}


def _copy(tmp_path: Path) -> Path:
    source = load_profile(default_name()).folder
    return Path(shutil.copytree(source, tmp_path / "somewhere"))
