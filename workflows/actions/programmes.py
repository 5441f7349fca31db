"""Use cases about a programme and its content."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.actions import approvals, courses
from workflows.actions.versions import lock_version
from workflows.actor import Actor
from workflows.budget import rupiah
from workflows.clock import now, today
from workflows.content import (
    Content,
    Cost,
    costs_of,
    must_be_sound,
    must_be_sound_costs,
    write_content,
    write_costs,
)
from workflows.errors import N_, Conflict, Refused
from workflows.events import need_stream, version_stream
from workflows.history import record
from workflows.jp import compute_jp
from workflows.lifecycle import ensure_state
from workflows.models import (
    Base,
    Ceiling,
    Competency,
    Need,
    Programme,
    ProgrammeVersion,
    Review,
    Site,
    Unit,
    VersionChange,
)
from workflows.rules import require
from workflows.targets import must_be_known
from workflows.units import is_alive


def propose(
    session: Session,
    *,
    actor: Actor,
    owner_unit_id: int,
    need_ids: Iterable[int],
    content: Content,
    costs: Sequence[Cost],
) -> ProgrammeVersion:
    """Make a programme from needs: version 1, ``proposed``. Every need keeps its link and its author."""
    require(actor, "programme.propose")
    _must_exist(session, Unit, owner_unit_id, "owner_unit_id")
    if not is_alive(session.get_one(Unit, owner_unit_id), today(session)):
        raise Refused("not_listed", N_("Pilih salah satu dari daftar."), field="owner_unit_id")
    programme = Programme(owner_unit_id=owner_unit_id)
    session.add(programme)
    version = new_version(session, actor=actor, programme=programme, number=1, content=content, costs=costs)
    _take_up(session, actor, programme, sorted(set(need_ids)))
    return version


def new_version(
    session: Session,
    *,
    actor: Actor,
    programme: Programme,
    number: int,
    content: Content,
    costs: Sequence[Cost],
    supersedes: ProgrammeVersion | None = None,
) -> ProgrammeVersion:
    """Write a version in its first state; permission is the caller's."""
    must_be_sound(content)
    must_be_sound_costs(costs)
    version = ProgrammeVersion(
        programme=programme,
        number=number,
        kind="revision" if supersedes else "initial",
        supersedes_id=supersedes.id if supersedes else None,
        created_by=actor.person_id,
        created_at=now(session),
    )
    write_content(version, content)
    write_costs(version, costs)
    with session.no_autoflush:  # the version is not yet in the session while its JP is looked up
        _compute(session, version)
    session.add(version)
    session.flush()
    record(session, "programme.proposed", stream=version_stream(version.id), actor=actor, number=number)
    return version


def change_content(
    session: Session, *, actor: Actor, version_id: int, content: Content, seen_content_no: int
) -> ProgrammeVersion:
    """Write new content; signatures about content become void when the chain has begun (R17)."""
    version = _changeable(session, actor, version_id)
    if version.content_no != seen_content_no:
        raise _stale()
    must_be_sound(content)
    changed = write_content(version, content)
    if changed:
        _compute(session, version)
        version.content_no += 1
        record(
            session,
            "programme.content_changed",
            stream=version_stream(version.id),
            actor=actor,
            fields=", ".join(changed),
        )
        _touched(session, actor, version, _kinds(version, changed))
    return version


def change_costs(
    session: Session, *, actor: Actor, version_id: int, costs: Sequence[Cost], seen_cost_no: int
) -> ProgrammeVersion:
    """Write new cost lines; signatures about cost become void when the chain has begun (R17)."""
    version = _changeable(session, actor, version_id)
    if version.cost_no != seen_cost_no:
        raise _stale()
    must_be_sound_costs(costs)
    before = version.cost
    if costs_of(version) != list(costs):
        write_costs(version, costs)
        session.flush()
        version.cost_no += 1
        record(
            session,
            "programme.cost_changed",
            stream=version_stream(version.id),
            actor=actor,
            before=rupiah(before),
            after=rupiah(version.cost),
        )
        _touched(session, actor, version, ["cost"])
    return version


