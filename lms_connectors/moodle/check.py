"""A read-only look at a site, with what to mend. Site info is no proof: it answers where real calls fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lms_connectors.moodle import (
    account_updates,
    accounts,
    completions,
    courses,
    enrolments,
    groups,
    provision,
)
from lms_connectors.moodle.shapes import Thing, record
from lms_connectors.moodle.site import Site
from lms_connectors.words import N_
from workflows.ports import CheckLine, Permanent, Retryable

SITE_INFO = "core_webservice_get_site_info"
ALWAYS_THERE = ("1", "2")
"""Ids of the guest and the first administrator: every site has them from its installation."""
SEES_ACCOUNTS, SEES_USER_NAMES = "moodle/user:viewdetails", "moodle/user:viewalldetails"
NEEDED = (
    accounts.LOOKUP,
    courses.COURSES,
    enrolments.ROSTER,
    enrolments.ENROL,
    enrolments.UNENROL,
    completions.COMPLETION,
    groups.GROUPS,
    groups.CREATE,
    groups.MEMBERS,
    groups.JOIN,
    groups.LEAVE,
)
MAKING_COURSES = (provision.CREATE, provision.DUPLICATE, provision.UPDATE, provision.DELETE)
"""Needed only where the site has a category for new courses."""

ANSWERS = N_("Situs Moodle menjawab")
MEND_ADDRESS = N_("Periksa alamat situs, jaringan, dan apakah situs sedang dipelihara.")
MEND_TOKEN = N_(
    "Di Moodle, Server > Web services > Manage tokens: buat token baru bagi pengguna layanan ini, lalu pasang pada"
    " pengaturan."
)
MEND_OFF = N_(
    "Di Moodle, Site administration > Advanced features: nyalakan Enable web services; lalu Server > Web services >"
    " Manage protocols: nyalakan REST."
)
MEND_ACCESS = N_(
    "Di Moodle, Server > Web services > External services: nyalakan layanan ini, masukkan penggunanya ke Authorised"
    " users, dan beri perannya hak webservice/rest:use. Lihat juga masa berlaku tokennya."
)
MEND_USER = N_(
    "Masuk ke Moodle sebagai pengguna layanan: ganti kata sandinya, setujui kebijakan situs, dan lengkapi profilnya."
)
BY_CODE = {
    "http_403": MEND_OFF,
    "accessexception": MEND_ACCESS,
    "forcepasswordchangenotice": MEND_USER,
    "sitepolicynotagreed": MEND_USER,
    "usernotfullysetup": MEND_USER,
}
SAME_ADDRESS = N_("Alamat situs sama dengan yang dikenal Moodle")
MEND_HOME_PAGE = N_("Samakan alamat pada pengaturan dengan wwwroot Moodle (config.php).")
FUNCTIONS = N_("Fungsi yang diperlukan ada dalam layanan")
MEND_FUNCTIONS = N_("Di Moodle, Server > Web services > External services > Functions: tambahkan fungsi ini.")
READS_PEOPLE = N_("Layanan boleh mencari akun")
READS_COURSES = N_("Layanan boleh melihat kursus")
READS_ROSTER = N_("Layanan boleh melihat peserta kursus")
MEND_ROLE = N_("Di Moodle, Users > Permissions > Define roles: izinkan hak ini bagi peran layanan.")
NEEDS = {
    # question: (function, capability)
    READS_PEOPLE: (accounts.LOOKUP, SEES_ACCOUNTS),
    READS_COURSES: (courses.COURSES, "moodle/course:view"),
    READS_ROSTER: (enrolments.ROSTER, "moodle/course:enrolreview"),
}
NOT_THERE = frozenset({"accessexception", "invalidrecord"})
"""Said of a function that is not in the service."""


def check(site: Site) -> list[CheckLine]:
    """One line a question; the later questions are left out when the site does not answer."""
    try:
        info = record(site.client.call(SITE_INFO))
    except Retryable as error:
        return [CheckLine(ANSWERS, False, error.code, MEND_ADDRESS)]
    except Permanent as error:
        token = not error.code.startswith("http_") and error.code not in ("tls", "bad_url", "not_json")
        mend = BY_CODE.get(error.code, MEND_TOKEN if token else MEND_ADDRESS)
        return [CheckLine(ANSWERS, False, error.code, mend)]
    return [
        CheckLine(ANSWERS, True, str(info.get("release", ""))),
        _same_address(site, str(info.get("siteurl", ""))),
        _functions(site, info),
        *_rights(site),
    ]


def _same_address(site: Site, siteurl: str) -> CheckLine:
    same = siteurl.rstrip("/") == site.home_page
    return CheckLine(SAME_ADDRESS, same, siteurl, "" if same else MEND_HOME_PAGE)


def needed_functions(site: Site) -> tuple[str, ...]:
    """What the settings of this site ask for."""
    makes_accounts = site.account_policy == "create"
    made_by_us = (accounts.CREATE, account_updates.UPDATE) if makes_accounts else ()
    return (*NEEDED, *made_by_us, *(MAKING_COURSES if site.category_ref else ()))


def _functions(site: Site, info: Thing) -> CheckLine:
    offered = {function.get("name") for function in info.get("functions") or ()}
    missing = [name for name in needed_functions(site) if name not in offered]
    return CheckLine(FUNCTIONS, not missing, ", ".join(missing), MEND_FUNCTIONS if missing else "")


def _rights(site: Site) -> Iterator[CheckLine]:
    """What the role lets the service see. That it may change something cannot be tried without changing it."""
    yield _tried(READS_PEOPLE, lambda: _hidden_of_people(site))
    refs: list[str] = []

    def list_courses() -> str:
        refs.extend(course.ref for course in courses.search_courses(site, ""))
        return ""

    yield _tried(READS_COURSES, list_courses)
    if refs:
        yield _tried(READS_ROSTER, lambda: enrolments.look(site, refs[0]))


def _hidden_of_people(site: Site) -> str:
    """The capability that lacks: without it Moodle leaves people out without a word, as if unknown."""
    found, _ = accounts.look_up(site, "id", ALWAYS_THERE, len(ALWAYS_THERE))
    users = [user for held in found.values() for user in held]
    if not users:
        return SEES_ACCOUNTS
    return "" if all("username" in user for user in users) else SEES_USER_NAMES


def _tried(name: str, question: Callable[[], str]) -> CheckLine:
    """``question`` answers with what lacks, in a word; empty when nothing does."""
    function, capability = NEEDS[name]
    try:
        lacking = question()
    except Retryable as error:
        return CheckLine(name, False, error.code, MEND_ADDRESS)
    except Permanent as error:
        if error.code in NOT_THERE:
            return CheckLine(name, False, f"{error.code}: {function}", MEND_FUNCTIONS)
        lacking = f"{error.code}: {capability}"
    return CheckLine(name, not lacking, lacking, MEND_ROLE if lacking else "")
