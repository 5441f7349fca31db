"""Importing people: a dry run, the difference, all at once, again without effect; nobody is ever deleted."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from lms_connectors.people.columns import guess
from lms_connectors.people.source import TablePeople
from tests.support.snapshot import snapshot
from tests.support.world import FIRST_DAY, World
from workflows.actions import people_imports
from workflows.actor import OPERATOR
from workflows.audit import broken_links
from workflows.errors import Conflict, Denied, Refused
from workflows.models import (
    Employment,
    HistoryRow,
    Identifier,
    PeopleImport,
    PeopleImportRow,
    PeopleMapping,
    Person,
    Posting,
    RoleGrant,
)
from workflows.people import persons_with_number

HEADER = ("NIP", "Nama", "Email", "Status Pegawai", "Unit Kerja", "Jabatan", "Rumpun", "TMT Kontrak",
          "NIP Atasan", "NIP Lama", "Tanggal Berhenti")  # fmt: skip
NEW = (
    "198503152010011002",
    "Rina Contoh",
    "rina@example.test",
    "PNS",
    "dinas",
    "Perawat",
    "",
    "",
    "",
    "",
    "",
)
CONTRACT = ("199005052025212003", "Sari Contoh", "sari@example.test", "PPPK", "Unit dinas", "Perawat", "health",
            "01-03-2025", NEW[0], "", "")  # fmt: skip
POSTS = (("perawat", "health"),)
REGISTER_TABLES = ("person", "identifier", "posting", "employment", "assignment", "role_grant")


@pytest.fixture
def wide(world: World) -> World:
    """No second look in the way; everybody's number has the structure of one."""
    world.set_parameter("people.second_look_percent", 100)
    with world.writing() as session:
        for serial, row in enumerate(session.scalars(select(Identifier).order_by(Identifier.id)), start=1):
            row.value = f"19800101200501{1 if row.kind == 'nip' else 1}{serial:03d}"
            if row.kind == "ni_pppk":
                row.value = f"198001012025211{serial:03d}"
    return world


def read(rows: Any, columns: Mapping[str, int]) -> Any:
    return TablePeople(rows, columns).people()


def upload(world: World, *rows: Sequence[str], by: str = "planner", mapping: Any = None) -> int:
    with world.writing() as session:
        actor = OPERATOR if by == "operator" else world.actor(session, by)
        one = people_imports.receive(
            session,
            actor=actor,
            header=HEADER,
            rows=list(enumerate(rows, start=2)),
            guessed=guess(HEADER),
            digest="d" * 64,
        )
        people_imports.look(session, actor=actor, import_id=one.id, read=read, posts=POSTS, mapping=mapping)
        return one.id


def apply(
    world: World,
    import_id: int,
    by: str = "planner",
    mark_left: bool = False,
    on_progress: people_imports.Progress = lambda what, done, total: None,
) -> str:
    with world.writing() as session:
        one = session.get_one(PeopleImport, import_id)
        actor = OPERATOR if by == "operator" else world.actor(session, by)
        people_imports.apply(
            session,
            actor=actor,
            import_id=import_id,
            seen=one.fingerprint,
            read=read,
            posts=POSTS,
            mark_left=mark_left,
            on_progress=on_progress,
        )
        return one.status


def counts(world: World, import_id: int) -> dict[str, int]:
    with world.trying() as session:
        one = session.get_one(PeopleImport, import_id)
        return {kind: getattr(one, kind) for kind in people_imports.KINDS if kind != "left"}


def codes(world: World, import_id: int) -> list[str]:
    with world.trying() as session:
        query = select(PeopleImportRow.told).where(
            PeopleImportRow.import_id == import_id, PeopleImportRow.kind == "refused"
        )
        return [told.split('"refusal": ["')[1].split('"')[0] for told in session.scalars(query)]


def register(world: World) -> dict[str, Any]:
    return {name: rows for name, rows in snapshot(world.engine).items() if name in REGISTER_TABLES}


def row_of(world: World, name: str, **more: str) -> tuple[str, ...]:
    """A row that says what the register says, with ``more`` by name of the column."""
    with world.trying() as session:
        person = session.get_one(Person, world.people[name])
        values = dict.fromkeys(HEADER, "")
        values |= {"NIP": person.identifiers[-1].value, "Nama": person.name, **more}
        return tuple(values.values())


