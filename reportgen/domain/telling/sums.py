"""Totals that say which part they add up: whether they do, in what is expected and in what a candidate gave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from reportgen.domain.measures.columns import names
from reportgen.domain.reading.numbers import mark_of, read_quantity
from reportgen.domain.records.comparison import CandidateResult, Finding
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.measure import Measure
from reportgen.domain.records.plan import EvaluationPlan, Example, FieldSpec
from reportgen.domain.records.score import Reading
from reportgen.domain.wording.figures import counted, percent
from reportgen.problems import Severity

_CENT = Decimal("0.005")


def totals(plan: EvaluationPlan) -> tuple[tuple[FieldSpec, str, str], ...]:
    """Return each total with the records field and the part that it adds up."""
    parted = {f"{spec.name}: {part.name}": (spec.name, part.name) for spec in plan.fields for part in spec.parts}
    return tuple((spec, *parted[spec.sum_of]) for spec in plan.fields if spec.sum_of in parted)


def differs(amounts: Sequence[str], total: str, tolerance: float | None, decimal_mark: str) -> bool:
    """Return whether amounts do not add up to a total; what cannot be read for certain is not held against it."""
    mark = mark_of(decimal_mark)
    read = [read_quantity(text, mark) for text in (*amounts, total)]
    if not amounts or any(q is None or q.ambiguous for q in read):
        return False
    *parts, whole = [q.values[0] for q in read if q is not None]
    return abs(sum(parts, Decimal(0)) - whole) > max(_CENT, Decimal(str(tolerance or 0)))


def expected_differs(plan: EvaluationPlan, example: Example) -> tuple[str, ...]:
    """Return the totals of an example's key that its own expected rows do not add up to."""
    found = []
    fields = example.key.fields if example.key is not None else {}
    for spec, owner, part in totals(plan):
        total, rows = fields.get(spec.name), fields.get(owner)
        if total is None or rows is None or len(total.values) != 1:
            continue
        amounts = [row[part] for row in rows.rows if row.get(part)]
        if differs(amounts, total.values[0], spec.tolerance, plan.settings.decimal_mark):
            found.append(spec.name)
    return tuple(found)


def sums(plan: EvaluationPlan, _: Corpus, results: Sequence[CandidateResult], __: Measure) -> Iterator[Finding]:
    """Yield candidates whose own rows do not add up to the total that they gave: seen without knowing what is right."""
    checked = totals(plan)
    for r in results if checked else ():
        wrong = [
            o.example.id
            for o in r.sample.observations
            if any(_given_differs(plan, o.score.strict, *total) for total in checked)
        ]
        if wrong:
            share = percent(len(wrong) / len(r.sample.observations))
            yield Finding(
                "sum-differs",
                Severity.WARNING,
                r.spec.where or r.spec.name,
                f"In {counted(len(wrong), 'answer')} of {r.spec.name} ({share}) the rows do not add up to the total "
                f"given: {names(wrong)}.",
                "A program can find these without a person; let it send them to review.",
            )


def _given_differs(plan: EvaluationPlan, reading: Reading, spec: FieldSpec, owner: str, part: str) -> bool:
    parts = {p.name: p for p in reading.parts}
    total, rows = parts.get(spec.name), parts.get(owner)
    if total is None or rows is None or not total.found:
        return False
    records = next(f for f in plan.fields if f.name == owner)
    at = [p.name for p in records.parts].index(part)
    amounts = [pair.given[at] for pair in rows.rows if pair.given is not None and pair.given[at]]
    return differs(amounts, total.found, spec.tolerance, plan.settings.decimal_mark)
