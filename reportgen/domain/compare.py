"""From responses and scores to the comparison: samples, figures, verdicts, pairs, the decision, checklist and findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from reportgen.domain.deciding.applicability import as_it_applies
from reportgen.domain.deciding.decision import decide
from reportgen.domain.deciding.qualification import Contender, Gate, Question
from reportgen.domain.deciding.verdicts import Judged, hard_gate, requirement_verdict, verdict
from reportgen.domain.estimating import costs
from reportgen.domain.estimating.balanced_accuracy import balance
from reportgen.domain.estimating.computed_measures import (
    Frame,
    all_wanted,
    decided_on,
    make_frame,
    mistakes_of,
    ranks_of,
    records_of,
    resampled,
    within,
)
from reportgen.domain.estimating.costs import CostSide
from reportgen.domain.estimating.estimate import basis_of, measure
from reportgen.domain.estimating.judge_correction import corrected, recentred
from reportgen.domain.estimating.judges import with_calibration
from reportgen.domain.estimating.pairs import Joint, compare_pairs, difference_bounds
from reportgen.domain.estimating.proportion import Method
from reportgen.domain.estimating.replicates import Replicates, feature_bank, resample
from reportgen.domain.estimating.review import review_figures
from reportgen.domain.measures import MEASURES, measure_named
from reportgen.domain.measures.classification import expected, predicted
from reportgen.domain.measures.cost import unpriced
from reportgen.domain.records.comparison import CandidateResult, Comparison, Counts, LevelVerdict, RunRecord, Verdict
from reportgen.domain.records.corpus import Corpus, in_order, repeated
from reportgen.domain.records.harness import HarnessRecord
from reportgen.domain.records.measure import KNOWN_FAILURES, Better, Family, Measurement, Observation, Sample
from reportgen.domain.records.plan import (
    OVERALL,
    CandidateSpec,
    Comparator,
    EvaluationPlan,
    Example,
    Importance,
    Role,
    ServiceLevel,
    Task,
)
from reportgen.domain.records.response import Outcome, Response
from reportgen.domain.records.review_figures import Trials
from reportgen.domain.records.score import Reading, Score
from reportgen.domain.telling.checklist import checklist, readiness
from reportgen.domain.telling.findings import findings

UNPRICED = "UNPRICED"
_ROUNDING = 1e-12
"""Sums of weights may miss a share by their last digits."""


@dataclass(frozen=True, slots=True)
class PriceView:
    """What each response of a candidate cost in tokens, None = no price, and where the price came from."""

    token_cost: Mapping[str, float | None]
    source: str


def compare(  # noqa: PLR0917 - the seven things that one evaluation is made of, in the order in which they arise
    plan: EvaluationPlan,
    corpus: Corpus,
    responses: Sequence[Response],
    scores: Sequence[Score],
    prices: Mapping[str, PriceView],
    review: Mapping[tuple[str, str], tuple[str, ...]],
    run: RunRecord,
    *,
    resamples: int = 10_000,
    harness: HarnessRecord | None = None,
    trials: Mapping[str, Trials] | None = None,
) -> Comparison:
    """Return the whole result of one evaluation; the same arguments give the same figures to the last bit.

    Args:
        plan: the workbook as it was read.
        corpus: its examples by split.
        responses: what every candidate answered, eval and known failures, in any order.
        scores: one for each response, in the same order.
        prices: by candidate; one without an entry is unpriced.
        review: the review rules that fired, by (candidate, example id); no entry where none did.
        run: the run itself.
        resamples: joint bootstrap resamples.
        harness: what is on record about lm-evaluation-harness.
        trials: stated confidences by candidate, for the threshold that may replace review.
    """
    plan = as_it_applies(plan, corpus.eval)
    scored, regression = (repeated(in_order(part), corpus.repeats) for part in (corpus.eval, corpus.regression))
    rows = replace(corpus, eval=scored, regression=regression, repeats=1)
    frame = make_frame(plan, rows, resamples)
    specs = [c for c in plan.candidates if c.role is not Role.JUDGE]
    given: dict[str, dict[str, tuple[Response, Score]]] = {}
    for response, score in zip(responses, scores, strict=True):
        given.setdefault(response.candidate, {})[response.example_id] = response, score
    observe = partial(_observations, given=given, prices=prices, review=review)
    routes = {spec.name: spec.route for spec in specs if spec.route is not None}
    samples = with_calibration({spec.name: _sample(frame, spec, observe(spec, rows.eval)) for spec in specs}, routes)
    regressions = {spec.name: _sample(frame, spec, observe(spec, rows.regression)) for spec in specs}
    given.clear()
    banks = {name: feature_bank(sample, resampled(frame), frame.method) for name, sample in samples.items()}
    joint = resample(banks, samples, frame.method, decided_on(frame))
    results = tuple(
        _result(frame, _Subject(spec, samples[spec.name], regressions[spec.name], joint[spec.name], prices.get(spec.name)))
        for spec in specs
    )
    on = Joint(samples, joint, frame.primary, frame.method)
    contenders = [_contender(frame, result, joint[result.spec.name], on) for result in results]
    decision = decide(contenders, _question(plan))
    reference = next((s.name for s in specs if s.role is Role.PRODUCTION), decision.winner)
    pairs = compare_pairs(reference, [s.name for s in specs], on) if reference else ()
    points = checklist(plan, corpus, results, run, harness)
    return Comparison(
        plan=plan,
        corpus=corpus,
        candidates=results,
        manual_cost_per_task=_question(plan).manual_cost,
        primary_measure=frame.primary.name,
        pairs=pairs,
        decision=decision,
        checklist=points,
        readiness=readiness(points),
        findings=findings(plan, corpus, results, frame.primary),
        unpriced=tuple(r.spec.name for r in results if not r.priced),
        run=run,
        review=review_figures(plan, samples, [c.side for c in contenders], decision.winner, trials or {}),
    )


def _question(plan: EvaluationPlan) -> Question:
    terms = costs.cost_terms(plan.costs)
    settings = plan.settings
    return Question(
        settings.rule,
        terms.manual_cost,
        terms.tasks_per_month,
        plan.costs,
        settings.confidence,
        settings.currency,
        settings.task,
    )


def _observations(
    spec: CandidateSpec,
    examples: Iterable[Example],
    *,
    given: Mapping[str, Mapping[str, tuple[Response, Score]]],
    prices: Mapping[str, PriceView],
    review: Mapping[tuple[str, str], tuple[str, ...]],
) -> tuple[Observation, ...]:
    answers = given.get(spec.name, {})
    costs_of = prices[spec.name].token_cost if spec.name in prices else {}
    return tuple(
        Observation(
            example,
            *(answers.get(example.id) or _not_asked(spec.name, example)),
            token_cost=costs_of.get(example.id),
            review=review.get((spec.name, example.id), ()),
        )
        for example in examples
    )


def _not_asked(candidate: str, example: Example) -> tuple[Response, Score]:
    """Return the failure that stands for an example nobody asked about: it stays in every denominator."""
    reading = Reading(Outcome.ERROR, (), reason="not asked")
    response = Response(candidate, example.id, "", Outcome.ERROR, reason="not asked")
    return response, Score(candidate, example.id, reading, reading, unscored="" if example.key is not None else "no key")


def _sample(frame: Frame, spec: CandidateSpec, observations: tuple[Observation, ...]) -> Sample:
    fields = frame.plan.fields
    return Sample(
        observations,
        labels=frame.labels if frame.plan.settings.task is Task.CLASSIFICATION else (),
        fields=tuple(f.name for f in fields),
        records=records_of(fields),
        several=frame.plan.settings.several_labels,
        ranks=ranks_of(frame.plan.labels),
        mistakes=mistakes_of(frame.plan, frame.labels),
        citation_fields=tuple(f.name for f in fields if f.citation_required),
        costs=costs.cost_terms(frame.plan.costs, spec),
    )


@dataclass(frozen=True, slots=True)
class _Subject:
    """One candidate on the way to its result: its observations, its joint resamples, and its price."""

    spec: CandidateSpec
    sample: Sample
    regression: Sample
    replicates: Replicates
    price: PriceView | None


def _result(frame: Frame, of: _Subject) -> CandidateResult:
    sample = of.sample
    figures = {
        key: corrected(measure(sample, m, scope, frame.method, of.replicates), sample, m, frame.method)
        for key, (m, scope) in all_wanted(frame).items()
    }
    figures[MEASURES[KNOWN_FAILURES].key()] = _known_failures(of.regression, frame.method)
    lines = costs.cost_lines(costs.rates(sample, frame.method), sample.costs, basis_of(sample))
    names = {name.casefold() for name in of.spec.asks}
    one_label = frame.plan.settings.task is Task.CLASSIFICATION and not sample.several
    return CandidateResult(
        spec=of.spec,
        sample=sample,
        regression=of.regression,
        counts=_counts(sample),
        measurements=figures,
        levels=tuple(_level(frame, level, figures, of) for level in frame.plan.service_levels),
        requirements=tuple(requirement_verdict(r) for r in frame.plan.requirements if r.candidate.casefold() in names),
        cost_lines=lines,
        price_source=UNPRICED if of.price is None or unpriced(sample) else of.price.source,
        review_triggers=Counter(rule for o in sample.observations for rule in o.review),
        confusion=_confusion(sample) if one_label else {},
        balance=balance(sample, frame.method) if one_label else None,
    )


def _known_failures(regression: Sample, method: Method) -> Measurement:
    found = measure(regression, MEASURES[KNOWN_FAILURES], OVERALL, replace(method, mix={}))
    if not regression.observations:
        return replace(found, reason="the workbook marks no example as a known failure")
    modes = len({o.example.known_failure for o in regression.observations})
    return replace(
        found,
        notes=(
            *found.notes,
            f"{len({o.example.first_id for o in regression.observations})} cases of {modes} known failures",
        ),
    )


def _level(frame: Frame, level: ServiceLevel, figures: Mapping[str, Measurement], by: _Subject) -> LevelVerdict:
    of = measure_named(level.measure, frame.plan.settings.task)
    if of is None:
        told = f"The measure {level.measure} is not known for this task, so the level cannot be tested."
        return LevelVerdict(level, None, Verdict.NOT_TESTABLE, told)
    key = of.key(level.scope)
    rows = by.regression if of.name == KNOWN_FAILURES else by.sample
    values = None
    if key in by.replicates:
        values = recentred(by.replicates.values(of, level.scope), figures[key], frame.method.confidence)
    return verdict(Judged(level, of, figures[key], rows, frame.method, values, frame.plan.settings.currency))


def _counts(sample: Sample) -> Counts:
    unjudged = [o.score.strict.outcome is Outcome.ANSWERED and bool(o.score.unscored) for o in sample.observations]
    found = Counter(o.score.strict.outcome for o, left in zip(sample.observations, unjudged, strict=True) if not left)
    return Counts(len(sample.observations), {outcome: found[outcome] for outcome in Outcome}, sum(unjudged))


def _confusion(sample: Sample) -> dict[str, dict[str, int]]:
    """Return expected to predicted label to count; what is no label stands in brackets."""
    table: dict[str, dict[str, int]] = {}
    pairs = zip(expected(sample).tolist(), predicted(sample).tolist(), sample.observations, strict=True)
    for wanted, said, observation in pairs:
        if wanted < 0 or observation.score.unscored:
            continue
        row = table.setdefault(sample.labels[wanted], {})
        name = sample.labels[said] if said >= 0 else _no_label(observation.score.strict.outcome)
        row[name] = row.get(name, 0) + 1
    return {name: table[name] for name in sample.labels if name in table}


def _no_label(outcome: Outcome) -> str:
    match outcome:
        case Outcome.ERROR | Outcome.TIMEOUT:
            return "(failed)"
        case Outcome.ANSWERED:
            return "(other)"
        case _:
            return f"({outcome.value})"


def _contender(frame: Frame, result: CandidateResult, replicates: Replicates, on: Joint) -> Contender:
    full = MEASURES["cost per task"]
    known = full.key() in replicates
    primary = result.measurements.get(frame.primary.key())
    bound = None if primary is None or primary.bound is None else primary.bound
    latency = result.measurements["p95_latency"].value
    return Contender(
        result,
        _cost_side(frame, result),
        cost=result.measurements[full.key()].value,
        costs=replicates.values(full, OVERALL) if known else None,
        meets=_meets(frame, result, replicates),
        gate=_gate(frame, result.spec, on),
        quality_bound=bound if bound is None or frame.primary.better is Better.HIGHER else -bound,
        p95=latency,
    )


def _cost_side(frame: Frame, result: CandidateResult) -> CostSide:
    sample = result.sample
    own = costs.rates(sample, frame.method)
    caught = costs.wrong_and_reviewed(sample, frame.method)
    return CostSide(result.spec.name, own, sample.costs, result.spec, caught)


def _meets(frame: Frame, result: CandidateResult, replicates: Replicates) -> npt.NDArray[np.bool_]:
    """Return, for each joint resample, whether the candidate reaches every required level by its bare figures."""
    reached = np.ones(frame.method.resamples, dtype=np.bool_)
    for found in result.levels:
        if found.level.importance is Importance.MUST:
            reached &= _reached(frame, found, result.sample, replicates)
    return reached


def _reached(frame: Frame, found: LevelVerdict, sample: Sample, replicates: Replicates) -> npt.NDArray[np.bool_] | np.bool_:
    """Return in which joint resamples the bare figure reaches one level; one answer for all where nothing is resampled."""
    level = found.level
    of = measure_named(level.measure, frame.plan.settings.task)
    if of is None or found.measurement is None:
        return np.False_
    if hard_gate(Judged(level, of, found.measurement, sample, frame.method)):
        return np.bool_(found.verdict is Verdict.PROVEN)
    shown = within(of, level.target) if of.family is Family.QUANTILE else of
    if shown.key(level.scope) not in replicates:
        return np.False_
    values = recentred(replicates.values(shown, level.scope), found.measurement, frame.method.confidence)
    at_least = level.comparator is Comparator.AT_LEAST
    if of.family is Family.QUANTILE:
        inside = values >= (of.quantile or 0.0) - _ROUNDING
        return ~inside if at_least else inside
    return values >= level.target if at_least else values <= level.target


def _gate(frame: Frame, spec: CandidateSpec, on: Joint) -> Gate:
    """Return non-inferiority to production where the workbook declares a regression margin (formulas.md 1.10)."""
    margin = frame.plan.settings.regression_margin
    production = next((c.name for c in frame.plan.candidates if c.role is Role.PRODUCTION), None)
    if margin is None or production is None or production == spec.name:
        return Gate.NOT_DECLARED
    bounds = difference_bounds(spec.name, production, on)
    if bounds is None:
        return Gate.INCONCLUSIVE
    low, high = bounds if frame.primary.better is Better.HIGHER else (-bounds[1], -bounds[0])
    if low > -margin:
        return Gate.PASS
    return Gate.FAIL if high < 0 else Gate.INCONCLUSIVE