def test_a_dry_run_changes_nothing_of_the_register(wide: World) -> None:
    before = register(wide)
    import_id = upload(wide, NEW, CONTRACT)
    assert counts(wide, import_id) == {"new": 2, "changed": 0, "same": 0, "refused": 0}
    assert register(wide) == before


def test_what_was_seen_is_applied_and_again_has_no_effect(wide: World) -> None:
    assert apply(wide, upload(wide, NEW, CONTRACT)) == "applied"
    with wide.trying() as session:
        (sari,) = persons_with_number(session, CONTRACT[0], FIRST_DAY)
        (rina,) = persons_with_number(session, NEW[0], FIRST_DAY)
        posting = session.scalars(select(Posting).where(Posting.person_id == sari)).one()
        assert posting.superior_id == rina
        assert posting.job_field_id == wide.fields["health"]
        job = session.scalars(select(Employment).where(Employment.person_id == sari)).one()
        assert (job.kind, job.contract_from) == ("pppk", date(2025, 3, 1))
        assert list(broken_links(session)) == []
    before = register(wide)
    again = upload(wide, NEW, CONTRACT)
    assert counts(wide, again) == {"new": 0, "changed": 0, "same": 2, "refused": 0}
    assert apply(wide, again) == "applied"
    assert register(wide) == before
    with wide.trying() as session:
        assert session.query(HistoryRow).filter_by(name="people.applied").count() == 1


def test_an_import_that_breaks_off_half_way_leaves_nothing(wide: World) -> None:
    """One transaction: people whose rows were sent already are not there either."""
    import_id = upload(wide, NEW, CONTRACT)
    before, sent = register(wide), []

    def breaks(what: str, done: int, total: int) -> None:
        if what == "write":
            sent.append(done)
            if len(sent) == 2:
                raise ConnectionError

    with pytest.raises(ConnectionError):
        apply(wide, import_id, on_progress=breaks)
    assert sent[0] > 0
    assert register(wide) == before
    with wide.trying() as session:
        assert session.get_one(PeopleImport, import_id).status == "compared"
    assert apply(wide, import_id) == "applied"


def test_progress_is_told_from_the_first_row_to_the_last(wide: World) -> None:
    told: dict[str, list[tuple[int, int]]] = {}
    import_id = upload(wide, NEW, CONTRACT)
    apply(
        wide, import_id, on_progress=lambda what, done, total: told.setdefault(what, []).append((done, total))
    )
    assert list(told) == ["compare", "write"]
    for steps in told.values():
        assert [done for done, _ in steps] == sorted({done for done, _ in steps})
        assert steps[-1][0] == steps[-1][1] > 0


def test_two_who_apply_at_once_apply_once(wide: World) -> None:
    import_id = upload(wide, NEW, CONTRACT)
    barrier = threading.Barrier(2)

    def press(by: str) -> str:
        barrier.wait()
        try:
            return apply(wide, import_id, by=by)
        except Conflict as error:
            return error.code

    with ThreadPoolExecutor(2) as pool:
        heard = sorted(pool.map(press, ("planner", "planner2")))
    assert heard == ["applied", "import_done"]
    with wide.trying() as session:
        assert session.query(Person).filter_by(email=NEW[2]).count() == 1
        assert [row.name for row in session.query(HistoryRow).filter_by(stream="register:people")] == [
            "people.applied"
        ]


def test_a_move_ends_the_old_posting_and_keeps_it(wide: World) -> None:
    moved = row_of(wide, "nurse", **{"Unit Kerja": "island", "Jabatan": "Perawat Ahli"})
    import_id = upload(wide, moved)
    assert counts(wide, import_id)["changed"] == 1
    apply(wide, import_id)
    with wide.trying() as session:
        rows = session.scalars(
            select(Posting).where(Posting.person_id == wide.people["nurse"]).order_by(Posting.valid_from)
        ).all()
        assert [(row.unit_id, row.valid_to) for row in rows] == [
            (wide.units["dinas"], date(2027, 1, 17)),
            (wide.units["island"], None),
        ]


