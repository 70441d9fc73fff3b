"""Two runs held against one another: how every candidate's figures moved, and what may have moved them.

Rows that are the same in both runs are compared in pairs; the paired difference speaks of the candidate, not of the sample.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from reportgen import evaluation
from reportgen.candidates.prices import PriceFound, token_cost
from reportgen.concluding.conclude import read_prices
from reportgen.corpus.ledger import rows_sha256
from reportgen.domain.estimating.pairs import Joint, compare_pairs, difference_bounds
from reportgen.domain.estimating.proportion import Method
from reportgen.domain.estimating.replicates import feature_bank, resample
from reportgen.domain.measures import measure_named
from reportgen.domain.records.comparison import CandidateResult, Comparison, PairedComparison
from reportgen.domain.records.corpus import NOT_KNOWN, LastSaved
from reportgen.domain.records.measure import Better, Measure, Sample, Unit
from reportgen.domain.records.plan import OVERALL, Example
from reportgen.domain.statistics.multiplicity import holm
from reportgen.gate.assess import default_margin, non_inferior
from reportgen.gate.verdict import GateResult
from reportgen.monitor.causes import Change, candidate_causes, changed, common_causes
from reportgen.monitor.cells import changed_cells
from reportgen.problems import NeedsMendingError
from reportgen.workbook.opening.last_saved import last_saved

RESAMPLES = 10_000
THEN, NOW = "then", "now"


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One figure of one candidate, then and now, unrounded; None = not measured. `unit` as in results.json."""

    measure: str
    unit: Unit
    then: float | None
    now: float | None

    @property
    def difference(self) -> float | None:
        """Return now less then, None where one of them is not known."""
        return None if self.then is None or self.now is None else self.now - self.then


@dataclass(frozen=True, slots=True)
class TokenCost:
    """Token cost a task: then, now, and now's tokens at then's prices, which tells price apart from use."""

    then: float
    now: float
    now_at_old_prices: float


@dataclass(frozen=True, slots=True)
class Equivalence:
    """The paired difference held against the margin for regressions (formulas.md 1.10); `low`, `high` are one-sided bounds.

    `no_worse` is the rule of the gate. `equivalent` = both bounds lie within the margin (two one-sided tests).
    """

    margin: float
    low: float
    high: float
    no_worse: GateResult
    equivalent: bool


