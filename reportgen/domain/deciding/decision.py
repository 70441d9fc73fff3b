"""The decision: the cheapest candidate that is proven to meet every required level, or honestly less (figures.md 2.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from reportgen.domain.deciding.break_evens import break_evens
from reportgen.domain.deciding.choice import cheapest
from reportgen.domain.deciding.qualification import (
    Contender,
    Gate,
    Question,
    Standing,
    adjusted_p,
    musts,
    required,
    rule_words,
    standing,
    too_dear,
    winner_probability,
)
from reportgen.domain.deciding.sensitivity import price_of_uncertainty, slack_curves, tornado
from reportgen.domain.records.comparison import CheaperButUnproven, Decision, LevelVerdict, Status, Verdict
from reportgen.domain.records.measure import Unit
from reportgen.domain.records.plan import Importance, Rule
from reportgen.domain.wording.figures import amount, listed, money, percent

NOT_OPENED = "The holdout has not been opened; `reportgen confirm` asks the winner for it once, before the roll-out."
"""A condition of every recommendation, until `holdout.with_openings` knows better."""
_MOST_NAMED = 4
POINT_WARNING = "Point estimates only: about one in two just-failing models passes this rule."


def decide(contenders: Sequence[Contender], question: Question) -> Decision:
    """Return the decision of contract section 4 with its reasons in words."""
    decision = _decided(contenders, question)
    return replace(
        decision,
        winner_probability=winner_probability(contenders, question),
        slack=slack_curves(contenders, question),
    )


def _decided(contenders: Sequence[Contender], question: Question) -> Decision:
    standings = {c.name: standing(c, question) for c in contenders}
    for level in (Standing.QUALIFIED, Standing.PROVISIONAL):
        pool = [c for c in contenders if standings[c.name] is level]
        priced = [c for c in pool if c.cost is not None]
        if priced:
            return _recommend(contenders, priced, level, standings, question)
        if pool:
            return _no_price(pool, question)
    if contenders and all(s is Standing.RULED_OUT for s in standings.values()):
        return _nobody(contenders, question)
    return _not_enough(contenders, standings, question)


def _recommend(
    contenders: Sequence[Contender],
    pool: Sequence[Contender],
    level: Standing,
    standings: Mapping[str, Standing],
    question: Question,
) -> Decision:
    choice = cheapest(pool, question)
    winner = choice.winner
    doubts = _doubts(winner, level, contenders, question)
    status = Status.RECOMMEND_PROVISIONALLY if doubts else Status.RECOMMEND
    runner = _runner_up(winner, contenders, standings)
    likely = [v for v in musts(winner.result) if v.verdict is Verdict.LIKELY]
    needed = [v.more_examples for v in likely]
    more = max((n for n in needed if n), default=None) if likely and all(n is not None for n in needed) else None
    why = (
        f"{winner.name} is {'proven' if level is Standing.QUALIFIED and question.rule is Rule.PROVEN else 'likely'} to meet "
        "every required level."
        if question.rule is Rule.PROVEN
        else f"The figures of {winner.name} reach every required level.",
        _cheap(winner, pool, question, level),
    )
    tie = (
        (f"Its cost cannot be told apart from that of {listed(choice.tied)}; it is chosen because {choice.because}.",)
        if choice.tied
        else ()
    )
    point = (POINT_WARNING,) if question.rule is Rule.POINT_ESTIMATE else ()
    return Decision(
        status=status,
        winner=winner.name,
        reasons=(*point, *why, *tie, *doubts),
        rule=question.rule.value,
        collect_more=more,
        runner_up=runner.name if runner is not None else "",
        conditions=_conditions(status, more),
        break_evens=break_evens(winner.side, runner.side, question.costs, question.currency) if runner is not None else (),
        cheaper_but_unproven=_cheaper(winner, contenders, standings, question),
        tornado=tornado(winner.side, runner.side, question.costs) if runner is not None else None,
        price_of_uncertainty=price_of_uncertainty(winner, contenders, question),
    )


def _cheap(winner: Contender, pool: Sequence[Contender], question: Question, level: Standing) -> str:
    cost = money(winner.cost or 0.0, question.currency)
    qualified = level is Standing.QUALIFIED
    if len(pool) == 1:
        return f"It is the only priced candidate that {'qualifies' if qualified else 'may qualify'}, at {cost} a task."
    return (
        f"It is the cheapest of {len(pool)} candidates that {'qualify' if qualified else 'may qualify'}, at {cost} a task."
    )


def _doubts(winner: Contender, level: Standing, contenders: Sequence[Contender], question: Question) -> tuple[str, ...]:
    """Return why the recommendation is provisional; empty where it is not."""
    doubts = []
    if question.rule is Rule.POINT_ESTIMATE and any(v.verdict is not Verdict.PROVEN for v in musts(winner.result)):
        doubts.append("Not every required level is proven; the point estimate rule does not ask for it.")
    if level is Standing.PROVISIONAL:
        doubts += [v.sentence for v in musts(winner.result) if v.verdict is Verdict.LIKELY]
    if winner.gate is Gate.INCONCLUSIVE:
        doubts.append("It is not shown to be no worse than production by the declared margin.")
    if not musts(winner.result):
        doubts.append("No required service level was set, so nothing had to be proven.")
    elif not doubts and (p := adjusted_p(contenders)[winner.name]) > 1 - question.confidence:
        doubts.append(
            f"The best of {len(contenders)} candidates was picked; allowing for that, its levels are not proven "
            f"at {percent(question.confidence)} confidence (Holm-adjusted p = {p:.3f})."
        )
    if not any(c.incumbent for c in contenders):
        doubts.append("The model in production was not evaluated, so nobody knows whether this is a step forward.")
    return tuple(doubts)


def _runner_up(winner: Contender, contenders: Sequence[Contender], standings: Mapping[str, Standing]) -> Contender | None:
    """Return the next best: by standing, then by cost; ruled-out and unpriced candidates are none."""
    rest = [c for c in contenders if c is not winner and c.cost is not None and standings[c.name] is not Standing.RULED_OUT]
    return min(rest, key=lambda c: (-standings[c.name], c.cost or 0.0, c.name), default=None)


def _conditions(status: Status, more: int | None) -> tuple[str, ...]:
    valid = "Valid for 90 days, or until the model, its price or the traffic changes."
    if status is Status.RECOMMEND:
        return (NOT_OPENED, valid)
    collect = (f"Label about {more:,} more examples and run again.",) if more else ()
    return ("Start as a pilot in which a person checks every answer.", *collect, NOT_OPENED, valid)


def _cheaper(
    winner: Contender, contenders: Sequence[Contender], standings: Mapping[str, Standing], question: Question
) -> tuple[CheaperButUnproven, ...]:
    """Return the candidates that would save money if their likely levels were proven, the largest saving first."""
    found = []
    for c in contenders:
        if standings[c.name] is not Standing.PROVISIONAL or standings[winner.name] is not Standing.QUALIFIED:
            continue
        if c.cost is None or winner.cost is None or c.cost >= winner.cost:
            continue
        saving = winner.cost - c.cost
        monthly = saving * question.tasks_per_month if question.tasks_per_month else None
        needed = [v.more_examples for v in musts(c.result) if v.verdict is Verdict.LIKELY]
        more = max((n for n in needed if n), default=None) if all(n is not None for n in needed) else None
        told = f"{money(monthly, question.currency)} a month" if monthly else f"{money(saving, question.currency)} a task"
        sentence = f"{c.name} would save {told} if " + (
            f"{more:,} more examples confirmed it." if more else "its likely levels could be proven."
        )
        found.append(CheaperButUnproven(c.name, saving, monthly, more, sentence))
    return tuple(sorted(found, key=lambda c: (-c.saving_per_task, c.candidate)))


def _no_price(pool: Sequence[Contender], question: Question) -> Decision:
    names = listed([c.name for c in pool])
    verb = "meets" if len(pool) == 1 else "meet"
    reasons = (
        f"No price: {names} {verb} the required levels, but no price is known, and without one no cost can be compared.",
        "Fill in the prices on the sheet Candidates and run again; nothing is asked twice.",
    )
    return _without_winner(Status.NOT_ENOUGH_EVIDENCE, reasons, question, [c.name for c in pool])


def _without_winner(status: Status, reasons: Sequence[str], question: Question, nearest: Sequence[str] = ()) -> Decision:
    point = (POINT_WARNING,) if question.rule is Rule.POINT_ESTIMATE else ()
    return Decision(status, "", (*point, *reasons), question.rule.value, nearest=tuple(nearest))


def _nobody(contenders: Sequence[Contender], question: Question) -> Decision:
    nearest = _nearest(contenders, question)
    reasons = [f"Every candidate fails something that was required; {_near_words(nearest)}"]
    reasons += _obstacles(nearest[0], question)
    return _without_winner(Status.NO_CANDIDATE_QUALIFIES, reasons, question, [c.name for c in nearest])


def _nearest(contenders: Sequence[Contender], question: Question) -> list[Contender]:
    """Return the candidates with the least against them, alike near, in the order of the sheet."""
    least = min(_misses(c, question) for c in contenders)
    return [c for c in contenders if _misses(c, question) == least]


def _near_words(nearest: Sequence[Contender]) -> str:
    """Return who comes nearest; where several do, of whom the next reasons speak."""
    first = nearest[0].name
    if len(nearest) == 1:
        return f"{first} comes nearest."
    names = listed([c.name for c in nearest]) if len(nearest) <= _MOST_NAMED else f"{len(nearest)} candidates"
    return f"{names} come equally near. What follows is about {first}."


def _misses(c: Contender, question: Question) -> tuple[int, float, int, int]:
    """Return what the nearest has least of: failures, the largest relative gap, unlikely levels, levels not testable."""
    words = [v.verdict for v in musts(c.result)]
    failed = [
        v
        for v, word in zip(musts(c.result), rule_words(musts(c.result), question.rule), strict=True)
        if word is Verdict.FAILED
    ]
    gaps = [_gap(v) for v in failed]
    others = required(c.result).count(Verdict.FAILED) + too_dear(c, question) + (c.gate is Gate.FAIL)
    open_ones = (words.count(Verdict.UNLIKELY), words.count(Verdict.NOT_TESTABLE))
    return (len(failed) + others, max(gaps, default=0.0), *open_ones)


def _gap(verdict: LevelVerdict) -> float:
    """Return how far the figure is from the target, relative to it; infinite where there is no figure."""
    found, target = verdict.measurement, verdict.level.target
    if found is None or found.value is None:
        return np.inf
    return abs(found.value - target) / (abs(target) or 1.0)


def _obstacles(c: Contender, question: Question) -> list[str]:
    """Return in words what keeps the candidate from qualifying."""
    levels = musts(c.result)
    bad = {Verdict.FAILED, Verdict.UNLIKELY, Verdict.NOT_TESTABLE}
    told = [
        v.sentence + _miss(v, question) for v, w in zip(levels, rule_words(levels, question.rule), strict=True) if w in bad
    ]
    for r in c.result.requirements:
        if r.requirement.importance is Importance.MUST and r.verdict is not Verdict.PROVEN:
            word = "not met" if r.verdict is Verdict.FAILED else "not confirmed by anybody"
            told.append(f'The requirement "{r.requirement.requirement}" is {word} for {c.name}.')
    if c.gate is Gate.FAIL:
        told.append(f"{c.name} is worse than the model in production.")
    if too_dear(c, question) and question.manual_cost is not None and c.cost is not None:
        told.append(
            f"{c.name} costs {money(c.cost, question.currency)} a task; doing it by hand costs "
            f"{money(question.manual_cost, question.currency)}."
        )
    return told


def _miss(verdict: LevelVerdict, question: Question) -> str:
    found = verdict.measurement
    if verdict.verdict is not Verdict.FAILED or found is None or found.value is None:
        return ""
    distance = abs(found.value - verdict.level.target)
    told = f"{distance * 100:.1f} points" if found.unit is Unit.SHARE else amount(distance, found.unit, question.currency)
    return f" It misses by {told}."


def _not_enough(contenders: Sequence[Contender], standings: Mapping[str, Standing], question: Question) -> Decision:
    if not contenders:
        return _without_winner(Status.NOT_ENOUGH_EVIDENCE, ("No candidate was evaluated.",), question)
    still_open = [c for c in contenders if standings[c.name] is Standing.OPEN]
    nearest = _nearest(still_open, question)
    reasons = [
        "No candidate is proven or likely to meet every required level, and not all are ruled out; " + _near_words(nearest)
    ]
    unpriced = [c.name for c in still_open if c.cost is None]
    if unpriced:
        reasons.append(f"No price: what {listed(unpriced)} would cost is not known.")
    reasons += _obstacles(nearest[0], question)
    return _without_winner(Status.NOT_ENOUGH_EVIDENCE, reasons, question, [c.name for c in nearest])
