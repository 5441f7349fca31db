"""A folder of data becomes a ``Profile``."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from service.profiles import files
from service.profiles.files import Cells
from service.profiles.privacy import load_privacy
from service.profiles.profile import (
    AssignmentKindRow,
    CeilingRow,
    CompetencyRow,
    FormRow,
    JobFieldRow,
    MandateRow,
    OfficeRow,
    ParameterRow,
    PartnerRow,
    Profile,
    ProfileError,
    StepRow,
    UnitRow,
    Words,
)

MANDATE_KINDS = ("definitive", "plt", "plh", "pj", "pjs")
OCCASIONS = ("vacant", "absent", "either")
JP_RULES = ("programme", "per_day", "cap_per_day", "fixed", "unknown")
VERBS = ("endorse", "initial", "determine")
CONCERNS = ("content", "cost", "both")
MONEY = ("none", "reserve", "commit")
COMPETENCY_KINDS = ("managerial", "sociocultural", "technical")
PARTNER_KINDS = ("university", "ngo", "agency")


def load_folder(folder: Path) -> Profile:
    """Read and check everything; ProfileError says file and line of the first thing to mend."""
    path = folder / "profile.toml"
    data = files.read_toml(path)
    head = Cells(path, 1, data)
    parameters = _parameters(folder / "parameters.toml")
    privacy, retentions = load_privacy(folder / "privacy.toml", parameters)
    profile = Profile(
        name=folder.name,
        folder=folder,
        region=Words(head.text("region"), head.text("region_en")),
        short_name=head.text("short_name"),
        zone=_zone(head),
        zone_label=head.text("zone_label"),
        languages=_languages(head),
        logo=_logo(folder, head),
        email_domain=head.text("email_domain"),
        titles=MappingProxyType(files.named_words(path, data, "titles")),
        agencies=MappingProxyType(files.named_words(path, data, "agencies")),
        verbs=MappingProxyType(files.named_words(path, data, "verbs")),
        texts=MappingProxyType(files.named_words(path, data, "texts")),
        chain=head.text("chain"),
        steps=tuple(_step(cells) for cells in files.tables(path, data, "step")),
        parameters=parameters,
        forms=files.read_csv(folder / "forms.csv", _form),
        units=files.read_csv(folder / "units.csv", _unit),
        job_fields=files.read_csv(folder / "job_fields.csv", _job_field),
        assignment_kinds=files.read_csv(folder / "assignment_kinds.csv", _assignment_kind),
        post_words=files.read_csv(
            folder / "post_words.csv", lambda row: (row.text("part"), row.text("job_field"))
        ),
        offices=files.read_csv(folder / "offices.csv", _office),
        mandates=files.read_csv(folder / "mandates.csv", _mandate),
        competencies=files.read_csv(folder / "competencies.csv", _competency),
        ceilings=files.read_csv(folder / "ceilings.csv", _ceiling),
        partners=files.read_csv(folder / "partners.csv", _partner),
        privacy=privacy,
        retentions=retentions,
    )
    _must_fit_together(profile)
    return profile


def _zone(head: Cells) -> ZoneInfo:
    name = head.text("zone")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise head.error(f"zone {name!r} is unknown; use a name like Asia/Jakarta") from error


def _languages(head: Cells) -> tuple[str, ...]:
    languages: Any = head.raw("languages")
    if not isinstance(languages, list) or not languages or set(languages) - {"id", "en"}:
        raise head.error('languages must be a list of "id" and "en", the first one shown first')
    return tuple(languages)


def _logo(folder: Path, head: Cells) -> Path:
    logo = folder / head.text("logo")
    if not logo.is_file():
        raise ProfileError(logo, 1, "the file is missing")
    return logo


def _step(cells: Cells) -> StepRow:
    return StepRow(
        seq=cells.number("seq"),
        code=cells.text("code"),
        office_role=cells.text("office_role"),
        title=cells.text("title"),
        verb=cells.one_of("verb", VERBS),
        concerns=cells.one_of("concerns", CONCERNS),
        money=cells.one_of("money", MONEY),
        step_up=cells.yes("step_up"),
        strategic=cells.yes("strategic"),
        substitute_role=cells.maybe("substitute_role") or None,
        days=cells.number("days"),
    )


def _parameters(path: Path) -> tuple[ParameterRow, ...]:
    return tuple(_parameter(cells) for cells in files.tables(path, files.read_toml(path), "parameter"))


def _parameter(cells: Cells) -> ParameterRow:
    return ParameterRow(
        key=cells.text("key"),
        value=cells.raw("value"),
        valid_from=cells.day("valid_from"),
        valid_to=cells.maybe_day("valid_to"),
        source_document=cells.text("source_document"),
        verified=cells.yes("verified"),
        note=cells.maybe("note"),
    )


def _form(cells: Cells) -> FormRow:
    rule, value = cells.one_of("jp_rule", JP_RULES), cells.maybe_number("jp_value")
    if (value is None) != (rule in ("programme", "unknown")):
        raise cells.error(f"jp_value does not go with the rule {rule}")
    return FormRow(
        code=cells.text("code"),
        name=cells.text("name"),
        name_en=cells.text("name_en"),
        jp_rule=rule,
        jp_value=value,
        siasn_code=cells.maybe_number("siasn_code"),
        valid_from=cells.day("valid_from"),
        source_document=cells.text("source_document"),
        verified=cells.yes("verified"),
    )


def _unit(cells: Cells) -> UnitRow:
    return UnitRow(
        code=cells.text("code"),
        name=cells.text("name"),
        short_name=cells.text("short_name"),
        kind=cells.text("kind"),
        affair=cells.text("affair"),
        is_remote=cells.yes("is_remote"),
        parent=cells.maybe("parent"),
        source=cells.text("source"),
    )


def _job_field(cells: Cells) -> JobFieldRow:
    return JobFieldRow(cells.text("code"), cells.text("name"), cells.text("name_en"))


def _assignment_kind(cells: Cells) -> AssignmentKindRow:
    return AssignmentKindRow(cells.text("code"), cells.text("name"), cells.text("name_en"))


def _office(cells: Cells) -> OfficeRow:
    return OfficeRow(
        code=cells.text("code"),
        role=cells.text("role"),
        title=cells.text("title"),
        title_en=cells.text("title_en"),
        unit=cells.maybe("unit"),
        above=cells.maybe("above"),
    )


def _mandate(cells: Cells) -> MandateRow:
    longest, unit = cells.maybe_number("longest"), cells.maybe("longest_unit") or None
    if (longest is None) != (unit is None) or unit not in (None, "months", "days"):
        raise cells.error("longest needs longest_unit months or days, and the other way round")
    return MandateRow(
        office=cells.maybe("office"),
        kind=cells.one_of("kind", MANDATE_KINDS),
        occasion=cells.one_of("occasion", OCCASIONS),
        longest=longest,
        longest_unit=unit,
        prolongations=cells.number("prolongations"),
        least_absence=cells.maybe_number("least_absence"),
        most_absence=cells.maybe_number("most_absence"),
        strategic=cells.yes("strategic"),
        valid_from=cells.day("valid_from"),
        valid_to=cells.maybe_day("valid_to"),
        source_document=cells.text("source_document"),
        verified=cells.yes("verified"),
        note=cells.maybe("note"),
    )


def _competency(cells: Cells) -> CompetencyRow:
    return CompetencyRow(
        code=cells.text("code"),
        name=cells.text("name"),
        kind=cells.one_of("kind", COMPETENCY_KINDS),
        source_document=cells.text("source_document"),
    )


def _ceiling(cells: Cells) -> CeilingRow:
    return CeilingRow(
        fiscal_year=cells.number("fiscal_year"),
        code=cells.text("code"),
        name=cells.text("name"),
        amount=cells.number("amount"),
        source_document=cells.text("source_document"),
    )


def _partner(cells: Cells) -> PartnerRow:
    return PartnerRow(
        code=cells.text("code"),
        name=cells.text("name"),
        kind=cells.one_of("kind", PARTNER_KINDS),
        offers=cells.maybe("offers"),
    )


def _must_fit_together(profile: Profile) -> None:
    folder = profile.folder
    units, offices = [u.code for u in profile.units], [o.code for o in profile.offices]
    for name, keys in (
        ("units.csv", units),
        ("offices.csv", offices),
        ("job_fields.csv", [f.code for f in profile.job_fields]),
        ("assignment_kinds.csv", [k.code for k in profile.assignment_kinds]),
        ("competencies.csv", [c.code for c in profile.competencies]),
        ("partners.csv", [p.code for p in profile.partners]),
        ("mandates.csv", [(m.office, m.kind, m.valid_from.isoformat()) for m in profile.mandates]),
        ("forms.csv", [(f.code, f.valid_from.isoformat()) for f in profile.forms]),
        ("ceilings.csv", [(c.fiscal_year, c.code) for c in profile.ceilings]),
    ):
        files.must_be_unique(folder / name, keys)
    fields = [row.code for row in profile.job_fields]
    files.must_be_known(folder / "post_words.csv", [code for _part, code in profile.post_words], fields)
    files.must_be_known(folder / "units.csv", [u.parent for u in profile.units], units)
    files.must_be_known(folder / "offices.csv", [o.unit for o in profile.offices], units)
    files.must_be_known(folder / "offices.csv", [o.above for o in profile.offices], offices)
    places = [*offices, *(o.role for o in profile.offices)]
    files.must_be_known(folder / "mandates.csv", [m.office for m in profile.mandates], places)
    _must_have_a_chain(profile)


def _must_have_a_chain(profile: Profile) -> None:
    path = profile.folder / "profile.toml"
    roles = {office.role for office in profile.offices}
    if not profile.steps:
        raise ProfileError(path, 1, "the chain has no [[step]]")
    for step, cells in zip(profile.steps, files.tables(path, files.read_toml(path), "step"), strict=True):
        for role in (step.office_role, step.substitute_role):
            if role is not None and role not in roles:
                raise cells.error(f"no office in offices.csv has the role {role!r}")
        if step.verb not in profile.verbs:
            raise cells.error(f"[verbs.{step.verb}] is missing")
