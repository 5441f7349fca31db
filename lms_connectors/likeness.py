"""Does an account say what we say of the person? For telling differences; never for finding anybody."""

from __future__ import annotations

from workflows.ports import LearnerAccount

NO_NAME = "-"
"""What stands for a last name where there is none."""


def differences(person: LearnerAccount, *, full_name: str, email: str, idnumber: str = "") -> tuple[str, ...]:
    """Which of ``name``, ``email`` and ``idnumber`` differ; an empty value was not told and differs in nothing.

    Words of a name may stand in any order and case: how a site puts first and last name together is its setting.
    """
    found = []
    if full_name and _words(full_name) != _words(f"{person.given_name} {person.family_name}"):
        found.append("name")
    if email and person.email and email.strip().casefold() != person.email.strip().casefold():
        found.append("email")
    if idnumber and person.idnumber and idnumber != person.idnumber:
        found.append("idnumber")
    return tuple(found)


def _words(name: str) -> list[str]:
    return sorted(word for word in name.casefold().split() if word != NO_NAME)
