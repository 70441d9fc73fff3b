"""A status as sign, word and tone: it survives a grey printer and colour-blind eyes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How a mark is coloured; never its only sign."""

    GOOD = "good"
    CAUTION = "caution"
    BAD = "bad"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Mark:
    """A status as sign, word and tone, so that it survives a grey printer."""

    sign: str
    word: str
    tone: Tone
