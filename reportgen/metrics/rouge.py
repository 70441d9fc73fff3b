"""Wording overlap: ROUGE-1, -2, -L and token F1 over Unicode words; shown, and never the measure of a service level.

rouge-score 0.1.2 gives the same figures on ASCII text (without its stemmer) and loses every other letter, hence our own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from reportgen.domain.reading.text import comparable, parted, words

ARTICLES = frozenset({"a", "an", "the"})
_MOST_WORDS = 20_000
"""Words of each text that are looked at; it bounds the work on an answer that never ends."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Precision (share of the answer's units), recall (share of the reference's), each 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean; 0 where nothing overlaps."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def _overlap(common: int, reference: int, answer: int) -> Overlap:
    if not reference or not answer:
        both_empty = float(reference == answer)
        return Overlap(both_empty, both_empty)
    return Overlap(common / answer, common / reference)


def _shared(reference: Sequence[Hashable], answer: Sequence[Hashable]) -> int:
    return sum((Counter(reference) & Counter(answer)).values())


def rouge_l(reference: str, answer: str) -> Overlap:
    """Return ROUGE-L: the longest common subsequence of words (Lin 2004), whole text as one sequence."""
    from rapidfuzz.distance import LCSseq  # noqa: PLC0415 - bit-parallel, and not needed by most plans

    wanted, found = _tokens(reference), _tokens(answer)
    return _overlap(LCSseq.similarity(wanted, found), len(wanted), len(found))


def _tokens(text: str) -> list[str]:
    return words(text)[:_MOST_WORDS]


def answer_tokens(text: str) -> list[str]:
    """Return the words of a short answer without articles and punctuation (SQuAD), unless nothing else is left.

    Scripts without blanks are parted into characters, as MLQA and CMRC do for Chinese.
    """
    tokens = parted(comparable(text))
    return [token for token in tokens if token not in ARTICLES] or tokens


def token_f1(expected: str, answer: str) -> float:
    """Return the F1 of shared words, each counted as often as both have it (SQuAD 1.1), 0 to 1."""
    wanted, found = answer_tokens(expected), answer_tokens(answer)
    return _overlap(_shared(wanted, found), len(wanted), len(found)).f1
