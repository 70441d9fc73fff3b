"""Joint resamples of macro F1 over 77 labels beside scipy.stats.bootstrap and scikit-learn on the same answers."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from reportgen.domain.compare import PriceView, compare
from reportgen.domain.estimating.proportion import Method
from reportgen.domain.estimating.replicates import feature_bank, resample
from reportgen.domain.measures import MEASURES
from reportgen.domain.records.measure import Sample
from reportgen.domain.records.plan import OVERALL
from tests.domain.samples import RUN, classified, corpus_of, level, plan_of, renamed, taken_apart

LABELS = [f"label {i:02}" for i in range(77)]
RESAMPLES = 10_000
_TRIED = 20
"""Resamples that scikit-learn and scipy are timed on; their time is then multiplied, for all of them would take minutes."""

Measured = tuple[str, float, float | None, str]


def answers(examples: int, candidates: int) -> dict[str, Sample]:
    """Return samples of candidates that are right in 95 %, 93 %, ... of the examples."""
    random = np.random.RandomState(1)
    truth = [LABELS[i % len(LABELS)] for i in range(examples)]
    found = {}
    for c in range(candidates):
        right = random.random_sample(examples) < 0.95 - 0.02 * c
        other = random.randint(len(LABELS), size=examples)
        said = [t if ok else LABELS[o] for t, ok, o in zip(truth, right, other, strict=True)]
        name = f"C{c}"
        found[name] = renamed(classified(truth, said, labels=LABELS, candidate=name), name)
    return found


def measurements() -> Iterator[Measured]:
    """Yield what was timed, its seconds, the seconds of its reference or None, and what the reference is."""
    samples = answers(1_000, 10)
    ours = _resampled(samples)
    yield "10,000 resamples, macro F1, 10 x 1,000 x 77", ours, None, "joint, all differences paired"
    yield "the same beside scikit-learn", ours, _by_sklearn(samples), "f1_score over drawn rows"
    yield "the same beside scipy.stats.bootstrap", ours, _by_scipy(samples), "one candidate at a time, vectorized"
    yield "compare, every label, 10 x 1,000 x 77", _compared(samples), None, "all figures, verdicts, pairs, decision"
    large = answers(100_000, 5)
    yield "10,000 resamples, macro F1, 5 x 100,000 x 77", _resampled(large), None, "joint, all differences paired"
    tracemalloc.start()
    _resampled(large, resamples=1_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    yield "GiB allocated at the most for 5 x 100,000 x 77", peak / 2**30, None, "GiB, not seconds"


def _resampled(samples: dict[str, Sample], resamples: int = RESAMPLES) -> float:
    method, macro = Method(resamples=resamples), MEASURES["macro F1"]
    start = time.perf_counter()
    banks = {name: feature_bank(sample, [(macro, OVERALL)], method) for name, sample in samples.items()}
    joint = resample(banks, samples, method)
    first = joint["C0"].values(macro, OVERALL)
    for replicates in joint.values():
        np.quantile(replicates.values(macro, OVERALL) - first, [0.025, 0.975])
    return time.perf_counter() - start


def _compared(samples: dict[str, Sample]) -> float:
    plan = plan_of(samples, (level(target=0.9), level("macro F1", 0.85)), production="C0")
    taken = [taken_apart(sample) for sample in samples.values()]
    prices = {
        name: PriceView({o.example.id: o.token_cost for o in s.observations}, "workbook") for name, s in samples.items()
    }
    responses, scores = [r for t in taken for r in t[0]], [s for t in taken for s in t[1]]
    corpus = corpus_of(samples["C0"])
    start = time.perf_counter()
    compare(plan, corpus, responses, scores, prices, {}, RUN, resamples=RESAMPLES)
    return time.perf_counter() - start


def _labels(samples: dict[str, Sample]) -> tuple[npt.NDArray[np.int64], list[npt.NDArray[np.int64]]]:
    place = {name: i for i, name in enumerate(LABELS)}
    truth = np.array([place[o.example.key.label or ""] for o in samples["C0"].observations if o.example.key is not None])
    said = [np.array([place[o.score.strict.label or ""] for o in s.observations]) for s in samples.values()]
    return truth, said


def _by_sklearn(samples: dict[str, Sample]) -> float:
    from sklearn.metrics import f1_score  # noqa: PLC0415 - heavy, and only for the benchmark

    truth, said = _labels(samples)
    random = np.random.RandomState(1)
    start = time.perf_counter()
    for _ in range(_TRIED):
        rows = random.randint(len(truth), size=len(truth))
        for answer in said:
            f1_score(truth[rows], answer[rows], average="macro", zero_division=0.0)
    return (time.perf_counter() - start) * RESAMPLES / _TRIED


def _by_scipy(samples: dict[str, Sample]) -> float:
    from scipy import stats  # noqa: PLC0415 - heavy, and only for the benchmark

    truth, said = _labels(samples)
    many = len(LABELS)

    def macro(gold: npt.NDArray[np.int64], answer: npt.NDArray[np.int64], axis: int = -1) -> npt.NDArray[np.float64]:
        del axis
        gold, answer = np.atleast_2d(gold), np.atleast_2d(answer)
        shift = many * np.arange(len(gold))[:, None]
        total = many * len(gold)
        hits = np.bincount((gold + shift)[gold == answer], minlength=total)
        below = np.bincount((gold + shift).ravel(), minlength=total) + np.bincount((answer + shift).ravel(), minlength=total)
        each = np.divide(2.0 * hits, below, out=np.full(total, np.nan), where=below > 0).reshape(len(gold), many)
        return np.asarray(np.nanmean(each, axis=-1))

    start = time.perf_counter()
    for answer in said:
        stats.bootstrap(
            (truth, answer),
            macro,
            paired=True,
            vectorized=True,
            method="percentile",
            n_resamples=RESAMPLES // 10,
            random_state=np.random.RandomState(1),
        )
    return (time.perf_counter() - start) * 10
