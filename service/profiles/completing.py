"""After an upgrade: what the profile of a newer version names and an installation in use does not have yet.

The code of a newer version may ask for a number of law that was not there before; without it pages would refuse.
"""

from __future__ import annotations

from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from service.profiles import default_name, load_profile
from service.profiles.installing import add_missing
from workflows.models import LegalParameter


def complete(url: str, profile_name: str) -> list[str]:
    """Add what lacks; the keys of the parameters that came. A database without reference data stays empty."""
    engine: Engine = create_engine(url)
    try:
        with Session(engine) as session, session.begin():
            before = _keys(session)
            if before:
                add_missing(session, load_profile(profile_name or default_name()))
            session.flush()
            return sorted(_keys(session) - before)
    finally:
        engine.dispose()


def _keys(session: Session) -> set[str]:
    return set(session.scalars(select(LegalParameter.key).distinct()))
