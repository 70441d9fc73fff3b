"""What asking has cost, beside what it was expected to cost."""

from __future__ import annotations

from reportgen.domain.records.comparison import Comparison
from reportgen.domain.records.forecast import NO_RANGE, Range
from reportgen.domain.wording.figures import counted, money


def spent(comparison: Comparison) -> str:
    """Return what was asked and spent, beside what was supposed before; nothing where nobody was asked.

    Answers of an earlier run cost nothing here, so their share of the forecast is left away.
    """
    supposed = {one.candidate: one.cost for one in comparison.forecast.candidates}
    answers, paid, before = 0, 0.0, NO_RANGE
    for result in comparison.candidates:
        rows = (*result.sample.observations, *result.regression.observations)
        fresh = [o.token_cost for o in rows if not o.response.from_earlier_run and not o.response.unasked]
        if result.spec.name not in supposed or not fresh:
            continue
        answers += len(fresh)
        known = [cost for cost in fresh if cost is not None]
        cost = supposed[result.spec.name]
        if cost is not None and len(known) == len(fresh):
            share = len(fresh) / len(rows)
            paid += sum(known)
            before = before.plus(Range(share * cost.low, share * cost.expected, share * cost.high))
    if not answers:
        return ""
    currency = comparison.plan.settings.currency
    said = f"Asked in this run: {counted(answers, 'answer')}."
    if before != NO_RANGE:
        said += (
            f" Spent: {money(paid, currency)}; supposed before it began: about {money(before.expected, currency)}, "
            f"between {money(before.low, currency)} and {money(before.high, currency)}."
        )
    return said
