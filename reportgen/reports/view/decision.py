"""Words page one: the decision, the matrix with manual work and production on its own rows, and the service levels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from reportgen.domain.deciding.decision import POINT_WARNING
from reportgen.domain.records.comparison import CandidateResult, Decision, LevelVerdict, RequirementVerdict, Status, Verdict
from reportgen.domain.records.measure import Measurement, Unit
from reportgen.domain.records.plan import Importance, Requirement, Role, Rule
from reportgen.domain.records.response import Basis, Outcome
from reportgen.domain.telling.findings import DOES_NOT_APPLY
from reportgen.domain.wording import numbers
from reportgen.domain.wording.text import clean, line
from reportgen.reports.view.context import (
    MOST_NAME,
    Context,
    bound_words,
    level_words,
    musts,
    shown_candidates,
    status_mark,
    unit_of,
    verdict_mark,
    worst,
)
from reportgen.reports.view.marks import Mark, Tone
from reportgen.reports.view.records import Fact, Headline, LevelCell, LevelRow, MatrixRow, RequirementCell, RequirementRow
from reportgen.reports.view.sureness import proven, sureness

_MOST_REASONS, _MOST_DOUBTS = 3, 4
_MOST_CHANGES = 4
_FRONT_ROWS = 5
"""Candidates that page one has room for."""


def headline(context: Context) -> Headline:
    """Word the decision for page one."""
    decision, settings = context.comparison.decision, context.comparison.plan.settings
    reasons = tuple(clean(context.brief(r), 400) for r in decision.reasons if r != POINT_WARNING)
    point_rule = settings.rule is Rule.POINT_ESTIMATE
    most = _MOST_DOUBTS if decision.status is Status.RECOMMEND_PROVISIONALLY else _MOST_REASONS
    return Headline(
        status=status_mark(decision.status),
        question=_question(context),
        sentence=_sentence(context, decision) + _nothing_read(context),
        why=reasons[:most],
        further_reasons=reasons[most:],
        cost=_cost_facts(context),
        sureness=sureness(context, decision),
        changes=_changes(context, decision),
        conditions=_conditions(context, decision),
        warning=(
            "Point estimates only: this evaluation judges bare figures without their uncertainty. About one in two "
            "candidates that just fail a level passes such a rule."
            if point_rule
            else ""
        ),
    )


def _conditions(context: Context, decision: Decision) -> tuple[str, ...]:
    if not decision.winner:
        return ("None: nothing is released for use.",)
    void = [clean(f.what, 400) for f in context.comparison.findings if f.code == DOES_NOT_APPLY]
    return (*(clean(context.brief(c), 400) for c in decision.conditions), *void) or ("None beyond the service levels.",)


def _question(context: Context) -> str:
    many = len(context.results)
    levels = sum(1 for s in context.comparison.plan.service_levels if s.importance is Importance.MUST)
    task = context.comparison.plan.settings.task.value
    given = f"given {numbers.plural(levels, 'service level') if levels else 'no service level'} that must be met"
    if many == 1:
        return f"Should {context.said(context.results[0].spec.name)} do this {task} task, {given}?"
    return f"Which of {numbers.plural(many, 'candidate')} should do this {task} task, {given}?"


def _sentence(context: Context, decision: Decision) -> str:
    winner = context.said(decision.winner) if decision.winner else ""
    in_use = bool(winner) and context.comparison.result(decision.winner).spec.role is Role.PRODUCTION
    if winner:
        cost = context.figure(context.comparison.result(decision.winner), "cost per task")
        price = f" at {context.value(cost)} a task" if cost is not None and cost.value is not None else ""
    else:
        price = ""
    match decision.status:
        case Status.RECOMMEND:
            which = "the cheapest candidate that is" if len(context.results) > 1 else "it is the only candidate, and"
            choose = f"Keep {winner}, which is in production," if in_use else f"Choose {winner}"
            return f"{choose}{price}: {which} proven to meet every required service level."
        case Status.RECOMMEND_PROVISIONALLY:
            if in_use:
                return f"Not proven. Nothing else comes before {winner}, which is in production; treat it as a pilot."
            return f"Not proven. Try {winner} as a pilot only, under the conditions below."
        case Status.NOT_ENOUGH_EVIDENCE | Status.NO_CANDIDATE_QUALIFIES:
            return _nobody(context, decision)
    assert_never(decision.status)


def _nobody(context: Context, decision: Decision) -> str:
    """Return the first sentence where nobody is chosen: for want of a price, of evidence, or because all are ruled out."""
    names = numbers.listing((context.said(name) for name in decision.no_price or decision.too_dear), _FRONT_ROWS)
    if decision.no_price:
        return f"Do not decide yet: nobody knows what a task costs with {names}."
    if decision.status is Status.NOT_ENOUGH_EVIDENCE:
        return "Do not decide yet: the evidence does not show which candidate meets the service levels."
    if decision.too_dear:
        verb = "does" if len(decision.too_dear) == 1 else "do"
        return f"Choose none of these candidates: {names} {verb} what was asked for, but at too high a cost."
    return "Choose none of these candidates: not one of them meets what was asked for."


def _nothing_read(context: Context) -> str:
    """Return the candidates of which not one answer could be read, as a sentence behind the first; empty where none."""
    lost = [
        context.said(c.spec.name)
        for c in context.results
        if c.counts.by_outcome[Outcome.INVALID] and not c.counts.by_outcome[Outcome.ANSWERED] and not c.counts.unscored
    ]
    return f" Nothing that {numbers.listing(lost)} answered could be read." if lost else ""


def _cost_facts(context: Context) -> tuple[Fact, ...]:
    """Return page one's money: what a task costs under its conditions; a saving only where the level is proven."""
    decision, manual = context.comparison.decision, context.comparison.manual_cost_per_task
    volume = "" if context.tasks_per_month is None else f"at {numbers.number(context.tasks_per_month)} tasks a month"
    cost = context.figure(context.lead, "cost per task") if decision.winner and context.lead is not None else None
    value = None if cost is None else cost.value
    if value is None:
        if manual is None:
            return ()
        facts = [Fact("Manual work per task", numbers.money(manual, context.currency), "today, as the workbook says")]
        return (*facts, Fact("Manual work per month", context.per_month(manual), volume)) if volume else tuple(facts)
    if decision.status is Status.RECOMMEND_PROVISIONALLY:
        return _pilot_facts(context, decision, value, volume)
    facts = [Fact("Full cost per task", numbers.money(value, context.currency), context.interval(cost))]
    if volume:
        facts.append(Fact("Per month", context.per_month(value), volume))
    if manual is not None and volume and manual > value:
        facts.append(Fact("Saved against manual work", context.per_month(manual - value), "a month"))
    return tuple(facts)


