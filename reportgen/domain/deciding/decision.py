"""The decision: the cheapest candidate that is proven to meet every required level, or honestly less (formulas.md 2.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

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
    or_else,
    required,
    rule_words,
    standing,
    too_dear,
    winner_probability,
)
from reportgen.domain.deciding.sensitivity import price_of_uncertainty, slack_curves, tornado
from reportgen.domain.deciding.unproven import MoreToTest, cost_with_every_answer_checked, more_to_test, near_miss
from reportgen.domain.measures import OPERATIONS, asks_for_right_answers
from reportgen.domain.records.comparison import CheaperButUnproven, Decision, LevelVerdict, Status, Verdict
from reportgen.domain.records.measure import Unit
from reportgen.domain.records.plan import Importance, Rule
from reportgen.domain.wording.figures import about, amount, counted, listed, money, named, percent

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
    if unpriced := [c for c in contenders if c.cost is None and _good_but_for_cost(c, question)]:
        return _no_price(unpriced, question)
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
    more = _more(winner)
    alike = listed(map(named, choice.tied))
    tie = (f"Its cost cannot be told apart from that of {alike}; it is chosen because {choice.because}.",) if alike else ()
    point = (POINT_WARNING,) if question.rule is Rule.POINT_ESTIMATE else ()
    open_ones = [c for c in contenders if standings[c.name] in {Standing.OPEN, Standing.PROVISIONAL}]
    why = (*_why(winner, level, question, alone=not doubts), _cheap(winner, pool, contenders, question, level))
    checked = any(d.checking for d in doubts)
    pilot = cost_with_every_answer_checked(winner.side) if checked else None
    return Decision(
        status=status,
        winner=winner.name,
        reasons=(*point, *(d.sentence for d in doubts), *why, *tie),
        rule=question.rule.value,
        collect_more=more,
        runner_up=runner.name if runner is not None else "",
        conditions=_conditions(winner, doubts, pilot, question, _label_more(more, open_ones, question)),
        break_evens=break_evens(
            winner.side,
            runner.side,
            question.costs,
            question.currency,
            unproven=standings[runner.name] is not Standing.QUALIFIED,
        )
        if runner is not None
        else (),
        cheaper_but_unproven=_cheaper(winner, contenders, standings, question),
        tornado=tornado(winner.side, runner.side, question.costs) if runner is not None else None,
        price_of_uncertainty=price_of_uncertainty(winner, contenders, question),
        near_miss=near_miss(musts(winner.result), len(contenders), question.rule, question.confidence, question.currency)
        if doubts
        else None,
        pilot_cost=pilot,
    )


def _more(c: Contender) -> int | None:
    """Return how many more examples would probably settle every likely level; None where that is not attainable."""
    needed = [v.more_examples for v in musts(c.result) if v.verdict is Verdict.LIKELY]
    return max((n for n in needed if n), default=None) if all(n is not None for n in needed) else None


def _why(winner: Contender, level: Standing, question: Question, *, alone: bool) -> tuple[str, ...]:
    if not musts(winner.result):
        return ()
    if question.rule is Rule.POINT_ESTIMATE:
        return (f"The figures of {winner.said} reach every required level.",)
    if level is Standing.PROVISIONAL:
        open_ones = sum(v.verdict is Verdict.LIKELY for v in musts(winner.result))
        rest = len(musts(winner.result)) - open_ones
        proven = f" and proven to meet {'the other' if rest == 1 else f'the other {rest}'}" if rest else ""
        which = "this level" if open_ones == 1 else "these levels"
        likely = f"{winner.said} is likely to meet {which}{proven}."
        return (likely if open_ones else f"Taken each by itself, the required levels are proven for {winner.said}.",)
    if alone:
        return (f"{winner.said} is proven to meet every required level.",)
    return (f"Taken each by itself, the required levels are proven for {winner.said}.",)


def _cheap(
    winner: Contender, pool: Sequence[Contender], contenders: Sequence[Contender], question: Question, level: Standing
) -> str:
    cost = money(winner.cost or 0.0, question.currency)
    word = "qualif" if level is Standing.QUALIFIED else "may qualif"
    if not musts(winner.result):
        who = "only candidate" if len(pool) == 1 else f"cheapest of {len(pool)} candidates"
        return f"It is the {who} that nothing speaks against, at {cost} a task."
    if len(pool) == 1:
        unpriced = any(c.cost is None and standing(c, question) >= level for c in contenders)
        which = "only candidate with a price" if unpriced else "only candidate"
        return f"It is the {which} that {word}{'y' if word.startswith('may') else 'ies'}, at {cost} a task."
    return f"It is the cheapest of {len(pool)} candidates that {word}y, at {cost} a task."


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Why a recommendation is no more than a pilot. `checking`: it is about right answers, which a person can check."""

    sentence: str
    checking: bool
    remedy: str = ""


