"""What a role may do at Moodle, found out by doing it: nothing that was made for it stays, or it is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from lms_connectors.moodle import account_updates, accounts, provision
from lms_connectors.moodle.check import MEND_FUNCTIONS, MEND_ROLE, NOT_THERE
from lms_connectors.moodle.courses import all_courses
from lms_connectors.moodle.shapes import things
from lms_connectors.moodle.site import Site
from lms_connectors.proving import (
    ACCOUNT,
    COMPLETION,
    ENROLS,
    GRADES,
    GROUPS,
    JOINS,
    LEARNER,
    LEAVES,
    READS,
    RETURNS,
    SUSPENDS,
    UNENROLS,
    Lacking,
    Try,
    is_old_scratch,
    line,
    must_apply,
    must_be_usable,
    scratch_mark,
)
from lms_connectors.words import N_
from workflows.ports import CheckLine, LearningPlatform, NewCourse, Permanent, Retryable

CHANGES_ACCOUNT = N_("Layanan boleh mengubah nama, surel, dan ID number akun yang dibuatnya")
MAKES_COURSE = N_("Layanan boleh membuat kelas di kategori yang diatur")
CHANGES_COURSE = N_("Layanan boleh mengubah tanggal kelas dan menyalakan pelacakan selesai")
COPIES_COURSE = N_("Layanan boleh menyalin kelas dari kelas contoh")
REMOVED = N_("Yang dibuat untuk uji sudah dihapus lagi")
STAYS = N_("Akun uji tetap ada di Moodle, tanpa kelas; boleh dihapus di sana")

MEND_CATEGORY_ROLE = N_(
    "Di Moodle, pada kategori kelas > Permissions > Assign roles: beri pengguna layanan peran kelas"
    " (moodle-role-category.xml)."
)
MEND_CATEGORY = N_(
    "Isi nomor kategori kelas baru pada pengaturan situs ini, dengan kategori yang ada di Moodle."
)
MEND_ASSIGN = N_(
    "Di Moodle, Users > Permissions > Define roles > Allow role assignments: centang peran peserta untuk peran layanan."
)
MEND_MANUAL = N_("Di Moodle, Plugins > Enrolments > Manage enrol plugins: aktifkan Manual enrolments.")
MEND_AWAY = N_("Situs tidak menjawab; coba lagi nanti.")
MEND_BY_HAND = N_("Hapus sendiri di Moodle; layanan tidak diizinkan menghapusnya (moodle/course:delete).")

NEEDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # step: (functions, capabilities)
    ACCOUNT: ((accounts.CREATE,), ("moodle/user:create",)),
    CHANGES_ACCOUNT: ((account_updates.UPDATE,), ("moodle/user:update",)),
    MAKES_COURSE: ((provision.CREATE,), ("moodle/course:create", "moodle/course:visibility")),
    CHANGES_COURSE: ((provision.UPDATE,), ("moodle/course:update", "moodle/course:changefullname")),
    COPIES_COURSE: (
        (provision.DUPLICATE,),
        ("moodle/backup:backupcourse", "moodle/restore:restorecourse", "moodle/course:changeidnumber"),
    ),
    ENROLS: (("enrol_manual_enrol_users",), ("enrol/manual:enrol", "moodle/role:assign")),
    READS: (("core_enrol_get_enrolled_users",), ("moodle/course:enrolreview", "moodle/user:viewdetails")),
    SUSPENDS: (("enrol_manual_enrol_users",), ("enrol/manual:enrol",)),
    RETURNS: (("enrol_manual_enrol_users",), ("enrol/manual:enrol",)),
    GROUPS: (("core_group_create_groups", "core_group_get_course_groups"), ("moodle/course:managegroups",)),
    JOINS: (
        ("core_group_add_group_members", "core_group_get_group_members"),
        ("moodle/course:managegroups",),
    ),
    LEAVES: (("core_group_delete_group_members",), ("moodle/course:managegroups",)),
    COMPLETION: (("core_completion_get_course_completion_status",), ("report/completion:view",)),
    GRADES: (("gradereport_user_get_grade_items",), ("gradereport/user:view", "moodle/grade:viewall")),
    UNENROLS: (("enrol_manual_unenrol_users",), ("enrol/manual:unenrol",)),
}
IN_CATEGORY = frozenset({MAKES_COURSE, CHANGES_COURSE, COPIES_COURSE})
BY_CODE = {
    "wsusercannotassign": MEND_ASSIGN,
    "wsnoinstance": MEND_MANUAL,
    "category_missing": MEND_CATEGORY,
    "errorcatcontextnotvalid": MEND_CATEGORY,
    "no_category": MEND_CATEGORY,
}
NO_ENTRY = frozenset({"requireloginerror", "errorcoursecontextnotvalid", "course_missing"})
ENTERS = ("moodle/course:view", "moodle/course:viewhiddencourses")
SEES_PEOPLE = ("moodle/user:viewdetails", "moodle/user:viewalldetails")


def prove(site: Site, platform: LearningPlatform, looked: list[CheckLine]) -> Iterator[CheckLine]:
    """Lines after those of ``check()``. Does nothing where the site does not even answer."""
    if not looked[0].ok:
        return
    remote_id = ""

    def account() -> None:
        nonlocal remote_id
        remote_id = must_be_usable(platform.resolve_accounts([LEARNER]))
        if site.account_policy == "create":
            _may_make_accounts(site)

    yield told(ACCOUNT, account)
    if remote_id and site.account_policy == "create":
        learner = replace(LEARNER, remote_id=remote_id)
        yield told(CHANGES_ACCOUNT, lambda: must_apply(platform.update_accounts([learner])))
    yield from _in_scratch_course(site, platform, remote_id)
    if remote_id and site.account_policy == "create":
        yield CheckLine(STAYS, True, LEARNER.username)


def _may_make_accounts(site: Site) -> None:
    """Asks for the account that is there once more: who may not is told so first, who may is told it exists."""
    try:
        things(site.client.call(accounts.CREATE, {"users": [accounts.new_account(site, LEARNER)]}))
    except Permanent as error:
        if error.code != "invalidparameter":
            raise


def _in_scratch_course(site: Site, platform: LearningPlatform, remote_id: str) -> Iterator[CheckLine]:
    made: list[str] = []
    mark = scratch_mark(site.now())

    def make() -> None:
        if not site.category_ref:
            raise Lacking("no_category")
        made.append(provision.make_empty(site, mark, "Uji Bangkom (boleh dihapus)"))

    try:
        yield told(MAKES_COURSE, make)
        if made:
            yield told(CHANGES_COURSE, lambda: provision.change(site, made[0], _changes(site, mark)))
            if remote_id:
                yield from (_named(one) for one in Try(platform, made[0], remote_id, mend).lines())
            yield told(COPIES_COURSE, lambda: made.append(_copy(site, platform, made[0], f"{mark}-salinan")))
    finally:
        left = [ref for ref in _to_remove(site, mark, made) if not _gone(site, ref)]
    if made or left:
        yield CheckLine(
            REMOVED, not left, ", ".join(f"course {ref}" for ref in left), MEND_BY_HAND if left else ""
        )


def _changes(site: Site, mark: str) -> dict[str, str]:
    start = site.now() + timedelta(days=1)
    return {
        "fullname": f"Uji Bangkom {mark} (boleh dihapus)",
        "startdate": str(int(start.timestamp())),
        "enddate": str(int((start + timedelta(days=1)).timestamp())),
        "enablecompletion": "1",
    }


def _copy(site: Site, platform: LearningPlatform, template: str, mark: str) -> str:
    start = site.now() + timedelta(days=1)
    new = NewCourse(mark, f"Uji {mark}", template, site.category_ref, start, start + timedelta(days=1))
    return platform.create_course(new).ref


def _to_remove(site: Site, mark: str, made: list[str]) -> list[str]:
    """What this try made, also where its answer was lost, and what older tries left behind."""
    now, found = site.now(), list(made)
    try:
        for course in all_courses(site):
            name = str(course.get("idnumber") or course.get("shortname", ""))
            if name.startswith(mark) or is_old_scratch(name, now):
                found.append(str(course["id"]))
    except (Retryable, Permanent):
        return list(dict.fromkeys(found))
    return list(dict.fromkeys(found))


def _gone(site: Site, ref: str) -> bool:
    try:
        return provision.remove(site, ref)
    except (Retryable, Permanent):
        return False


def told(name: str, step: Callable[[], object]) -> CheckLine:
    return _named(line(name, step, mend))


def _named(found: CheckLine) -> CheckLine:
    """The line with what it needs by name, so that nobody has to look it up."""
    if found.ok or found.name not in NEEDS:
        return found
    if found.detail in BY_CODE:
        return found
    needed = _needed(found.name, found.detail)
    return CheckLine(found.name, False, f"{found.detail}: {', '.join(needed)}", found.mend)


def _needed(name: str, code: str) -> tuple[str, ...]:
    """Functions or capabilities whose lack reads like this; each was taken away once on a real site."""
    functions, capabilities = NEEDS[name]
    if code in NOT_THERE:
        return functions
    if code in NO_ENTRY:
        return ENTERS
    return SEES_PEOPLE if name == ACCOUNT and code != "nopermissions" else capabilities


def mend(name: str, code: str) -> str:
    if code in BY_CODE:
        return BY_CODE[code]
    if code in NOT_THERE:
        return MEND_FUNCTIONS
    if code in ("timeout", "unreachable", "connection_cut", "html") or code.startswith("http_"):
        return MEND_AWAY
    return MEND_CATEGORY_ROLE if name in IN_CATEGORY and code not in NO_ENTRY else MEND_ROLE
