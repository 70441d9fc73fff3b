"""Complement naive Bayes over words and word pairs (Rennie et al. 2003), learned from train tickets only."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from samples.common import Answer

SMOOTHING = 0.3
_SHARPNESS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0)
_FOLDS = 5

Weights = dict[str, dict[str, float]]


class TicketBayes:
    """Learns once, then answers one message at a time."""

    def __init__(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        self._weights = _learn(texts, labels)
        self._sharpness = _calibrate(texts, labels)

    def answer(self, text: str) -> Answer:
        """Return the label whose complement fits worst, and a calibrated softmax over the labels as confidence."""
        scores = _scores(self._weights, text)
        best = max(scores, key=lambda label: scores[label])
        return Answer(best, _share(scores, best, self._sharpness))


def _learn(texts: Sequence[str], labels: Sequence[str]) -> Weights:
    counts: dict[str, Counter[str]] = {label: Counter() for label in sorted(set(labels))}
    for text, label in zip(texts, labels, strict=True):
        counts[label].update(_words(text))
    everything = sum(counts.values(), Counter())
    weights: Weights = {}
    for label, own in counts.items():
        rest = {word: everything[word] - own[word] + SMOOTHING for word in everything}
        total = sum(rest.values())
        logs = {word: -math.log(count / total) for word, count in rest.items()}
        norm = sum(logs.values())
        weights[label] = {word: value / norm for word, value in logs.items()}
    return weights


def _scores(weights: Weights, text: str) -> dict[str, float]:
    """Return the mean weight of the message's words for each label, in units that do not depend on the vocabulary."""
    words = [word for word in _words(text) if any(word in own for own in weights.values())]
    size = len(next(iter(weights.values())))
    return {
        label: size * sum(own.get(word, 0.0) for word in words) / math.sqrt(max(1, len(words)))
        for label, own in weights.items()
    }


def _share(scores: dict[str, float], label: str, sharpness: float) -> float:
    top = max(scores.values())
    return math.exp((scores[label] - top) * sharpness) / sum(math.exp((s - top) * sharpness) for s in scores.values())


def _calibrate(texts: Sequence[str], labels: Sequence[str]) -> float:
    """Return the sharpness of the softmax under which the labels of left-out train tickets are most likely."""
    seen: list[tuple[dict[str, float], str]] = []
    for fold in range(_FOLDS):
        kept = [i for i in range(len(texts)) if i % _FOLDS != fold]
        weights = _learn([texts[i] for i in kept], [labels[i] for i in kept])
        seen += [(_scores(weights, texts[i]), labels[i]) for i in range(fold, len(texts), _FOLDS) if labels[i] in weights]
    return max(_SHARPNESS, key=lambda s: sum(math.log(_share(scores, label, s) + 1e-12) for scores, label in seen))


def _words(text: str) -> list[str]:
    words = re.findall(r"[a-z]+", text.lower())
    return words + [f"{a} {b}" for a, b in pairwise(words)]