def _doubts(winner: Contender, level: Standing, contenders: Sequence[Contender], question: Question) -> tuple[_Doubt, ...]:
    """Return why nothing is proven yet; empty where all is."""
    levels = musts(winner.result)
    doubts = []
    if not levels:
        doubts.append(_Doubt("No required service level was set, so nothing had to be proven.", checking=True))
    elif not any(asks_for_right_answers(v.level, question.task) for v in levels):
        told = f"No required level asks how many answers are right, so nothing shows that {winner.said} does the task."
        doubts.append(_Doubt(told, checking=True, remedy="Set a required level on right answers, and run again."))
    if question.rule is Rule.POINT_ESTIMATE and any(v.verdict is not Verdict.PROVEN for v in levels):
        told = "Not every required level is proven; the point estimate rule does not ask for it."
        doubts.append(_Doubt(told, checking=True))
    if level is Standing.PROVISIONAL:
        doubts += [_Doubt(v.sentence, _on_answers(v)) for v in levels if v.verdict is Verdict.LIKELY]
    if winner.gate is Gate.INCONCLUSIVE:
        doubts.append(_Doubt("It is not shown to be no worse than production by the declared margin.", checking=True))
    if levels and not doubts and adjusted_p(contenders)[winner.name] > 1 - question.confidence:
        told = (
            f"{winner.said} was picked out of {len(contenders)} candidates, and of so many one passes by luck more easily; "
            f"allowing for that, the proof falls short of {percent(question.confidence)} confidence."
        )
        doubts.append(_Doubt(told, checking=True, remedy="Label more examples and run again."))
    if not any(c.incumbent for c in contenders):
        told = "The model in production was not evaluated, so nobody knows whether this is a step forward."
        remedy = "Evaluate what does this work today on the same examples, as a candidate with the role production."
        doubts.append(_Doubt(told, checking=False, remedy=remedy))
    return tuple(doubts)


def _on_answers(verdict: LevelVerdict) -> bool:
    """Return whether the level is on what the answers hold, which a person can check; latency, cost and failures are not."""
    found = verdict.measurement
    return found is not None and found.unit is Unit.SHARE and found.measure not in OPERATIONS


def _runner_up(winner: Contender, contenders: Sequence[Contender], standings: Mapping[str, Standing]) -> Contender | None:
    """Return the next best that qualifies or may: by standing, then by cost; all others, and the unpriced, are none."""
    may = {Standing.QUALIFIED, Standing.PROVISIONAL}
    rest = [c for c in contenders if c is not winner and c.cost is not None and standings[c.name] in may]
    return min(rest, key=lambda c: (-standings[c.name], c.cost or 0.0, c.name), default=None)


