"""What every part of the view looks up: figures by measure and scope, the candidate spoken of most, words for measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from reportgen.domain.records.comparison import (
    CandidateResult,
    Comparison,
    Counts,
    LevelVerdict,
    PointStatus,
    Readiness,
    Status,
    Verdict,
)
from reportgen.domain.records.measure import Measurement, Unit
from reportgen.domain.records.plan import OVERALL, Comparator, Importance, Scope, ScopeKind, ServiceLevel
from reportgen.domain.records.response import Outcome
from reportgen.domain.wording import figures as wording
from reportgen.domain.wording import numbers
from reportgen.domain.wording.numbers import Rounding
from reportgen.domain.wording.text import line, middle
from reportgen.problems import Severity
from reportgen.reports.view.marks import Mark, Tone

capital = wording.capital
MOST_LETTERS = 36
"""Letters of a candidate's name that a sentence of page one bears; the table beneath has all."""
MOST_NAME = 120
MOST_COLUMNS = 6
"""Candidates that fit side by side on a page; the workbook shows all of them."""
_WORST_FIRST = (Verdict.FAILED, Verdict.UNLIKELY, Verdict.NOT_TESTABLE, Verdict.LIKELY, Verdict.PROVEN)


@dataclass(frozen=True, slots=True)
class Context:
    """A comparison with its look-ups. `lead` is the winner, else the candidate nearest to the limits, else None."""

    comparison: Comparison
    figures: Mapping[str, Mapping[tuple[str, Scope], Measurement]]
    lead: CandidateResult | None

    @property
    def currency(self) -> str:
        """The plan's currency."""
        return self.comparison.plan.settings.currency

    @property
    def confidence(self) -> str:
        """The plan's confidence in words, for example `95 %`."""
        return numbers.limit(self.comparison.plan.settings.confidence, Unit.SHARE, "")

    @property
    def tasks_per_month(self) -> float | None:
        """The volume from the Costs sheet, None where the workbook does not give it."""
        return self.comparison.tasks_per_month

    @property
    def results(self) -> tuple[CandidateResult, ...]:
        """Every candidate that competes, in the order of the Candidates sheet; judges do not."""
        return self.comparison.competing

    @property
    def names(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(r.spec.name for r in self.results)

    def brief(self, text: str) -> str:
        """Return `text` with every long name of a candidate short by its middle; where two would look alike, as it is."""
        long = sorted((n for n in self.names if len(n) > MOST_LETTERS), key=len, reverse=True)
        short = {name: middle(name, MOST_LETTERS) for name in long}
        if len(set(short.values())) < len(long):
            return text
        for name in long:
            text = text.replace(name, short[name])
        return text

    def said(self, name: str) -> str:
        """Return a candidate's name as a sentence of page one holds it."""
        return self.brief(wording.named(line(name, MOST_NAME)))

    def figure(self, result: CandidateResult, measure: str, scope: Scope = OVERALL) -> Measurement | None:
        """Return one measurement of one candidate, or None where it was not taken."""
        return self.figures[result.spec.name].get((measure.casefold(), scope))

    def primary(self, result: CandidateResult, scope: Scope = OVERALL) -> Measurement | None:
        """Return the primary measure of one candidate."""
        return self.figure(result, self.comparison.primary_measure, scope)

    def is_lead(self, result: CandidateResult) -> bool:
        """Whether the report speaks of this candidate most."""
        return self.lead is not None and self.lead.spec.name == result.spec.name

    def is_winner(self, result: CandidateResult) -> bool:
        """Whether the decision chose this candidate."""
        return bool(self.comparison.decision.winner) and self.comparison.decision.winner == result.spec.name

    def value(self, m: Measurement | None, *, beside: float | None = None) -> str:
        """Return a measurement's value in its unit, or a dash."""
        if m is None:
            return numbers.DASH
        if m.value is None:
            return "not reached" if m.unit is Unit.SECONDS and "fail" in m.reason else numbers.DASH
        return numbers.measure(m.value, m.unit, self.currency, beside=beside)

    def interval(self, m: Measurement | None) -> str:
        """Return a measurement's two-sided interval; empty where there is none."""
        if m is None or (m.low is None and m.high is None):
            return ""
        if m.low == m.high:
            return "no spread seen"
        text = numbers.interval(m.low, m.high, m.unit, self.currency)
        return "" if text == numbers.DASH else text

    def per_month(self, amount: float | None) -> str:
        """Return a cost per task times the volume; a dash where either is unknown."""
        return numbers.money(self.comparison.per_month(amount), self.currency)


def context_of(comparison: Comparison) -> Context:
    """Return the look-ups of a comparison."""
    figures = {
        c.spec.name: {(m.measure.casefold(), m.scope): m for m in c.measurements.values()} for c in comparison.candidates
    }
    return Context(comparison, figures, _lead(comparison))


def _lead(comparison: Comparison) -> CandidateResult | None:
    if comparison.decision.winner:
        return comparison.result(comparison.decision.winner)
    if comparison.decision.nearest:
        return comparison.result(comparison.decision.nearest[0])
    return next(iter(comparison.competing), None)


def shown_candidates(context: Context, most: int = MOST_COLUMNS) -> list[CandidateResult]:
    """Return the candidates shown where not all fit: the lead first in, then production, then sheet order."""
    if len(context.results) <= most:
        return list(context.results)
    kept = sorted(context.results, key=lambda c: (not context.is_lead(c), c.spec.role.value != "production"))[:most]
    return [c for c in context.results if c in kept]


def musts(result: CandidateResult) -> list[LevelVerdict]:
    """Return the verdicts on `must` levels."""
    return [v for v in result.levels if v.level.importance is Importance.MUST]


def worst(result: CandidateResult) -> Verdict | None:
    """Return the worst verdict over `must` levels and requirements; None where there are none."""
    found = {v.verdict for v in musts(result)}
    found |= {r.verdict for r in result.requirements if r.requirement.importance is Importance.MUST}
    return next((v for v in _WORST_FIRST if v in found), None)


def planned(counts: Counts, *outcomes: Outcome) -> int:
    """Return how many planned examples ended in one of `outcomes`."""
    return sum(counts.by_outcome.get(o, 0) for o in outcomes)


def scope_words(scope: Scope) -> str:
    """Return the scope as the end of a sentence: empty, or ` of label “refund”`."""
    match scope.kind:
        case ScopeKind.OVERALL:
            return ""
        case ScopeKind.SEGMENT:
            return f" in segment “{line(scope.name)}”"
        case ScopeKind.LABEL | ScopeKind.FIELD:
            return f" of {scope.kind.value} “{line(scope.name)}”"
    assert_never(scope.kind)


def unit_of(level: ServiceLevel, m: Measurement | None) -> Unit:
    """Return the unit of a level; where nothing was measured, the measure's name tells it."""
    if m is not None:
        return m.unit
    if "latency" in level.measure:
        return Unit.SECONDS
    if level.measure in {"quadratic weighted kappa", "mean distance in ranks"}:
        return Unit.NUMBER
    return Unit.MONEY if "cost" in level.measure else Unit.SHARE


def level_words(level: ServiceLevel, unit: Unit, currency: str) -> str:
    """Return a service level as a phrase: `Macro F1 at least 90 %`."""
    target = numbers.limit(level.target, unit, currency)
    return f"{capital(level.measure)}{scope_words(level.scope)} {level.comparator.value} {target}"


def bound_words(level: ServiceLevel, m: Measurement | None, currency: str, confidence: str) -> str:
    """Return what can be claimed with confidence, on the side that counts: `at least 89.7 % (95 % sure)`."""
    if m is None or m.bound is None:
        return ""
    higher = level.comparator is Comparator.AT_LEAST
    shown = numbers.measure(m.bound, m.unit, currency, Rounding.DOWN if higher else Rounding.UP, beside=level.target)
    if shown == "not reached":
        return "no upper bound can be shown"
    return f"{level.comparator.value} {shown} ({confidence} sure)"


def verdict_mark(verdict: Verdict | None) -> Mark:
    """Return the sign, word and tone of a verdict; None = nothing was asked of the candidate."""
    match verdict:
        case None:
            return Mark("–", "NO LEVELS", Tone.NEUTRAL)
        case Verdict.PROVEN:
            return Mark("●", verdict.value, Tone.GOOD)
        case Verdict.LIKELY:
            return Mark("◐", verdict.value, Tone.CAUTION)
        case Verdict.UNLIKELY:
            return Mark("○", verdict.value, Tone.CAUTION)
        case Verdict.FAILED:
            return Mark("×", verdict.value, Tone.BAD)
        case Verdict.NOT_TESTABLE:
            return Mark("?", verdict.value, Tone.NEUTRAL)
    assert_never(verdict)


def status_mark(status: Status) -> Mark:
    """Return the sign, word and tone of a decision."""
    match status:
        case Status.RECOMMEND:
            return Mark("●", status.value, Tone.GOOD)
        case Status.RECOMMEND_PROVISIONALLY:
            return Mark("◐", status.word, Tone.CAUTION)
        case Status.NOT_ENOUGH_EVIDENCE:
            return Mark("?", status.value, Tone.NEUTRAL)
        case Status.NO_CANDIDATE_QUALIFIES:
            return Mark("×", status.value, Tone.BAD)
    assert_never(status)


def point_mark(status: PointStatus) -> Mark:
    """Return the sign, word and tone of one checklist point."""
    match status:
        case PointStatus.MET:
            return Mark("●", "met", Tone.GOOD)
        case PointStatus.PARTLY:
            return Mark("◐", "partly", Tone.CAUTION)
        case PointStatus.NOT_MET:
            return Mark("×", "not met", Tone.BAD)
    assert_never(status)


def readiness_mark(readiness: Readiness) -> Mark:
    """Return the sign, word and tone of the readiness verdict."""
    match readiness:
        case Readiness.READY:
            return Mark("●", readiness.value, Tone.GOOD)
        case Readiness.READY_WITH_WARNINGS:
            return Mark("◐", readiness.value, Tone.CAUTION)
        case Readiness.NOT_READY:
            return Mark("×", readiness.value, Tone.BAD)
    assert_never(readiness)


def severity_mark(severity: Severity) -> Mark:
    """Return the sign, word and tone of a finding."""
    match severity:
        case Severity.ERROR:
            return Mark("×", "error", Tone.BAD)
        case Severity.WARNING:
            return Mark("▲", "warning", Tone.CAUTION)
        case Severity.NOTE:
            return Mark("·", "note", Tone.NEUTRAL)
    assert_never(severity)


def segment_scopes(context: Context) -> list[Scope]:
    """Return the segments of the primary measure, in the order of first appearance over candidates."""
    scopes: dict[Scope, None] = {}
    for result in context.results:
        for m in result.measurements.values():
            if m.scope.kind is ScopeKind.SEGMENT and m.measure == context.comparison.primary_measure:
                scopes.setdefault(m.scope)
    return list(scopes)
