"""Splits a note into sentences; both summarizers use it."""

from __future__ import annotations

import re

_END = re.compile(r"(?<=[.!?])\s+|\n+")


def sentences_of(text: str) -> list[str]:
    """Return the sentences in order; a line break ends one."""
    return [part.strip() for part in _END.split(text) if part.strip()]


def words_of(sentence: str) -> list[str]:
    """Return the words in lower case."""
    return re.findall(r"[a-z]{3,}|\d+", sentence.lower())
