"""Proving by doing: each permission is used once, in a course made for it, with an account made for it.

Only the port is used here; how the course comes and goes, and what to mend where, is the platform's to say.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lms_connectors.words import N_
from workflows.ports import (
    AccountResult,
    CheckLine,
    DesiredEnrolment,
    GroupMember,
    LearnerAccount,
    LearningPlatform,
    Permanent,
    Retryable,
    RowResult,
    RowStatus,
)

SCRATCH = "bangkom-uji-"
MADE_AT = "%Y%m%dT%H%M"
"""What is made for a try carries this in front of its idnumber; nothing else is ever removed."""
LEARNER = LearnerAccount(
    key="uji",
    username="bangkom-uji",
    idnumber="bangkom-uji",
    email="bangkom-uji@bangkom.invalid",
    given_name="Akun Uji",
    family_name="Bangkom",
)
"""One account for all tries: accounts are not removed, because that permission is not asked for."""

ACCOUNT = N_("Layanan boleh membuat akun, atau akun uji sudah ada")
ENROLS = N_("Layanan boleh mendaftarkan peserta")
READS = N_("Peserta yang didaftarkan tampak aktif di kelas")
SUSPENDS = N_("Layanan boleh menangguhkan peserta")
RETURNS = N_("Layanan boleh mengaktifkan kembali peserta")
GROUPS = N_("Layanan boleh membuat grup angkatan")
JOINS = N_("Layanan boleh memasukkan peserta ke grup dan melihatnya")
LEAVES = N_("Layanan boleh mengeluarkan peserta dari grup")
COMPLETION = N_("Layanan boleh bertanya siapa yang selesai")
GRADES = N_("Layanan boleh membaca nilai kelas")
UNENROLS = N_("Layanan boleh mengeluarkan peserta dari kelas")
SKIPPED = N_("Belum dicoba, karena bergantung pada yang gagal di atas")
MEND_FIRST = N_("Benahi yang di atas lebih dahulu, lalu ulangi.")
NO_CRITERIA = "nocriteriaset"
"""What a course without criteria says to who may ask."""

Mend = Callable[[str, str], str]
"""(step, code) -> where to mend it."""


class Lacking(Exception):
    """A step did not do what it should; the text is a short machine word."""


@dataclass
class Try:
    """One try in a scratch course: each step becomes a line, and the next is tried whatever came of it.

    A step that leans on one that failed is not tried: it would only say the same again.
    """

    platform: LearningPlatform
    course_ref: str
    remote_id: str
    mend: Mend
    failed: set[str] = field(default_factory=set)

    def lines(self) -> Iterator[CheckLine]:
        skipped = 0
        for name, step, leans_on in (
            (ENROLS, lambda: self._enrol(suspended=False), ()),
            (READS, lambda: self._shows(active=True), (ENROLS,)),
            (SUSPENDS, lambda: self._enrol(suspended=True), (ENROLS,)),
            (RETURNS, lambda: self._enrol(suspended=False), (ENROLS, SUSPENDS)),
            (GROUPS, self._group, ()),
            (JOINS, self._joins, (ENROLS, GROUPS)),
            (LEAVES, self._leaves, (ENROLS, GROUPS, JOINS)),
            (COMPLETION, self._completion, (ENROLS,)),
            (GRADES, lambda: self.platform.grades(self.course_ref), ()),
            (UNENROLS, self._unenrol, (ENROLS,)),
        ):
            if self.failed & set(leans_on):
                skipped += 1
                continue
            found = line(name, step, self.mend)
            if not found.ok:
                self.failed.add(name)
            yield found
        if skipped:
            yield CheckLine(SKIPPED, False, str(skipped), MEND_FIRST)

    @property
    def _row(self) -> DesiredEnrolment:
        return DesiredEnrolment("uji", self.remote_id)

    def _enrol(self, *, suspended: bool) -> None:
        row = DesiredEnrolment("uji", self.remote_id, suspended=suspended)
        must_apply(self.platform.apply(self.course_ref, [row]))
        if READS not in self.failed and suspended:
            self._shows(active=not suspended)

    def _shows(self, *, active: bool) -> None:
        held = self.platform.roster(self.course_ref).get(self.remote_id)
        if held is None or held.active is not active:
            raise Lacking("not_shown" if held is None else "not_as_wished")

    def _group(self) -> str:
        wanted = {f"{SCRATCH}grup": "Grup uji"}
        return self.platform.ensure_groups(self.course_ref, wanted)[f"{SCRATCH}grup"].ref

    def _joins(self) -> None:
        must_apply(self.platform.join_groups(self.course_ref, [self._member()]))
        if self.remote_id not in self.platform.groups(self.course_ref)[f"{SCRATCH}grup"].members:
            raise Lacking("not_shown")

    def _leaves(self) -> None:
        must_apply(self.platform.leave_groups(self.course_ref, [self._member()]))
        if self.remote_id in self.platform.groups(self.course_ref)[f"{SCRATCH}grup"].members:
            raise Lacking("not_as_wished")

    def _member(self) -> GroupMember:
        return GroupMember("uji", self._group(), self.remote_id)

    def _completion(self) -> None:
        try:
            self.platform.progress(self.course_ref, [self.remote_id])
        except Permanent as error:
            if error.code != NO_CRITERIA:
                raise

    def _unenrol(self) -> None:
        must_apply(self.platform.unenrol(self.course_ref, [self._row]))
        if READS not in self.failed and self.remote_id in self.platform.roster(self.course_ref):
            raise Lacking("still_enrolled")


def line(name: str, step: Callable[[], object], mend: Mend) -> CheckLine:
    """The step as a line: it holds, or why not and where to mend it."""
    try:
        step()
    except Lacking as lacking:
        return CheckLine(name, False, str(lacking), mend(name, str(lacking)))
    except (Retryable, Permanent) as error:
        return CheckLine(name, False, error.code, mend(name, error.code))
    return CheckLine(name, True)


def must_apply(results: Sequence[RowResult]) -> None:
    for result in results:
        if result.status is not RowStatus.APPLIED:
            raise Lacking(result.code)


def must_be_usable(results: Sequence[AccountResult]) -> str:
    """The remote id of the one account."""
    (result,) = results
    if not result.usable or not result.remote_id:
        raise Lacking(result.reason or result.status.value)
    return result.remote_id


def scratch_mark(now: datetime) -> str:
    """A new idnumber for what is made for a try. It tells when: a copy of a course says it is as old as its model."""
    return f"{SCRATCH}{now.astimezone(UTC):{MADE_AT}}-{secrets.token_hex(4)}"


def is_old_scratch(idnumber: str, now: datetime) -> bool:
    """Left by a try that was cut off: another try may be at work with a younger one."""
    made, dash, _ = idnumber.removeprefix(SCRATCH).partition("-")
    if not idnumber.startswith(SCRATCH) or not dash:
        return False
    try:
        born = datetime.strptime(made, MADE_AT).replace(tzinfo=UTC)
    except ValueError:
        return False
    return (now - born).total_seconds() > 3600
