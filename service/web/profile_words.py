"""A value that fills a sentence, in the reader's language: words of the profile and of the catalogue."""

from __future__ import annotations

from flask_babel import gettext

from service.current import bangkom
from service.languages import chosen


def in_words(value: str) -> str:
    """One name or word, or several with ``, `` between them; what nobody translates stays as it is."""
    names = _names()
    whole = _word(value, names)
    if whole != value:
        return whole
    return ", ".join(_word(part, names) for part in value.split(", "))


def office_name(title: str) -> str:
    """The title of an office; one that a letter gave and the profile does not know stays as it is written."""
    return _names().get(title, title)


def _word(text: str, names: dict[str, str]) -> str:
    # gettext answers the empty text with the header of the catalogue.
    return names.get(text) or (str(gettext(text)) if text else "")


def _names() -> dict[str, str]:
    """English by Indonesian name of job families, assignments, offices and forms, for those who read English."""
    if chosen() == "id":
        return {}
    profile = bangkom().profile
    names = {field.name: field.name_en for field in profile.job_fields}
    names |= {office.title: office.title_en for office in profile.offices}
    names |= {kind.name: kind.name_en for kind in profile.assignment_kinds}
    return names | {form.name: form.name_en for form in profile.forms}
