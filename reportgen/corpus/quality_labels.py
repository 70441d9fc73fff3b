"""Names rows whose label a simple learner doubts: a second look for people, never a correction (formulas.md 5.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from reportgen.learning import TfIdf, folds, logistic_regression, long_words

FOLDS = 5
FEWEST_ROWS = 50
MOST_ROWS = 5_000
"""Beyond so many rows the learner takes too long to be asked at every check; evenly spaced ones stand for all."""
FEWEST_OF_A_LABEL = 10
_MOST_STEPS = 300
LEAST_RIGHT = 0.7
"""A learner that is right less often out of fold knows too little of these labels to doubt any of them."""


def doubtful(texts: Sequence[str], labels: Sequence[str], seed: int) -> list[int]:
    """Return the places of rows whose label is probably another one.

    Confident learning (Northcutt 2021): probabilities of a TF-IDF logistic regression that has not seen the row; a row is
    doubted where the likeliest of the labels that reach their own usual probability is not the one given. Rare labels are
    left out, and nothing is doubted where the learner is no judge of these labels.

    Args:
        texts: n inputs.
        labels: n labels as given.
        seed: of the folds.
    """
    counts = Counter(labels)
    kept = [i for i, label in enumerate(labels) if counts[label] >= FEWEST_OF_A_LABEL]
    if len(kept) > MOST_ROWS:
        kept = [kept[k * len(kept) // MOST_ROWS] for k in range(MOST_ROWS)]
        counts = Counter(labels[i] for i in kept)
        kept = [i for i in kept if counts[labels[i]] >= FOLDS]
    names = sorted({labels[i] for i in kept})
    if len(kept) < FEWEST_ROWS or len(names) < 2:  # noqa: PLR2004 - something to mix up
        return []
    given = np.array([names.index(labels[i]) for i in kept])
    chances = _out_of_fold([texts[i] for i in kept], given, seed)
    if np.mean(chances.argmax(axis=1) == given) < LEAST_RIGHT:
        return []
    usual = np.array([chances[given == j, j].mean() for j in range(len(names))])
    reached = np.where(chances >= usual, chances, -1.0)
    likeliest = reached.argmax(axis=1)
    flagged = (reached.max(axis=1) >= 0) & (likeliest != given)
    return [kept[i] for i in np.flatnonzero(flagged)]


def _out_of_fold(texts: Sequence[str], given: npt.NDArray[np.int64], seed: int) -> npt.NDArray[np.float64]:
    """Return (n, labels) probabilities, each row's from a learner that was not shown the row."""
    found = np.zeros((len(texts), int(given.max()) + 1))
    parts = folds(given, FOLDS, seed)
    for part in range(FOLDS):
        shown, asked = (np.flatnonzero(rows).tolist() for rows in (parts != part, parts == part))
        weights = TfIdf([texts[i] for i in shown], long_words)
        if not weights.known.shape[1]:  # no text holds a word
            return np.zeros_like(found)
        model = logistic_regression(weights.known, given[shown], balanced=False, steps=_MOST_STEPS)
        found[asked] = model.chances(weights.of(texts[i] for i in asked))
    return found
