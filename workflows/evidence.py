"""What a decision under step-up rests on (R9, R19): kept with the decision, one link of the chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from workflows.fingerprint import Leaf, merkle_root


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fresh authentication and the list it covers. Times: aware UTC. Hashes: SHA-256 in hexadecimal.

    ``kind`` is ``sso`` for a real token, ``demo`` for seeds (refused outside it). ``level_by`` says what
    proved the strength: the provider's ``acr``, or ``auth_time`` alone where the provider offers no acr and a
    setting accepts that.
    """

    kind: Literal["sso", "demo"]
    iss: str
    sub: str
    sid: str | None
    auth_time: datetime
    acr: str | None
    amr: tuple[str, ...]
    iat: datetime
    nonce_sha256: str
    id_token_sha256: str
    client_id: str
    roles: tuple[str, ...]
    fingerprint: str
    server_time: datetime
    level_by: Literal["acr", "auth_time"] = "acr"
    leaves: tuple[Leaf, ...] = ()

    def covers(self, leaf: Leaf) -> bool:
        """True when this very task, content and outcome stood in the list that was signed."""
        return leaf in self.leaves and merkle_root(self.leaves) == self.fingerprint

    def as_record(self) -> dict[str, Any]:
        """Plain values for the decision's row; the leaves stay out, their root is in."""
        names = [name for name in self.__slots__ if name != "leaves"]
        return {name: _plain(getattr(self, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
