"""Words how sure page one is: what chance could have done, where the figures are worst, and what is still locked away."""

from __future__ import annotations

from collections import Counter

from reportgen.domain.deciding.holdout import sentence as holdout_sentence
from reportgen.domain.measures import measure_named
from reportgen.domain.records.comparison import CandidateResult, Decision, Verdict
from reportgen.domain.records.measure import Better
from reportgen.domain.wording import numbers
from reportgen.domain.wording.text import clean, line
from reportgen.reports.view.context import Context, capital, musts, segment_scopes

_STABLE, _FAIRLY_STABLE = 0.90, 0.70
FEW = 5
"""Examples of a segment below which its figure is an anecdote."""


def sureness(context: Context, decision: Decision) -> tuple[str, ...]:
    """Return what page one says of chance: near misses, the interval, the worst segment, other draws."""
    said: list[str] = [clean(context.brief(decision.near_miss.sentence), 400)] if decision.near_miss is not None else []
    if context.lead is not None:
        name = context.said(context.lead.spec.name)
        m = context.primary(context.lead)
        if m is not None and m.value is not None and m.low != m.high and context.interval(m):
            said.append(
                f"{capital(m.measure)} of {name} is {context.value(m)} on {numbers.plural(m.n, 'example')}; the true figure "
                f"lies between {context.interval(m).replace(' to ', ' and ')} with {context.confidence} confidence."
            )
            said += worst_segment(context, context.lead)
    said += _again(context, decision)
    said += _holdout(context)
    return tuple(said)


def _again(context: Context, decision: Decision) -> list[str]:
    """Say how often other examples would have led to the same choice by bare figures, and to whom they led otherwise."""
    if not decision.winner or not decision.winner_probability:
        return []
    winner, chances = decision.winner, decision.winner_probability
    chance = chances.get(winner, 0.0)
    others = (c.spec.name for c in context.results if c.spec.name != winner)
    rival = max(others, key=lambda name: chances.get(name, 0.0), default="")
    if rival and chances.get(rival, 0.0) > chance and rival not in proven(context):
        told = (
            f"By bare figures other examples of the same kind would have led to {context.said(rival)} in "
            f"{numbers.share(chances[rival], digits=0)} of draws and to {context.said(winner)} in "
            f"{numbers.share(chance, digits=0)}; {context.said(rival)} is not proven, so it is not chosen."
        )
        return [told]
    grade = "stable" if chance >= _STABLE else "fairly stable" if chance >= _FAIRLY_STABLE else "unstable"
    again = "come out first" if len(context.results) > 1 else "qualified"
    drawn = f"{again} in {numbers.share(chance, digits=0)} of draws"
    return [f"Had the examples been drawn again, {context.said(winner)} would have {drawn}: the choice is {grade}."]


def proven(context: Context) -> set[str]:
    """Return who is proven to meet every required level."""
    return {c.spec.name for c in context.results if all(v.verdict is Verdict.PROVEN for v in musts(c))}


def _holdout(context: Context) -> list[str]:
    opened = [o for o in context.comparison.holdout_openings if o.result is not None]
    if opened:
        return [clean(holdout_sentence(o), 400) for o in opened[-1:]]
    if not context.comparison.corpus.holdout.example_ids:
        return ["There is no holdout, so nothing can confirm this on rows that nobody had seen."]
    return ["The holdout has not been opened; `reportgen confirm` asks it once, and can only lower this status."]


def worst_segment(context: Context, result: CandidateResult) -> list[str]:
    """Name the segment in which a candidate does worst, of those with enough examples; nothing where fewer than two have."""
    many = Counter(e.segment for e in context.comparison.corpus.eval)
    of = measure_named(context.comparison.primary_measure, context.comparison.plan.settings.task)
    known = ((context.primary(result, scope), scope) for scope in segment_scopes(context) if many[scope.name] >= FEW)
    tested = [(m.value, scope) for m, scope in known if m is not None and m.value is not None]
    if of is None or len(tested) < 2:  # noqa: PLR2004 - one segment is no worse than another
        return []
    worst, scope = (min if of.better is Better.HIGHER else max)(tested, key=lambda pair: pair[0])
    best = (max if of.better is Better.HIGHER else min)(value for value, _ in tested)
    if worst == best:
        those = "both" if len(tested) == 2 else f"all {len(tested)}"  # noqa: PLR2004 - the word for two
        return [f"It does alike in {those} segments that have {FEW} examples or more."]
    shown = context.value(context.primary(result, scope))
    return [
        f"It does worst in the segment {line(scope.name, 40)}: {shown} on {numbers.plural(many[scope.name], 'example')}."
    ]