def test_a_new_number_stays_the_same_person(wide: World) -> None:
    with wide.trying() as session:
        old = session.get_one(Person, wide.people["contract_clerk"]).identifiers[0].value
    becoming = row_of(
        wide, "contract_clerk", **{"NIP": "198001012027011005", "NIP Lama": old, "Status Pegawai": "PNS"}
    )
    apply(wide, upload(wide, becoming))
    with wide.trying() as session:
        person = session.get_one(Person, wide.people["contract_clerk"])
        assert person.employment_kind == "pns"
        assert len(person.identifiers) == 2
        assert persons_with_number(session, "198001012027011005", FIRST_DAY) == [person.id]
        assert persons_with_number(session, old, FIRST_DAY) == []
    assert codes(wide, upload(wide, row_of(wide, "nurse"), (old, *NEW[1:3], "PPPK", *NEW[4:]))) == [
        "number_replaced"
    ]


REFUSED = {
    "number_digits": {"NIP": "12345"},
    "nip_month": {"NIP": "198503152010131002"},
    "number_rounded": {"NIP": "1.98503E+17"},
    "unknown_unit": {"Unit Kerja": "Dinas Antah Berantah"},
    "unknown_job_field": {"Rumpun": "sihir"},
    "job_field_unknown": {"Jabatan": "Juru"},
    "column_missing": {"Email": ""},
    "email": {"Email": "rina di example"},
    "email_taken": {"Email": "nurse@example.test"},
    "employment_word": {"Status Pegawai": "honorer"},
    "number_and_kind": {"Status Pegawai": "PPPK"},
    "contract_pns": {"TMT Kontrak": "2025-03-01"},
    "import_day": {"TMT Kontrak": "kemarin"},
    "previous_unknown": {"NIP Lama": "198503152010011009"},
    "left_before": {"Tanggal Berhenti": "2026-12-31"},
}


def test_every_refused_row_says_why_and_holds_back_no_other(wide: World) -> None:
    rows = [tuple({**dict(zip(HEADER, NEW, strict=True)), "Nama": f"Orang {code}", **values}.values())
            for code, values in REFUSED.items()]  # fmt: skip
    unique = [
        (f"{row[0][:-3]}{n:03d}" if row[0] == NEW[0] else row[0], *row[1:]) for n, row in enumerate(rows, 100)
    ]
    unique = [
        (*row[:2], row[2] if row[2] != NEW[2] else f"o{n}@example.test", *row[3:])
        for n, row in enumerate(unique)
    ]
    import_id = upload(wide, *unique, CONTRACT)
    assert codes(wide, import_id) == list(REFUSED)
    apply(wide, import_id)
    with wide.trying() as session:
        assert len(persons_with_number(session, CONTRACT[0], FIRST_DAY)) == 1
        kept = session.scalars(select(PeopleImportRow).where(PeopleImportRow.import_id == import_id)).all()
        assert {row.cells for row in kept} == {""}, "no cell of the file outlives the import"
        assert len(kept) == len(REFUSED)


def test_a_number_twice_and_a_likely_twin_are_for_people_to_judge(wide: World) -> None:
    assert codes(wide, upload(wide, NEW, NEW)) == ["number_twice", "number_twice"]
    apply(wide, upload(wide, NEW))
    twin = ("198503152011011007", NEW[1], "lain@example.test", *NEW[3:])
    assert codes(wide, upload(wide, twin)) == ["maybe_the_same"]
    other = (*twin[:9], "-", "")
    assert counts(wide, upload(wide, other))["new"] == 1


def test_missing_people_stay_unless_somebody_says_they_left(wide: World) -> None:
    apply(wide, upload(wide, row_of(wide, "nurse")))
    with wide.trying() as session:
        assert session.query(Person).filter(Person.left_on.is_not(None)).count() == 0
    import_id = upload(wide, row_of(wide, "nurse"), row_of(wide, "planner"))
    apply(wide, import_id, mark_left=True)
    with wide.trying() as session:
        people = {wide.name_of(person.id): person.left_on for person in session.query(Person)}
        assert people["nurse"] is None
        assert people["author"] == FIRST_DAY
        assert people["personnel_authority"] is None, "whoever signs is not marked by a file"
        ended = session.scalars(
            select(RoleGrant.valid_to).where(RoleGrant.person_id == wide.people["quality"])
        ).one()
        assert ended == FIRST_DAY
        posting = session.scalars(select(Posting).where(Posting.person_id == wide.people["author"])).one()
        assert posting.valid_to == FIRST_DAY