def _pilot_facts(context: Context, decision: Decision, value: float, volume: str) -> tuple[Fact, ...]:
    pilot = decision.pilot_cost
    if pilot is None:
        return (Fact("Cost per task as measured", numbers.money(value, context.currency), "not proven"),)
    facts = [Fact("Cost per task in the pilot", numbers.money(pilot, context.currency), "every answer checked by a person")]
    if volume:
        facts.append(Fact("Per month in the pilot", context.per_month(pilot), volume))
    without = "with the review that the rules ask for; not proven"
    return (*facts, Fact("After it, if proven, per task", numbers.money(value, context.currency), without))


def _changes(context: Context, decision: Decision) -> tuple[str, ...]:
    said = [clean(context.brief(c.sentence), 300) for c in decision.cheaper_but_unproven]
    alike = [b.assumption for b in decision.break_evens if b.already]
    said += [clean(context.brief(b.sentence), 300) for b in decision.break_evens if b.value is not None and not b.already]
    if alike:
        names = f"{context.said(decision.winner)} and {context.said(decision.runner_up)}"
        what = numbers.listing((context.brief(line(a, 200)) for a in alike), 8)
        still = f"; {context.said(decision.runner_up)} would still have to be proven" if _runner_unproven(context) else ""
        said.append(f"{names} cost the same now, so any change of one of these makes one of them cheaper{still}: {what}.")
    if len(said) > _MOST_CHANGES:
        left = numbers.plural(len(said) - _MOST_CHANGES, "more change")
        return (*said[:_MOST_CHANGES], f"{left} under Cost, Where the choice tips over.")
    if said:
        return tuple(said)
    if not decision.winner:
        return (_without_winner(context),)
    if not decision.break_evens:
        return ("No cost assumption: there is no second candidate that might qualify.",)
    return ("No realistic change of a single assumption makes the runner-up cheaper.",)


def _runner_unproven(context: Context) -> bool:
    return context.comparison.decision.runner_up not in proven(context)


def _without_winner(context: Context) -> str:
    decision = context.comparison.decision
    if decision.too_dear:
        return _if_cheaper(context)
    if decision.no_price:
        return "What a task costs with them: it is all that is missing."
    if decision.status is Status.NO_CANDIDATE_QUALIFIES:
        return "A candidate, prompt or setting that meets the levels."
    levels = musts(context.lead) if context.lead is not None else ()
    untested = [v for v in levels if v.verdict is Verdict.NOT_TESTABLE]
    unknown = dict.fromkeys(v.level.measure for v in untested if v.measurement is None or v.measurement.value is None)
    told = ["What is named under Why"]
    if any(v.verdict is Verdict.UNLIKELY for v in levels):
        told.append("a candidate, prompt or setting that meets the levels")
    if unknown:
        told.append(f"figures for {numbers.listing(unknown)}")
    if len(untested) > sum(v.level.measure in unknown for v in untested):
        told.append("more examples")
    return f"{'; '.join(told)}."


