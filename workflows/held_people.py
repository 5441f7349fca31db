"""What is held about people as people: names, numbers, places, offices, roles."""

from __future__ import annotations

from workflows.errors import N_
from workflows.held import Held
from workflows.held_words import FROM, KIND, REASON, TO, UNIT
from workflows.models import (
    Assignment,
    AssignmentKind,
    Employment,
    Identifier,
    JobField,
    Office,
    OfficeHolding,
    OfficeLeave,
    Person,
    Posting,
    Preparer,
    RoleGrant,
    Unit,
)

PERSON = (
    Held(
        "identity",
        N_("Nama dan alamat surel"),
        Person,
        Person.id,
        (
            (N_("Nama"), Person.name),
            (N_("Surel"), Person.email),
            (N_("Status kepegawaian"), Person.employment_kind),
            (N_("Berhenti"), Person.left_on),
        ),
    ),
    Held(
        "identity",
        N_("Nomor induk"),
        Identifier,
        Identifier.person_id,
        (
            (KIND, Identifier.kind),
            (N_("Nomor"), Identifier.value),
            (FROM, Identifier.valid_from),
            (TO, Identifier.valid_to),
        ),
    ),
    Held(
        "employment",
        N_("Hubungan kerja"),
        Employment,
        Employment.person_id,
        (
            (KIND, Employment.kind),
            (N_("Perjanjian mulai"), Employment.contract_from),
            (N_("Perjanjian berakhir"), Employment.contract_to),
            (FROM, Employment.valid_from),
            (TO, Employment.valid_to),
        ),
    ),
    Held(
        "employment",
        N_("Tugas tambahan"),
        Assignment,
        Assignment.person_id,
        (
            (KIND, AssignmentKind.name),
            (N_("Nomor surat"), Assignment.letter_no),
            (FROM, Assignment.valid_from),
            (TO, Assignment.valid_to),
        ),
        ((AssignmentKind, AssignmentKind.id == Assignment.kind_id),),
    ),
    Held(
        "employment",
        N_("Tempat bertugas"),
        Posting,
        Posting.person_id,
        (
            (N_("Jabatan"), Posting.post_title),
            (UNIT, Unit.name),
            (N_("Rumpun jabatan"), JobField.name),
            (FROM, Posting.valid_from),
            (TO, Posting.valid_to),
        ),
        ((Unit, Unit.id == Posting.unit_id), (JobField, JobField.id == Posting.job_field_id)),
    ),
    Held(
        "employment",
        N_("Tercatat sebagai atasan langsung"),
        Posting,
        Posting.superior_id,
        (
            (N_("Jabatan bawahan"), Posting.post_title),
            (UNIT, Unit.name),
            (FROM, Posting.valid_from),
            (TO, Posting.valid_to),
        ),
        ((Unit, Unit.id == Posting.unit_id),),
    ),
    Held(
        "office",
        N_("Jabatan yang menandatangani"),
        OfficeHolding,
        OfficeHolding.person_id,
        (
            (N_("Jabatan"), Office.title),
            (N_("Mandat"), OfficeHolding.kind),
            (N_("Nomor surat"), OfficeHolding.letter_no),
            (FROM, OfficeHolding.valid_from),
            (TO, OfficeHolding.valid_to),
            (N_("Berakhir sebelum waktunya"), OfficeHolding.ended_on),
            (REASON, OfficeHolding.end_reason),
        ),
        ((Office, Office.id == OfficeHolding.office_id),),
    ),
    Held(
        "office",
        N_("Cuti dan halangan pejabat"),
        OfficeLeave,
        OfficeLeave.person_id,
        (
            (N_("Nomor surat"), OfficeLeave.letter_no),
            (FROM, OfficeLeave.first_day),
            (TO, OfficeLeave.last_day),
            (N_("Berakhir sebelum waktunya"), OfficeLeave.ended_on),
            (REASON, OfficeLeave.end_reason),
        ),
    ),
    Held(
        "office",
        N_("Penyiap untuk jabatan"),
        Preparer,
        Preparer.person_id,
        (
            (N_("Jabatan"), Office.title),
            (N_("Nomor surat"), Preparer.letter_no),
            (FROM, Preparer.valid_from),
            (TO, Preparer.valid_to),
            (N_("Berakhir sebelum waktunya"), Preparer.ended_on),
            (REASON, Preparer.end_reason),
        ),
        ((Office, Office.id == Preparer.office_id),),
    ),
    Held(
        "office",
        N_("Peran yang diberikan"),
        RoleGrant,
        RoleGrant.person_id,
        (
            (N_("Peran"), RoleGrant.role),
            (FROM, RoleGrant.valid_from),
            (TO, RoleGrant.valid_to),
            (REASON, RoleGrant.reason),
        ),
    ),
)
