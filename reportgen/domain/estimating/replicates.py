"""Joint resamples of every candidate's figures: one draw of rows for all, so that differences and winners stay paired."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from reportgen.domain.estimating.proportion import Method, groups, row_weights, weighs
from reportgen.domain.measures.columns import Ints
from reportgen.domain.records.measure import Floats, Measure, Sample
from reportgen.domain.records.plan import Scope
from reportgen.domain.statistics.bootstrap import resample_many
from reportgen.domain.statistics.resampling import seed_of

Wanted = tuple[Measure, Scope]


@dataclass(frozen=True, slots=True)
class FeatureBank:
    """The distinct feature columns of several measures over one sample, and where each measure's stand.

    Most entries are zero (an example counts for one label of many), so each column is kept as its rows and their values.
    """

    rows: int
    columns: tuple[tuple[Ints, Floats], ...]
    places: Mapping[str, tuple[int, ...]]

    def features(self, measure: Measure, scope: Scope) -> Floats:
        """Return the (weighted) features of one measure, shape (n, its own k)."""
        places = self.places[measure.key(scope)]
        found = np.zeros((self.rows, len(places)))
        for own, place in enumerate(places):
            at, values = self.columns[place]
            found[at, own] = values
        return found

    def matrix(self) -> Any:  # noqa: ANN401 - scipy.sparse has no types
        """Return all columns side by side as a sparse matrix, shape (n, k)."""
        from scipy import sparse  # noqa: PLC0415 - .1 s that only resampling needs

        ends = np.cumsum([0, *(len(at) for at, _ in self.columns)])
        at = np.concatenate([np.empty(0, dtype=np.int64), *(a for a, _ in self.columns)])
        values = np.concatenate([np.empty(0), *(v for _, v in self.columns)])
        return sparse.csc_array((values, at, ends), shape=(self.rows, len(self.columns)))


@dataclass(frozen=True, slots=True)
class Replicates:
    """One candidate's feature bank and its sums over the joint resamples, one row a column of the bank: (k, resamples)."""

    bank: FeatureBank
    sums: Floats
    memo: dict[str, Floats] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __contains__(self, key: object) -> bool:
        return key in self.bank.places

    def values(self, measure: Measure, scope: Scope) -> Floats:
        """Return the measure's value in each resample, NaN where it is undefined; shape (resamples,)."""
        if measure.statistic is None:
            message = f"{measure.name} is no function of sums"
            raise TypeError(message)
        key = measure.key(scope)
        if key not in self.memo:
            self.memo[key] = measure.statistic(self.sums[list(self.bank.places[key])].T)
        return self.memo[key]


def feature_bank(sample: Sample, wanted: Iterable[Wanted], method: Method) -> FeatureBank:
    """Return the features of all wanted measures, equal columns kept once; those without a value are left out.

    Columns are weighted by the production mix but for measures of one segment. The statistics do not mind a common factor.
    """
    columns: dict[bytes, int] = {}
    kept: list[tuple[Ints, Floats]] = []
    places: dict[str, tuple[int, ...]] = {}
    for measure, scope in wanted:
        if measure.why_not is not None and measure.why_not(sample, scope):
            continue
        features = measure.features(sample, scope)
        if weighs(sample, scope, method):
            features = features * row_weights(sample, method)[:, None]
        own: list[int] = []
        for column in np.ascontiguousarray(features.T):
            at = columns.setdefault(hashlib.blake2b(column.tobytes(), digest_size=16).digest(), len(kept))
            if at == len(kept):
                at_rows = np.flatnonzero(column)
                kept.append((at_rows, column[at_rows]))
            own.append(at)
        places[measure.key(scope)] = tuple(own)
    return FeatureBank(len(sample.observations), tuple(kept), places)


def resample(banks: Mapping[str, FeatureBank], samples: Mapping[str, Sample], method: Method) -> dict[str, Replicates]:
    """Return the joint resamples of all candidates. Candidates over other rows than the first are drawn on their own."""
    result: dict[str, Replicates] = {}
    by_rows: dict[tuple[str, ...], list[str]] = {}
    for name, sample in samples.items():
        by_rows.setdefault(tuple(o.example.id for o in sample.observations), []).append(name)
    for together in by_rows.values():
        drawn = resample_many(
            [banks[name].matrix() for name in together],
            seed=seed_of("resamples", str(method.seed)),
            resamples=method.resamples,
            groups=groups(samples[together[0]]),
        )
        result |= {
            name: Replicates(banks[name], np.ascontiguousarray(sums.T)) for name, sums in zip(together, drawn, strict=True)
        }
    return {name: result[name] for name in samples}
