"""The port to whatever knows the civil servants; re-exported by ``workflows.ports``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """One row of a people source (an HR export). Texts as the source gives them; empty where it is silent.

    ``row`` counts as people see it in the source. Days are ``2027-01-31``, ``31-01-2027`` or ``31/01/2027``.
    ``employment``: pns | pppk | pppk_part_time where the source's word is known, else that word.
    """

    row: int
    number: str
    """NIP or NI PPPK."""
    name: str = ""
    previous_number: str = ""
    """The number this person had before; ``-`` says that the person is somebody else than it seems."""
    email: str = ""
    employment: str = ""
    contract_from: str = ""
    contract_to: str = ""
    unit: str = ""
    """Code, name or short name of the unit."""
    post: str = ""
    job_field: str = ""
    superior_number: str = ""
    since: str = ""
    """First day in this post and unit."""
    left_on: str = ""
    assignments: str = ""
    """Codes or names, with ``;`` between them."""


@runtime_checkable
class PeopleSource(Protocol):
    """Whatever knows the civil servants: a file, or a service of another package. Raises Retryable or Permanent."""

    def people(self) -> Iterable[PersonRecord]:
        """Every person the source knows, in a stable order."""
