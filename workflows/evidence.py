"""The proof that goes with a decision: what the identity provider said just now (R9, R19)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime

from workflows.fingerprint import Leaf, merkle_root


@dataclass(frozen=True, slots=True)
class Evidence:
    """``kind``: ``session`` (signed in, no step-up), ``sso`` (stepped up), ``demo`` (a seed under a past clock).

    ``fingerprint`` is the Merkle root (hex) over the ordered leaves that the person was shown. Times are aware
    UTC by the machine's clock. No token is kept, only hashes.
    """

    kind: str
    iss: str = ""
    sub: str = ""
    sid: str = ""
    auth_time: int | None = None
    acr: str = ""
    level: str = ""
    """What ``acr`` means by the operator's map, e.g. ``otp`` or ``passkey``."""
    amr: tuple[str, ...] = ()
    iat: int | None = None
    nonce_sha256: str = ""
    id_token_sha256: str = ""
    client_id: str = ""
    roles: tuple[str, ...] = field(default=())
    fingerprint: str = ""
    server_time: datetime | None = None
    acr_by_auth_time: bool = False
    """True where the provider offers no acr and the setting lets ``auth_time`` alone count."""
    device: str = ""
    address: str = ""
    """From where: browser and system in short, and the network address; personal, kept for the auditor."""
    leaves: tuple[Leaf, ...] = ()
    """What was shown, in order; not written with the decision, ``fingerprint`` is."""

    def covers(self, leaf: Leaf) -> bool:
        """True when this very task, content and outcome stood in the list that was signed."""
        return leaf in self.leaves and merkle_root(self.leaves) == self.fingerprint

    def to_json(self) -> str:
        """Canonical JSON for the decision row."""
        data = asdict(self)
        del data["leaves"]
        data["server_time"] = self.server_time.isoformat() if self.server_time else None
        return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