@dataclass(frozen=True, slots=True)
class CandidateChange:
    """One candidate that is in both runs. `paired` is now less then on the `rows` that are the same in both."""

    name: str
    paired: PairedComparison
    rows: int
    equivalence: Equivalence | None
    figures: tuple[FigureChange, ...]
    token_cost: TokenCost | None
    causes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class RunDifference:
    """What changed from one run to another."""

    then_run: str
    now_run: str
    then_decision: str
    now_decision: str
    candidates: tuple[CandidateChange, ...]
    only_then: tuple[str, ...]
    only_now: tuple[str, ...]
    causes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two runs: its comparison, its prices, the versions that took part, and who last saved its workbook."""

    comparison: Comparison
    prices: dict[str, PriceFound]
    libraries: dict[str, str]
    saved: LastSaved = NOT_KNOWN
    workbook: Path | None = None
    """The workbook as received; None = its cells are not compared."""


def compare_runs(then: Side, now: Side) -> RunDifference:
    """Return what changed between two runs of one task, with p adjusted (Holm) over the candidates.

    Raises NeedsMendingError when the two are not the same task or primary measure.
    """
    before, after = then.comparison, now.comparison
    if (before.plan.settings.task, before.primary_measure) != (after.plan.settings.task, after.primary_measure):
        msg = (
            f"The runs answer different questions: {before.plan.settings.task.value} by {before.primary_measure}, and "
            f"{after.plan.settings.task.value} by {after.primary_measure}. Name two runs of one evaluation."
        )
        raise NeedsMendingError(msg)
    names = {c.spec.name for c in before.candidates}
    both = [c.spec.name for c in after.candidates if c.spec.name in names]
    found = [_candidate(name, then, now) for name in both]
    return RunDifference(
        before.run.run_id,
        after.run.run_id,
        decided(before),
        decided(after),
        tuple(_adjusted(found)),
        tuple(c.spec.name for c in before.candidates if c.spec.name not in both),
        tuple(c.spec.name for c in after.candidates if c.spec.name not in both),
        (
            *changed("workbook", then.saved.words, now.saved.words),
            *common_causes(before, after, (then.libraries, now.libraries)),
            *_cells(then, now),
        ),
    )


def _cells(then: Side, now: Side) -> tuple[Change, ...]:
    if then.workbook is None or now.workbook is None:
        return ()
    if then.comparison.run.workbook_sha256 == now.comparison.run.workbook_sha256:
        return ()
    return changed_cells(then.workbook, now.workbook)


def decided(of: Comparison) -> str:
    """Return the status and the winner: `RECOMMEND, Model A`."""
    return f"{of.decision.status.word}, {of.decision.winner}" if of.decision.winner else of.decision.status.word


def _candidate(name: str, then: Side, now: Side) -> CandidateChange:
    before, after = then.comparison.result(name), now.comparison.result(name)
    of = primary_of(now.comparison)
    paired, equivalence = paired_difference(before.sample, after.sample, now.comparison, of)
    return CandidateChange(
        name,
        paired,
        len(same_rows(before.sample, after.sample)),
        equivalence,
        tuple(_figures(before, after)),
        _token_cost(before, after, then.prices.get(name)),
        candidate_causes(before, after, now.comparison.plan.settings.currency),
    )


def primary_of(of: Comparison) -> Measure:
    """Return the measure that a run is judged by."""
    found = measure_named(of.primary_measure, of.plan.settings.task)
    if found is None:  # the run itself was measured by it
        msg = f"the measure {of.primary_measure!r} is not known"
        raise RuntimeError(msg)
    return found


def same_rows(then: Sample, now: Sample) -> list[Example]:
    """Return the examples of `now` that stand in `then` with the same content, in corpus order."""
    before = {o.example.id: rows_sha256([o.example]) for o in then.observations}
    return [o.example for o in now.observations if before.get(o.example.id) == rows_sha256([o.example])]


def paired_difference(
    then: Sample, now: Sample, of_run: Comparison, of: Measure
) -> tuple[PairedComparison, Equivalence | None]:
    """Return now less then on the rows that both have, and how it stands to the margin; `method` says why where it cannot.

    A measure that is no share has a margin only where the workbook gives one.
    """
    settings = of_run.plan.settings
    kept = [e.id for e in same_rows(then, now)]
    if not kept:
        none = PairedComparison(NOW, THEN, of.name, None, None, None, None, None, "not compared: no example is the same")
        return none, None
    method = Method(settings.confidence, RESAMPLES, settings.seed, dict(of_run.plan.production_mix))
    like = _only(now, kept)
    samples = {NOW: like, THEN: replace(_only(then, kept), labels=like.labels, fields=like.fields)}
    banks = {key: feature_bank(sample, [(of, OVERALL)], method) for key, sample in samples.items()}
    joint = Joint(samples, resample(banks, samples, method), of, method)
    found = compare_pairs(THEN, [NOW], joint)[0]
    margin = settings.regression_margin
    if margin is None and of.unit is Unit.SHARE:
        margin = default_margin(len(kept))
    bounds = difference_bounds(NOW, THEN, joint) if found.difference is not None else None
    if bounds is None or margin is None:
        return found, None
    low, high = bounds
    worst, best = (low, high) if of.better is Better.HIGHER else (-high, -low)
    return found, Equivalence(margin, low, high, non_inferior(worst, best, margin), -margin < low and high < margin)


def _only(sample: Sample, ids: list[str]) -> Sample:
    observed = {o.example.id: o for o in sample.observations}
    return replace(sample, observations=tuple(observed[name] for name in ids))


def _figures(then: CandidateResult, now: CandidateResult) -> list[FigureChange]:
    return [
        FigureChange(key, found.unit, then.measurements[key].value, found.value)
        for key, found in now.measurements.items()
        if key in then.measurements
    ]


def _token_cost(then: CandidateResult, now: CandidateResult, old: PriceFound | None) -> TokenCost | None:
    key = "token_cost_per_task"
    before, after = then.measurements[key].value, now.measurements[key].value
    if before is None or after is None or old is None or old.price is None:
        return None
    costs = [token_cost(o.response, old) for o in now.sample.observations]
    known = [c for c in costs if c is not None]
    return TokenCost(before, after, sum(known) / len(costs)) if known and len(known) == len(costs) else None


def _adjusted(found: list[CandidateChange]) -> list[CandidateChange]:
    places = [i for i, c in enumerate(found) if c.paired.p is not None]
    for place, p in zip(places, holm([p for c in found if (p := c.paired.p) is not None]), strict=True):
        found[place] = replace(found[place], paired=replace(found[place].paired, p_adjusted=p))
    return found


def side_of(path: Path) -> Side:
    """Return a run as one side of a comparison. Raises NeedsMendingError when it is not the folder of a finished run."""
    comparison, folder = evaluation.recall(path)
    libraries = msgspec.json.decode(folder.environment.read_bytes(), type=dict[str, str])
    return Side(comparison, read_prices(folder), libraries, last_saved(folder.workbook), folder.workbook)
