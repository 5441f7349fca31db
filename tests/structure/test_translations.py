"""Every sentence for people stands in the English catalogue, translated, compiled and with the same places."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from service.languages import LANGUAGES
from service.translations import catalogue as catalogues
from service.translations.__main__ import check
from tests.structure.tree import files, name_of, parsed

PLACE = re.compile(r"%\(\w+\)s|%%")
FILES = catalogues.catalogues()
EVERY_CATALOGUE = pytest.mark.parametrize("path", FILES, ids=lambda path: path.parts[-3])


def test_every_language_but_the_written_one_has_a_catalogue() -> None:
    assert [path.parts[-3] for path in FILES] == [language for language in LANGUAGES if language != "id"]


@EVERY_CATALOGUE
def test_every_message_is_translated_and_the_compiled_catalogue_is_of_today(path: Path) -> None:
    assert check(path) == []


@EVERY_CATALOGUE
def test_no_translation_is_a_guess(path: Path) -> None:
    assert [message.id for message in _messages(path) if message.fuzzy] == []


@EVERY_CATALOGUE
def test_a_translation_has_the_places_of_its_sentence(path: Path) -> None:
    wrong = [message.id for message in _messages(path) if _places(message.string) != _places(message.id)]
    assert wrong == []


@EVERY_CATALOGUE
def test_a_sentence_with_places_can_be_filled_in_every_language(path: Path) -> None:
    for message in _messages(path):
        for text in (str(message.id), str(message.string)):
            names = re.findall(r"%\((\w+)\)s", text)
            if names:
                assert "%(" not in text % dict.fromkeys(names, "x")
            else:
                assert "%%" not in text, "a sentence without places is shown as it stands"


@EVERY_CATALOGUE
def test_a_translation_ends_as_its_sentence(path: Path) -> None:
    """A label stays a label and a sentence a sentence, so that pages that join them read well."""
    wrong = [m.id for m in _messages(path) if _end(m.id) != _end(m.string)]
    assert wrong == []


def test_no_sentence_hides_where_the_extraction_cannot_see_it() -> None:
    """Babel reads the arguments that stand in the code, and nothing inside an f-string."""
    hidden = [
        f"{name_of(path)}:{call.lineno}"
        for path in files(*catalogues.FOLDERS, endings=(".py",))
        for string in ast.walk(parsed(path))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in catalogues.KEYWORDS
        if isinstance(call.args[0], ast.Constant)
    ]
    assert hidden == []


def messages() -> set[str]:
    """Every text in code and templates that people may read, in the language it is written in."""
    return {said if isinstance(said, str) else said[0] for _, said, _ in catalogues.sentences()}


def _messages(path: Path) -> Iterator[Message]:
    return (message for message in catalogues.read(path) if message.id)


def _places(text: object) -> list[str]:
    return sorted(PLACE.findall(str(text)))


def _end(text: object) -> str:
    return str(text)[-1] if str(text)[-1] in ".?:" else ""
