"""``python -m service.translations`` renews the catalogues after a sentence changed (``./run translations``).

New sentences come in empty: translate them in ``messages.po``, then run it again. ``--check`` changes nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from service.translations.catalogue import (
    ROOT,
    catalogues,
    compiled_says,
    missing,
    mo,
    po,
    read,
    renewed,
    says,
)


def renew(path: Path) -> list[str]:
    """Write ``.po`` and ``.mo`` anew. Answers what is left to do, one sentence each."""
    path.write_bytes(po(renewed(path)))
    path.with_suffix(".mo").write_bytes(mo(read(path)))
    return untranslated(path)


def check(path: Path) -> list[str]:
    """What is wrong with the files at hand, one sentence each; empty when all is well."""
    compiled = path.with_suffix(".mo")
    found = []
    if path.read_bytes() != po(renewed(path)):
        found.append(f"{_name(path)}: not the sentences of today (./run translations renews it)")
    if not compiled.exists() or compiled_says(compiled) != says(read(path)):
        found.append(f"{_name(compiled)}: not the compiled messages.po (./run translations compiles it)")
    return found + untranslated(path)


def untranslated(path: Path) -> list[str]:
    return [f"{_name(path)}: no translation of: {text}" for text in missing(read(path))]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m service.translations", description="Renew or verify the translations of the screens."
    )
    parser.add_argument("--check", action="store_true", help="verify, change nothing")
    work: Callable[[Path], list[str]] = check if parser.parse_args(arguments).check else renew
    wrong = [sentence for path in catalogues() for sentence in work(path)]
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
