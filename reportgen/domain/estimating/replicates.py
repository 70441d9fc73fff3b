"""Joint resamples of every candidate's figures: one draw of rows for all, so that differences and winners stay paired."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import dropwhile, islice
from typing import Any

import numpy as np

from reportgen.domain.estimating.proportion import Method, groups, row_weights, weighs
from reportgen.domain.measures.columns import Ints
from reportgen.domain.records.measure import Floats, Measure, Sample
from reportgen.domain.records.plan import Scope
from reportgen.domain.statistics.bootstrap import resample_many
from reportgen.domain.statistics.resampling import pieces, seed_of

Wanted = tuple[Measure, Scope]
_MOST_VALUES = 4_000_000
"""Values, and sums behind them, that are held at once: 32 MB each, however many candidates and labels there are."""


@dataclass(frozen=True, slots=True)
class FeatureBank:
    """The distinct feature columns of several measures over one sample, and where each measure's stand.

    Most entries are zero (an example counts for one label of many), so each column is kept as its rows and their values.
    """

    rows: int
    columns: tuple[tuple[Ints, Floats], ...]
    places: Mapping[str, tuple[int, ...]]
    statistics: Mapping[str, Callable[[Floats], Floats]]

    def features(self, measure: Measure, scope: Scope) -> Floats:
        """Return the (weighted) features of one measure, shape (n, its own k)."""
        places = self.places[measure.key(scope)]
        found = np.zeros((self.rows, len(places)))
        for own, place in enumerate(places):
            at, values = self.columns[place]
            found[at, own] = values
        return found

    def matrix(self, places: Sequence[int]) -> Any:  # noqa: ANN401 - scipy.sparse has no types
        """Return the columns at these places side by side as a sparse matrix, shape (n, k)."""
        from scipy import sparse  # noqa: PLC0415 - .1 s that only resampling needs

        columns = [self.columns[place] for place in places]
        ends = np.cumsum([0, *(len(at) for at, _ in columns)])
        at = np.concatenate([np.empty(0, dtype=np.int64), *(a for a, _ in columns)])
        values = np.concatenate([np.empty(0), *(v for _, v in columns)])
        return sparse.csc_array((values, at, ends), shape=(self.rows, len(columns)))


@dataclass(slots=True)
class _Drawn:
    """The values of several candidates' measures over the same joint resamples, no more of them at once than memory bears.

    What is decided on is kept. Anything else stands in a window over (candidate, measure), in the order of the banks, in
    which it is asked for; the draws depend on seed and rows alone, so each window meets the same ones.
    """

    banks: Mapping[str, FeatureBank]
    method: Method
    groups: Ints | None
    decided_on: Collection[str] | None
    kept: dict[tuple[str, str], Floats] = field(default_factory=dict)
    window: dict[tuple[str, str], Floats] = field(default_factory=dict)

    def values(self, name: str, key: str) -> Floats:
        """Return the values of one candidate's measure, shape (resamples,)."""
        at = name, key
        if at not in self.kept and at not in self.window:
            self._move_window(at)
        return self.kept[at] if at in self.kept else self.window[at]

    def _move_window(self, to: tuple[str, str]) -> None:
        self.window.clear()
        entries = ((name, key) for name, bank in self.banks.items() for key in bank.statistics)
        ahead = (e for e in dropwhile(lambda e: e != to, entries) if e not in self.kept)
        now = list(islice(ahead, max(1, _MOST_VALUES // self.method.resamples)))
        for entry, values in self._evaluated(now).items():
            keep = self.decided_on is None or entry[1] in self.decided_on
            (self.kept if keep else self.window)[entry] = values

    def _evaluated(self, entries: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Floats]:
        """Draw once for all entries, and evaluate them on so many resamples at once that their sums stay small."""
        columns: dict[str, dict[int, int]] = {}
        for name, key in entries:
            own = columns.setdefault(name, {})
            for place in self.banks[name].places[key]:
                own.setdefault(place, len(own))
        matrices = [self.banks[name].matrix(tuple(own)) for name, own in columns.items()]
        found = {entry: np.empty(self.method.resamples) for entry in entries}
        for piece in pieces(self.method.resamples, sum(map(len, columns.values())), _MOST_VALUES):
            drawn = resample_many(
                matrices,
                seed=seed_of("resamples", str(self.method.seed)),
                resamples=piece.stop,
                first=piece.start,
                groups=self.groups,
            )
            sums = dict(zip(columns, drawn, strict=True))
            for (name, key), values in found.items():
                bank, own = self.banks[name], columns[name]
                mine = sums[name].T[[own[place] for place in bank.places[key]]].T
                values[piece] = bank.statistics[key](mine)
        return found


@dataclass(frozen=True, slots=True)
class Replicates:
    """One candidate's feature bank and the values of its measures over the joint resamples."""

    name: str
    bank: FeatureBank
    drawn: _Drawn = field(repr=False, compare=False)

    def __contains__(self, key: object) -> bool:
        return key in self.bank.places

    def values(self, measure: Measure, scope: Scope) -> Floats:
        """Return the measure's value in each resample, NaN where it is undefined; shape (resamples,)."""
        if measure.statistic is None:
            message = f"{measure.name} is no function of sums"
            raise TypeError(message)
        return self.drawn.values(self.name, measure.key(scope))


def feature_bank(sample: Sample, wanted: Iterable[Wanted], method: Method) -> FeatureBank:
    """Return the features of all wanted measures, equal columns kept once; those without a value are left out.

    Columns are weighted by the production mix but for measures of one segment. The statistics do not mind a common factor.
    """
    columns: dict[bytes, int] = {}
    kept: list[tuple[Ints, Floats]] = []
    places: dict[str, tuple[int, ...]] = {}
    statistics: dict[str, Callable[[Floats], Floats]] = {}
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
        if measure.statistic is not None:
            statistics[measure.key(scope)] = measure.statistic
    return FeatureBank(len(sample.observations), tuple(kept), places, statistics)


def resample(
    banks: Mapping[str, FeatureBank],
    samples: Mapping[str, Sample],
    method: Method,
    decided_on: Collection[str] | None = None,
) -> dict[str, Replicates]:
    """Return the joint resamples of all candidates. Candidates over other rows than the first are drawn on their own.

    Nothing is drawn before a value is asked for. `decided_on` are the keys of the measures whose values are kept, None =
    all; the others are best asked for in the order of candidates and of their banks.
    """
    by_rows: dict[tuple[str, ...], list[str]] = {}
    for name, sample in samples.items():
        by_rows.setdefault(tuple(o.example.id for o in sample.observations), []).append(name)
    result: dict[str, Replicates] = {}
    for together in by_rows.values():
        drawn = _Drawn({name: banks[name] for name in together}, method, groups(samples[together[0]]), decided_on)
        result |= {name: Replicates(name, banks[name], drawn) for name in together}
    return {name: result[name] for name in samples}
