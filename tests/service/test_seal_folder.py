"""Seals lie in a folder: whole or not at all, never over another, one a number whoever writes at the same time."""

from __future__ import annotations

import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from service.seal_folder import SealFolder
from workflows.ports import SealName, SealStore

FIRST = SealName(1, date(2027, 3, 18))


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_it_is_a_store_of_seals_and_an_absent_folder_is_an_empty_one(tmp_path: Path) -> None:
    folder = SealFolder(tmp_path / "none")
    assert isinstance(folder, SealStore)
    assert list(folder.names()) == []
    with pytest.raises(FileNotFoundError):
        folder.read(1)


def test_a_seal_is_a_file_named_by_its_day_that_nobody_may_write(tmp_path: Path) -> None:
    folder = SealFolder(tmp_path / "seals")
    folder.add(FIRST, b"text\n")
    assert files(tmp_path / "seals") == ["000001-2027-03-18.txt"]
    assert (list(folder.names()), folder.read(1)) == ([FIRST], b"text\n")
    mode = (tmp_path / "seals" / "000001-2027-03-18.txt").stat().st_mode
    assert stat.S_IMODE(mode) & 0o222 == 0


def test_a_number_is_never_written_twice_also_for_another_day(tmp_path: Path) -> None:
    folder = SealFolder(tmp_path)
    folder.add(FIRST, b"first")
    for name in (FIRST, SealName(1, date(2027, 3, 19))):
        with pytest.raises(FileExistsError):
            folder.add(name, b"other")
    assert (files(tmp_path), folder.read(1)) == (["000001-2027-03-18.txt"], b"first")


def test_seals_come_by_number_and_other_files_are_none(tmp_path: Path) -> None:
    folder = SealFolder(tmp_path)
    for number in (11, 2, 1):
        folder.add(SealName(number, FIRST.day), b"x")
    for name in ("README.md", "000003-2027-13-18.txt", "000004-2027-03-18.txt.bak", ".0badc0de"):
        (tmp_path / name).write_text("x")
    assert [name.number for name in folder.names()] == [1, 2, 11]


def test_what_breaks_off_while_writing_leaves_no_seal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    folder = SealFolder(tmp_path)
    with pytest.raises(OSError, match="No space"):
        folder.add(FIRST, b"x")
    assert list(tmp_path.iterdir()) == []


def test_of_many_at_once_one_keeps_the_number(tmp_path: Path) -> None:
    barrier = threading.Barrier(8)

    def work(n: int) -> bool:
        barrier.wait()
        try:
            SealFolder(tmp_path).add(SealName(1, date(2027, 3, 18 + n % 2)), b"%d" % n)
        except FileExistsError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))).count(True) == 1
    assert len(files(tmp_path)) == 1
