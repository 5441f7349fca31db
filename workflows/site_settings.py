"""What can be set of a learning site, as one table: for the use cases, the command line and the page.

The address is not among them: whoever sets it decides where the token goes, so only the operator does (``sites``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflows.errors import N_, Refused


@dataclass(frozen=True, slots=True)
class Setting:
    """One column of ``Site``: one of ``choices``, or a whole number of ``bounds``, or a text of ``longest``."""

    name: str
    word: str
    default: str | int
    choices: tuple[str, ...] = ()
    bounds: tuple[int, int] | None = None
    longest: int = 0
    digits: bool = False
    """A text that is a number of the other side: an id there."""

    def read(self, value: object) -> str | int:
        """The value as the column keeps it; Refused with a sentence that says what would do."""
        text = str(value).strip()
        if self.choices and text not in self.choices:
            raise self._refused(
                N_("Isi %(setting)s dengan salah satu dari: %(choices)s."), choices=" | ".join(self.choices)
            )
        if self.bounds:
            return self._number(text, *self.bounds)
        if self.longest and (len(text) > self.longest or "\n" in text):
            raise self._refused(N_("Isi %(setting)s paling panjang %(most)s huruf."), most=self.longest)
        if self.digits and text and not (text.isascii() and text.isdigit()):
            raise self._refused(N_("Isi %(setting)s dengan nomor yang tampak di alamat halaman situs itu."))
        return text

    def _number(self, text: str, least: int, most: int) -> int:
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
        if not least <= number <= most:
            raise self._refused(
                N_("Isi %(setting)s dengan bilangan bulat dari %(least)s sampai %(most)s."),
                least=least,
                most=most,
            )
        return number

    def _refused(self, sentence: str, **values: Any) -> Refused:
        return Refused("site_values", sentence, field=self.name, setting=self.word, **values)


AUTHS = ("oauth2", "oidc", "manual", "email")
"""Sign-in methods of accounts that are made; the first two lead through the identity provider."""

SETTINGS = (
    Setting("name", N_("nama situs"), "Moodle", longest=120),
    Setting("account_policy", N_("aturan akun"), "create", ("create", "find")),
    Setting("auth", N_("cara masuk akun baru"), "oauth2", AUTHS),
    Setting("username_from", N_("isi username"), "number", ("number", "email")),
    Setting("idnumber_from", N_("isi ID number"), "number", ("number", "person", "none")),
    Setting("email_from", N_("isi alamat surel"), "email", ("email", "none")),
    Setting("role_id", N_("nomor peran peserta"), 5, bounds=(1, 999_999)),
    Setting("category_ref", N_("nomor kategori kelas baru"), "", longest=10, digits=True),
    Setting("batch_size", N_("baris per panggilan"), 50, bounds=(1, 140)),
    Setting("connections", N_("panggilan bersamaan"), 2, bounds=(1, 8)),
    Setting("calls_per_second", N_("batas panggilan per detik"), 0, bounds=(0, 1000)),
    Setting("brake_least", N_("orang yang selalu boleh dihentikan"), 3, bounds=(0, 9_999)),
    Setting("brake_most", N_("orang terbanyak tanpa diperiksa"), 50, bounds=(0, 99_999)),
    Setting("brake_percent", N_("persen terbanyak tanpa diperiksa"), 20, bounds=(0, 100)),
    Setting("brake_hours", N_("jam yang dihitung bersama"), 24, bounds=(1, 720)),
    Setting("completion_source", N_("sumber laporan selesai"), "both", ("both", "xapi", "polling")),
    Setting("account_kind", N_("pengenal pada laporan"), "id", ("id", "username", "email")),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}


def read_settings(values: Mapping[str, object]) -> dict[str, str | int]:
    """Each value checked; KeyError for a name that is no setting, Refused for a value that does not do."""
    return {name: BY_NAME[name].read(value) for name, value in values.items()}


def must_fit_together(settings: Mapping[str, object]) -> None:
    """What is right by itself and wrong beside another: an account cannot be made without an address."""
    if not settings["name"]:
        raise Refused("site_values", N_("Beri situs ini sebuah nama."), field="name")
    if settings["account_policy"] == "create" and settings["email_from"] == "none":
        raise Refused(
            "site_values",
            N_("Akun baru memerlukan alamat surel: isi alamat surel, atau pilih hanya mencari akun."),
            field="email_from",
        )
