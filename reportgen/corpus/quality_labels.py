"""Names rows whose label a simple learner doubts: a second look for people, never a correction (formulas.md 5.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FOLDS = 5
FEWEST_ROWS = 50
MOST_ROWS = 5_000
"""Beyond so many rows the learner takes too long to be asked at every check; evenly spaced ones stand for all."""
FEWEST_OF_A_LABEL = 10
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
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - a second that --help need not pay
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.model_selection import StratifiedKFold, cross_val_predict  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    learner = make_pipeline(TfidfVectorizer(sublinear_tf=True), LogisticRegression(C=10, max_iter=300, tol=1e-3))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    try:
        with threadpool_limits(limits=1):  # small sums: more threads wait for one another, and add up in another order
            found: npt.NDArray[np.float64] = cross_val_predict(learner, list(texts), given, cv=folds, method="predict_proba")
    except ValueError:  # no text holds a word
        return np.zeros((len(texts), int(given.max()) + 1))
    return found
