"""The command line says what it found, and its exit code says whether all is well."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from service import cli
from service.config import SPECS, BadSetting, load_settings
from service.db import current_and_head
from tests.connectors.conftest import sandbox
from tests.connectors.running_sandbox import Running
from tests.connectors.sandbox_state import TOKEN
from tests.structure.tree import ROOT
from workflows.models import Identifier, LegalParameter, Person, RoleGrant, Site, XapiCredential

Run = Callable[..., Result]
__all__ = ["sandbox"]


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("BANGKOM_DATABASE_URL", database_url)
    monkeypatch.setenv("BANGKOM_SECRET_KEY", "k" * 32)
    monkeypatch.setenv("BANGKOM_SSO_ISSUER", "http://127.0.0.1:9")
    monkeypatch.setenv("BANGKOM_SURVEY_SECRETS", str(tmp_path / "secrets"))
    monkeypatch.setenv("BANGKOM_SEALS", str(tmp_path / "seals"))
    monkeypatch.setenv("BANGKOM_SITE_KELAS_TOKEN", "t" * 32)

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(cli.main, list(words), catch_exceptions=False)

    return invoke


@pytest.fixture
def ready(run: Run) -> Run:
    assert run("db", "upgrade").exit_code == 0
    return run


def test_the_database_goes_to_the_newest_revision_and_back(run: Run, database_url: str) -> None:
    assert "at revision" in run("db", "upgrade").output
    current, head = current_and_head(database_url)
    assert current == head
    assert run("db", "upgrade", "0001").exit_code == 0
    assert current_and_head(database_url)[0] == "0001"


def test_the_database_is_migrated_before_anything_else_is_set(
    run: Run, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has no issuer yet can still prepare the database (decision 1)."""
    monkeypatch.delenv("BANGKOM_SSO_ISSUER")
    monkeypatch.delenv("BANGKOM_SECRET_KEY")
    assert run("db", "upgrade").exit_code == 0
    current, head = current_and_head(database_url)
    assert current == head


def test_seed_brings_the_profile_and_may_be_repeated(ready: Run, database_url: str) -> None:
    counts = []
    for _ in range(2):
        assert ready("seed").exit_code == 0
        engine = create_engine(database_url)
        with Session(engine) as session:
            counts.append(len(session.scalars(select(LegalParameter)).all()))
        engine.dispose()
    assert counts[0] == counts[1] > 5


def test_a_site_is_made_known_and_gets_a_key_that_is_shown_once(ready: Run, database_url: str) -> None:
    assert ready("sites", "add", "kelas", "--url", "https://kelas.example").exit_code == 0
    output = ready("sites", "key", "kelas").output
    secret = re.search(r"password\s+(\S+)", output)
    engine = create_engine(database_url)
    with Session(engine) as session:
        assert session.scalars(select(Site.home_page)).one() == "https://kelas.example"
        kept = session.scalars(select(XapiCredential)).one()
        assert kept.key in output
        assert secret is not None
        assert secret[1] not in kept.secret_sha256
    engine.dispose()


def test_sites_are_listed_shown_and_set_without_their_token(ready: Run) -> None:
    assert ready("sites", "add", "kelas", "--url", "https://kelas.example", "--role-id", "7").exit_code == 0
    assert ready("sites", "add", "kelas", "--url", "https://kelas.example").exit_code == 1
    assert ready("sites", "set", "kelas", "--batch-size", "80").output == "site kelas: batch_size changed\n"
    assert ready("sites", "set", "kelas", "--batch-size", "80").output == "site kelas: nothing changed\n"
    assert ready("sites", "set", "kelas", "--batch-size", "800").exit_code == 2
    assert ready("sites", "set", "elsewhere", "--batch-size", "80").exit_code == 1
    assert "kelas  https://kelas.example  token set" in ready("sites", "list").output
    shown = ready("sites", "show", "kelas").output
    assert re.search(r"^batch_size +80$", shown, re.MULTILINE)
    assert re.search(r"^role_id +7$", shown, re.MULTILINE)
    assert "t" * 32 not in shown


def test_an_unknown_site_gets_no_key(ready: Run) -> None:
    result = ready("sites", "key", "nowhere")
    assert result.exit_code == 1
    assert "no_site" in result.output


