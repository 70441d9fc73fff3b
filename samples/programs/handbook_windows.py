"""Takes the value whose surroundings share the rarest words with the question; rarity is learned from train paragraphs."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from samples.common import Answer

WIDTH = 14
VALUE = re.compile(
    r"\d{1,2}:\d{2}|\d[\d.]* (?:euros|cents|days|working days|weeks|months|years|hours|minutes)|(?:day|level|extension) \d+|"
    r"the (?:\w+ )?(?:manager|office|leader|council|porter|officer)|(?:Mon|Tues|Wednes|Thurs|Fri)day|not allowed|allowed"
)
LEAST = 0.12
"""Share of the question's weight below which the paragraph is taken not to answer it."""


class HandbookWindows:
    """Learns word weights once, then answers one question at a time."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = Counter(word for text in texts for word in set(_stems(text)))
        self._rare = {word: math.log((1 + len(texts)) / (1 + n)) for word, n in counts.items()}
        self._most = math.log(1 + len(texts))

    def answer(self, text: str) -> Answer:
        """Return the value nearest to the window that shares most with the question."""
        paragraph, _, question = text.partition("\n\nQuestion: ")
        asked = {stem: self._rare.get(stem, self._most) for stem in _stems(question)}
        total = sum(asked.values()) or 1.0
        body = paragraph.partition("\n")[2]
        best = max(((self._weight(body, m, asked) / total, -m.start(), m[0]) for m in VALUE.finditer(body)), default=None)
        if best is None or best[0] < LEAST:
            return Answer("not stated", 0.3)
        return Answer(best[2], min(1.0, 0.2 + best[0]))

    def _weight(self, body: str, value: re.Match[str], asked: dict[str, float]) -> float:
        before, after = body[: value.start()].split()[-WIDTH // 2 :], body[value.end() :].split()[: WIDTH // 2]
        near = set(_stems(" ".join((*before, value[0], *after))))
        return sum(weight for stem, weight in asked.items() if stem in near)


def _stems(text: str) -> list[str]:
    return [re.sub(r"(?:ing|ed|es|s)$", "", word) for word in re.findall(r"[a-z]{3,}", text.lower())]
