"""What learns from texts: TF-IDF weights and logistic regression as scikit-learn has them, without a second of import."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Apart: TypeAlias = Callable[[str], Iterable[str]]
"""Takes a text apart into the things that are counted in it."""

_LETTERS = (3, 4, 5)
"""Lengths of the runs of characters that a word is taken apart into."""
_C = 10.0
"""How little the coefficients of logistic regression are held down: the inverse of the penalty (formulas.md 6)."""
_TOLERANCE, _LINE_STEPS = 1e-3, 50


def words(text: str) -> list[str]:
    """Return the words of a text, also those of one letter or digit, and each two that follow one another."""
    found = re.findall(r"(?u)\w+", text.lower())
    return found + [f"{a} {b}" for a, b in pairwise(found)]


def long_words(text: str) -> list[str]:
    """Return the words of a text that have two letters or more."""
    return re.findall(r"(?u)\b\w\w+\b", text.lower())


def letters(text: str) -> Iterator[str]:
    """Yield the runs of 3 to 5 characters within the words of a text, in lower case."""
    for word in text.lower().split():
        yield from letters_of(word)


def letters_of(word: str) -> Iterator[str]:
    """Yield the runs of 3 to 5 characters of a word between blanks; what is no longer than a run counts once."""
    padded = f" {word} "
    for size in _LETTERS:
        yield from (padded[i : i + size] for i in range(max(1, len(padded) - size + 1)))
        if len(padded) <= size:
            return


def counted(groups: Iterable[Iterable[str]], places: dict[str, int], *, learn: bool = True) -> Any:  # noqa: ANN401 - scipy.sparse has no types
    """Return how often each thing stands in each group.

    Args:
        groups: things, which are counted.
        places: the column of each thing; new ones are added at the end.
        learn: False = what has no column is left out instead.

    Returns:
        (groups, things) sparse matrix of float32, its rows by column.
    """
    from scipy.sparse import csr_matrix  # noqa: PLC0415 - .1 s that --help need not pay

    counts, columns, ends = array("f"), array("q"), array("q", [0])
    for group in groups:
        found = Counter(group)
        here = {
            places.setdefault(t, len(places)) if learn else places[t]: n for t, n in found.items() if learn or t in places
        }
        columns.extend(here)
        counts.extend(here.values())
        ends.append(len(columns))
    made = csr_matrix(tuple(np.asarray(values) for values in (counts, columns, ends)), shape=(len(ends) - 1, len(places)))
    made.sort_indices()
    return made


def rarity(counts: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401 - as above
    """Return the inverse document frequency of each column, smoothed: ln((1 + n) / (1 + texts that hold it)) + 1."""
    texts, things = counts.shape
    return np.asarray(np.log((1 + texts) / (1 + np.bincount(counts.indices, minlength=things))) + 1)


def weighed(counts: Any, rare: npt.NDArray[np.floating[Any]]) -> Any:  # noqa: ANN401 - as above
    """Multiply the counts of each column by its rarity and bring each row to length 1, in place; return the matrix."""
    counts.data *= rare[counts.indices]
    length = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
    counts.data /= np.repeat(np.where(length > 0, length, 1), np.diff(counts.indptr))
    return counts


class TfIdf:
    """TF-IDF weights with logarithmic counts, learned from texts; what those do not hold has no weight."""

    def __init__(self, texts: Sequence[str], apart: Apart) -> None:
        self._apart = apart
        first: dict[str, int] = {}
        counts = counted(map(apart, texts), first)
        self._places = {thing: place for place, thing in enumerate(sorted(first))}
        counts = counts[:, np.array([first[thing] for thing in self._places], dtype=np.int64)].astype(np.float64)
        self._rare = rarity(counts)
        self.known = self._weighed(counts)
        """(texts, things) weights of the texts that were learned from."""

    def of(self, texts: Iterable[str]) -> Any:  # noqa: ANN401 - as above
        """Return the (texts, things) weights of other texts."""
        return self._weighed(counted(map(self._apart, texts), self._places, learn=False).astype(np.float64))

    def _weighed(self, counts: Any) -> Any:  # noqa: ANN401 - as above
        counts.data = np.log(counts.data) + 1
        return weighed(counts, self._rare)


@dataclass(frozen=True, slots=True)
class LogisticRegression:
    """A linear model of the chances of K classes.

    `coefficients` is (K, m) and `intercepts` (K,); of two classes only the second has its row.
    """

    coefficients: npt.NDArray[np.float64]
    intercepts: npt.NDArray[np.float64]

    def chances(self, rows: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401 - as above
        """Return the (n, K) chances of (n, m) rows."""
        from scipy import special  # noqa: PLC0415 - as above

        scores = rows @ self.coefficients.T + self.intercepts
        if scores.shape[1] > 1:
            return np.asarray(special.softmax(scores, axis=1))
        second = special.expit(scores)
        return np.hstack([1 - second, second])


def logistic_regression(
    rows: Any,  # noqa: ANN401 - as above
    classes: npt.NDArray[np.int64],
    *,
    balanced: bool = True,
    steps: int = 1000,
) -> LogisticRegression:
    """Learn the chances of classes from rows: penalty of the squared coefficients with C = 10, by L-BFGS.

    The loss, the start and the end of the search are scikit-learn's, so that the coefficients are.

    Args:
        rows: (n, m) sparse matrix.
        classes: (n,) from 0 to K - 1, each of them there.
        balanced: weigh every class alike, however many rows it has.
        steps: after which the search ends in any case.
    """
    from scipy import optimize  # noqa: PLC0415 - .1 s that only a learner needs
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - as above

    n, m = rows.shape
    sizes = np.bincount(classes)
    targets = np.eye(len(sizes))[classes] if len(sizes) > 2 else classes[:, None].astype(np.float64)  # noqa: PLR2004 - one row
    weights = (n / (len(sizes) * sizes))[classes] if balanced else np.ones(n)
    weights /= weights.sum()
    penalty = 1.0 / (_C * ((n / (len(sizes) * sizes))[classes].sum() if balanced else n))

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        every = flat.reshape(targets.shape[1], m + 1, order="F")
        coefficients = every[:, :m]
        apart, chances = _loss(rows @ coefficients.T + every[:, m], targets)
        slope = (chances - targets) * weights[:, None]
        found = np.empty_like(every, order="F")
        found[:, :m] = (rows.T @ slope).T + penalty * coefficients
        found[:, m] = slope.sum(axis=0)
        return float(apart @ weights + penalty / 2 * (coefficients * coefficients).sum()), found.ravel(order="F")

    options = {"maxiter": steps, "maxls": _LINE_STEPS, "gtol": _TOLERANCE, "ftol": 64 * np.finfo(float).eps}
    with threadpool_limits(limits=1):  # small sums: more threads wait for one another, and add up in another order
        start = np.zeros(targets.shape[1] * (m + 1))
        found = optimize.minimize(loss, start, method="L-BFGS-B", jac=True, options=options).x
    found = found.reshape(targets.shape[1], m + 1, order="F")
    return LogisticRegression(np.ascontiguousarray(found[:, :m]), found[:, m].copy())


def _loss(
    scores: npt.NDArray[np.float64], targets: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the (n,) log loss of (n, K) scores and the (n, K) chances that they stand for; K = 1 for two classes."""
    from scipy import special  # noqa: PLC0415 - as above

    if scores.shape[1] == 1:
        return (np.logaddexp(0, scores) - targets * scores).ravel(), special.expit(scores)
    return special.logsumexp(scores, axis=1) - (scores * targets).sum(axis=1), special.softmax(scores, axis=1)


def folds(classes: npt.NDArray[np.int64], count: int, seed: int) -> npt.NDArray[np.int64]:
    """Return the fold of each row, 0 to count - 1: every class spread evenly and at random, as by `StratifiedKFold`."""
    random = np.random.RandomState(seed)
    _, firsts, place = np.unique(classes, return_index=True, return_inverse=True)
    in_order = np.argsort(np.argsort(firsts))[place]
    ordered = np.sort(in_order)
    sizes = np.array([np.bincount(ordered[k::count], minlength=len(firsts)) for k in range(count)])
    found = np.empty(len(classes), dtype=np.int64)
    for name in range(len(firsts)):
        here = np.arange(count).repeat(sizes[:, name])
        random.shuffle(here)
        found[in_order == name] = here
    return found
