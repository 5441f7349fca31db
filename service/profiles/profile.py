"""What makes an installation the one of its region: names, words, people's offices, numbers of law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo


class ProfileError(Exception):
    """A profile that cannot be used: says file, line and what to mend."""

    def __init__(self, path: Path, line: int, what: str) -> None:
        super().__init__(f"{path}:{line}: {what}")
        self.path = path
        self.line = line
        self.what = what


@dataclass(frozen=True, slots=True)
class Words:
    """One text in the languages of the screens; ``short`` is a usual abbreviation, or empty."""

    id: str
    en: str
    short: str = ""

    def in_(self, language: str) -> str:
        return self.en if language == "en" else self.id


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """A number of law (R1). ``value`` as TOML gives it: a number, text, true or false, or a list."""

    key: str
    value: Any
    valid_from: date
    valid_to: date | None
    source_document: str
    verified: bool
    note: str


@dataclass(frozen=True, slots=True)
class FormRow:
    code: str
    name: str
    name_en: str
    jp_rule: str
    jp_value: int | None
    siasn_code: int | None
    valid_from: date
    source_document: str
    verified: bool


@dataclass(frozen=True, slots=True)
class UnitRow:
    """``affair`` says what the unit looks after, in words that every region shares (health, finance ...)."""

    code: str
    name: str
    short_name: str
    kind: str
    affair: str
    is_remote: bool
    parent: str
    source: str


@dataclass(frozen=True, slots=True)
class JobFieldRow:
    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class AssignmentKindRow:
    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class OfficeRow:
    code: str
    role: str
    title: str
    title_en: str
    unit: str
    above: str


@dataclass(frozen=True, slots=True)
class MandateRow:
    """What a kind of mandate may be and do in one office, the offices of a role, or all (``office`` empty)."""

    office: str
    kind: str
    occasion: str
    longest: int | None
    longest_unit: str | None
    prolongations: int
    least_absence: int | None
    most_absence: int | None
    strategic: bool
    valid_from: date
    valid_to: date | None
    source_document: str
    verified: bool
    note: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of the approval chain; the words of its button are ``Profile.verbs[verb]``."""

    seq: int
    code: str
    office_role: str
    title: str
    verb: str
    concerns: str
    money: str
    step_up: bool
    strategic: bool
    substitute_role: str | None
    days: int


@dataclass(frozen=True, slots=True)
class CompetencyRow:
    code: str
    name: str
    kind: str
    source_document: str


@dataclass(frozen=True, slots=True)
class CeilingRow:
    """``amount`` in whole rupiah (R25)."""

    fiscal_year: int
    code: str
    name: str
    amount: int
    source_document: str


@dataclass(frozen=True, slots=True)
class PartnerRow:
    code: str
    name: str
    kind: str
    offers: str


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a class of personal data is kept. ``parameter``: key of the months; empty: nothing goes by itself."""

    code: str
    title: Words
    parameter: str
    source_document: str
    verified: bool


@dataclass(frozen=True, slots=True)
class PrivacyCategory:
    """One kind of personal data (codes: ``workflows.held.CATEGORIES``); ``retention`` is the code of a class."""

    code: str
    title: Words
    what: Words
    purpose: Words
    basis: str
    retention: str
    source_document: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """A region as data. ``titles`` by role, ``agencies`` by role of the body, ``verbs`` by the step's verb.

    ``post_words``: (part of a post's name, job field); the first that fits counts.
    """

    name: str
    folder: Path
    region: Words
    short_name: str
    zone: ZoneInfo
    zone_label: str
    languages: tuple[str, ...]
    logo: Path
    email_domain: str
    titles: Mapping[str, Words]
    agencies: Mapping[str, Words]
    verbs: Mapping[str, Words]
    texts: Mapping[str, Words]
    chain: str
    steps: tuple[StepRow, ...]
    parameters: tuple[ParameterRow, ...]
    forms: tuple[FormRow, ...]
    units: tuple[UnitRow, ...]
    job_fields: tuple[JobFieldRow, ...]
    assignment_kinds: tuple[AssignmentKindRow, ...]
    post_words: tuple[tuple[str, str], ...]
    offices: tuple[OfficeRow, ...]
    mandates: tuple[MandateRow, ...]
    competencies: tuple[CompetencyRow, ...]
    ceilings: tuple[CeilingRow, ...]
    partners: tuple[PartnerRow, ...]
    privacy: tuple[PrivacyCategory, ...]
    retentions: tuple[Retention, ...]

    def retention_of(self, category: PrivacyCategory) -> Retention:
        """How long the data of this category are kept."""
        return next(one for one in self.retentions if one.code == category.retention)

    def verb_of_step(self, code: str) -> Words:
        """The words of the deciding button of a step, e.g. of the last one."""
        return self.verbs[next(step.verb for step in self.steps if step.code == code)]

    def unit_of(self, affair: str) -> UnitRow:
        """The first unit that looks after this affair; KeyError where the region has none."""
        found = next((unit for unit in self.units if unit.affair == affair), None)
        if found is None:
            raise KeyError(affair)
        return found
