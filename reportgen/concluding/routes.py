"""Routes are made here, from the answers and scores of the two candidates that they name; nothing of theirs is stored.

So whoever reads a run again makes them again, and no record of a route can say anything else than those answers do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from reportgen.candidates.prices import PriceFound, token_cost
from reportgen.domain.compare import PriceView
from reportgen.domain.records.comparison import CandidateResult, Finding
from reportgen.domain.records.plan import CandidateSpec, EvaluationPlan
from reportgen.domain.records.response import Basis, Outcome, Response, Usage, group_by_candidate
from reportgen.domain.records.routing import Route
from reportgen.domain.records.score import Score
from reportgen.domain.wording.figures import counted
from reportgen.metrics.review import confidence_of
from reportgen.problems import Severity

PRICED = "prices of its candidates"
"""Where the price of a route is found."""
Number = TypeVar("Number", int, float)
Answered = tuple[tuple[Response, ...], tuple[Score, ...]]


def routes_of(plan: EvaluationPlan) -> tuple[tuple[CandidateSpec, Route], ...]:
    """Return the routes of a plan, in the order of the sheet."""
    return tuple((spec, spec.route) for spec in plan.candidates if spec.route is not None)


def with_routes(plan: EvaluationPlan, responses: Sequence[Response], scores: Sequence[Score]) -> Answered:
    """Return the answers of all candidates with their scores, those of routes behind the others.

    Args:
        plan: the candidates, routes among them.
        responses: of the candidates that were asked, those that routes name included.
        scores: one for each, in the same order.
    """
    given = {(r.candidate, r.example_id): (r, s) for r, s in zip(responses, scores, strict=True)}
    examples = dict.fromkeys(r.example_id for r in responses)
    made = [
        _sent(spec.name, route, given[route.first, name], given[route.then, name])
        for spec, route in routes_of(plan)
        for name in examples
    ]
    return (*responses, *(r for r, _ in made)), (*scores, *(s for _, s in made))


def _sent(name: str, route: Route, first: tuple[Response, Score], then: tuple[Response, Score]) -> tuple[Response, Score]:
    """Return what a route gives for one example, and its score: those of the candidate that answered last."""
    response, score = first
    if not route.sends_on(score, confidence_of(response)):
        return replace(response, candidate=name, key="", made_of=(route.first,)), replace(score, candidate=name)
    last, score = then
    both = (response, last)
    days = [r.recorded_on for r in both if r.recorded_on]
    made = replace(
        last,
        candidate=name,
        key="",
        latency_s=_both(*(r.latency_s for r in both)),
        attempt_latency_s=None,
        usage=_usage(*(r.usage for r in both)),
        attempts=_both(*(r.attempts for r in both)),
        cost=None,
        basis=Basis.RECORDED if any(r.basis is Basis.RECORDED for r in both) else last.basis,
        recorded_on=max(days, default=""),
        in_flight=None,
        log=(*response.log, *last.log),
        made_of=(route.first, route.then),
    )
    return made, replace(score, candidate=name)


def _both(one: Number | None, other: Number | None) -> Number | None:
    return None if one is None or other is None else one + other


def _usage(one: Usage | None, other: Usage | None) -> Usage | None:
    """Return the tokens of both, each kind by itself; what one of them does not tell is not known of both."""
    if one is None or other is None:
        return None
    return Usage(
        one.input + other.input,
        one.output + other.output,
        one.cached_input + other.cached_input,
        _both(one.thinking, other.thinking),
        one.written_input + other.written_input,
        one.audio_input + other.audio_input,
        one.picture_input + other.picture_input,
        one.audio_output + other.audio_output,
    )


def views_of(plan: EvaluationPlan, responses: Sequence[Response], prices: Mapping[str, PriceFound]) -> dict[str, PriceView]:
    """Return what each answer cost, those of routes too: the money for every candidate that a route took.

    `responses` are those of `with_routes`, `prices` those of the candidates that were asked.
    """
    groups = group_by_candidate(responses)
    views = {
        name: PriceView({r.example_id: token_cost(r, found) for r in groups[name]}, found.source)
        for name, found in prices.items()
        if name in groups
    }
    failed = {(r.candidate, r.example_id) for r in responses if r.outcome in {Outcome.ERROR, Outcome.TIMEOUT}}

    def cost(candidate: str, example: str) -> float | None:
        known = views[candidate].token_cost.get(example)
        return 0.0 if known is None and (candidate, example) in failed else known

    for spec, _ in routes_of(plan):
        costs = {r.example_id: _sum([cost(name, r.example_id) for name in r.made_of]) for r in groups[spec.name]}
        views[spec.name] = PriceView(costs, PRICED)
    return views


def _sum(costs: Sequence[float | None]) -> float | None:
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None


def route_findings(results: Sequence[CandidateResult]) -> Iterator[Finding]:
    """Yield the routes whose first candidate does not say how sure it is, and those that are one of their two alone."""
    given = {r.spec.name: [o.response for o in (*r.sample.observations, *r.regression.observations)] for r in results}
    for result in results:
        spec, route = result.spec, result.spec.route
        if route is None:
            continue
        mine, where = given[spec.name], spec.where or spec.name
        answers = [r for r in given[route.first] if r.outcome is Outcome.ANSWERED]
        unsure = sum(confidence_of(r) is None for r in answers) if route.asks_for_confidence else 0
        if unsure:
            yield Finding(
                "route-without-confidence",
                Severity.WARNING,
                where,
                f"{route.first} stated no confidence with {unsure:,} of {counted(len(answers), 'answer')}; {spec.name} "
                "sends none of these on for low confidence.",
                f"Have {route.first} state its confidence, or send on by what can be seen without it.",
            )
        sent = sum(r.sent_on for r in mine)
        if sent in {0, len(mine)}:
            what = (
                f"{spec.name} sent every task on: it is {route.then} with the cost and the time of {route.first} on top."
                if sent
                else f"{spec.name} sent nothing on: it is {route.first} under another name."
            )
            yield Finding("route-of-one", Severity.WARNING, where, what, "Choose another threshold, or take the route out.")
