"""The content of a version as one value: what a form gives, what is copied, what is compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from workflows.errors import N_, Refused
from workflows.models import CostLine, ProgrammeVersion
from workflows.targets import read

BASES = ("hcdp", "needs_analysis", "offer")
LARGEST_SUM = 10**13
LARGEST_COUNT = 100_000
LONGEST = {"title": 200, "course_title": 200, "course_ref": 40}
"""What the columns hold: PostgreSQL refuses more, SQLite does not notice."""
LONGEST_LABEL, LONGEST_UNIT = 200, 40


@dataclass(frozen=True, slots=True)
class Content:
    """Everything people write about a programme, apart from its cost lines. ``seats`` people, ``days`` days."""

    title: str
    aims: str
    basis: str
    competency_id: int
    level_required: int
    target_group: str
    competency_gap: str
    performance_gap: str
    gap_reason: str
    form_code: str
    days: int
    planned_jp: int
    seats: int
    starts_on: date
    ends_on: date
    site_id: int | None
    course_ref: str
    course_title: str
    ceiling_id: int
    effect_threshold: int
    duplicates_checked: str = ""
    target_rules: str = ""
    """Lines ``kind:code`` (``workflows.targets``)."""
    target_only: bool = False


@dataclass(frozen=True, slots=True)
class Cost:
    """One cost line: ``quantity`` units at ``unit_price`` whole rupiah."""

    label: str
    quantity: int
    unit: str
    unit_price: int


CONTENT_FIELDS = tuple(field.name for field in fields(Content))


def content_of(version: ProgrammeVersion) -> Content:
    return Content(**{name: getattr(version, name) for name in CONTENT_FIELDS})


def costs_of(version: ProgrammeVersion) -> list[Cost]:
    return [Cost(line.label, line.quantity, line.unit, line.unit_price) for line in version.cost_lines]


def write_content(version: ProgrammeVersion, content: Content) -> list[str]:
    """Set what differs; the names of the fields that changed."""
    changed = [name for name in CONTENT_FIELDS if getattr(version, name) != getattr(content, name)]
    for name in changed:
        setattr(version, name, getattr(content, name))
    return changed


def write_costs(version: ProgrammeVersion, costs: Sequence[Cost]) -> None:
    version.cost_lines = [
        CostLine(
            seq=seq, label=c.label.strip(), quantity=c.quantity, unit=c.unit.strip(), unit_price=c.unit_price
        )
        for seq, c in enumerate(costs, start=1)
    ]


def must_be_sound(content: Content) -> None:
    """What no programme can be without, field by field."""
    for name in ("title", "aims", "target_group"):
        if not getattr(content, name).strip():
            raise Refused("empty", N_("Isi bagian ini."), field=name)
    if content.basis not in BASES:
        raise Refused(
            "basis", N_("Pilih dasar usulan: HCDP, AKD, atau penawaran."), field="basis", rule="DOMAIN 3.1"
        )
    for name in ("days", "planned_jp", "seats"):
        if getattr(content, name) < 1:
            raise Refused("positive", N_("Isi dengan angka lebih dari nol."), field=name)
        if getattr(content, name) > LARGEST_COUNT:
            raise Refused("too_many", N_("Angka ini terlalu besar."), field=name)
    for name, most in LONGEST.items():
        if len(getattr(content, name)) > most:
            raise Refused(
                "too_long", N_("Terlalu panjang: paling banyak %(most)s huruf."), field=name, most=most
            )
    read(content.target_rules)
    if not 1 <= content.level_required <= 5:
        raise Refused(
            "level",
            N_("Tingkat kompetensi adalah 1 sampai 5."),
            rule="PermenPANRB 38/2017",
            field="level_required",
        )
    if content.ends_on < content.starts_on:
        raise Refused("dates", N_("Tanggal selesai tidak boleh sebelum tanggal mulai."), field="ends_on")
    if content.starts_on.year != content.ends_on.year:
        raise Refused(
            "one_year", N_("Satu versi berjalan dalam satu tahun anggaran."), rule="R21", field="ends_on"
        )
    if not 1 <= content.effect_threshold <= 100:
        raise Refused(
            "threshold", N_("Ambang dampak adalah 1 sampai 100 poin."), rule="R36", field="effect_threshold"
        )


def must_be_sound_costs(costs: Sequence[Cost]) -> None:
    for cost in costs:
        if not cost.label.strip() or cost.quantity < 1 or cost.unit_price < 0:
            raise Refused(
                "cost_line",
                N_("Setiap baris biaya memerlukan uraian, jumlah, dan harga satuan."),
                rule="R25",
                field="costs",
            )
        if len(cost.label) > LONGEST_LABEL or len(cost.unit) > LONGEST_UNIT or cost.quantity > LARGEST_COUNT:
            raise Refused(
                "cost_line_size",
                N_("Baris biaya terlalu panjang atau jumlahnya terlalu besar."),
                rule="R25",
                field="costs",
            )
    if sum(c.quantity * c.unit_price for c in costs) > LARGEST_SUM:
        raise Refused(
            "cost_too_large",
            N_("Jumlah biaya terlalu besar. Periksa harga satuan."),
            rule="R25",
            field="costs",
        )


def difference(old: ProgrammeVersion, new: ProgrammeVersion) -> list[tuple[str, Any, Any]]:
    """(field, old value, new value) for what differs, cost included, in the order of the form."""
    pairs = [(name, getattr(old, name), getattr(new, name)) for name in (*CONTENT_FIELDS, "jp", "cost")]
    return [(name, before, after) for name, before, after in pairs if before != after]