def _if_cheaper(context: Context) -> str:
    """Word what would let pass whom only the cost rules out: a level on cost, what people cost, or both."""
    lead, manual = context.lead, context.comparison.manual_cost_per_task
    found = None if lead is None else context.figure(lead, "cost per task")
    ways = ["A lower price or less review for what meets the other levels"]
    if lead is not None and any(
        v.measurement is not None and v.measurement.unit is Unit.MONEY and v.verdict is not Verdict.PROVEN
        for v in musts(lead)
    ):
        ways.append("a level that allows a higher cost")
    if manual is not None and found is not None and found.value is not None and found.value > manual:
        ways.append("work by people that costs more than it does")
    return f"{', or '.join(ways)}."


def matrix(context: Context) -> tuple[MatrixRow, ...]:
    """Word one row for each candidate, then manual work."""
    front = {c.spec.name for c in shown_candidates(context, _FRONT_ROWS)}
    rows = [_matrix_row(context, c, front=c.spec.name in front) for c in context.results]
    manual = context.comparison.manual_cost_per_task
    if manual is not None:
        rows.append(_manual_row(context, manual))
    return tuple(rows)


def _matrix_row(context: Context, result: CandidateResult, *, front: bool) -> MatrixRow:
    quality = context.primary(result)
    latency, cost = context.figure(result, "p95 latency"), context.figure(result, "cost per task")
    review = context.figure(result, "review rate")
    levels = musts(result)
    proven = sum(v.verdict is Verdict.PROVEN for v in levels)
    value = None if cost is None else cost.value
    return MatrixRow(
        name=line(result.spec.name, MOST_NAME),
        kind=_kind(result),
        quality=context.value(quality),
        quality_note=_note(context, quality),
        latency=context.value(latency),
        latency_note=_note(context, latency),
        cost_per_task=numbers.money(value, context.currency) if result.priced else "no price",
        cost_note=_cost_note(context, cost),
        cost_per_month=context.per_month(value),
        review=context.value(review),
        review_note=_note(context, review),
        verdict=verdict_mark(worst(result)),
        verdict_note=f"{proven} of {len(levels)} proven" if levels else "",
        chosen=context.is_winner(result),
        production=result.spec.role is Role.PRODUCTION,
        front=front,
    )


def _cost_note(context: Context, cost: Measurement | None) -> str:
    if cost is None:
        return ""
    return context.interval(cost) if cost.value is not None else line(cost.reason, 60)


def _note(context: Context, m: Measurement | None) -> str:
    if m is None:
        return "not measured"
    return context.interval(m) if m.value is not None else line(m.reason, 60)


def _kind(result: CandidateResult) -> str:
    words = [result.spec.kind.value]
    if (sent := result.measurements.get("share_sent_on")) is not None and result.spec.route is not None:
        words.append(f"{numbers.share(sent.value)} sent on")
    if result.spec.role is Role.PRODUCTION:
        words.append("production")
    return ", ".join(words)


def _manual_row(context: Context, manual: float) -> MatrixRow:
    return MatrixRow(
        name="Manual work",
        kind="people, without a model",
        quality=numbers.DASH,
        quality_note="not measured",
        latency=numbers.DASH,
        latency_note="not measured",
        cost_per_task=numbers.money(manual, context.currency),
        cost_note="assumed",
        cost_per_month=context.per_month(manual),
        review=numbers.DASH,
        review_note="",
        verdict=Mark("–", "reference", Tone.NEUTRAL),
        verdict_note="",
        manual=True,
    )


def matrix_notes(context: Context) -> tuple[str, ...]:
    """Word what a reader of the matrix must know beneath it."""
    month = "" if context.tasks_per_month is None else f"; a month has {numbers.number(context.tasks_per_month)} tasks"
    notes = [
        (
            f"Small figures: {context.confidence} interval. Verdict: the worst over all levels that must be met. "
            f"Cost: {_cost_words(context)}{month}."
        )
    ]
    weighted = context.lead is not None and (m := context.primary(context.lead)) is not None and m.unweighted is not None
    if weighted and context.lead is not None:
        raw = context.primary(context.lead)
        shown = numbers.share(raw.unweighted if raw else None)
        notes.append(
            f"Quality is weighted to the production mix; unweighted, {context.said(context.lead.spec.name)} has {shown}."
        )
    recorded = [context.said(c.spec.name) for c in context.results if _recorded(context, c)]
    if recorded:
        notes.append(f"Latency as recorded earlier, not measured in this run: {numbers.listing(recorded)}.")
    notes += _readings(context)
    if context.comparison.unpriced:
        names = numbers.listing(map(context.said, context.comparison.unpriced))
        notes.append(f"Without a price, so never recommended: {names}.")
    return tuple(notes)


