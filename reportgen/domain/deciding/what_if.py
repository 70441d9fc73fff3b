"""What if an assumption, a level or a price were another: cost, verdicts, standing and rank of every candidate again.

One function for the workbook's sheet (its cached values, and what its formulas are held against), the report and the desk.
What a task takes (reviews, attempts, failures) comes from the responses, so that all start from the figures of the report;
assumptions are the inputs that a reader may change. Costs are those of `estimating.costs`, line by line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reportgen.domain.estimating import costs
from reportgen.domain.estimating.costs import (
    CostRates,
    cost_lines,
    full_cost,
    headline,
    rates,
    review_cost,
    wrong_and_reviewed,
)
from reportgen.domain.estimating.proportion import Method
from reportgen.domain.measures.cost import REVIEWER_FINDS
from reportgen.domain.records.comparison import CandidateResult, Comparison, LevelVerdict, Verdict
from reportgen.domain.records.measure import CostTerms, Measurement
from reportgen.domain.records.plan import Comparator, Importance, Rule, ScopeKind, ServiceLevel
from reportgen.domain.statistics.proportions import exact_lower, exact_upper

VOLUME, MINUTES, WAGE, OVERHEAD = "tasks_per_month", "minutes_per_review", "reviewer_cost_per_hour", "overhead_factor"
MANUAL, PER_MONTH, PER_REQUEST = "manual_cost_per_task", "infrastructure_per_month", "infrastructure_per_request"
FOUND, UNDETECTED, SETUP, MONTHS = "share_of_errors_found", "undetected_error_cost", "setup_cost", "setup_months"
INPUTS: Mapping[str, str] = {
    VOLUME: costs.TASKS_PER_MONTH,
    MINUTES: costs.MINUTES_PER_REVIEW,
    WAGE: costs.REVIEWER_HOUR,
    OVERHEAD: costs.OVERHEAD,
    MANUAL: costs.MANUAL_COST,
    PER_MONTH: costs.INFRASTRUCTURE_MONTH,
    PER_REQUEST: costs.INFRASTRUCTURE_REQUEST,
    FOUND: costs.REVIEWER_FINDS,
    UNDETECTED: costs.UNDETECTED_ERROR,
    SETUP: costs.SETUP,
    MONTHS: costs.SETUP_MONTHS,
}
"""Defined name (after `wi_`) to the row of the Costs sheet."""
QUALIFIED, PROVISIONAL, OUT = "QUALIFIED", "PROVISIONAL", "OUT"
ALWAYS, AT_MOST_LIKELY = "always ", "at most LIKELY"
NOT_KNOWN = "not known"
_SAME = 1e-9
_COSTS = ("cost per task", "running cost per task", "token cost per task")


@dataclass(frozen=True, slots=True)
class Quantities:
    """What one task of one candidate takes; all but `tokens`, `per_month` and `other` are counts or shares.

    `per_month` None = the common input. `wrong` are errors that leave the model, `caught` those of them that reach a
    reviewer. `other` is what the report's cost holds beyond these terms, normally 0.
    """

    tokens: float | None
    attempts: float
    reviews: float
    by_hand: float
    wrong: float
    caught: float
    per_month: float | None = None
    other: float = 0.0


@dataclass(frozen=True, slots=True)
class LevelTerms:
    """One candidate against one service level: what its verdict follows from.

    `live` names the cost that is recomputed; then `bound` and `opposite` are ratios to it. `exact` = the bound is the exact
    binomial one of `x` out of `n`. `limited` says which verdict holds whatever the rule says.
    """

    level: ServiceLevel
    number: int
    value: float | None
    bound: float | None
    opposite: float | None
    x: int | None
    n: int
    exact: bool
    live: str
    limited: str
    reported: Verdict


@dataclass(frozen=True, slots=True)
class Row:
    """One candidate on the sheet. `barred` says what else rules it out."""

    name: str
    quantities: Quantities
    levels: tuple[LevelTerms, ...]
    barred: str
    reported_cost: float | None


@dataclass(frozen=True, slots=True)
class Model:
    """The sheet's starting point: inputs as in the report (None = not given), targets, rows, and the rule."""

    inputs: Mapping[str, float | None]
    targets: tuple[float, ...]
    rows: tuple[Row, ...]
    rule: Rule
    alpha: float
    winner: str


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What the sheet shows for one candidate."""

    cost: float | None
    running: float | None
    tokens: float | None
    per_month: float | None
    by_rule: tuple[str, ...]
    verdicts: tuple[str, ...]
    standing: str
    rank: int | None


def model_of(comparison: Comparison) -> Model:
    """Return the starting point of the What-if sheet for `comparison`."""
    plan = comparison.plan
    inputs: dict[str, float | None] = {k: plan.costs[n].expected if n in plan.costs else None for k, n in INPUTS.items()}
    competing = comparison.competing
    inputs[FOUND] = REVIEWER_FINDS if inputs[FOUND] is None else inputs[FOUND]
    inputs[OVERHEAD] = 1.0 if inputs[OVERHEAD] is None else inputs[OVERHEAD]
    method = Method(confidence=plan.settings.confidence, mix=plan.production_mix)
    return Model(
        inputs=inputs,
        targets=tuple(s.target for s in plan.service_levels),
        rows=tuple(_row(c, inputs, plan.service_levels, method) for c in competing),
        rule=plan.settings.rule,
        alpha=method.alpha,
        winner=comparison.decision.winner,
    )


def _row(result: CandidateResult, inputs: Mapping[str, float | None], levels: Sequence[ServiceLevel], method: Method) -> Row:
    cost = result.measurements.get("cost_per_task")
    reported = None if cost is None or not result.priced else cost.value
    quantities = _quantities(result, method)
    if reported is not None:
        rebuilt, _ = _costs_of(quantities, inputs, 1.0)
        gap = 0.0 if rebuilt is None else reported - rebuilt
        quantities = replace(quantities, other=0.0 if abs(gap) <= 1e-12 * max(1.0, abs(reported)) else gap)
    else:
        quantities = replace(quantities, tokens=None)
    failed = [
        r.requirement.requirement
        for r in result.requirements
        if r.requirement.importance is Importance.MUST and r.verdict is not Verdict.PROVEN
    ]
    found = {v.level: v for v in result.levels}
    return Row(
        name=result.spec.name,
        quantities=quantities,
        levels=tuple(_level(found[s], i, method.alpha) for i, s in enumerate(levels, 1) if s in found),
        barred="; ".join(failed),
        reported_cost=reported,
    )


def _quantities(result: CandidateResult, method: Method) -> Quantities:
    found = rates(result.sample, method)
    caught, finds = wrong_and_reviewed(result.sample, method), result.sample.costs.reviewer_finds
    return Quantities(
        tokens=found.token,
        attempts=found.attempts,
        reviews=found.review,
        by_hand=found.failed,
        wrong=(found.undetected or 0.0) + caught * (REVIEWER_FINDS if finds is None else finds),
        caught=caught,
        per_month=result.spec.infrastructure_per_month,
    )


def _level(verdict: LevelVerdict, number: int, alpha: float) -> LevelTerms:
    m, level = verdict.measurement, verdict.level
    live = level.measure if level.measure in _COSTS and level.scope.kind is ScopeKind.OVERALL and m and m.value else ""
    value = None if m is None else m.value
    bound, opposite = (None, None) if m is None else (m.bound, m.opposite_bound)
    if live and value:
        bound = None if bound is None else bound / value
        opposite = None if opposite is None else opposite / value
    terms = LevelTerms(
        level=level,
        number=number,
        value=value,
        bound=bound,
        opposite=opposite,
        x=None if m is None else m.x,
        n=0 if m is None else m.n,
        exact=m is not None and _is_exact(m, level, alpha),
        live=live,
        limited="",
        reported=verdict.verdict,
    )
    by_rule = _by_rule(terms, value, level.target)
    if by_rule == verdict.verdict.value:
        return terms
    if by_rule == Verdict.PROVEN.value and verdict.verdict is Verdict.LIKELY:
        return replace(terms, limited=AT_MOST_LIKELY)
    return replace(terms, limited=ALWAYS + verdict.verdict.value)


def _is_exact(m: Measurement, level: ServiceLevel, alpha: float) -> bool:
    """Whether the bound is the exact binomial one of x out of n: nothing weighted, nothing clustered."""
    if m.x is None or m.bound is None or m.n == 0 or not 0 <= m.x <= m.n:
        return False
    bound = exact_lower if level.comparator is Comparator.AT_LEAST else exact_upper
    return abs(bound(m.x, m.n, alpha) - m.bound) < _SAME and m.value is not None and abs(m.x / m.n - m.value) < _SAME


def _by_rule(terms: LevelTerms, live: float | None, target: float) -> str:
    """Return the verdict of formulas.md 2.1 on the numbers alone."""
    sign = 1 if terms.level.comparator is Comparator.AT_LEAST else -1
    factor = (live if live is not None else 1.0) if terms.live else 1.0
    value = live if terms.live else terms.value

    def reaches(figure: float | None) -> bool:
        return figure is not None and sign * figure >= sign * target

    bound = None if terms.bound is None else terms.bound * factor
    opposite = None if terms.opposite is None else terms.opposite * factor
    if reaches(bound):
        return Verdict.PROVEN.value
    if reaches(value):
        return Verdict.LIKELY.value
    return Verdict.UNLIKELY.value if reaches(opposite) else Verdict.FAILED.value


def _costs_of(q: Quantities, inputs: Mapping[str, float | None], factor: float) -> tuple[float | None, float | None]:
    """Return the full and the running cost per task under these inputs, by the cost lines of the report."""
    rates_now = CostRates(
        token=None if q.tokens is None else q.tokens * factor,
        attempts=q.attempts,
        failed=q.by_hand,
        review=q.reviews,
        undetected=max(0.0, q.wrong - q.caught * (inputs[FOUND] or 0.0)),
    )
    lines = cost_lines(
        rates_now,
        CostTerms(
            review_cost=review_cost(inputs[MINUTES], inputs[WAGE], inputs[OVERHEAD]),
            manual_cost=inputs[MANUAL],
            tasks_per_month=inputs[VOLUME],
            infrastructure_per_request=inputs[PER_REQUEST] or 0.0,
            infrastructure_per_month=(inputs[PER_MONTH] or 0.0) if q.per_month is None else q.per_month,
            undetected_error_cost=inputs[UNDETECTED],
            setup_cost=inputs[SETUP] or 0.0,
            setup_months=inputs[MONTHS],
        ),
    )
    full = full_cost(lines)
    return None if full is None else full + q.other, headline(lines)


def evaluate(
    model: Model,
    *,
    inputs: Mapping[str, float | None] | None = None,
    targets: Sequence[float] | None = None,
    factors: Sequence[float] | None = None,
) -> tuple[tuple[Outcomes, ...], str]:
    """Return what the sheet shows for every candidate, and the winner's name (empty = none).

    Args:
        model: the starting point.
        inputs: changed assumptions, the whole set; None = as in the report.
        targets: changed targets of the service levels, in order; None = as in the report.
        factors: token price factor of each candidate; None = all 1.
    """
    given = model.inputs if inputs is None else inputs
    goals = model.targets if targets is None else targets
    prices = [1.0] * len(model.rows) if factors is None else factors
    found = [_outcomes(model, row, given, goals, f) for row, f in zip(model.rows, prices, strict=True)]
    best = QUALIFIED if any(o.standing == QUALIFIED for o in found) else PROVISIONAL
    costs = [o.cost for o in found if o.standing == best and o.cost is not None]
    ranked = tuple(
        replace(o, rank=1 + sum(c < o.cost for c in costs)) if o.standing == best and o.cost is not None else o
        for o in found
    )
    winner = next((row.name for row, o in zip(model.rows, ranked, strict=True) if o.rank == 1), "")
    return ranked, winner


def _outcomes(
    model: Model, row: Row, inputs: Mapping[str, float | None], targets: Sequence[float], factor: float
) -> Outcomes:
    q = row.quantities
    cost, running = _costs_of(q, inputs, factor)
    tokens = None if q.tokens is None else q.tokens * factor
    live = dict(zip(_COSTS, (cost, running, tokens), strict=True))
    by_rule = tuple(_by_rule(t, live.get(t.live, t.value), targets[t.number - 1]) for t in row.levels)
    verdicts = tuple(_limited(t.limited, r) for t, r in zip(row.levels, by_rule, strict=True))
    volume, manual = inputs[VOLUME] or 0.0, inputs[MANUAL] or 0.0
    musts = [v for t, v in zip(row.levels, verdicts, strict=True) if t.level.importance is Importance.MUST]
    proven, likely = musts.count(Verdict.PROVEN.value), musts.count(Verdict.LIKELY.value)
    if cost is None or row.barred or (manual > 0 and cost >= manual):
        standing = OUT
    elif proven + (likely if model.rule is Rule.POINT_ESTIMATE else 0) == len(musts):
        standing = QUALIFIED
    else:
        standing = PROVISIONAL if proven + likely == len(musts) else OUT
    per_month = None if cost is None else cost * volume
    return Outcomes(cost, running, tokens, per_month, by_rule, verdicts, standing, None)


def _limited(limited: str, by_rule: str) -> str:
    if limited.startswith(ALWAYS):
        return limited.removeprefix(ALWAYS)
    return Verdict.LIKELY.value if limited == AT_MOST_LIKELY and by_rule == Verdict.PROVEN.value else by_rule
