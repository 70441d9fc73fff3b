"""Reads figures off a page's text and looks each up among the unrounded ones: results.json first, then the inputs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import msgspec

from reportgen.domain.estimating.costs import ERRORS_LINE, UNDETECTED_ERROR
from reportgen.domain.records.comparison import Comparison
from reportgen.reports.data import results_bytes
from reportgen.reports.view.build import build

_FIGURE = re.compile(r"(?<![\w.,/-])([$€£])?(\d[\d,]*(?:\.\d+)?)(?:[ \u00a0](%|ms|s|points))?(?![\w-])")
_KINDS = {"%": "share", "points": "share", "ms": "seconds", "s": "seconds"}


@dataclass(frozen=True)
class Printed:
    """A figure as it stands on a page: kind, value in units of that kind, and the size of its last digit."""

    text: str
    kind: str
    value: float
    step: float


def printed(text: str) -> list[Printed]:
    """Return every amount, share, difference and duration of a text; bare counts and dates are left out."""
    found = []
    for match in _FIGURE.finditer(text):
        sign, number, unit = match.groups()
        kind = "money" if sign else _KINDS.get(unit or "", "")
        if kind:
            scale = {"%": 0.01, "points": 0.01, "ms": 0.001}.get(unit or "", 1.0)
            places = len(number.partition(".")[2])
            value = float(number.replace(",", ""))
            found.append(Printed(match.group().strip(), kind, value * scale, scale * 10.0**-places))
    return found


def is_known(figure: Printed, known: Mapping[str, list[float]]) -> bool:
    """Whether some unrounded figure rounds to the printed one, to the nearest or, as a bound, away from flattery."""
    return any(abs(abs(v) - figure.value) < figure.step * (1 + 1e-9) for v in known[figure.kind])


def known(comparison: Comparison) -> Mapping[str, list[float]]:
    """Return the unrounded figures a page may show, by kind: results.json's, and what the decision hangs on besides."""
    results = msgspec.json.decode(results_bytes(comparison))
    kinds: dict[str, list[float]] = {"share": [0.0, 1.0], "seconds": [0.0], "money": [0.0]}
    for candidate in results["candidates"]:
        for m in candidate["measurements"].values():
            kind = {"share": "share", "s": "seconds"}.get(m["unit"], "money")
            kinds[kind] += _numbers([m[k] for k in ("value", "low", "high", "bound")], m.get("answered_only", {}))
            kinds[kind] += _numbers([m.get("unweighted"), m.get("lenient")])
    for pair in results["comparisons"]:
        kinds["share"] += _numbers([pair["difference"], pair["low"], pair["high"]])
    decision = results["decision"]
    kinds["share"] += [*decision["winner_probability"].values(), *(_numbers([b["value"] for b in decision["break_evens"]]))]
    kinds["money"] += _numbers(decision["break_evens"], decision["cheaper_but_unproven"])
    found = comparison.decision
    if found.tornado is not None:
        kinds["money"] += [
            found.tornado.gap,
            *_numbers([(s.low, s.high, s.at_low, s.at_high) for s in found.tornado.swings]),
        ]
    if found.price_of_uncertainty is not None:
        worth = found.price_of_uncertainty
        kinds["money"] += _numbers([worth.per_task, worth.per_year])
        kinds["share"].append(worth.missed)
    for figures in kinds.values():
        figures += [step.target for curve in found.slack for step in curve.steps]
    kinds["money"] += comparison.forecast.cost.ends
    kinds["money"] += _numbers([c.cost.ends for c in comparison.forecast.candidates if c.cost is not None])
    _add_inputs(kinds, comparison)
    _add_derived(kinds, comparison)
    return kinds


def _numbers(*values: object) -> list[float]:
    return list(_walk(values))


def _walk(value: object) -> Iterator[float]:
    if isinstance(value, Mapping):
        yield from _walk(list(value.values()))
    elif isinstance(value, Iterable) and not isinstance(value, str):
        for item in value:
            yield from _walk(item)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)


def _add_inputs(kinds: dict[str, list[float]], comparison: Comparison) -> None:
    """Add what the workbook says itself, the targets of the table of proofs and the ends of the charts' axes."""
    plan = comparison.plan
    given = [s.target for s in plan.service_levels] + [plan.settings.confidence, *plan.production_mix.values()]
    prices = [c.price for c in plan.candidates if c.price is not None]
    amounts = [v for a in plan.costs.values() for v in (a.low, a.expected, a.high) if v is not None]
    amounts += _numbers([(p.input, p.cached_input, p.output) for p in prices])
    for kind in kinds:
        kinds[kind] += [*given, *amounts]
    kinds["seconds"].append(plan.settings.timeout_s)  # why an example of an error has no answer
    kinds["share"] += [0.80, 0.85, 0.90, 0.95, 0.98, 0.99, 0.05]
    view = build(comparison)
    charts = view.charts
    for chart in (charts.scatter, charts.latency, charts.parts, charts.distribution, view.sensitivity.tornado):
        for name in ("ticks", "quality_ticks", "cost_ticks", "share_ticks"):
            for tick in getattr(chart, name, ()):
                for figures in kinds.values():
                    figures.append(tick.position)


def _add_derived(kinds: dict[str, list[float]], comparison: Comparison) -> None:
    """Add the lines that a cost sums up, and every cost a month: the amount a task times the volume."""
    lines = [c.amount for r in comparison.candidates for c in r.cost_lines if c.amount is not None]
    manual = comparison.manual_cost_per_task or 0.0
    costs = [m.value for r in comparison.candidates for k, m in r.measurements.items() if k == "cost_per_task" and m.value]
    tasks = comparison.plan.costs["Tasks per month"].expected or 0.0
    beside = [r.balance.balanced_accuracy for r in comparison.candidates if r.balance is not None]
    kinds["share"] += _numbers([(b.value, b.low, b.high) for b in beside])
    bins = [b for r in comparison.review.values() if r.tried is not None for b in r.tried.calibration.bins]
    kinds["share"] += _numbers([(b.low, b.high, b.confidence) for b in bins])
    price = comparison.plan.costs.get(UNDETECTED_ERROR)
    if price is not None and price.expected:
        slips = [c.amount for r in comparison.candidates for c in r.cost_lines if c.name == ERRORS_LINE and c.amount]
        kinds["share"] += [amount / price.expected for amount in slips]
    kinds["money"] += [*lines, manual, *(v * tasks for v in (*costs, manual)), *((manual - v) * tasks for v in costs)]
