"""One row of an export read into values: what cannot be read is refused with its reason (R7)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from workflows.actions.people import must_be_contract
from workflows.errors import N_, Refused
from workflows.identifiers import kind_of
from workflows.models.person import EMPLOYMENT_KINDS
from workflows.people_register import Register, folded
from workflows.ports import PersonRecord

LONGEST = {"name": 200, "email": 200, "post": 160}
SOMEBODY_ELSE = "-"
_GAPS = re.compile(r"[\s'`.]")
_ROUNDED = re.compile(r"[0-9][.,]?[0-9]*E\+?[0-9]+", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")


@dataclass(frozen=True, slots=True)
class Words:
    """What words of the file mean here, as people said: folded word -> code; ``posts``: (part of a post, code)."""

    units: Mapping[str, str] = field(default_factory=dict)
    job_fields: Mapping[str, str] = field(default_factory=dict)
    posts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """A row in values; None where the file is silent."""

    row: int
    number: str
    number_kind: str
    name: str | None
    previous_number: str
    email: str | None
    kind: str | None
    contract_from: date | None
    contract_to: date | None
    unit_id: int | None
    post: str | None
    job_field_id: int | None
    superior_number: str
    since: date | None
    left_on: date | None
    assignments: tuple[int, ...]


def number_of(text: str) -> str:
    """Without the gaps and marks that people put into a number; one that a spreadsheet rounded is refused."""
    if _ROUNDED.fullmatch(text.strip()):
        raise Refused(
            "number_rounded",
            N_(
                "Nomor tersimpan sebagai angka sehingga angka belakangnya hilang. Jadikan kolomnya teks di aplikasi "
                "asal, lalu ekspor lagi."
            ),
            rule="R7",
            field="number",
        )
    return _GAPS.sub("", text)


def read_row(record: PersonRecord, register: Register, words: Words) -> Read:
    """The record's values. Raises Refused at the first thing that cannot be."""
    number = number_of(record.number)
    number_kind = kind_of(number)
    kind = _kind(record.employment, number_kind)
    begins, ends = day_of(record.contract_from), day_of(record.contract_to)
    if kind is not None:
        must_be_contract(kind, begins, ends)
    return Read(
        record.row,
        number,
        number_kind,
        _text(record.name, "name"),
        number_of(record.previous_number),
        _email(record.email),
        kind,
        begins,
        ends,
        _unit(record.unit, register, words),
        _text(record.post, "post"),
        _job_field(record, register, words),
        number_of(record.superior_number),
        day_of(record.since),
        day_of(record.left_on),
        _assignments(record.assignments, register),
    )


def day_of(text: str) -> date | None:
    """``2027-01-31``, ``31-01-2027``, ``31/01/2027`` or ``31.1.2027``; None for an empty text."""
    text = text.strip()
    if text in ("", "-", "0000-00-00"):
        return None
    found = _DAY.fullmatch(text)
    try:
        if found:
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(text[:10])
    except ValueError:
        raise Refused(
            "import_day",
            N_("Tanggal %(text)s tidak terbaca. Tulis seperti 31-01-2027."),
            text=text[:40],
        ) from None


def _text(text: str, name: str) -> str | None:
    text = " ".join(text.split())
    if len(text) > LONGEST[name]:
        raise Refused(
            "too_long", N_("Terlalu panjang: paling banyak %(most)s huruf."), field=name, most=LONGEST[name]
        )
    return text or None


def _email(text: str) -> str | None:
    found = _text(text, "email")
    if found in (None, "-"):
        return None
    if not _EMAIL.fullmatch(found):
        raise Refused("email", N_("Alamat surel tidak terbaca."), field="email")
    return found.casefold()


def _kind(text: str, number_kind: str) -> str | None:
    if not text:
        return None
    if text not in EMPLOYMENT_KINDS:
        raise Refused(
            "employment_word",
            N_("Status %(word)s tidak dikenal. Yang dikenal: PNS, PPPK, PPPK paruh waktu."),
            word=text[:40],
        )
    if (text == "pns") != (number_kind == "nip"):
        raise Refused(
            "number_and_kind", N_("Nomornya tidak sesuai dengan statusnya: NIP untuk PNS, NI PPPK untuk PPPK."),
            rule="R7",
        )  # fmt: skip
    return text


def _unit(text: str, register: Register, words: Words) -> int | None:
    word = folded(text)
    if not word:
        return None
    meant = folded(words.units.get(word, ""))
    found = register.units.get(word) or register.units.get(meant)
    last_day = register.ended_units.get(word) or register.ended_units.get(meant)
    if found is None and last_day is not None:
        raise Refused(
            "unit_ended",
            N_(
                "Unit kerja %(word)s sudah ditutup; hari terakhirnya %(day)s. Padankan di bawah dengan unit yang "
                "sekarang."
            ),
            rule="R7",
            word=text.strip()[:200],
            day=last_day,
        )
    if found is None:
        raise Refused(
            "unknown_unit",
            N_("Unit kerja %(word)s tidak dikenal. Padankan pada halaman impor, atau betulkan daftar unit."),
            word=text.strip()[:200],
        )
    return found


def _job_field(record: PersonRecord, register: Register, words: Words) -> int | None:
    """By its own column, by what people said, else by a part of the post's name; None where nothing tells."""
    fields = register.job_fields
    for word in (folded(record.job_field), folded(record.post)):
        found = fields.get(word) or fields.get(folded(words.job_fields.get(word, ""))) if word else None
        if found is not None:
            return found
    if record.job_field.strip():
        raise Refused(
            "unknown_job_field",
            N_("Rumpun jabatan %(word)s tidak dikenal. Padankan pada halaman impor."),
            word=record.job_field.strip()[:120],
        )
    post = folded(record.post)
    return next(
        (fields[folded(code)] for part, code in words.posts if part in post and folded(code) in fields), None
    )


def _assignments(text: str, register: Register) -> tuple[int, ...]:
    found = []
    for word in filter(None, map(folded, text.split(";"))):
        if word not in register.assignment_kinds:
            raise Refused("unknown_assignment", N_("Tugas %(word)s tidak dikenal."), word=word[:120])
        found.append(register.assignment_kinds[word])
    return tuple(dict.fromkeys(found))
