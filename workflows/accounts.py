"""Which of our fields goes where in an account of a site: the site's mapping, applied to a person."""

from __future__ import annotations

from workflows.models import Person, Site
from workflows.people import given_and_family
from workflows.ports import LearnerAccount


def learner_of(site: Site, person: Person, number: str) -> LearnerAccount:
    """The person as this site should know them. ``number``: NIP or NI PPPK of the day, as text."""
    fields = {"number": number, "person": str(person.id), "email": person.email, "none": ""}
    given, family = given_and_family(person.name)
    return LearnerAccount(
        key=str(person.id),
        username=fields[site.username_from],
        idnumber=fields[site.idnumber_from],
        email=fields[site.email_from],
        given_name=given,
        family_name=family,
    )
