"""Every main page of the demo as it stands after the seed, with the person it belongs to."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from tests.flows.regency import Regency
from workflows.codes import shown_code
from workflows.models import (
    ApprovalRequest,
    ApprovalStep,
    ApprovalTask,
    Assignment,
    Decision,
    Identifier,
    Need,
    OfficeHolding,
    Preparer,
    ProgrammeVersion,
    RoleGrant,
    Site,
    SyncAttempt,
)

Place = tuple[str, str, str]
"""(name, label of the account, path)"""

AGENCY, TEAM, PROPOSER, SYSTEM = "petugas", "tim mutu", "pengusul", "administrator"
OFFICER, PREPARER = "pelindungan data", "penyiap"
SIGNERS = {
    "unit_head": "kepala dinas",
    "hrd_agency_head": "kepala bkpp",
    "finance_officer": "keuangan",
    "authorised_official": "sekda",
    "personnel_authority": "bupati",
}


def main_pages(regency: Regency) -> list[Place]:
    states = {state: _version(regency, state) for state in ("proposed", "approved", "running", "evaluated")}
    revised, following = _version(regency, "revised"), _following(regency)
    talking = _talking(regency)
    need = regency.ask(select(Need.id).order_by(Need.id))
    assigned, grant = regency.ask(select(Assignment.person_id)), regency.ask(select(RoleGrant.id))
    pages: list[Place] = [
        *(
            (f"home-{who.replace(' ', '-')}", who, "/")
            for who in (PROPOSER, AGENCY, TEAM, SYSTEM, "sekda", "peserta")
        ),
        ("me", "peserta", "/saya"),
        ("devices", PROPOSER, "/perangkat"),
        ("devices-search", SYSTEM, "/admin/perangkat"),
        ("devices-person", SYSTEM, f"/admin/perangkat/{_person(regency)}"),
        ("sign-ins", SYSTEM, "/admin/masuk"),
        ("need-new", PROPOSER, "/kebutuhan/baru"),
        ("needs", AGENCY, "/kebutuhan"),
        ("needs-mine", PROPOSER, "/kebutuhan"),
        ("need", AGENCY, f"/kebutuhan/{need}"),
        ("programmes", AGENCY, "/program"),
        ("programmes-asn", PROPOSER, "/program"),
        ("programme-new", AGENCY, "/program/baru"),
        *((f"programme-{state}", AGENCY, f"/program/{number}") for state, number in states.items()),
        ("programme-revised", AGENCY, f"/program/{revised}"),
        ("programme-next", AGENCY, f"/program/{following}"),
        ("programme-review", AGENCY, f"/program/{talking}"),
        ("change", AGENCY, f"/program/{states['proposed']}/ubah"),
        ("costs", AGENCY, f"/program/{states['proposed']}/biaya"),
        ("course", AGENCY, f"/program/{states['approved']}/kelas"),
        ("review-open", AGENCY, f"/program/{states['proposed']}/pembahasan"),
        ("review-agency", AGENCY, f"/program/{talking}/pembahasan"),
        ("review-speaker", PROPOSER, f"/program/{talking}/pembahasan"),
        *((f"decisions-{role}", label, "/keputusan") for role, label in SIGNERS.items()),
        *((f"task-{role}", SIGNERS[role], f"/keputusan/{_task(regency, role)}") for role in SIGNERS),
        ("participants", AGENCY, f"/program/{states['approved']}/peserta"),
        ("participants-running", AGENCY, f"/program/{states['running']}/peserta"),
        ("moodle", AGENCY, f"/program/{states['running']}/moodle"),
        ("sync", AGENCY, "/sinkron"),
        ("sync-site", AGENCY, f"/sinkron/{regency.ask(select(Site.code))}"),
        ("sync-accounts", AGENCY, f"/sinkron/{regency.ask(select(Site.code))}/akun"),
        ("sync-report", AGENCY, f"/sinkron/{regency.ask(select(Site.code))}/laporan"),
        ("sync-row", AGENCY, f"/sinkron/baris/{regency.ask(select(SyncAttempt.enrolment_id))}"),
        ("differences", AGENCY, f"/program/{states['running']}/moodle/beda"),
        ("unmatched", SYSTEM, "/belum-cocok"),
        ("sites", SYSTEM, "/situs"),
        ("site", SYSTEM, "/situs/moodle"),
        ("site-settings", SYSTEM, "/situs/moodle/ubah"),
        ("first-run", SYSTEM, "/situs/moodle/pertama"),
        ("survey-new", AGENCY, f"/program/{states['proposed']}/survei"),
        ("survey", TEAM, f"/program/{states['running']}/survei"),
        ("surveys-mine", "peserta", "/survei"),
        ("thanks", "peserta", "/survei/terima-kasih"),
        ("evaluation", TEAM, f"/program/{states['evaluated']}/evaluasi"),
        ("revision", TEAM, f"/program/{states['evaluated']}/pembaruan"),
        ("difference", TEAM, f"/program/{following}/perbedaan"),
        ("history", AGENCY, f"/program/{states['evaluated']}/riwayat"),
        ("people", AGENCY, "/orang"),
        ("people-filtered", AGENCY, "/orang?assignment=data_steward&employment=pppk"),
        ("person", SYSTEM, f"/orang/{assigned}"),
        ("person-inspected", "inspektorat", f"/orang/{assigned}"),
        ("employment", AGENCY, f"/orang/{assigned}/hubungan-kerja"),
        ("assignment", AGENCY, f"/orang/{assigned}/tugas"),
        ("number", AGENCY, f"/orang/{assigned}/nomor"),
        (
            "number-end",
            AGENCY,
            f"/orang/nomor/{regency.ask(select(Identifier.id).where(Identifier.person_id == assigned))}/akhiri",
        ),
        ("assignment-end", AGENCY, f"/orang/tugas/{regency.ask(select(Assignment.id))}/akhiri"),
        ("imports", AGENCY, "/orang/impor"),
        ("roles", SYSTEM, "/peran"),
        ("role-grant", SYSTEM, f"/orang/{assigned}/peran"),
        ("role-end", SYSTEM, f"/peran/{grant}/akhiri"),
        ("audit", SYSTEM, "/audit"),
        ("audit-filtered", SYSTEM, "/audit?tindakan=approval&nama=a&dari=2026-01-01"),
        ("seals", PROPOSER, "/segel"),
        ("task-decided", "sekda", f"/keputusan/{_decided(regency)}"),
        ("proof-form", PROPOSER, "/keaslian"),
        ("proof", PROPOSER, f"/keaslian?kode={_code(regency)}"),
        ("my-data", "peserta", "/saya/data"),
        ("my-request", "peserta", "/saya/data/permintaan"),
        ("privacy", OFFICER, "/data-pribadi"),
        ("privacy-log", OFFICER, "/data-pribadi/catatan"),
        ("breaches", OFFICER, "/data-pribadi/insiden"),
        ("breach-new", OFFICER, "/data-pribadi/insiden/baru"),
        ("offices", AGENCY, "/jabatan"),
        ("office", AGENCY, f"/jabatan/{_acting_office(regency)}"),
        ("office-prepared", AGENCY, f"/jabatan/{_prepared_office(regency)}"),
        ("office-own", "sekda", f"/jabatan/{_prepared_office(regency)}"),
        ("preparing", PREPARER, "/penyiapan"),
        ("home-preparer", PREPARER, "/"),
        ("task-preparer", PREPARER, f"/keputusan/{_task(regency, 'authorised_official')}"),
        ("decisions-behalf", "plh.", "/keputusan"),
        ("need-for-colleague", "operator", "/kebutuhan/baru"),
        (
            "need-entered",
            "operator",
            f"/kebutuhan/{regency.ask(select(Need.id).where(Need.entered_by.is_not(None)))}",
        ),
        ("review-operator", "operator", f"/program/{talking}/pembahasan"),
        ("units-ended", AGENCY, "/unit?tutup=1"),
        ("not-found", PROPOSER, "/program/9999"),
        ("forbidden", PROPOSER, "/program/baru"),
    ]
    return pages


def _person(regency: Regency) -> uuid.UUID:
    number = next(a["nip"] for a in regency.demo.accounts if PROPOSER in a["label"].lower())
    person: uuid.UUID = regency.ask(select(Identifier.person_id).where(Identifier.value == number))
    return person


def _decided(regency: Regency) -> int:
    decided = (
        select(ApprovalTask.id).join(ApprovalStep).where(ApprovalStep.office_role == "authorised_official")
    )
    return int(regency.ask(decided.where(ApprovalTask.status == "granted").order_by(ApprovalTask.id)))


def _code(regency: Regency) -> str:
    return shown_code(str(regency.ask(select(Decision.code).order_by(Decision.id.desc()))))


def _version(regency: Regency, state: str) -> int:
    first = ProgrammeVersion.number == 1
    return int(regency.ask(select(ProgrammeVersion.id).where(ProgrammeVersion.state == state, first)))


def _following(regency: Regency) -> int:
    return int(regency.ask(select(ProgrammeVersion.id).where(ProgrammeVersion.number == 2)))


def _talking(regency: Regency) -> int:
    """In review, and not yet in the chain."""
    in_chain = ProgrammeVersion.id.in_(select(ApprovalRequest.version_id))
    talking = ProgrammeVersion.state == "participatory_review", ~in_chain
    return int(regency.ask(select(ProgrammeVersion.id).where(*talking)))


def _task(regency: Regency, role: str) -> int:
    """What waits for this office, or what it decided."""
    tasks = select(ApprovalTask.id).join(ApprovalStep).where(ApprovalStep.office_role == role)
    return int(regency.ask(tasks.order_by(ApprovalTask.status != "open", ApprovalTask.id.desc())))


def _prepared_office(regency: Regency) -> int:
    """One that has a preparer."""
    return int(regency.ask(select(Preparer.office_id)))


def _acting_office(regency: Regency) -> int:
    """One that a Plt fills."""
    return int(regency.ask(select(OfficeHolding.office_id).where(OfficeHolding.kind == "plt")))
