"""The sentences for people, taken from code and templates, and their translation as a gettext catalogue.

Babel reads what ``babel.ini`` names. Places carry no line numbers and the header keeps its dates, so that a
catalogue changes only where a sentence does.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FOLDERS = ("service", "workflows", "lms_connectors")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "lazy_gettext": None,
    "_l": None,
    "lazy_pgettext": DEFAULT_KEYWORDS["pgettext"],
}


def catalogues() -> list[Path]:
    """The ``.po`` of every language there is."""
    return sorted(HERE.glob("*/LC_MESSAGES/messages.po"))


def sentences() -> Iterator[tuple[str, str | tuple[str, ...], str | None]]:
    """Every sentence for people as (file, sentence, context); the sentence a tuple where it has a plural."""
    with (HERE / "babel.ini").open(encoding="utf-8") as handle:
        methods, options = parse_mapping_cfg(handle, "babel.ini")  # type: ignore[no-untyped-call]
    for folder in FOLDERS:
        found = extract_from_dir(ROOT / folder, methods, options, keywords=KEYWORDS)
        for name, _line, sentence, _comments, context in found:
            yield f"{folder}/{name}", sentence, context


def template() -> Catalog:
    """All sentences with their places, untranslated."""
    catalogue = Catalog()
    for place, sentence, context in sentences():
        catalogue.add(sentence, locations=[(place, 0)], context=context)
    return catalogue


def read(path: Path) -> Catalog:
    with path.open("rb") as handle:
        return read_po(handle, locale=path.parts[-3])


def renewed(path: Path) -> Catalog:
    """The catalogue with today's sentences: kept where translated, empty where new, gone where unused."""
    catalogue = read(path)
    # A guess from a similar sentence would be shown as if a person had written it.
    catalogue.update(template(), no_fuzzy_matching=True, update_creation_date=False)
    return catalogue


def missing(catalogue: Catalog) -> list[str]:
    """Sentences without a translation that someone has looked at."""
    return [_text(message) for message in catalogue if message.id and not _translated(message)]


def po(catalogue: Catalog) -> bytes:
    written = BytesIO()
    write_po(written, catalogue, width=110, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    lines = written.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(b'"Generated-By:'))


def mo(catalogue: Catalog) -> bytes:
    written = BytesIO()
    write_mo(written, catalogue)
    return written.getvalue()


def compiled_says(path: Path) -> dict[object, object]:
    """Translation by sentence in the ``.mo``. Its header may name another release of Babel."""
    with path.open("rb") as handle:
        return says(read_mo(handle))


def says(catalogue: Catalog) -> dict[object, object]:
    """Translation by sentence and context."""
    return {(message.id, _context(message)): message.string for message in catalogue if message.id}


def _context(message: Message) -> str | None:
    # Babel's read_mo leaves the context undecoded.
    context: str | bytes | None = message.context
    return context.decode() if isinstance(context, bytes) else context


def _translated(message: Message) -> bool:
    texts = message.string if isinstance(message.string, tuple) else (message.string,)
    return bool(texts) and all(texts) and not message.fuzzy


def _text(message: Message) -> str:
    return message.id if isinstance(message.id, str) else str(message.id[0])
