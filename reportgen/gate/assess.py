"""Judges one candidate of a run against the accepted baseline: no worse, no known failure back, every level kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from reportgen.domain.estimating.pairs import Joint, difference_bounds
from reportgen.domain.estimating.proportion import Method
from reportgen.domain.estimating.replicates import feature_bank, resample
from reportgen.domain.measures import measure_named
from reportgen.domain.measures.columns import FAILED
from reportgen.domain.records.comparison import CandidateResult, Comparison, Verdict
from reportgen.domain.records.measure import Better, Measure, Observation, Unit
from reportgen.domain.records.plan import OVERALL, EvaluationPlan, Example, Importance, Role, Rule, Split
from reportgen.domain.statistics.paired import tango_lower
from reportgen.domain.wording.figures import amount, counted, listed
from reportgen.gate.baseline import Baseline, Row, example_sha256, sample_of
from reportgen.gate.verdict import Difference, GateCheck, GateResult, Group
from reportgen.problems import NeedsMendingError

MANY_ROWS = 300
WIDE_MARGIN, NARROW_MARGIN = 0.05, 0.03
RESAMPLES = 10_000
BASELINE = "\0baseline"
"""A name that no candidate can have."""
MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class Judgement:
    """Every check of one gate, and the paired difference behind the first."""

    candidate: str
    difference: Difference
    checks: tuple[GateCheck, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One candidate of a run beside the accepted rows it is held against."""

    comparison: Comparison
    result: CandidateResult
    baseline: Baseline

    @property
    def rows(self) -> tuple[Row, ...]:
        """The accepted rows."""
        return self.baseline.held_against.rows


def judge(comparison: Comparison, baseline: Baseline, candidate: str = "") -> Judgement:
    """Return every check of `candidate` (default: the one that the baseline speaks of) against the baseline.

    Raises NeedsMendingError when the run has no such candidate, or is another task or measure than the baseline.
    """
    name = chosen(comparison.plan, baseline, candidate)
    case = Case(comparison, comparison.result(name), baseline)
    difference, quality = _quality(case)
    checks = (quality, *_known_failures(case), *_levels(case), *_coverage(case))
    return Judgement(case.result.spec.name, difference, checks)


def default_margin(rows: int) -> float:
    """Return the regression margin where the workbook declares none: .05 below 300 rows, .03 above (formulas.md 1.10)."""
    return WIDE_MARGIN if rows < MANY_ROWS else NARROW_MARGIN


def non_inferior(low: float, high: float, margin: float) -> GateResult:
    """Return the rule of formulas.md 1.10 for a difference whose larger values are better.

    PASS where the one-sided lower bound lies above minus the margin; FAIL where it does not and the upper bound lies below
    0; else it is inconclusive.
    """
    if low > -margin:
        return GateResult.PASS
    return GateResult.FAIL if high < 0 else GateResult.INCONCLUSIVE


def chosen(plan: EvaluationPlan, baseline: Baseline, candidate: str = "") -> str:
    """Return the name of the candidate to judge (default: the one that the baseline speaks of).

    Raises NeedsMendingError when the plan has no such candidate, or is of another task or measure than the baseline. Both
    are known before anything is asked.
    """
    task, primary = plan.settings.task.value, plan.settings.primary_measure
    if (task, primary) != (baseline.task, baseline.primary_measure):
        msg = (
            f"The baseline is {baseline.task} by {baseline.primary_measure}, the run is {task} by {primary}. "
            "Set the same Primary measure, or accept a new baseline on purpose."
        )
        raise NeedsMendingError(msg)
    wanted = candidate.strip() or baseline.reference
    names = [spec.name for spec in plan.candidates if spec.role is not Role.JUDGE]
    if found := [name for name in names if name.casefold() == wanted.casefold()]:
        return found[0]
    option = "" if candidate else " The baseline speaks of it; name another with --candidate."
    msg = f"The run has no candidate {wanted!r}; it has {listed(names)}.{option}"
    raise NeedsMendingError(msg)


def _quality(case: Case) -> tuple[Difference, GateCheck]:
    """Judge non-inferiority on the primary measure, on the rows that are the same in both."""
    settings = case.comparison.plan.settings
    of = measure_named(case.comparison.primary_measure, settings.task)
    if of is None:  # the run itself was measured by it
        msg = f"the measure {case.comparison.primary_measure!r} is not known"
        raise RuntimeError(msg)
    kept = _same_rows(case)
    margin = settings.regression_margin
    if margin is None and of.unit is Unit.SHARE:
        margin = default_margin(len(kept))
    empty = Difference(of.name, of.better.value, margin, len(kept), None, None)
    if margin is None:
        return empty, _untestable(of, "it is no share, so it needs a Regression margin on the sheet Evaluation")
    if not kept:
        return empty, _untestable(of, "no example of the run is the same as in the baseline")
    return _compare(case, of, kept, margin)