def _conditions(
    winner: Contender, doubts: Sequence[_Doubt], pilot: float | None, question: Question, collect: Sequence[str]
) -> tuple[str, ...]:
    valid = "Valid for 90 days, or until the model, its price or the traffic changes."
    if not doubts:
        return (NOT_OPENED, valid)
    start = "Start with a small part of the traffic, and measure what is not proven there."
    if any(d.checking for d in doubts):
        start = "Start as a pilot in which a person checks every answer."
        if pilot is not None and winner.cost is not None:
            costs = money(pilot, question.currency), money(winner.cost, question.currency)
            start = f"{start[:-1]}; a task then costs {costs[0]}, not {costs[1]}."
    remedies = dict.fromkeys(d.remedy for d in doubts if d.remedy and not (collect and d.remedy.startswith("Label")))
    return (start, *collect, *remedies, NOT_OPENED, valid)


def _label_more(more: int | None, asked: Sequence[Contender], question: Question) -> tuple[str, ...]:
    """Return the condition to collect so many more examples, with what they cost; nothing where no number would do."""
    if not more:
        return ()
    costs = _price_of(more, asked, question)
    return (f"Label about {about(more)} more examples and run again{': ' + listed(costs) if costs else ''}.",)


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
        more = _more(c)
        told = f"{money(monthly, question.currency)} a month" if monthly else f"{money(saving, question.currency)} a task"
        sentence = f"{c.said} would save {told} if " + (
            f"about {about(more)} more examples confirmed it." if more else "its likely levels could be proven."
        )
        found.append(CheaperButUnproven(c.name, saving, monthly, more, sentence))
    return tuple(sorted(found, key=lambda c: (-c.saving_per_task, c.candidate)))


def _no_price(pool: Sequence[Contender], question: Question) -> Decision:
    best_first = sorted(pool, key=lambda c: (-or_else(c.quality_bound, -np.inf), c.name))
    names = [c.name for c in best_first]
    order = " (the best by quality first)" if len(pool) > 1 else ""
    told = (
        f"No price: nothing that was required speaks against {listed(map(named, names))}{order}, but what a task costs is "
        "not known. Record the cost of each answer, or tokens and prices, and run again; nothing is asked twice."
    )
    return replace(_without_winner(Status.NOT_ENOUGH_EVIDENCE, (told,), question, names), no_price=tuple(names))


def _without_winner(status: Status, reasons: Sequence[str], question: Question, nearest: Sequence[str] = ()) -> Decision:
    point = (POINT_WARNING,) if question.rule is Rule.POINT_ESTIMATE else ()
    return Decision(status, "", (*point, *reasons), question.rule.value, nearest=tuple(nearest))


def _nobody(contenders: Sequence[Contender], question: Question) -> Decision:
    nearest = _nearest(contenders, question)
    if dear := [c for c in contenders if c.cost is not None and _good_but_for_cost(c, question)]:
        return _too_dear(sorted(dear, key=lambda c: (c.cost or 0.0, c.name)), question)
    reasons = [f"Every candidate fails something that was required; {_near_words(nearest)}"]
    reasons += _obstacles(nearest[0], question)
    return _without_winner(Status.NO_CANDIDATE_QUALIFIES, reasons, question, [c.name for c in nearest])


def _good_but_for_cost(c: Contender, question: Question) -> bool:
    """Return whether everything that was required is met or may be, but for what it costs."""
    others = [
        word
        for v, word in zip(musts(c.result), rule_words(musts(c.result), question.rule), strict=True)
        if v.measurement is None or v.measurement.unit is not Unit.MONEY
    ]
    good = {Verdict.PROVEN, Verdict.LIKELY}
    return c.gate is not Gate.FAIL and set(others) <= good and set(required(c.result)) <= good


def _too_dear(dear: Sequence[Contender], question: Question) -> Decision:
    first, names = dear[0], [c.name for c in dear]
    told = f"Only the cost speaks against {listed(map(named, names))}."
    reasons = [told + (f" What follows is about {first.said}, the cheapest." if len(dear) > 1 else "")]
    found = _without_winner(Status.NO_CANDIDATE_QUALIFIES, [*reasons, *_obstacles(first, question)], question, names)
    return replace(found, too_dear=tuple(names))


