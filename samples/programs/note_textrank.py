"""TextRank (Mihalcea and Tarau 2004): sentences recommend each other by shared words; the most recommended are kept."""

from __future__ import annotations

import math

from samples.common import Answer
from samples.programs.sentences import sentences_of, words_of

MOST_SENTENCES = 5
DAMPING = 0.85
ROUNDS = 60


def answer(text: str) -> Answer:
    """Return the sentences with the highest rank in their order."""
    sentences = sentences_of(text)
    ranks = _ranks([set(words_of(s)) for s in sentences])
    best = sorted(range(len(sentences)), key=lambda i: (-ranks[i], i))[:MOST_SENTENCES]
    return Answer(" ".join(sentences[i] for i in sorted(best)))


def _ranks(bags: list[set[str]]) -> list[float]:
    weights = [[0.0 if i == j else _overlap(a, b) for j, b in enumerate(bags)] for i, a in enumerate(bags)]
    totals = [sum(row) for row in weights]
    ranks = [1.0] * len(bags)
    for _ in range(ROUNDS):
        ranks = [
            (1 - DAMPING)
            + DAMPING
            * sum(ranks[j] * weights[j][i] / totals[j] for j in range(len(bags)) if totals[j] > 0 and weights[j][i] > 0)
            for i in range(len(bags))
        ]
    return ranks


def _overlap(a: set[str], b: set[str]) -> float:
    if len(a) < 2 or len(b) < 2:  # noqa: PLR2004 - the logarithm of one word is nought
        return 0.0
    return len(a & b) / (math.log(len(a)) + math.log(len(b)))