def _compare(case: Case, of: Measure, kept: Sequence[Example], margin: float) -> tuple[Difference, GateCheck]:
    settings, name = case.comparison.plan.settings, case.result.spec.name
    method = Method(settings.confidence, RESAMPLES, settings.seed, dict(case.comparison.plan.production_mix))
    observed = {o.example.id: o for o in case.result.sample.observations}
    mine = replace(case.result.sample, observations=tuple(observed[e.id] for e in kept))
    samples = {name: mine, BASELINE: sample_of(case.rows, BASELINE, mine, kept)}
    banks = {key: feature_bank(sample, [(of, OVERALL)], method) for key, sample in samples.items()}
    joint = Joint(samples, resample(banks, samples, method), of, method)
    values = [_value(of, joint, key) for key in (name, BASELINE)]
    bounds = difference_bounds(name, BASELINE, joint)
    found = Difference(of.name, of.better.value, margin, len(kept), *values)
    if bounds is None or values[0] is None or values[1] is None:
        return found, _untestable(of, "it has no value for one of the two on the rows that both have")
    found = replace(found, difference=values[0] - values[1], low=bounds[0], high=bounds[1])
    low, high = bounds if of.better is Better.HIGHER else (-bounds[1], -bounds[0])
    result = non_inferior(low, high, margin)
    return found, GateCheck(Group.QUALITY, of.name, result, _told(found, of, settings.currency, result, high))


def _value(of: Measure, joint: Joint, name: str) -> float | None:
    if of.key() not in joint.replicates[name] or of.statistic is None:
        return None
    value = float(of.statistic(joint.replicates[name].bank.features(of, OVERALL).sum(axis=0)))
    return value if value == value else None  # noqa: PLR0124 - NaN is the one value that is not itself


def _told(found: Difference, of: Measure, currency: str, result: GateResult, high: float) -> str:
    def shown(value: float | None) -> str:
        return amount(value or 0.0, of.unit, currency)

    pair = f"{of.name} {shown(found.candidate)} against {shown(found.baseline)} on {counted(found.rows, 'row')}"
    ends = f"the difference lies between {shown(found.low)} and {shown(found.high)} (one-sided bounds)"
    match result:
        case GateResult.PASS:
            note = " It is worse, but inside the margin." if high < 0 else ""
            return f"{pair}: {ends}, so it is no worse than the margin of {shown(found.margin)} allows.{note}"
        case GateResult.FAIL:
            return f"{pair}: {ends}, so it is worse, and may be worse than the margin of {shown(found.margin)} allows."
        case GateResult.INCONCLUSIVE:
            best = tango_lower(0, 0, found.rows) if of.unit is Unit.SHARE else None
            never = best is not None and found.margin is not None and best <= -found.margin
            more = " Even equal answers could not show it with so few rows: add examples." if never else ""
            return (
                f"{pair}: {ends}, so a loss beyond the margin of {shown(found.margin)} is neither shown nor ruled out.{more}"
            )


def _untestable(of: Measure, why: str) -> GateCheck:
    return GateCheck(
        Group.QUALITY, of.name, GateResult.INCONCLUSIVE, f"{of.name} could not be held against the baseline: {why}."
    )


def _same_rows(case: Case) -> list[Example]:
    """Return the eval examples of the run whose content is that of the baseline, once each, in corpus order."""
    accepted = {r.example_id: r.example_sha256 for r in case.rows if r.split is Split.EVAL}
    rows = {o.example.id: o.example for o in case.result.sample.observations}
    return [e for e in rows.values() if accepted.get(e.id) == example_sha256(e)]


def _known_failures(case: Case) -> list[GateCheck]:
    """Judge each known failure with zero tolerance, by mode."""
    known = {k.id: k for k in case.comparison.plan.known_failures}
    by_mode: dict[str, list[Observation]] = {name: [] for name in known}
    for observation in case.result.regression.observations:
        by_mode.setdefault(observation.example.known_failure, []).append(observation)
    checks = []
    for mode, cases in by_mode.items():
        failure = known.get(mode)
        severity = f" ({failure.severity})" if failure is not None and failure.severity else ""
        described = f": {failure.description}" if failure is not None and failure.description else ""
        checks.append(_mode(f"{mode}{severity}{described}", cases))
    return checks