def _nearest(contenders: Sequence[Contender], question: Question) -> list[Contender]:
    """Return the candidates with the least against them, alike near, the best by quality first."""
    least = min(_misses(c, question) for c in contenders)
    nearest = [c for c in contenders if _misses(c, question) == least]
    return sorted(nearest, key=lambda c: -or_else(c.quality_bound, -np.inf))


def _near_words(nearest: Sequence[Contender]) -> str:
    """Return who comes nearest; where several do, of whom the next reasons speak."""
    first = nearest[0].said
    if len(nearest) == 1:
        return f"{first} comes nearest."
    names = listed([c.said for c in nearest]) if len(nearest) <= _MOST_NAMED else f"{len(nearest)} candidates"
    return f"{names} come equally near. What follows is about {first}."


def _misses(c: Contender, question: Question) -> tuple[int, float, int, int, int]:
    """Return what the nearest has least of: failures, the largest relative gap, levels unlikely, not testable, likely."""
    words = [v.verdict for v in musts(c.result)]
    failed = [
        v
        for v, word in zip(musts(c.result), rule_words(musts(c.result), question.rule), strict=True)
        if word is Verdict.FAILED
    ]
    gaps = [_gap(v) for v in failed]
    others = required(c.result).count(Verdict.FAILED) + too_dear(c, question) + (c.gate is Gate.FAIL)
    open_ones = (words.count(Verdict.UNLIKELY), words.count(Verdict.NOT_TESTABLE), words.count(Verdict.LIKELY))
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
            told.append(f'The requirement "{r.requirement.requirement}" is {word} for {c.said}.')
    if c.gate is Gate.FAIL:
        told.append(f"{c.said} is worse than the model in production.")
    if too_dear(c, question) and question.manual_cost is not None and c.cost is not None:
        told.append(
            f"{c.said} costs {money(c.cost, question.currency)} a task; doing it by hand costs "
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
    unpriced = [c.said for c in still_open if c.cost is None]
    more = more_to_test(musts(nearest[0].result), 1 - question.confidence)
    if more is not None:
        reasons.append(_what_it_takes(more, still_open, question))
    if unpriced:
        reasons.append(f"No price: what {listed(unpriced)} would cost is not known.")
    reasons += _obstacles(nearest[0], question)
    found = _without_winner(Status.NOT_ENOUGH_EVIDENCE, reasons, question, [c.name for c in nearest])
    return replace(found, collect_more=None if more is None else more.to_expect)


def _what_it_takes(more: MoreToTest, still_open: Sequence[Contender], question: Question) -> str:
    """Return how many more examples a proof takes, and what they cost: answers of all who may still win, and labels."""
    fault, well = ("a slow answer", "fast enough") if more.on_latency else ("an error", "right")
    told = f"At least {counted(more.at_least, 'more example')} without {fault} would be needed for a proof"
    if more.to_expect is not None:
        share = amount(more.if_right, Unit.SHARE, "")
        told += f", about {about(more.to_expect)} to expect one of a candidate that is {well} on {share}"
    parts = _price_of(more.at_least if more.to_expect is None else more.to_expect, still_open, question)
    return f"{told}{'; that costs ' + listed(parts) if parts else ''}."


def _price_of(many: int, asked: Sequence[Contender], question: Question) -> list[str]:
    """Return what so many more examples cost: answers of those who may still win where they cost something, and labels."""
    tokens = [c.side.rates.token for c in asked]
    parts = []
    if all(t is not None for t in tokens) and sum(t or 0.0 for t in tokens) > 0:
        who = "the candidate" if len(asked) == 1 else f"the {len(asked)} candidates"
        answers = money(many * sum(t or 0.0 for t in tokens), question.currency)
        parts.append(f"about {answers} for the answers of {who} that may still win")
    if asked and (label := asked[0].side.terms.review_cost):
        parts.append(f"about {money(many * label, question.currency)} for labels, at the price of a review each")
    return parts
