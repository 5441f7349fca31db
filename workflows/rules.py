"""Who may do what: one table, closed by default. What is not written here nobody may do.

Besides roles of a person (token, grant, office) a name on the right can be a relation to the thing at hand,
which the use case works out and passes in: ``creator``, ``task_holder``, ``last_task``, ``author``,
``superior``, ``respondent``, ``invited``, ``office_holder``, ``office_preparer``.
"""

from __future__ import annotations

from collections.abc import Iterable

from workflows.actor import Actor
from workflows.errors import N_, Denied

RULES: dict[str, frozenset[str]] = {
    "need.file": frozenset({"asn"}),
    "need.complete": frozenset({"hrd_agency", "superior"}),
    "need.decline": frozenset({"hrd_agency"}),
    "need.list": frozenset({"hrd_agency", "quality_team", "inspectorate"}),
    "programme.propose": frozenset({"hrd_agency"}),
    "programme.change": frozenset({"hrd_agency"}),
    "programme.open_review": frozenset({"hrd_agency"}),
    "programme.return_for_changes": frozenset({"hrd_agency"}),
    "programme.approve": frozenset({"last_task"}),
    "programme.start": frozenset({"hrd_agency", "clock"}),
    "programme.evaluate": frozenset({"quality_team"}),
    "programme.revise": frozenset({"quality_team"}),
    "review.give_input": frozenset({"invited"}),
    "review.answer_input": frozenset({"hrd_agency"}),
    "review.close": frozenset({"hrd_agency"}),
    "approval.decide": frozenset({"task_holder"}),
    "approval.resubmit": frozenset({"hrd_agency"}),
    "approval.oversee": frozenset({"hrd_agency", "inspectorate"}),
    "enrolment.enrol": frozenset({"hrd_agency"}),
    "enrolment.exceed_cap": frozenset({"hrd_agency"}),
    "enrolment.withdraw": frozenset({"hrd_agency"}),
    "enrolment.retry": frozenset({"hrd_agency", "administrator"}),
    "enrolment.oversee": frozenset({"hrd_agency", "administrator", "inspectorate"}),
    "enrolment.move": frozenset({"hrd_agency"}),
    "enrolment.unenrol": frozenset({"hrd_agency"}),
    "course.order": frozenset({"hrd_agency"}),
    "batch.arrange": frozenset({"hrd_agency"}),
    "drift.check": frozenset({"hrd_agency", "administrator"}),
    "drift.repair": frozenset({"hrd_agency", "administrator"}),
    "sync.brake": frozenset({"hrd_agency", "administrator"}),
    "sync.pause": frozenset({"hrd_agency", "administrator"}),
    "account.look_again": frozenset({"hrd_agency", "administrator"}),
    "account.allow_new": frozenset({"hrd_agency", "administrator"}),
    "fact.oversee": frozenset({"hrd_agency", "administrator", "inspectorate"}),
    "fact.decide": frozenset({"hrd_agency"}),
    "survey.prepare": frozenset({"quality_team", "hrd_agency"}),
    "survey.answer": frozenset({"respondent"}),
    "survey.close": frozenset({"quality_team", "clock"}),
    "survey.open": frozenset({"quality_team", "hrd_agency", "clock"}),
    "survey.oversee": frozenset({"quality_team", "hrd_agency", "inspectorate"}),
    "office.appoint": frozenset({"hrd_agency"}),
    "office.prolong": frozenset({"hrd_agency"}),
    "office.end": frozenset({"hrd_agency"}),
    "office.oversee": frozenset({"hrd_agency", "inspectorate"}),
    "office.raise_alarm": frozenset({"clock"}),
    "preparer.appoint": frozenset({"hrd_agency", "administrator", "office_holder"}),
    "preparer.end": frozenset({"hrd_agency", "administrator", "office_holder"}),
    "preparation.sort": frozenset({"office_preparer"}),
    "preparation.mark": frozenset({"office_preparer"}),
    "preparation.comment": frozenset({"office_preparer"}),
    "leave.announce": frozenset({"hrd_agency"}),
    "leave.end": frozenset({"hrd_agency"}),
    "site.register": frozenset({"operator"}),
    "site.change": frozenset({"operator", "administrator"}),
    "site.first_run": frozenset({"administrator"}),
    "site.rewind": frozenset({"administrator", "hrd_agency"}),
    "site.oversee": frozenset({"operator", "administrator"}),
    "session.end": frozenset({"administrator"}),
    "account.release": frozenset({"administrator"}),
    "sign_in.oversee": frozenset({"administrator"}),
    "breach.report": frozenset({"dpo", "hrd_agency", "administrator"}),
    "breach.handle": frozenset({"dpo"}),
    "breach.oversee": frozenset({"dpo", "hrd_agency", "administrator", "inspectorate"}),
    "breach.alarm": frozenset({"clock"}),
    "request.file": frozenset({"asn"}),
    "request.answer": frozenset({"dpo"}),
    "history.erase": frozenset({"dpo", "operator"}),
    "privacy.oversee": frozenset({"dpo", "inspectorate"}),
    "look.oversee": frozenset({"dpo", "inspectorate"}),
    "data.copy": frozenset({"asn"}),
    "audit.read": frozenset({"inspectorate", "dpo", "administrator"}),
    "audit.export": frozenset({"inspectorate", "dpo", "administrator"}),
    "history.seal": frozenset({"clock", "operator"}),
    "person.oversee": frozenset({"hrd_agency", "administrator", "inspectorate"}),
    "person.change": frozenset({"hrd_agency", "administrator"}),
    "people.import": frozenset({"hrd_agency", "administrator", "operator"}),
    "behalf.enter": frozenset({"operator_here"}),
    "behalf.answer": frozenset({"author"}),
    "unit.change": frozenset({"hrd_agency", "administrator"}),
    "unit.oversee": frozenset({"hrd_agency", "administrator", "inspectorate"}),
    "unit.turn": frozenset({"clock", "hrd_agency", "administrator"}),
    "role.oversee": frozenset({"administrator", "inspectorate"}),
    "role.grant": frozenset({"administrator", "operator"}),
    "history.read": frozenset({"hrd_agency", "quality_team", "inspectorate", "administrator"}),
}


