"""Learning sites: made known by the operator, set within bounds, never with a secret in the database."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.world import World
from workflows.accounts import learner_of
from workflows.actions.sites import register_site, set_site
from workflows.actor import OPERATOR
from workflows.errors import Conflict, Denied, NotFound, Refused
from workflows.models import HistoryRow, Person, Site
from workflows.site_settings import SETTINGS

URL = "https://kelas.example.test"


def _register(session: Session, **changes: Any) -> Site:
    return register_site(session, **({"actor": OPERATOR, "code": "kelas", "url": URL} | changes))


def test_a_new_site_takes_the_default_of_every_setting(world: World) -> None:
    with world.writing() as session:
        site = _register(session, url=f"{URL}/")
        assert (site.url, site.home_page) == (URL, URL)
        assert {s.name: getattr(site, s.name) for s in SETTINGS} == {s.name: s.default for s in SETTINGS}


def test_the_columns_have_the_defaults_of_the_table_of_settings(world: World) -> None:
    with world.trying() as session:
        site = session.get_one(Site, world.site)
        kept = {setting.name: getattr(site, setting.name) for setting in SETTINGS if setting.name != "name"}
    assert kept == {setting.name: setting.default for setting in SETTINGS if setting.name != "name"}


@pytest.mark.parametrize("code", ["", "Kelas", "kelas/1", "-kelas", "a" * 41, "kelas daring"])
def test_a_code_is_a_word_for_addresses_and_settings(world: World, code: str) -> None:
    with world.trying() as session, pytest.raises(Refused) as refused:
        _register(session, code=code)
    assert refused.value.field == "code"


@pytest.mark.parametrize(
    "url",
    ["kelas.example", "ftp://kelas", "https://", "https://user:pw@kelas.test", "https://kelas.test/?a=1"],
)
def test_an_address_is_one_that_a_token_may_be_sent_to(world: World, url: str) -> None:
    with world.trying() as session, pytest.raises(Refused) as refused:
        _register(session, url=url)
    assert refused.value.field == "url"


def test_a_known_code_is_not_registered_again(world: World) -> None:
    with world.trying() as session:
        _register(session)
        with pytest.raises(Conflict):
            _register(session)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("account_policy", "steal"),
        ("auth", "nothing"),
        ("username_from", "person"),
        ("role_id", "0"),
        ("role_id", "five"),
        ("batch_size", "141"),
        ("batch_size", ""),
        ("connections", "-1"),
        ("connections", "9"),
        ("calls_per_second", "1.5"),
        ("category_ref", "abc"),
        ("name", ""),
        ("name", "x" * 121),
    ],
)
def test_a_value_out_of_bounds_is_refused_at_its_field(world: World, name: str, value: str) -> None:
    with world.trying() as session, pytest.raises(Refused) as refused:
        set_site(session, actor=OPERATOR, code="lms", **{name: value})
    assert refused.value.field == name
    assert str(refused.value).endswith(".")


def test_an_account_is_not_made_without_an_address(world: World) -> None:
    with world.trying() as session, pytest.raises(Refused) as refused:
        set_site(session, actor=OPERATOR, code="lms", email_from="none")
    assert refused.value.field == "email_from"
    with world.writing() as session:
        assert set_site(session, actor=OPERATOR, code="lms", email_from="none", account_policy="find")


def test_a_change_stands_in_the_history_with_its_words_and_a_repeat_does_not(world: World) -> None:
    for _ in range(2):
        with world.writing() as session:
            actor = world.actor(session, "administrator")
            set_site(session, actor=actor, code="lms", batch_size="80", connections=4)
    with world.trying() as session:
        (row,) = session.scalars(select(HistoryRow).where(HistoryRow.name == "site.changed"))
        site = session.get_one(Site, world.site)
        assert "baris per panggilan, panggilan bersamaan" in row.payload
        assert (site.batch_size, site.connections) == (80, 4)


def test_only_the_operator_says_where_the_token_goes(world: World) -> None:
    with world.trying() as session:
        actor = world.actor(session, "administrator")
        with pytest.raises(Denied):
            set_site(session, actor=actor, code="lms", url="https://elsewhere.example.test")
        with pytest.raises(Denied):
            _register(session, actor=actor)


@pytest.mark.parametrize("name", ["planner", "quality", "inspector", "author"])
def test_nobody_else_changes_a_site(world: World, name: str) -> None:
    with world.trying() as session, pytest.raises(Denied):
        set_site(session, actor=world.actor(session, name), code="lms", batch_size=10)


def test_a_site_that_is_not_there_is_said_so(world: World) -> None:
    with world.trying() as session, pytest.raises(NotFound):
        set_site(session, actor=OPERATOR, code="nowhere", batch_size=10)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ("19", "19", "a@b.test")),
        ({"username_from": "email"}, ("a@b.test", "19", "a@b.test")),
        ({"idnumber_from": "none", "email_from": "none"}, ("19", "", "")),
    ],
)
def test_fields_go_where_the_mapping_says(settings: dict[str, str], expected: tuple[str, ...]) -> None:
    values: dict[str, Any] = {setting.name: setting.default for setting in SETTINGS} | settings
    learner = learner_of(Site(**values), Person(name="Siti Aminah", email="a@b.test"), "19")
    assert (learner.username, learner.idnumber, learner.email) == expected
    assert (learner.given_name, learner.family_name) == ("Siti", "Aminah")


def test_our_opaque_id_can_stand_in_for_the_number(world: World) -> None:
    with world.trying() as session:
        site, person = session.get_one(Site, world.site), session.get_one(Person, world.people["learner1"])
        site.idnumber_from = "person"
        assert learner_of(site, person, "19").idnumber == str(person.id)
