"""``privacy.toml``: which personal data there are, what for, by which right, how long (UU 27/2022)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from service.profiles import files
from service.profiles.files import Cells
from service.profiles.profile import ParameterRow, PrivacyCategory, ProfileError, Retention, Words
from workflows.held import CATEGORIES


def load_privacy(
    path: Path, parameters: Sequence[ParameterRow]
) -> tuple[tuple[PrivacyCategory, ...], tuple[Retention, ...]]:
    """Categories in the order of the pages, and the classes of retention they name. ProfileError with its line."""
    data = files.read_toml(path)
    keys = {parameter.key for parameter in parameters}
    classes = [_retention(cells, keys) for cells in files.tables(path, data, "retention")]
    names = {one.code for one in classes}
    categories = [_category(cells, names) for cells in files.tables(path, data, "category")]
    codes = [one.code for one in categories]
    for missing in [code for code in CATEGORIES if code not in codes]:
        raise ProfileError(path, 1, f"[[category]] {missing} is missing")
    if len(set(codes)) != len(codes) or len(names) != len(classes):
        raise ProfileError(path, 1, "a code stands here a second time")
    return tuple(categories), tuple(classes)


def _retention(cells: Cells, parameters: set[str]) -> Retention:
    parameter = cells.maybe("parameter")
    if parameter and parameter not in parameters:
        raise cells.error(f"parameter {parameter!r} is not in parameters.toml")
    return Retention(
        code=cells.text("code"),
        title=_words(cells, "title"),
        parameter=parameter,
        source_document=cells.text("source_document"),
        verified=cells.yes("verified"),
    )


def _category(cells: Cells, classes: set[str]) -> PrivacyCategory:
    retention = cells.text("retention")
    if retention not in classes:
        raise cells.error(f"no [[retention]] has the code {retention!r}")
    return PrivacyCategory(
        code=cells.one_of("code", CATEGORIES),
        title=_words(cells, "title"),
        what=_words(cells, "what"),
        purpose=_words(cells, "purpose"),
        basis=cells.text("basis"),
        retention=retention,
        source_document=cells.text("source_document"),
        verified=cells.yes("verified"),
    )


def _words(cells: Cells, name: str) -> Words:
    return Words(cells.text(name), cells.text(f"{name}_en"))
