"""Candidates that can never win, whatever they answer, each with the remedy that works: said before anything is spent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportgen.candidates.interface import specs_asked
from reportgen.candidates.prices import list_price
from reportgen.checking.proofs import Proof
from reportgen.checking.provability import Provability
from reportgen.domain.measures import MEASURES
from reportgen.domain.records.forecast import Forecast
from reportgen.domain.records.measure import Unit
from reportgen.domain.records.model_settings import in_batches
from reportgen.domain.records.plan import (
    CandidateKind,
    CandidateSpec,
    EvaluationPlan,
    Importance,
    RecordedOutput,
    ServiceLevel,
    Split,
)
from reportgen.domain.wording.figures import counted, listed
from reportgen.problems import Problem, Severity


def never_proven(plan: EvaluationPlan, asked: int, found: Sequence[Proof], estimate: Forecast) -> Iterator[Problem]:
    """Yield what keeps candidates from ever being recommended: no price, no tokens, no latency, too few examples."""
    by_name: dict[str, list[RecordedOutput]] = {}
    for row in plan.recorded_outputs:
        by_name.setdefault(row.candidate, []).append(row)
    for spec in specs_asked(plan):
        if spec.kind is CandidateKind.RECORDED_OUTPUTS:
            yield from _recorded(spec, plan, by_name.get(spec.name, []))
        elif spec.kind is CandidateKind.API_MODEL:
            yield from _asked(spec, plan, priced=spec.name not in estimate.unpriced)
    yield from _too_few(plan, asked, found)


def _problem(where: str, what: str, remedy: str, code: str) -> Problem:
    return Problem(where or "Candidates", what, remedy, code, Severity.WARNING)


def _asked(spec: CandidateSpec, plan: EvaluationPlan, *, priced: bool) -> Iterator[Problem]:
    if not priced:
        of = "batch " if in_batches(spec.settings) else ""
        what = f"{spec.name} has no {of}price, and what has no price is never recommended."
        remedy = f"Fill in Input price and Output price{', those of a batch' * bool(of)}, with Price source and Price date."
        yield _problem(spec.where, what, remedy, "never-priced")
    if in_batches(spec.settings) and (words := _timed(plan)):
        what = f"{spec.name}: latency is not measured in a batch, so the level on {words} can never be proven for it."
        remedy = "Delete the line batch: yes from Settings, or make the level a should."
        yield _problem(spec.where, what, remedy, "never-timed")


def _timed(plan: EvaluationPlan) -> str:
    """Return the measures of time that have a required level, '' where there is none."""
    timed = [level.measure for level in _musts(plan) if MEASURES[level.measure].unit is Unit.SECONDS]
    return listed(dict.fromkeys(timed))


def _recorded(spec: CandidateSpec, plan: EvaluationPlan, rows: Sequence[RecordedOutput]) -> Iterator[Problem]:
    locked = {e.id for e in plan.examples if e.declared_split in {Split.TRAIN, Split.HOLDOUT}}
    billed = [r for r in rows if r.example_id not in locked and r.outcome not in {"error", "timeout"}]
    if not billed:
        return
    price = list_price(spec, plan.settings.currency).price
    no_cost = [r for r in billed if r.cost is None]
    no_tokens = [r for r in no_cost if r.input_tokens is None or r.output_tokens is None]
    per_task = spec.price_per_task
    column = f'a column "Cost: {spec.name}" on the sheet Examples, or Cost on the sheet Recorded outputs'
    if per_task is None and no_tokens:
        told = "no cost and no tokens are" if price is not None else "no price, no cost and no tokens are"
        what = f"{spec.name}: {told} recorded for {_of(no_tokens, billed)}; what has no price is never recommended."
        yield _problem(spec.where, what, f"Fill in {column}.", "never-priced")
    elif per_task is None and no_cost and price is None:
        what = (
            f"{spec.name}: no price and no cost is known for {_of(no_cost, billed)}; what has no price is never recommended."
        )
        yield _problem(spec.where, what, f"Fill in Input price and Output price, or {column}.", "never-priced")
    words = _timed(plan)
    if words and all(r.latency_s is None for r in billed):
        what = f"{spec.name}: no latency is recorded, so the level on {words} can never be proven for it."
        remedy = (
            f'Fill in a column "Latency: {spec.name}" on the sheet Examples, or Latency (s) on the sheet Recorded outputs; '
            "or make the level a should."
        )
        yield _problem(spec.where, what, remedy, "never-timed")


def _of(some: Sequence[RecordedOutput], rows: Sequence[RecordedOutput]) -> str:
    if len(some) == len(rows):
        return "any answer" if len(rows) > 1 else "the answer"
    return f"{len(some):,} of {counted(len(rows), 'answer')}"


def _musts(plan: EvaluationPlan) -> list[ServiceLevel]:
    return [level for level in plan.service_levels if level.importance is Importance.MUST and level.measure in MEASURES]


def _too_few(plan: EvaluationPlan, asked: int, found: Sequence[Proof]) -> Iterator[Problem]:
    """Yield the required levels that no answers could prove on so many examples: nobody can be recommended."""
    places, needed = [], []
    for level, proof in zip(plan.service_levels, found, strict=True):
        if level.importance is Importance.MUST and isinstance(proof, Provability) and proof.most_errors is None:
            places.append(level)
            needed.append(proof.examples_needed)
    if not places:
        return
    names = listed(dict.fromkeys(level.measure for level in places))
    what = f"with {counted(asked, 'eval example')} nobody can be recommended: no answers could prove {names}."
    if any(n is None for n in needed):
        remedy = "Set levels that allow for an error."
    else:
        most = max(n for n in needed if n is not None)
        remedy = f"Get at least {most:,} examples into eval, give eval a larger share, or set levels that so few can prove."
    yield Problem(places[0].where, what, remedy, "never-proven", Severity.WARNING, tuple(p.where for p in places[1:]))
