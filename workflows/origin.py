"""From where somebody acts (R39): a page and its network address and device, the command line, or the service itself.

Whoever opens a session says it: ``session.info["origin"]``. Address and device are personal values of the history:
hashed into the chain, kept beside it, erased by the term of sign-ins.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from workflows.actor import Actor

ADDRESS, DEVICE = "from_address", "from_device"
ORIGIN_KEYS = (ADDRESS, DEVICE)


@dataclass(frozen=True, slots=True)
class Origin:
    """A page asked for: ``address`` of the network, ``device`` like ``Chrome, Android``; each may be empty."""

    address: str
    device: str

    @property
    def values(self) -> dict[str, str]:
        """What of it is known, by the keys of the history."""
        pairs = zip(ORIGIN_KEYS, (self.address, self.device), strict=True)
        return {key: value for key, value in pairs if value}


def via(session: Session, actor: Actor) -> str:
    """web | command | system; empty where a person acts and nobody said from where (a made-up past)."""
    if actor.person_id is None:
        return "command" if "operator" in actor.roles else "system"
    if "origin" not in session.info:
        return ""
    return "web" if session.info["origin"] is not None else "system"


def personal_origin(session: Session, actor: Actor) -> dict[str, str]:
    """Address and device of a person's deed; nothing for the clock, the operator, and jobs."""
    origin: Origin | None = session.info.get("origin")
    return origin.values if origin is not None and actor.person_id is not None else {}
