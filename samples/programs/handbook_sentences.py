"""Learns from train which words meet in questions and the sentences that answer them; else says not stated."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from samples.common import Answer
from samples.programs.handbook_windows import VALUE

SMOOTHING = 0.2


class HandbookSentences:
    """Learns pairs of words once, then answers one question at a time."""

    def __init__(self, texts: Sequence[str], answers: Sequence[str]) -> None:
        self._right: Counter[tuple[str, str]] = Counter()
        self._wrong: Counter[tuple[str, str]] = Counter()
        for text, given in zip(texts, answers, strict=True):
            question, sentences = _parts(text)
            first = given.split("\n")[0].casefold()
            for sentence in sentences:
                pairs = _pairs(question, sentence)
                (self._right if first in sentence.casefold() else self._wrong).update(pairs)

    def answer(self, text: str) -> Answer:
        """Return the value in the sentence whose words fit the question best."""
        question, sentences = _parts(text)
        odds = {sentence: self._odds(question, sentence) for sentence in sentences if VALUE.search(sentence)}
        if not odds:
            return Answer("not stated", 0.5)
        best = max(odds, key=lambda sentence: odds[sentence])
        share = 1 / (1 + math.exp(-odds[best]))
        match = VALUE.search(best)
        if match is None or odds[best] < 0:
            return Answer("not stated", 1 - share)
        return Answer(match[0], share)

    def _odds(self, question: str, sentence: str) -> float:
        pairs = _pairs(question, sentence)
        right, wrong = self._right.total() + 1, self._wrong.total() + 1
        found = [
            math.log((self._right[p] + SMOOTHING) / right) - math.log((self._wrong[p] + SMOOTHING) / wrong) for p in pairs
        ]
        return sum(found) / max(1, len(found)) * 2


def _parts(text: str) -> tuple[str, list[str]]:
    paragraph, _, question = text.partition("\n\nQuestion: ")
    return question, [s for s in re.split(r"(?<=[.!?])\s+", paragraph.partition("\n")[2]) if s]


def _pairs(question: str, sentence: str) -> set[tuple[str, str]]:
    a, b = ({re.sub(r"\d+", "9", w) for w in re.findall(r"[a-z]{3,}|\d+", text.lower())} for text in (question, sentence))
    return {(x, y) for x in a for y in b}