def _mode(name: str, cases: Sequence[Observation]) -> GateCheck:
    lost = [o for o in cases if o.response.outcome in FAILED or o.score.unscored]
    back = [o for o in cases if o not in lost and not o.score.strict.right]
    detail = tuple(f"{o.example.id}: {o.score.strict.reason or 'the answer is wrong'}" for o in back)
    detail += tuple(f"{o.example.id}: {o.response.reason or o.score.unscored or o.response.outcome.value}" for o in lost)
    if back:
        told = f"{counted(len(back), 'case')} of {len(cases)} went wrong again; none may."
        return GateCheck(Group.KNOWN_FAILURES, name, GateResult.FAIL, told, detail)
    if lost or not cases:
        told = f"{len(lost)} of {counted(len(cases), 'case')} could not be judged." if cases else "no example stands for it."
        return GateCheck(Group.KNOWN_FAILURES, name, GateResult.INCONCLUSIVE, told, detail)
    return GateCheck(Group.KNOWN_FAILURES, name, GateResult.PASS, f"{_all(len(cases))} right.")


def _all(many: int) -> str:
    return "its one case is" if many == 1 else f"all {many:,} cases are"


def _levels(case: Case) -> Iterable[GateCheck]:
    """Take over the verdicts on every required level and requirement."""
    rule = case.comparison.plan.settings.rule
    for found in case.result.levels:
        if found.level.importance is Importance.MUST:
            name = f"{found.level.measure} ({found.level.scope})"
            yield GateCheck(Group.SERVICE_LEVELS, name, _by_verdict(found.verdict, rule), found.sentence)
    held = {(v.level.measure, str(v.level.scope)) for v in case.result.levels}
    gone = [
        f"{measure} ({scope})" for measure, scope, _ in case.baseline.held_against.levels if (measure, scope) not in held
    ]
    if gone:
        told = f"{listed(gone)} stood when the baseline was accepted, and no more on the sheet Service levels."
        detail = ("Put back what is missing, or accept a new baseline on purpose.",)
        yield GateCheck(Group.SERVICE_LEVELS, "levels of the baseline", GateResult.INCONCLUSIVE, told, detail)
    for asked in case.result.requirements:
        if asked.requirement.importance is Importance.MUST:
            told = f"met: {asked.requirement.met}."
            yield GateCheck(Group.SERVICE_LEVELS, asked.requirement.requirement, _by_verdict(asked.verdict, rule), told)


def _by_verdict(verdict: Verdict, rule: Rule) -> GateResult:
    match verdict:
        case Verdict.PROVEN:
            return GateResult.PASS
        case Verdict.LIKELY:
            return GateResult.PASS if rule is Rule.POINT_ESTIMATE else GateResult.INCONCLUSIVE
        case Verdict.UNLIKELY:
            return GateResult.FAIL if rule is Rule.POINT_ESTIMATE else GateResult.INCONCLUSIVE
        case Verdict.FAILED:
            return GateResult.FAIL
        case Verdict.NOT_TESTABLE:
            return GateResult.INCONCLUSIVE


def _coverage(case: Case) -> list[GateCheck]:
    """Hold the rows themselves against the baseline: what is missing, doubled, changed or failed is never green."""
    observations = [*case.result.sample.observations, *case.result.regression.observations]
    now = {o.example.id: example_sha256(o.example) for o in observations}
    then = {r.example_id: r.example_sha256 for r in case.rows}
    before, present = Counter(then.values()), Counter(now.values())
    doubled = [name for name, times in Counter(o.example.id for o in observations).items() if times > 1]
    doubled += [name for name, digest in now.items() if present[digest] > 1 >= before[digest]]
    failed = [
        f"{o.example.id}: {o.response.reason or o.response.outcome.value}"
        for o in observations
        if o.response.outcome in FAILED
    ]
    return [
        _rows("missing examples", [name for name in then if name not in now], GateResult.FAIL, "missing from the run"),
        _rows("doubled examples", list(dict.fromkeys(doubled)), GateResult.FAIL, "doubled"),
        _rows(
            "changed examples",
            [name for name, digest in then.items() if now.get(name, digest) != digest],
            GateResult.INCONCLUSIVE,
            "changed since the baseline, so not compared; accept a new baseline on purpose",
        ),
        _rows("errors and timeouts", failed, GateResult.INCONCLUSIVE, "without an answer"),
    ]


def _rows(name: str, found: Sequence[str], otherwise: GateResult, what: str) -> GateCheck:
    if not found:
        return GateCheck(Group.COVERAGE, name, GateResult.PASS, "none.")
    more = (f"and {len(found) - MOST_LISTED} more",) if len(found) > MOST_LISTED else ()
    return GateCheck(
        Group.COVERAGE, name, otherwise, f"{counted(len(found), 'example')} {what}.", (*found[:MOST_LISTED], *more)
    )