def test_sync_with_nothing_to_send_is_well(ready: Run) -> None:
    result = ready("sync")
    assert result.exit_code == 0
    assert "applied 0, waiting 0, failed 0" in result.output


def test_audit_verify_is_well_on_a_fresh_database_and_names_a_broken_link(
    ready: Run, database_url: str
) -> None:
    ready("sites", "add", "kelas", "--url", "https://kelas.example")
    assert ready("audit", "verify").exit_code == 0
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE history SET payload = '{}' WHERE seq = 1"))
    engine.dispose()
    result = ready("audit", "verify")
    assert result.exit_code == 1
    assert "site:1 1: changed" in result.output


def test_doctor_says_what_to_mend_and_fails(ready: Run) -> None:
    ready("sites", "add", "kelas", "--url", "http://127.0.0.1:9")
    result = ready("doctor")
    assert result.exit_code == 1
    assert "ok   database" in result.output
    assert "FAIL issuer" in result.output
    assert "FAIL profile" in result.output
    assert "bangkom seed" in result.output
    assert "FAIL site kelas" in result.output


def test_doctor_asks_for_the_migration(run: Run) -> None:
    assert "bangkom db upgrade" in run("doctor").output


def test_settings_lists_each_with_its_source_and_no_secret(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANGKOM_SECRET_KEY", "a-very-secret-key-indeed")
    output = run("settings").output
    assert all(f"BANGKOM_{spec.name}" in output for spec in SPECS)
    assert "BANGKOM_SECRET_KEY = set  (environment)" in output
    assert "BANGKOM_PROXY_HOPS = 0  (default)" in output
    assert "a-very-secret-key-indeed" not in output


def test_a_missing_setting_is_named_without_a_trace(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BANGKOM_SSO_ISSUER")
    result = run("doctor")
    assert result.exit_code == 1
    assert "BANGKOM_SSO_ISSUER is needed" in result.output


@pytest.mark.parametrize("command", ["serve", "doctor"])
def test_a_setting_that_would_open_a_hole_stops_every_command(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("BANGKOM_SSO_ALGORITHMS", "none")
    result = run(command)
    assert result.exit_code == 1
    assert "Error: BANGKOM_SSO_" in result.output


def test_a_secret_comes_from_a_file_too(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("from-a-file\n")
    settings = load_settings({"BANGKOM_SECRET_KEY_FILE": str(path), "BANGKOM_SSO_ISSUER": "http://x"})
    assert settings.secret_key == "from-a-file"
    assert settings.sources["secret_key"] == f"file {path}"


@pytest.mark.parametrize(
    ("name", "value"), [("PROXY_HOPS", "many"), ("RUNNER", "perhaps"), ("SSO_ROLE_MAP", "{")]
)
def test_a_setting_that_cannot_be_read_is_named(name: str, value: str) -> None:
    given = {"BANGKOM_SECRET_KEY": "k", "BANGKOM_SSO_ISSUER": "http://x", f"BANGKOM_{name}": value}
    with pytest.raises(BadSetting, match=f"BANGKOM_{name}"):
        load_settings(given)


def test_the_default_database_is_one_file_for_every_command(tmp_path: Path) -> None:
    """As the README says it: nothing set but what must be, from the folder in which one stands."""
    environment = {**os.environ, "BANGKOM_SECRET_KEY": "k" * 32, "BANGKOM_SSO_ISSUER": "http://127.0.0.1:9"}
    environment |= {"PYTHONPATH": str(ROOT), "BANGKOM_LOG_LEVEL": "WARNING"}
    for words in (
        ("db", "upgrade"),
        ("seed",),
        ("sites", "add", "kelas", "--url", "https://kelas.example"),
        ("sync",),
    ):
        command = [sys.executable, "-m", "service.cli", *words]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "var" / "bangkom.sqlite3").stat().st_size > 100_000


def test_a_database_that_is_not_there_is_a_sentence_and_no_trace(run: Run) -> None:
    result = run("seed")
    assert result.exit_code == 1
    assert "the database:" in result.output
    assert "bangkom doctor" in result.output


def test_the_first_administrator_is_granted_by_number_from_standard_input(
    ready: Run, database_url: str
) -> None:
    with Session(engine := create_engine(database_url)) as session, session.begin():
        number = Identifier(kind="nip", value="198501012010011001", valid_from=date(2020, 1, 1))
        session.add(
            Person(name="Orang", email="orang@contoh.test", employment_kind="pns", identifiers=[number])
        )
    engine.dispose()
    granted = CliRunner().invoke(
        cli.main, ["grant", "administrator", "--number", "-"], "198501012010011001\n"
    )
    assert granted.exit_code == 0, granted.output
    assert "198501012010011001" not in granted.output
    with Session(engine := create_engine(database_url)) as session:
        assert session.scalars(select(RoleGrant.role)).one() == "administrator"
    engine.dispose()


def test_nobody_with_that_number_and_a_role_that_signs_are_refused(ready: Run) -> None:
    nobody = ready("grant", "administrator", "--number", "198501012010011001")
    assert nobody.exit_code == 1
    assert "nobody in service" in nobody.output
    assert ready("grant", "personnel_authority", "--number", "1").exit_code == 2


def test_no_token_makes_a_signer_or_an_operator() -> None:
    for role in ("personnel_authority", "operator", "clock"):
        with pytest.raises(BadSetting):
            load_settings({"BANGKOM_SSO_ROLE_MAP": f'{{"x": "{role}"}}'}, need=False)


def test_a_site_is_proved_in_a_scratch_course_and_what_lacks_is_said(
    ready: Run, sandbox: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANGKOM_SITE_KELAS_TOKEN", TOKEN)
    sandbox.app.site.home_page = sandbox.server.url
    ready("sites", "add", "kelas", "--url", sandbox.server.url, "--category-ref", "6")
    looked = ready("sites", "doctor", "kelas", "--read-only")
    assert (looked.exit_code, "FAIL" in looked.output) == (0, False)
    assert sandbox.rows("SELECT id FROM users WHERE username = 'bangkom-uji'") == []
    proved = ready("sites", "doctor", "kelas")
    assert (proved.exit_code, "FAIL" in proved.output) == (0, False)
    assert "ok   The service may suspend participants" in proved.output
    sandbox.app.site.lacking = {"moodle/course:managegroups"}
    lacking = ready("sites", "doctor", "kelas", "--lang", "id")
    assert lacking.exit_code == 1
    assert (
        "FAIL Layanan boleh membuat grup angkatan: nopermissions: moodle/course:managegroups"
        in lacking.output
    )
    assert TOKEN not in looked.output + proved.output + lacking.output
    assert sandbox.rows("SELECT id FROM courses WHERE shortname LIKE 'bangkom-uji%'") == []


def test_a_site_without_its_token_is_told_by_doctor(ready: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BANGKOM_SITE_KELAS_TOKEN")
    ready("sites", "add", "kelas", "--url", "http://127.0.0.1:9")
    result = ready("sites", "doctor", "kelas")
    assert result.exit_code == 1
    assert "BANGKOM_SITE_KELAS_TOKEN" in result.output
    assert ready("sites", "doctor", "elsewhere").exit_code == 1


def test_an_upgrade_brings_what_the_profile_has_new_and_changes_no_correction(
    run: Run, database_url: str
) -> None:
    assert run("db", "upgrade").exit_code == 0
    assert "new in the profile" not in run("db", "upgrade").output, "a database not in use stays empty"
    assert run("seed").exit_code == 0
    engine = create_engine(database_url)
    with Session(engine) as session, session.begin():
        for row in session.scalars(select(LegalParameter).where(LegalParameter.key == "mandate.alarm_days")):
            session.delete(row)
        (corrected,) = session.scalars(
            select(LegalParameter).where(LegalParameter.key == "completion.grace_days")
        )
        corrected.value = "45"
    assert "not in the database: mandate.alarm_days" in run("doctor").output
    said = run("db", "upgrade")
    assert (said.exit_code, said.output.count("new in the profile")) == (0, 1)
    assert "new in the profile: mandate.alarm_days" in said.output
    with Session(engine) as session:
        values = dict(session.execute(select(LegalParameter.key, LegalParameter.value)).all())
    engine.dispose()
    assert values["completion.grace_days"] == "45"
    assert "mandate.alarm_days" in values


def test_an_upgrade_under_an_unknown_profile_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("db", "upgrade").exit_code == 0
    assert run("seed").exit_code == 0
    monkeypatch.setenv("BANGKOM_PROFILE", "antah")
    said = run("db", "upgrade")
    assert said.exit_code == 1
    assert "no such profile" in said.output
