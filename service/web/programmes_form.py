"""The forms of a programme: what was typed, read into ``Content`` and ``Cost``, and written out again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from flask_babel import gettext as _

from service.web.targets_form import ONLY, rules_typed
from workflows.content import Content, Cost, content_of, costs_of
from workflows.errors import N_, Refused
from workflows.models import Need, ProgrammeVersion

MOST_LINES = 40
SPARE_LINES = 3
LINE_PARTS = ("label", "quantity", "unit", "price")
LARGEST = 10**12
_WHOLE = {
    "competency_id": N_("Pilih kompetensinya."),
    "level_required": N_("Pilih tingkatnya."),
    "days": N_("Tulis jumlah hari dengan angka."),
    "planned_jp": N_("Tulis JP dengan angka."),
    "seats": N_("Tulis jumlah peserta dengan angka."),
    "ceiling_id": N_("Pilih pagunya."),
    "effect_threshold": N_("Tulis ambang dampak dengan angka."),
}
_DAYS = {"starts_on": N_("Tulis tanggal mulai."), "ends_on": N_("Tulis tanggal selesai.")}
CONTENT_NAMES = tuple(one.name for one in fields(Content))


@dataclass
class Typed:
    """The form as typed; what cannot be read is collected, so that all of it is said at once."""

    form: Mapping[str, str]
    problems: list[Refused] = field(default_factory=list)

    @property
    def asks_for_more(self) -> bool:
        """Pressed was a button that only wants more of the form; everything else saves."""
        return self.form.get("action") in ("add_row", "search_course", "count_targets")

    def text(self, name: str) -> str:
        return self.form.get(name, "").strip()

    def whole(self, name: str, sentence: str) -> int:
        number = _whole(self.text(name))
        if number is None:
            self.problems.append(Refused("number", sentence, field=name))
        return number or 0

    def day(self, name: str, sentence: str) -> date:
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            self.problems.append(Refused("date", sentence, field=name))
            return date.min

    def content(self, course: tuple[int | None, str, str]) -> Content:
        """Everything but the cost lines; ``course`` is (site id, course ref, course title)."""
        values: dict[str, Any] = {name: self.text(name) for name in CONTENT_NAMES}
        values.update({name: self.whole(name, sentence) for name, sentence in _WHOLE.items()})
        values.update({name: self.day(name, sentence) for name, sentence in _DAYS.items()})
        values["target_rules"], values["target_only"] = rules_typed(self.form), self.text(ONLY) == "1"
        values["site_id"], values["course_ref"], values["course_title"] = course
        return Content(**values)

    def costs(self) -> list[Cost]:
        """Lines with anything in them; an empty line is no line."""
        return [
            self._cost(line) for line in lines_of(self.form) if any(line[part] for part in LINE_PARTS[:2])
        ]

    def _cost(self, line: Mapping[str, str]) -> Cost:
        quantity, price = _whole(line["quantity"]), _whole(line["price"])
        if not line["label"] or quantity is None or price is None:
            said = N_("Baris biaya %(number)s: tulis uraian, jumlah, dan harga satuan dengan angka.")
            number = line["number"]
            self.problems.append(
                Refused("cost_line", said, rule="R25", field=f"cost_{number}_label", number=number)
            )
        return Cost(line["label"], quantity or 0, line["unit"] or str(_("kali")), price or 0)


def lines_of(form: Mapping[str, str]) -> list[dict[str, str]]:
    """Cost lines as typed: fields ``cost_1_label``, ``cost_1_quantity``, ``cost_1_unit``, ``cost_1_price`` ..."""
    return [
        {"number": str(n), **{part: form.get(f"cost_{n}_{part}", "").strip() for part in LINE_PARTS}}
        for n in range(1, MOST_LINES + 1)
        if f"cost_{n}_label" in form
    ]


def lines_shown(form: Mapping[str, str], more: int = 0) -> list[dict[str, str]]:
    """The lines of the page: those typed and some empty ones below."""
    typed = lines_of(form)
    count = min(max(len(typed) + more, SPARE_LINES), MOST_LINES)
    empty = dict.fromkeys(LINE_PARTS, "")
    return typed + [{"number": str(n + 1), **empty} for n in range(len(typed), count)]


def values_of(version: ProgrammeVersion) -> dict[str, str]:
    """A version as its content form would have been typed."""
    return {name: _typed(value) for name, value in vars_of(content_of(version)).items()}


def cost_values(costs: Sequence[Cost]) -> dict[str, str]:
    """Cost lines as their form would have been typed."""
    typed: dict[str, str] = {}
    for n, cost in enumerate(costs, start=1):
        parts = (cost.label, str(cost.quantity), cost.unit, f"{cost.unit_price:,}".replace(",", "."))
        typed.update({f"cost_{n}_{part}": text for part, text in zip(LINE_PARTS, parts, strict=True)})
    return typed


def costs_typed(version: ProgrammeVersion) -> dict[str, str]:
    return cost_values(costs_of(version))


def values_from(needs: Sequence[Need]) -> dict[str, str]:
    """What the chosen needs already say, as a start."""
    values = {"basis": "needs_analysis"}
    units = {need.unit_id for need in needs}
    if len(units) == 1:
        values["owner_unit_id"] = str(units.pop())
    known = {need.competency_id: need for need in needs if need.competency_id is not None}
    if len(known) == 1:
        values["competency_id"] = str(next(iter(known)))
        values["level_required"] = str(max(need.level_required or 1 for need in needs))
    gaps = [f"{need.unit.short_name}: {need.performance_gap}" for need in needs if need.performance_gap]
    values["performance_gap"] = "\n".join(gaps)
    values["competency_gap"] = "\n".join(_gap(need) for need in needs if need.level_measured)
    return values


def vars_of(content: Content) -> dict[str, Any]:
    return {name: getattr(content, name) for name in CONTENT_NAMES}


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None else str(value)


def _gap(need: Need) -> str:
    said = _("%(unit)s: tingkat %(measured)s, perlu %(required)s",
             unit=need.unit.short_name, measured=need.level_measured, required=need.level_required)  # fmt: skip
    return str(said)


def _whole(text: str) -> int | None:
    """``94.500.000``, ``Rp 94 500 000`` or ``94500000``; None for anything else or beyond all sense."""
    digits = text.removeprefix("Rp").replace(".", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit()):
        return None
    return int(digits) if len(digits) <= 13 and int(digits) <= LARGEST else None
