"""Who has been heard in a review, and whose voice is still missing (R32)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from workflows.errors import N_
from workflows.models import Review


@dataclass(frozen=True, slots=True)
class Representation:
    """Names of job fields heard and silent; ``missing`` holds codes: fields, remote, contract."""

    spoken: tuple[str, ...]
    silent: tuple[str, ...]
    minimum: int
    missing: tuple[str, ...]


def representation(session: Session, review: Review) -> Representation:
    """Count voices by invited field; a remote district and contract staff where the review asks for them."""
    heard = review.voices
    voices = {item.job_field_id for item in heard}
    invited = [row.job_field for row in review.invited]
    spoken = tuple(field.name for field in invited if field.id in voices)
    silent = tuple(field.name for field in invited if field.id not in voices)
    missing = []
    if len(spoken) < review.minimum_fields:
        missing.append("fields")
    if review.needs_remote and not any(item.from_remote for item in heard):
        missing.append("remote")
    if review.needs_contract and not any(item.from_contract for item in heard):
        missing.append("contract")
    return Representation(spoken, silent, review.minimum_fields, tuple(missing))


_SENTENCES = {
    ("fields",): N_(
        "Baru %(spoken)s dari sekurangnya %(minimum)s rumpun jabatan yang didengar. Belum: %(silent)s."
    ),
    ("remote",): N_("Belum ada masukan dari kecamatan terpencil."),
    ("contract",): N_("Belum ada masukan dari PPPK."),
    ("fields", "remote"): N_(
        "Baru %(spoken)s dari sekurangnya %(minimum)s rumpun jabatan yang didengar. Belum: %(silent)s. "
        "Belum ada pula masukan dari kecamatan terpencil."
    ),
    ("fields", "contract"): N_(
        "Baru %(spoken)s dari sekurangnya %(minimum)s rumpun jabatan yang didengar. Belum: %(silent)s. "
        "Belum ada pula masukan dari PPPK."
    ),
    ("remote", "contract"): N_("Belum ada masukan dari kecamatan terpencil dan dari PPPK."),
    ("fields", "remote", "contract"): N_(
        "Baru %(spoken)s dari sekurangnya %(minimum)s rumpun jabatan yang didengar. Belum: %(silent)s. "
        "Belum ada pula masukan dari kecamatan terpencil dan dari PPPK."
    ),
}


def sentence_of_missing(heard: Representation) -> tuple[str, dict[str, Any]]:
    """The sentence that says which voices are missing, and its values."""
    values = {"spoken": len(heard.spoken), "minimum": heard.minimum, "silent": ", ".join(heard.silent)}
    return _SENTENCES[heard.missing], values