def choose_course(
    session: Session, *, actor: Actor, version_id: int, site_id: int, course_ref: str, course_title: str
) -> ProgrammeVersion:
    """Say late which course it is: after the approval, while nobody is enrolled. No signature was about it."""
    version = lock_version(session, version_id)
    require(actor, "programme.change")
    ensure_state(version, {"approved"})
    courses.must_be_unused(session, version)
    if not course_ref.strip():
        raise Refused(
            "no_course", N_("Pilih dahulu kelas Moodle untuk program ini."), rule="R26", field="course_ref"
        )
    courses.course_chosen(session, version)
    version.site_id, version.course_ref, version.course_title = site_id, course_ref.strip(), course_title
    record(
        session,
        "programme.content_changed",
        stream=version_stream(version.id),
        actor=actor,
        fields="course_ref",
    )
    return version


def _changeable(session: Session, actor: Actor, version_id: int) -> ProgrammeVersion:
    version = lock_version(session, version_id)
    require(actor, "programme.change")
    ensure_state(version, {"proposed", "participatory_review"})
    return version


def _kinds(version: ProgrammeVersion, changed: Sequence[str]) -> list[str]:
    """Which ceiling pays is a matter of cost: the money is reserved there (R17, R21)."""
    kinds = ["content"] if set(changed) - {"ceiling_id"} else []
    if "ceiling_id" in changed:
        version.cost_no += 1
        kinds.append("cost")
    return kinds


def _touched(session: Session, actor: Actor, version: ProgrammeVersion, touched: Sequence[str]) -> None:
    """After the review's close whoever changes the version is a proposer (R12) and signatures fall (R17)."""
    review = session.scalars(select(Review).where(Review.version_id == version.id)).one_or_none()
    if review is None or review.closed_at is None:
        return
    session.add_all(
        VersionChange(version_id=version.id, person_id=actor.person, touched=kind, changed_at=now(session))
        for kind in touched
    )
    session.flush()
    approvals.void_touched(session, actor=actor, version=version, touched=frozenset(touched))


def _must_exist(session: Session, model: type[Base], key: int, field: str) -> None:
    if session.get(model, key) is None:
        raise Refused("not_listed", N_("Pilih salah satu dari daftar."), field=field)


def _compute(session: Session, version: ProgrammeVersion) -> None:
    _must_exist(session, Competency, version.competency_id, "competency_id")
    must_be_known(session, version.target_rules)
    if version.site_id is not None:
        _must_exist(session, Site, version.site_id, "site_id")
    ceiling = session.get(Ceiling, version.ceiling_id)
    if ceiling is None or ceiling.fiscal_year != version.starts_on.year:
        raise Refused(
            "ceiling_year", N_("Pilih pagu dari tahun anggaran program."), rule="R21", field="ceiling_id"
        )
    version.jp = compute_jp(
        session,
        form_code=version.form_code,
        days=version.days,
        planned_jp=version.planned_jp,
        day=version.starts_on,
    )


def _take_up(session: Session, actor: Actor, programme: Programme, need_ids: Sequence[int]) -> None:
    needs = session.scalars(
        select(Need).where(Need.id.in_(need_ids)).order_by(Need.id).with_for_update()
    ).all()
    if len(needs) != len(need_ids) or any(need.status != "filed" for need in needs):
        raise Conflict(
            "need_settled", N_("Salah satu kebutuhan sudah ditindaklanjuti. Muat ulang daftar kebutuhan.")
        )
    for need in needs:
        need.status, need.programme_id = "taken_up", programme.id
        record(session, "need.taken_up", stream=need_stream(need.id), actor=actor, programme=programme.id)


def _stale() -> Conflict:
    return Conflict(
        "stale",
        N_(
            "Program sudah diubah orang lain sejak halaman ini dibuka. Muat ulang, lalu ulangi perubahan Anda."
        ),
        rule="R20",
    )
