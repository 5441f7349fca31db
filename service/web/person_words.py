"""What the screen calls the kinds of employment and of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

EMPLOYMENT: Mapping[str, Any] = {"pns": "PNS", "pppk": "PPPK", "pppk_part_time": _l("PPPK paruh waktu")}
IDENTIFIERS = {"nip": "NIP", "ni_pppk": "NI PPPK"}
