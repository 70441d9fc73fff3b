"""Baselines for summaries: the leading sentences, and LexRank (Erkan and Radev 2004), as long as train summaries are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

import numpy as np
import numpy.typing as npt

from reportgen.candidates.interface import Briefing, Question
from reportgen.candidates.text_baseline import Answer, Method
from reportgen.domain.reading.text import STOPS, UNSPACED

USUAL_SENTENCES = 3
DAMPING = 0.85
ROUNDS = 100
STEADY = 1e-10

_END = re.compile(rf"(?<=[{STOPS}])[\"')\]]*\s+(?=[^\sa-z])|(?<=[。！？｡])(?![」』”’）])|(?<=[。！？｡][」』”’）])|\n+")
_WORD = re.compile(rf"[{UNSPACED}]|(?:(?![{UNSPACED}])\w)+")


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text in order; a line break ends one too."""
    return [part.strip() for part in _END.split(text) if part and part.strip()]


def usual_length(briefing: Briefing) -> int:
    """Return how many sentences a train summary has, by the median; three where train holds none."""
    lengths = [len(sentences_of(e.key.reference)) for e in briefing.train if e.key is not None and e.key.reference]
    return max(1, round(median(lengths))) if lengths else USUAL_SENTENCES


def lead_sentences(briefing: Briefing) -> Method:
    """Answer with the first sentences of the input."""
    length = usual_length(briefing)
    return lambda question: Answer(" ".join(sentences_of(question.input)[:length]))


def lexrank(briefing: Briefing) -> Method:
    """Answer with the sentences that are most like all the others, in the order of the text."""
    length = usual_length(briefing)
    weights = inverse_document_frequency([e.input for e in briefing.train])

    def answer(question: Question) -> Answer:
        sentences = sentences_of(question.input)
        if len(sentences) <= length:
            return Answer(" ".join(sentences))
        ranks = centrality([_words(s) for s in sentences], weights)
        best = sorted(sorted(range(len(sentences)), key=lambda i: (-ranks[i], i))[:length])
        return Answer(" ".join(sentences[i] for i in best))

    return answer


def inverse_document_frequency(texts: Sequence[str]) -> dict[str, float]:
    """Return the smoothed weight of each word over the train inputs."""
    counts: dict[str, int] = {}
    for text in texts:
        for word in set(_words(text)):
            counts[word] = counts.get(word, 0) + 1
    return {word: float(np.log((1 + len(texts)) / (1 + count))) + 1 for word, count in counts.items()}


def centrality(sentences: Sequence[Sequence[str]], weights: dict[str, float]) -> npt.NDArray[np.float64]:
    """Return the stationary share of each sentence, shape (n,), by power iteration over TF-IDF cosines."""
    vocabulary = {word: i for i, word in enumerate(dict.fromkeys(w for s in sentences for w in s))}
    rare = max(weights.values(), default=1.0)
    matrix = np.zeros((len(sentences), max(1, len(vocabulary))))
    for row, words in enumerate(sentences):
        for word in words:
            matrix[row, vocabulary[word]] += weights.get(word, rare)
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    matrix /= np.where(norms == 0, 1, norms)
    similarity = matrix @ matrix.T
    totals = similarity.sum(axis=1, keepdims=True)
    steps = np.where(totals == 0, 1 / len(sentences), similarity / np.where(totals == 0, 1, totals))
    ranks = np.full(len(sentences), 1 / len(sentences))
    for _ in range(ROUNDS):
        moved = (1 - DAMPING) / len(sentences) + DAMPING * (ranks @ steps)
        if float(np.abs(moved - ranks).max()) < STEADY:
            break
        ranks = moved
    return ranks


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]
