"""Learns from train notes which words stand in sentences that tell a key fact (naive Bayes), and keeps such sentences."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from samples.common import Answer
from samples.programs.sentences import sentences_of, words_of

MOST_SENTENCES = 8
TELLS = 0.6
"""Share of a key fact's words that a train sentence must hold to count as telling it."""
SMOOTHING = 0.5


class LearnedSummary:
    """Learns once, then answers one note at a time."""

    def __init__(self, notes: Sequence[str], facts: Sequence[Sequence[str]]) -> None:
        told: Counter[str] = Counter()
        other: Counter[str] = Counter()
        for note, own in zip(notes, facts, strict=True):
            for sentence in sentences_of(note):
                (told if _tells(sentence, own) else other).update(_features(sentence))
        words = told.keys() | other.keys()
        self._odds = {
            word: math.log((told[word] + SMOOTHING) / (told.total() + SMOOTHING * len(words)))
            - math.log((other[word] + SMOOTHING) / (other.total() + SMOOTHING * len(words)))
            for word in words
        }

    def answer(self, text: str) -> Answer:
        """Return the sentences that probably tell a fact, at most eight, in their order."""
        sentences = sentences_of(text)
        odds = [sum(self._odds.get(word, 0.0) for word in _features(s)) / (1 + len(_features(s))) for s in sentences]
        best = sorted((i for i in range(len(sentences)) if odds[i] > 0), key=lambda i: -odds[i])[:MOST_SENTENCES]
        if not best:
            return Answer("", outcome="abstained")
        return Answer(" ".join(sentences[i] for i in sorted(best)), 1 / (1 + math.exp(-4 * odds[best[-1]])))


def _tells(sentence: str, facts: Sequence[str]) -> bool:
    words = set(words_of(sentence))
    return any(len(words & own) >= TELLS * len(own) for fact in facts if (own := set(words_of(fact))))


def _features(sentence: str) -> set[str]:
    return {re.sub(r"\d+", "9", word) for word in words_of(sentence)}
