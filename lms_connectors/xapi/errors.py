"""The one way in which reading a statement fails."""

from __future__ import annotations


class StatementInvalid(Exception):
    """A statement (or the JSON around it) breaks the specification.

    ``path`` names the place by property names and positions only (``statements[3].actor.mbox``), never by
    what the sender wrote there, so it may be logged. ``sentence`` may quote an unknown key and is for the
    sender only.
    """

    def __init__(self, path: str, sentence: str) -> None:
        super().__init__(f"{path}: {sentence}")
        self.path = path
        self.sentence = sentence
