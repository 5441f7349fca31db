"""Target groups: rules over the dated register, one query; unknown codes, doubts, and what a version does with them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete

from tests.support import walk
from tests.support.counting import statements
from tests.support.world import FIRST_DAY, STARTS, World
from workflows.actions import evaluations, programmes
from workflows.actions.decisions import shown_fingerprint
from workflows.content import content_of
from workflows.errors import Refused
from workflows.models import (
    ApprovalTask,
    Assignment,
    AssignmentKind,
    Batch,
    Enrolment,
    HistoryRow,
    JobField,
    Posting,
    ProgrammeVersion,
    Unit,
)
from workflows.targets import Doubt, day_of, doubts, must_be_known, read, selects, written


def test_the_text_is_sorted_and_read_back() -> None:
    text = written([("unit", "dinas"), ("job_field", "works"), ("unit", "agency"), ("unit", "dinas")])
    assert text == "job_field:works\nunit:agency\nunit:dinas"
    assert read(text) == {"job_field": ("works",), "unit": ("agency", "dinas")}
    assert read("post:Analis: muda") == {"post": ("Analis: muda",)}
    assert read("") == {}


@pytest.mark.parametrize(
    "text",
    ["nip:1990", "unit", "unit:", "unit:b\nunit:a", "unit:a\nunit:a", "unit:a\n", "post:" + "x" * 4000],
)
def test_what_no_form_of_ours_writes_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="target_unknown"):
        read(text)


@pytest.mark.parametrize(
    "text",
    ["unit:nowhere", "job_field:law", "employment:honorary", "assignment:none", "post:Raja", "leads:no"],
)
def test_an_unknown_code_is_refused_with_its_name(world: World, text: str) -> None:
    with pytest.raises(Refused) as caught:
        walk.to_proposed(world, target_rules=text)
    said = caught.value.sentence % caught.value.values
    assert f"memuat {text.split(':')[1]} yang tidak dikenal" in said
    with world.trying() as session:
        assert session.query(ProgrammeVersion).count() == 0
        must_be_known(session, "job_field:health\nleads:yes\npost:Analis\nunit:dinas")


def test_the_day_is_the_first_day_of_the_first_batch(world: World) -> None:
    version_id = walk.to_approved(world)
    with world.writing() as session:
        version = session.get_one(ProgrammeVersion, version_id)
        assert day_of(session, version) == STARTS
        walk.another_batch(session, version_id, 1)
    with world.writing() as session:
        session.query(Batch).one().starts_on = STARTS + timedelta(days=2)
        session.flush()
        assert day_of(session, session.get_one(ProgrammeVersion, version_id)) == STARTS + timedelta(days=2)


def test_what_leads_nowhere_on_that_day_is_told(world: World) -> None:
    with world.writing() as session:
        steward = AssignmentKind(code="data_steward", name="Pengelola data", name_en="Data steward")
        session.add(steward)
        session.flush()
        session.add(
            Assignment(
                person_id=world.people["nurse"],
                kind_id=steward.id,
                letter_no="1",
                valid_from=FIRST_DAY,
                valid_to=STARTS - timedelta(days=1),
            )
        )
        ended = session.query(Unit).filter_by(code="island").one()
        ended.valid_to, ended.successor_id = FIRST_DAY, world.units["agency"]
    text = "assignment:data_steward\njob_field:health\npost:Analis\nunit:dinas\nunit:island"
    with world.trying() as session:
        assert doubts(session, text, FIRST_DAY) == []
        with statements() as said:
            found = doubts(session, text, STARTS)
        assert len(said) == 3
        assert found == [Doubt("unit", "island", FIRST_DAY, "agency"), Doubt("assignment", "data_steward")]
        session.execute(delete(Posting))
        assert Doubt("post", "Analis") in doubts(session, text, STARTS)


def test_a_change_of_the_target_group_is_a_change_of_content(world: World) -> None:
    """R17: signatures about content fall, those about cost alone stand; the paper shown is another one."""
    version_id = walk.to_approval(world)
    walk.sign(world, version_id, ["unit_head", "hrd_agency_head", "finance_officer"])
    with world.writing() as session:
        version = session.get_one(ProgrammeVersion, version_id)
        task = session.query(ApprovalTask).first()
        assert task is not None
        before, number = shown_fingerprint(version, task), version.content_no
        changed = {name: getattr(content_of(version), name) for name in type(content_of(version)).__slots__}
        programmes.change_content(
            session,
            actor=world.actor(session, "planner"),
            version_id=version_id,
            content=walk.content(
                world, **{**changed, "target_rules": "job_field:health", "target_only": True}
            ),
            seen_content_no=number,
        )
        assert version.content_no == number + 1
        assert shown_fingerprint(version, task) != before
        decided = {d.task.step.code: d.void for step in ("unit_head", "hrd_agency_head", "finance_officer")
                   for d in walk.select_decisions(session, step)}  # fmt: skip
        assert decided == {"unit_head": True, "hrd_agency_head": True, "finance_officer": False}
    with world.trying() as session:
        told = session.query(HistoryRow).filter_by(name="programme.content_changed").one()
        assert '"target_rules, target_only"' in told.payload


def test_the_next_version_keeps_the_target_group(world: World) -> None:
    version_id = walk.to_evaluated(world, target_rules="employment:pns\nunit:dinas", target_only=True)
    with world.writing() as session:
        new = evaluations.revise(
            session,
            actor=world.actor(session, "quality"),
            version_id=version_id,
            finding="Praktik kurang",
            cause="Singkat",
            change="Tambah hari",
        )
        assert (new.target_rules, new.target_only) == ("employment:pns\nunit:dinas", True)


def test_whoever_does_not_belong_is_refused_only_where_the_version_says_so(world: World) -> None:
    open_one = walk.to_approved(world, target_rules="job_field:health")
    walk.enrol(world, open_one, ["nurse", "teacher"])
    strict = walk.to_approved(world, target_rules="job_field:health", target_only=True, course_ref="8")
    with pytest.raises(Refused) as caught:
        walk.enrol(world, strict, ["nurse", "teacher", "builder"])
    said = caught.value.sentence % caught.value.values
    assert "2 orang tidak termasuk, antara lain Builder Contoh" in said
    with world.trying() as session:
        assert session.query(Enrolment).filter_by(course_ref="8").count() == 0
    walk.enrol(world, strict, ["nurse"])
    free = walk.to_approved(world, target_only=True, course_ref="9")
    walk.enrol(world, free, ["teacher"])


def test_people_below_a_unit_and_those_who_lead_are_found_on_the_day(world: World) -> None:
    with world.writing() as session:
        session.get_one(Unit, world.units["island"]).parent_id = world.units["agency"]
        field = session.get_one(JobField, world.fields["farming"]).code
    with world.trying() as session:
        farmer, superior = world.people["remote_farmer"], world.people["superior"]
        assert set(session.scalars(selects("unit:agency", STARTS))) == {farmer}
        assert set(session.scalars(selects(f"job_field:{field}\nunit:dinas", STARTS))) == set()
        assert set(session.scalars(selects("leads:yes", STARTS))) == {superior}
        session.get_one(Unit, world.units["island"]).valid_to = FIRST_DAY
        session.flush()
        assert set(session.scalars(selects("unit:agency", STARTS))) == set()
