"""``bangkom audit seal`` and ``verify``: what was changed, removed, swapped or cut is named, and exit codes tell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from service import cli
from tests.support import forging, walk
from tests.support.databases import Database
from tests.support.world import World
from workflows.seals import hashed_stream

Run = Callable[..., Result]


@pytest.fixture
def run(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name, value in {
        "DATABASE_URL": database.url,
        "SECRET_KEY": "k" * 32,
        "SSO_ISSUER": "http://127.0.0.1:9",
        "SURVEY_SECRETS": str(tmp_path / "secrets"),
        "SEALS": str(tmp_path / "seals"),
        "LOG_LEVEL": "WARNING",
    }.items():
        monkeypatch.setenv(f"BANGKOM_{name}", value)
    return lambda *words: CliRunner().invoke(cli.main, ["audit", *words], catch_exceptions=False)


@pytest.fixture
def stream(world: World, run: Run) -> str:
    """Seven rows and a seal over them."""
    version_id = walk.to_review(world)
    walk.speak(world, version_id)
    assert run("seal").exit_code == 0
    return f"version:{version_id}"


def test_a_whole_history_is_whole_and_the_seal_is_made_once_a_day(
    stream: str, run: Run, tmp_path: Path
) -> None:
    again = run("seal")
    assert (again.exit_code, "today has its seal" in again.output) == (0, True)
    assert len(list((tmp_path / "seals").glob("*.txt"))) == 1
    result = run("verify")
    assert result.exit_code == 0
    assert "1 seals, the newest 1 " in result.output
    assert "no broken link" in result.output


PLAIN: dict[str, tuple[list[str], str]] = {
    "changed": (["UPDATE history SET payload = '{}' WHERE stream = :s AND seq = 4"], "4: changed"),
    "removed": (
        [
            "DELETE FROM history_value WHERE row_id IN (SELECT id FROM history WHERE stream = :s AND seq = 4)",
            "DELETE FROM history WHERE stream = :s AND seq = 4",
        ],
        "4: missing",
    ),
    "swapped": (
        [
            "UPDATE history SET seq = 999 WHERE stream = :s AND seq = 4",
            "UPDATE history SET seq = 4 WHERE stream = :s AND seq = 5",
            "UPDATE history SET seq = 5 WHERE stream = :s AND seq = 999",
        ],
        "4: changed",
    ),
    "cut": (["DELETE FROM history WHERE stream = :s AND seq = 7"], "7: cut"),
}


@pytest.mark.parametrize("how", PLAIN)
def test_the_first_broken_link_is_named(stream: str, run: Run, engine: Engine, how: str) -> None:
    statements, expected = PLAIN[how]
    with engine.begin() as connection:
        for statement in statements:
            assert connection.execute(text(statement), {"s": stream}).rowcount != 0 or "value" in statement
    result = run("verify")
    assert result.exit_code == 1
    assert f"{stream} {expected}\n" in result.output
    assert "1 broken" in result.output


@pytest.mark.parametrize(
    ("hand", "place", "expected"),
    [
        (forging.change, 4, "1-7: rewritten"),
        (forging.remove, 4, "1-7: rewritten"),
        (forging.swap, 4, "1-7: rewritten"),
        (forging.cut, 6, "6: cut"),
    ],
)
def test_a_chain_that_was_mended_afterwards_is_named_by_the_seal(
    stream: str, run: Run, engine: Engine, hand: Callable[[Engine, str, int], None], place: int, expected: str
) -> None:
    hand(engine, stream, place)
    result = run("verify")
    assert result.exit_code == 1
    # Removing a row makes the chain shorter than the seal: the seal's place is not there any more.
    wanted = "7: cut" if hand is forging.remove else expected
    assert f"{stream} {wanted}\n" in result.output


def test_a_stream_that_is_gone_and_a_lost_folder_are_named(
    stream: str, run: Run, engine: Engine, tmp_path: Path
) -> None:
    forging.forget(engine, stream)
    assert f"sealed:{hashed_stream(stream)} 1: cut" in run("verify").output
    copy = tmp_path / "copy"
    (tmp_path / "seals").rename(copy)
    lost = run("verify")
    assert (lost.exit_code, "seal 1: missing" in lost.output) == (1, True)
    assert "seal 1" not in run("verify", "--seals", str(copy)).output


def test_sealing_what_was_cut_says_so(stream: str, run: Run, engine: Engine, tmp_path: Path) -> None:
    forging.cut(engine, stream, 6)
    path = next((tmp_path / "seals").glob("*.txt"))
    path.rename(path.with_name("000001-2020-01-01.txt"))  # as if it were yesterday's
    result = run("seal")
    assert result.exit_code == 1
    assert "does not fit older seals" in result.output


def test_a_folder_that_cannot_be_written_is_a_sentence(world: World, run: Run, tmp_path: Path) -> None:
    walk.to_proposed(world)
    (tmp_path / "seals").write_text("a file, not a folder")
    result = run("seal")
    assert result.exit_code == 1
    assert "the folder of seals" in result.output
