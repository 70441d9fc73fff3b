"""The difference of two runs in sentences, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from reportgen.domain.measures import measure_named
from reportgen.domain.records.comparison import Comparison
from reportgen.domain.records.measure import Unit
from reportgen.domain.wording.figures import amount, counted, listed
from reportgen.monitor.causes import Change
from reportgen.monitor.compare import CandidateChange, FigureChange, RunDifference

SHOWN = (
    "p95_latency", "cost_per_task", "token_cost_per_task", "review_rate", "retry_rate", "failure_rate",
    "invalid_output_rate", "known_failure_pass_rate",
)  # fmt: skip
MOST_ROWS = 8


def as_text(found: RunDifference, now: Comparison) -> str:
    """Return the difference as lines for a terminal."""
    return "\n".join(_lines(found, now))


def as_json(found: RunDifference) -> str:
    """Return the difference for machines, unrounded, with every figure that both runs have."""
    record = msgspec.to_builtins(found)
    for candidate, told in zip(found.candidates, record["candidates"], strict=True):
        for figure, row in zip(candidate.figures, told["figures"], strict=True):
            row["difference"] = figure.difference
    return msgspec.json.format(
        msgspec.json.encode({"format": "reportgen.compare/1", **record}, order="sorted"), indent=2
    ).decode()


def _lines(found: RunDifference, now: Comparison) -> Iterator[str]:
    yield f"From run {found.then_run} to run {found.now_run}"
    same = found.then_decision == found.now_decision
    yield (
        f"Decision: {found.now_decision}, as before."
        if same
        else f"Decision: was {found.then_decision}; is {found.now_decision}."
    )
    for name, told in (("no longer compared", found.only_then), ("new", found.only_now)):
        if told:
            yield f"Candidates {name}: {listed(told)}."
    for candidate in found.candidates:
        yield ""
        yield from _candidate(candidate, now)
    yield ""
    yield (
        "What else changed:"
        if found.causes
        else "Nothing else changed: examples, rules, assumptions and versions are the same."
    )
    yield from (f"  {line}" for change in found.causes for line in cause_lines(change))


def _candidate(of: CandidateChange, now: Comparison) -> Iterator[str]:
    yield f"{of.name}:"
    yield f"  {paired_words(of, now)}"
    currency = now.plan.settings.currency
    primary = measure_named(now.primary_measure, now.plan.settings.task)
    keys = ([primary.key()] if primary is not None else []) + list(SHOWN)
    figures = {f.measure: f for f in of.figures}
    for key in keys:
        if key in figures and (line := _figure(figures[key], currency)):
            yield f"  {line}"
    if (cost := of.token_cost) is not None and cost.now != cost.now_at_old_prices:
        then, at_old, new = (amount(v, Unit.MONEY, currency) for v in (cost.then, cost.now_at_old_prices, cost.now))
        yield f"  Tokens cost {then} a task; today's tokens cost {at_old} at the old price and {new} at the new one."
    if of.causes:
        yield "  What changed about it:"
        yield from (f"    {line}" for change in of.causes for line in cause_lines(change))
    else:
        yield "  Nothing changed about it: model, prompt, settings, price and returned model are the same."


def paired_words(of: CandidateChange, now: Comparison) -> str:
    """Return the paired difference as one sentence."""
    pair, measure = of.paired, measure_named(now.primary_measure, now.plan.settings.task)
    if pair.difference is None or measure is None:
        return f"{now.primary_measure}: {pair.method}."
    unit, currency = measure.unit, now.plan.settings.currency
    ends = ""
    if pair.low is not None and pair.high is not None:
        ends = f" ({amount(pair.low, unit, currency)} to {amount(pair.high, unit, currency)})"
    sure = ""
    if pair.p_adjusted is not None:
        alpha = 1 - now.plan.settings.confidence
        sure = "; a real change" if pair.p_adjusted <= alpha else "; no change is shown"
        sure += f" (adjusted p {pair.p_adjusted:.3g})"
    moved = amount(pair.difference, unit, currency)
    sign = "+" if pair.difference > 0 else ""
    return f"{pair.measure} on the {counted(of.rows, 'row')} that both have: {sign}{moved}{ends}{sure}{_alike(of, unit)}."


def _alike(of: CandidateChange, unit: Unit) -> str:
    """Return whether the two are shown to be equivalent, where nothing else is shown."""
    if of.equivalence is None or unit is not Unit.SHARE:
        return ""
    margin = amount(of.equivalence.margin, unit, "")
    return f"; equal within {margin}" if of.equivalence.equivalent else f"; not shown to be equal within {margin}"


def _figure(of: FigureChange, currency: str) -> str:
    if of.then == of.now or of.then is None or of.now is None:
        return ""
    name = of.measure.replace("_", " ")
    return f"{name}: {amount(of.then, of.unit, currency)} → {amount(of.now, of.unit, currency)}"


def cause_lines(change: Change) -> Iterator[str]:
    """Yield one change as one line, its rows behind it."""
    if change.rows:
        yield f"{change.what}: {change.now} ({listed(change.rows, MOST_ROWS)})"
    elif not change.then:
        yield f"{change.what}: {change.now}"
    else:
        yield f"{change.what}: {change.then} → {change.now}"