def test_a_refused_row_does_not_make_its_person_missing(wide: World) -> None:
    import_id = upload(wide, row_of(wide, "nurse", **{"Unit Kerja": "entah"}))
    with wide.trying() as session:
        left = session.scalars(
            select(PeopleImportRow.person_id).where(
                PeopleImportRow.import_id == import_id, PeopleImportRow.kind == "left"
            )
        ).all()
        assert wide.people["nurse"] not in left


def test_a_large_change_waits_for_a_second_person(wide: World) -> None:
    wide.set_parameter("people.second_look_percent", 5)
    import_id = upload(wide, NEW, CONTRACT, by="planner")
    assert apply(wide, import_id) == "waiting"
    with pytest.raises(Denied) as caught:
        apply(wide, import_id)
    assert caught.value.code == "same_eyes"
    assert apply(wide, import_id, by="planner2") == "applied"
    with pytest.raises(Conflict) as done:
        apply(wide, import_id, by="planner2")
    assert done.value.code == "import_done"


def test_the_machine_s_operator_is_no_second_person_to_himself(wide: World) -> None:
    wide.set_parameter("people.second_look_percent", 5)
    import_id = upload(wide, NEW, CONTRACT, by="operator")
    assert apply(wide, import_id, by="operator") == "waiting"
    with pytest.raises(Denied):
        apply(wide, import_id, by="operator")
    assert apply(wide, import_id, by="administrator") == "applied"


def test_a_register_that_changed_meanwhile_is_looked_at_again(wide: World) -> None:
    import_id = upload(wide, row_of(wide, "nurse", Nama="Nurse Baru"))
    with wide.writing() as session:
        session.get_one(Person, wide.people["nurse"]).name = "Nurse Lain"
    with pytest.raises(Conflict) as caught:
        apply(wide, import_id)
    assert caught.value.code == "import_stale"


def test_a_mapping_is_remembered_for_files_with_the_same_columns(wide: World) -> None:
    strange = (*NEW[:4], "Dinas Antah", *NEW[5:])
    columns = guess(HEADER)
    mapping = people_imports.FileMapping(columns, {"dinas antah": "dinas"}, {})
    assert codes(wide, upload(wide, strange)) == ["unknown_unit"]
    assert codes(wide, upload(wide, strange, mapping=mapping)) == []
    assert codes(wide, upload(wide, strange)) == []
    with wide.trying() as session:
        assert session.query(PeopleMapping).count() == 1


def test_without_a_column_of_numbers_nothing_is_compared(wide: World) -> None:
    with pytest.raises(Refused) as caught:
        upload(wide, NEW, mapping=people_imports.FileMapping({"name": 1}, {}, {}))
    assert caught.value.code == "no_number_column"


def test_a_dropped_import_leaves_no_row(wide: World) -> None:
    import_id = upload(wide, NEW)
    with wide.writing() as session:
        people_imports.drop(session, actor=wide.actor(session, "planner"), import_id=import_id)
    with wide.trying() as session:
        assert session.query(PeopleImportRow).count() == 0


@pytest.mark.parametrize("by", ["author", "inspector"])
def test_only_the_agency_imports(wide: World, by: str) -> None:
    with pytest.raises(Denied):
        upload(wide, NEW, by=by)


def test_who_comes_back_is_in_service_again(wide: World) -> None:
    with wide.writing() as session:
        session.get_one(Person, wide.people["nurse"]).left_on = date(2026, 12, 31)
    import_id = upload(wide, row_of(wide, "nurse"))
    assert counts(wide, import_id)["changed"] == 1
    apply(wide, import_id)
    with wide.trying() as session:
        assert session.get_one(Person, wide.people["nurse"]).left_on is None
