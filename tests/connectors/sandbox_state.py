"""The state that the recordings imply, loaded into the stand-in: people 5 to 18, courses 20 to 26."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

from lms_connectors.sandbox import SandboxApp, SeedCourse, SeedUser, create_sandbox
from lms_connectors.sandbox.enrolment import put

TOKEN = "5a9d0c7be1f24863a0c9d8e7f6b5a493"
WHEN = datetime(2026, 11, 24, 3, 17, tzinfo=UTC)

PEOPLE = (
    (5, "199001102015031001", "Siti", "Rahmawati"),
    (6, "199002112015032002", "Budi", "Santoso"),
    (7, "199003122015031003", "I Made", "Wirawan"),
    (8, "199004132015032004", "Maria", "Tambunan"),
    (9, "199005142015031005", "Agus", "Prasetyo"),
    (10, "199006152015032006", "Nur", "Hidayah"),
    (11, "199007162015031007", "Yohanes", "Kambu"),
    (12, "199008172015032008", "Dewi", "Lestari"),
    (13, "199009182015031009", "Andi", "Wijaya"),
    (14, "199010192015032010", "Rina", "Marlina"),
    (15, "199011202015031011", "Hasan", "Basri"),
    (16, "199012212015032012", "Fatimah", "Zahra"),
    (17, "198505052010011001", "Nama", "Uji"),
    (18, "198601012010011001", "Nama", "Uji"),
)
COURSES = (
    SeedCourse("Dasar Antikorupsi bagi ASN", "AK-2026-01", "PRG-0001", criteria="self", ref=20),
    SeedCourse("Pelayanan Publik Digital", "PPD-2026-01", "PRG-0002", activities=("Materi", "Kuis"), ref=21),
    SeedCourse("Manajemen Risiko", "MR-2026-01", "PRG-0003", ("Ujian Tertulis",), criteria="grade", ref=22),
    SeedCourse("Tanpa Pelacakan", "TP-2026", "PRG-0004", tracked=False, ref=23),
    SeedCourse("Tanpa Pendaftaran Manual", "TM-2026", "PRG-0005", manual=False, ref=24),
    SeedCourse("Kriteria Kosong", "KK-2026", "PRG-0006", criteria="none", ref=25),
    SeedCourse("Kursus Kosong", "KO-2026", "PRG-0007", ref=26),
)
ENROLLED = {20: range(5, 9), 21: (5, 6), 22: range(5, 11), 23: (5,), 25: (5,)}


def empty_sandbox(path: Path, *, token: str = TOKEN, max_input_vars: int = 5000) -> SandboxApp:
    return create_sandbox(
        path / "sandbox.sqlite3",
        purpose="test",
        token=token,
        home_page="http://moodle.test",
        clock=lambda: WHEN,
        xapi_endpoint="http://127.0.0.1:9/xapi",
        xapi_key="key",
        xapi_secret="secret-of-xapi",
        max_input_vars=max_input_vars,
    )


def load(app: SandboxApp, *, without: Collection[int] = ()) -> None:
    app.seed_users(
        SeedUser(nip, first, last, f"asn{ref - 4}@instansi.test", nip, city="Jakarta", country="ID", ref=ref)
        for ref, nip, first, last in PEOPLE
        if ref not in without
    )
    app.seed_courses(COURSES)
    with app.site.store.writing() as db:
        for course, users in ENROLLED.items():
            for user in users:
                put(db, course, user)


def load_many(app: SandboxApp, first: int, prefix: str, count: int) -> None:
    """``count`` more people: ids from ``first``, user names ``prefix`` and a running number, 18 digits."""
    width = 18 - len(prefix)
    app.seed_users(
        SeedUser(name, f"Nama{name}", "Uji", f"{name}@instansi.test", name, country="ID", ref=first + number)
        for number in range(count)
        for name in [f"{prefix}{number:0{width}}"]
    )


def complete(app: SandboxApp, course: int, user: int, when: int) -> None:
    with app.site.store.writing() as db:
        db.execute("INSERT INTO course_completions VALUES (?, ?, ?)", (course, user, when))
        rows = db.execute("SELECT id FROM activities WHERE course = ?", (course,)).fetchall()
        db.executemany(
            "INSERT INTO activity_completions VALUES (?, ?, ?)", [(row["id"], user, when) for row in rows]
        )