ROLE_WORDS = {
    "asn": N_("setiap ASN"),
    "hrd_agency": N_("badan kepegawaian"),
    "quality_team": N_("tim mutu"),
    "administrator": N_("administrator sistem"),
    "inspectorate": N_("inspektorat"),
    "unit_head": N_("kepala perangkat daerah"),
    "hrd_agency_head": N_("kepala badan kepegawaian"),
    "authorised_official": N_("pejabat yang berwenang (PyB)"),
    "personnel_authority": N_("pejabat pembina kepegawaian (PPK)"),
    "finance_officer": N_("pejabat keuangan"),
    "unit_operator": N_("operator perangkat daerah"),
    "operator_here": N_("operator pada unit orang itu"),
    "preparer": N_("penyiap"),
    "dpo": N_("pejabat pelindungan data"),
    "partner": N_("mitra"),
    "clock": N_("sistem"),
    "operator": N_("pengelola mesin"),
    "creator": N_("pembuat program"),
    "author": N_("pengusul"),
    "superior": N_("atasan langsung"),
    "invited": N_("ASN dari rumpun jabatan yang diundang"),
    "respondent": N_("responden yang diundang"),
    "task_holder": N_("pejabat yang sedang memegang tugas ini"),
    "office_holder": N_("pejabat yang hari ini memegang jabatan ini"),
    "office_preparer": N_("penyiap jabatan ini"),
    "last_task": N_("pejabat pada langkah terakhir persetujuan"),
}
"""How a refusal names those who may."""
NEVER_GIVEN = frozenset(
    {
        "clock",
        "operator",
        "creator",
        "author",
        "operator_here",
        "superior",
        "invited",
        "respondent",
        "task_holder",
        "last_task",
        "office_holder",
        "office_preparer",
    }
)
"""Machines, and what somebody is to one thing: no token and no grant makes anybody that."""


def allowed(actor: Actor, action: str, relations: Iterable[str] = ()) -> bool:
    """True where the table lets this actor do the action; an unknown action is an error of ours."""
    return bool(RULES[action] & (actor.roles | frozenset(relations)))


def require(actor: Actor, action: str, relations: Iterable[str] = ()) -> None:
    """Raise Denied unless the table allows it."""
    if not allowed(actor, action, relations):
        raise Denied(
            "not_yours",
            N_("Anda tidak berwenang melakukan ini. Tindakan ini milik: %(roles)s."),
            roles=", ".join(ROLE_WORDS[role] for role in sorted(RULES[action])),
        )
