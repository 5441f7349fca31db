"""How people of the made-up world are employed by agreement."""

from __future__ import annotations

from datetime import date

from tests.support.world import World
from workflows.models import Employment


def employ(
    world: World,
    name: str,
    contract_from: date | None,
    contract_to: date | None = None,
    kind: str = "pppk",
    valid_from: date = date(2024, 2, 29),
) -> None:
    """One employment of the register, as an import writes it."""
    with world.writing() as session:
        session.add(
            Employment(
                person_id=world.people[name],
                kind=kind,
                contract_from=contract_from,
                contract_to=contract_to,
                valid_from=valid_from,
            )
        )
