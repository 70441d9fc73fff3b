"""Learning from texts, held against scikit-learn: weights, coefficients, chances and folds."""

from __future__ import annotations

import random

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from reportgen.learning import Apart, TfIdf, folds, letters, logistic_regression, long_words, words

MADE_BY: dict[Apart, dict[str, object]] = {
    words: {"ngram_range": (1, 2), "token_pattern": r"(?u)\w+"},
    long_words: {},
    letters: {"analyzer": "char_wb", "ngram_range": (3, 5)},
}


def _texts(count: int, seed: int) -> list[str]:
    draw = random.Random(seed)
    known = ["".join(draw.choices("abcdeéß漢_7'- ", k=draw.randint(1, 8))) for _ in range(40)]
    return [" ".join(draw.choices(known, k=draw.randint(0, 12))).title() for _ in range(count)]


@pytest.mark.parametrize("apart", list(MADE_BY))
def test_weights_are_those_of_scikit_learn(apart: Apart) -> None:
    texts, others = _texts(50, 1), _texts(20, 2)
    theirs = TfidfVectorizer(sublinear_tf=True, **MADE_BY[apart])
    known = theirs.fit_transform(texts)
    ours = TfIdf(texts, apart)
    assert ours.known.toarray() == pytest.approx(known.toarray(), abs=1e-12)
    assert ours.of(others).toarray() == pytest.approx(theirs.transform(others).toarray(), abs=1e-12)


@pytest.mark.parametrize("classes", [2, 3, 12])
@pytest.mark.parametrize("balanced", [True, False])
def test_chances_are_those_of_scikit_learn(classes: int, balanced: bool) -> None:
    rows = TfIdf(_texts(150, 3), words).known
    given = np.random.RandomState(classes).permutation(np.arange(150) ** 2 // 40 % classes)
    theirs = LogisticRegression(C=10, class_weight="balanced" if balanced else None, max_iter=1000, tol=1e-3)
    expected = theirs.fit(rows, given).predict_proba(rows)
    assert logistic_regression(rows, given, balanced=balanced).chances(rows) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("seed", range(4))
def test_folds_are_those_of_scikit_learn(seed: int) -> None:
    given = np.random.RandomState(seed).randint(0, 4, size=83)
    found = folds(given, 5, seed)
    for number, (_, asked) in enumerate(StratifiedKFold(5, shuffle=True, random_state=seed).split(given, given)):
        assert np.flatnonzero(found == number).tolist() == asked.tolist()