def _cost_words(context: Context) -> str:
    given = context.comparison.plan.costs
    parts = {
        "review": {"Minutes per review", "Reviewer cost per hour"} <= given.keys(),
        "failures": True,
        "fixed costs": True,
        "errors that nobody notices": "Cost of an undetected error" in given,
    }
    left = [part for part, known in parts.items() if not known]
    told = f"with {numbers.listing(part for part, known in parts.items() if known)}"
    if not left:
        return f"in full, {told}"
    return f"{told}; {numbers.listing(left)} {'is' if left == ['review'] else 'are'} left out, their cost is not given"


def _readings(context: Context) -> list[str]:
    """Word both readings of the primary measure where they differ by more than half the width of the interval."""
    said = []
    for result in shown_candidates(context, _FRONT_ROWS):
        m = context.primary(result)
        if m is None or None in {m.value, m.lenient, m.low, m.high}:
            continue
        apart = abs((m.lenient or 0.0) - (m.value or 0.0))
        if apart > ((m.high or 0.0) - (m.low or 0.0)) / 2:
            said.append(f"{context.said(result.spec.name)} {context.value(m)}, leniently {numbers.share(m.lenient)}")
    if not said:
        return []
    way = context.comparison.plan.settings.answers_read.value
    told = (
        f"How answers are read decides much here. Read {way}, as the workbook says, and leniently, as a person would: "
        f"{numbers.listing(said)}. If the application reads otherwise, say so under Answers are read."
    )
    return [told]


def _recorded(context: Context, result: CandidateResult) -> bool:
    m = context.figure(result, "p95 latency")
    return m is not None and m.value is not None and m.basis is Basis.RECORDED


def levels(context: Context) -> tuple[LevelRow, ...]:
    """Word every service level with every candidate's verdict, in the order of the sheet."""
    rows: list[LevelRow] = []
    for index, level in enumerate(context.comparison.plan.service_levels):
        found = [(c, next((v for v in c.levels if v.level == level), None)) for c in context.results]
        sample = next((v.measurement for _, v in found if v is not None and v.measurement is not None), None)
        cells = tuple(_level_cell(context, c, v) for c, v in found)
        lead = context.lead.spec.name if context.lead is not None else ""
        rows.append(
            LevelRow(
                number=index + 1,
                words=level_words(level, unit_of(level, sample), context.currency),
                importance=level.importance.value,
                agreed=" on ".join(t for t in (line(level.agreed_by, 60), numbers.date(level.agreed_on)) if t),
                reason=clean(level.reason, 300),
                where=level.where,
                cells=cells,
                lead=next((cell for cell, (c, _) in zip(cells, found, strict=True) if c.spec.name == lead), None),
            )
        )
    return tuple(rows)


def _level_cell(context: Context, result: CandidateResult, verdict: LevelVerdict | None) -> LevelCell:
    name = line(result.spec.name, 60)
    if verdict is None:
        return LevelCell(name, verdict_mark(None), numbers.DASH, "", "Not judged.")
    m, level = verdict.measurement, verdict.level
    return LevelCell(
        candidate=name,
        mark=verdict_mark(verdict.verdict),
        value=context.value(m, beside=level.target),
        bound=bound_words(level, m, context.currency, context.confidence),
        sentence=clean(verdict.sentence, 500),
    )


def requirements(context: Context) -> tuple[RequirementRow, ...]:
    """Word the requirements beyond figures, one row each with every candidate's verdict."""
    asked: dict[tuple[str, str], dict[str, RequirementVerdict]] = {}
    for result in context.results:
        for judged in result.requirements:
            key = (judged.requirement.requirement, judged.requirement.importance.value)
            asked.setdefault(key, {})[result.spec.name] = judged
    return tuple(_requirement(context, words, importance, found) for (words, importance), found in asked.items())


def _requirement(context: Context, words: str, importance: str, found: Mapping[str, RequirementVerdict]) -> RequirementRow:
    sources = {name: _requirement_source(judged.requirement) for name, judged in found.items()}
    same = len(set(sources.values())) == 1
    cells = tuple(
        RequirementCell(verdict_mark(found[name].verdict), "" if same else sources[name]) if name in found else None
        for name in (r.spec.name for r in context.results)
    )
    return RequirementRow(clean(words, 200), importance, cells, next(iter(sources.values())) if same else "")


def _requirement_source(asked: Requirement) -> str:
    confirmed = f"confirmed by {line(asked.confirmed_by, 40)}" if asked.confirmed_by else "not confirmed"
    return ", ".join(t for t in (line(asked.answer, 120), line(asked.source, 60), confirmed, numbers.date(asked.date)) if t)
