"""More people in the made-up world, for pages that must not grow slow with them."""

from __future__ import annotations

import uuid

from tests.support.world import LONG_AGO, World
from workflows.models import Identifier, Person, Posting


def add_people(world: World, count: int, unit: str = "dinas", prefix: str = "crowd") -> list[str]:
    """Names by which ``world.people`` knows them."""
    names = [f"{prefix}{number}" for number in range(count)]
    with world.writing() as session:
        for number, name in enumerate(names):
            world.people[name] = uuid.uuid4()
            digits = f"{198001010000000000 + len(world.people) * 7}"
            session.add(
                Person(
                    id=world.people[name],
                    name=f"{prefix.capitalize()} Nomor {number:03d}",
                    email=f"{name}@example.test",
                    employment_kind="pns",
                    identifiers=[Identifier(kind="nip", value=digits, valid_from=LONG_AGO)],
                    postings=[
                        Posting(
                            unit_id=world.units[unit],
                            job_field_id=world.fields["office"],
                            post_title="Analis",
                            valid_from=LONG_AGO,
                        )
                    ],
                )
            )
    return names
