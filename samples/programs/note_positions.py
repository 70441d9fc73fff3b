"""The summary that the control room's software makes today: early sentences, sentences with figures, and some cue words."""

from __future__ import annotations

import re

from samples.common import Answer
from samples.programs.sentences import sentences_of

MOST_SENTENCES = 5
CUES = re.compile(
    r"\b(?:cause|leak|trip|tripped|shut|lost|without|restored|hurt|hospital|must|report|replaced|repair|customers|flats)\b",
    re.IGNORECASE,
)


def answer(text: str) -> Answer:
    """Return the highest sentences in their order."""
    sentences = sentences_of(text)
    ranked = sorted(range(len(sentences)), key=lambda i: (-_score(sentences[i], i), i))
    return Answer(" ".join(sentences[i] for i in sorted(ranked[:MOST_SENTENCES])))


def _score(sentence: str, place: int) -> float:
    figures = len(re.findall(r"\d+", sentence))
    return 2.0 / (1 + place) + 0.6 * min(figures, 2) + 0.9 * len(CUES.findall(sentence))
