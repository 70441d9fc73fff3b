"""Reads what a Route is made of from its Settings; nothing about it may be left open, since it is fixed before the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reportgen.domain.records.model_settings import setting_key
from reportgen.domain.records.plan import CandidateSpec, Role
from reportgen.domain.records.routing import Route, SentOn
from reportgen.workbook.rows import values
from reportgen.workbook.rows.row import Row
from reportgen.workbook.rows.values import UnreadableError, fold

ROUTE_LINES = ("first", "then", "when", "threshold")
_EXAMPLE = "Write first: NAME, then: NAME, when: low confidence, threshold: 0.8, one a line."
_NOT_READ = (
    "Model",
    "Prompt",
    "Few-shot examples",
    "Temperature",
    "Most output tokens",
    "Endpoint",
    "Key variable",
    "Input price",
    "Cached input price",
    "Output price",
    "Price per task",
)
"""A route has none of these of its own: they are those of its two candidates."""


@dataclass(frozen=True, slots=True)
class Written:
    """A route as its row has it, names not looked up yet."""

    row: Row
    spec: CandidateSpec


def read_route(row: Row, settings: Mapping[str, str]) -> Route | None:
    """Return the route of a row, None where its Settings leave something open; that has then been put down."""
    for header in _NOT_READ:
        if not row.blank(header):
            what = f"the {header} of a Route is not read: it is that of the candidates that the route is made of."
            row.warn(header, what, "Clear the cell, or write it beside those candidates.", "not read")
    lines = {setting_key(name): value for name, value in settings.items()}
    for name in settings:
        if setting_key(name) not in ROUTE_LINES:
            hint = values.near(name, ROUTE_LINES) or f"A Route has the lines {values.listed(ROUTE_LINES)}."
            row.fault("Settings", f'a Route has no setting "{name[:60]}".', hint, "setting")
    if len(lines) < len(settings):
        row.fault("Settings", "a line of the Route stands twice.", "Keep one of the two.", "doubled")
    missing = [name for name in ROUTE_LINES[:3] if not lines.get(name)]
    if missing:
        row.fault("Settings", f"the Route does not say {' and '.join(missing)}.", _EXAMPLE, "route")
    when, threshold = _when(row, lines.get("when", "")), _threshold(row, lines.get("threshold", ""))
    if SentOn.LOW_CONFIDENCE in when and not lines.get("threshold"):
        what = "the Route sends on below a confidence and does not say which."
        row.fault("Settings", what, "Add the line threshold: 0.8, or take low confidence away.", "route")
    if when and SentOn.LOW_CONFIDENCE not in when and lines.get("threshold"):
        what = "the Route has a threshold, and its when does not name low confidence: it would decide nothing."
        row.fault("Settings", what, "Write when: low confidence, or delete the threshold.", "route")
    return Route(lines["first"], lines["then"], when, threshold) if not missing and when else None


def _when(row: Row, text: str) -> tuple[SentOn, ...]:
    """Return what sends a task on, each once, in the order of the contract."""
    known = {fold(w): w for w in SentOn}
    said = [word for part in text.split(",") if (word := part.strip())]
    for word in said:
        if fold(word) not in known:
            hint = values.near(word, [w.value for w in SentOn]) or f"Choose from: {values.listed(w.value for w in SentOn)}."
            row.fault("Settings", f"the Route's when is {values.shown(word)}, which is no reason to send on.", hint, "route")
    return tuple(w for w in SentOn if fold(w) in {fold(word) for word in said})


def _threshold(row: Row, text: str) -> float | None:
    if not text:
        return None
    try:
        found = values.share(text, row.frame.locale.decimal_mark)
    except UnreadableError as fault:
        row.fault("Settings", f"the Route's threshold is {values.shown(text)}, {fault.tail}", fault.remedy, fault.code)
        return None
    if not 0 < found <= 1:
        what = f"the Route's threshold is {values.shown(text)}, expected more than 0 and at most 1."
        row.fault("Settings", what, "Write a confidence such as 0.8.", "out of limits")
    return found


def settled(written: Sequence[Written], names: Mapping[str, str], others: Sequence[CandidateSpec]) -> list[CandidateSpec]:
    """Return the routes with the candidates that they name; `names` are all of the sheet, `others` those that take part.

    Whom a route names must take part and be asked itself: no other route, no judge, no candidate twice.
    """
    by_name = {spec.name: spec for spec in others}
    found = []
    for one in written:
        route = one.spec.route
        if route is None:
            continue
        ends = [_named(one.row, line, name, names, by_name) for line, name in (("first", route.first), ("then", route.then))]
        if ends[0] and ends[0] == ends[1]:
            what = f"the Route sends from {ends[0]} on to {ends[0]} itself."
            one.row.fault("Settings", what, "Name another candidate under then.", "route")
        elif all(ends) and _infrastructure_said(one, [by_name[end] for end in ends]):
            route = replace(route, first=ends[0], then=ends[1])
            found.append(replace(one.spec, route=route, model=str(route)))
    return found


def _infrastructure_said(one: Written, parts: Sequence[CandidateSpec]) -> bool:
    """Put down a Route that does not say what it costs a month, where one of its candidates costs something of its own."""
    own = [spec for spec in parts if spec.infrastructure_per_month is not None]
    if own and one.spec.infrastructure_per_month is None:
        header = "Infrastructure cost per month"
        what = f"{own[0].name} has an {header} of its own, and the Route does not say what both together cost a month."
        one.row.fault(header, what, "Write the sum for both candidates.", "route")
        return False
    return True


def _named(row: Row, line: str, given: str, names: Mapping[str, str], by_name: Mapping[str, CandidateSpec]) -> str:
    """Return the name of a candidate as the sheet has it, '' where no route can be made of it."""
    name = names.get(fold(given), "")
    spec = by_name.get(name)
    if not name:
        what = f"there is no candidate {values.shown(given)}, which the Route names under {line}."
        able = [s.name for s in by_name.values() if s.role is not Role.JUDGE and s.route is None]
        hint = values.near(given, able) or f"Choose one of: {values.listed(able)}."
    elif spec is None:
        what, hint = f"{name}, which the Route names under {line}, takes no part.", "Set its Include to yes, mend its row."
    elif spec.route is not None:
        what, hint = f"{name}, which the Route names under {line}, is a Route itself.", "Name the candidates that answer."
    elif spec.role is Role.JUDGE:
        what, hint = f"{name}, which the Route names under {line}, is the judge.", "Name a candidate that answers."
    else:
        return name
    row.fault("Settings", what, hint, "route")
    return ""
