"""Which responses a person would look at in production: every rule here can be applied without knowing the right answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from reportgen.domain.reading.text import key
from reportgen.domain.records.plan import EvaluationPlan, Example, ReviewRule
from reportgen.domain.records.response import Outcome, Response
from reportgen.domain.records.score import CitationMark, Part, Score
from reportgen.metrics.classification import stated_confidence

INVALID_OUTPUT = "invalid output"
MISSING_FIELD = "missing field"
FAILED_CITATION = "failed citation"
UNSUPPORTED_VALUE = "unsupported value"
ABSTAINED = "abstained"

DEFAULT_RULES = tuple(ReviewRule(name) for name in (INVALID_OUTPUT, MISSING_FIELD, FAILED_CITATION, ABSTAINED))
"""The rules of a workbook without a Review rules sheet."""


Fires = Callable[[Example, Response, Score], bool]


def triggers(plan: EvaluationPlan) -> Callable[[Example, Response, Score], tuple[str, ...]]:
    """Return what names the review rules that fire for one response, in the order of the plan; usually none.

    Errors and timeouts gave nothing to review: they are done by hand and counted there (formulas.md 4.3). Rules look at the
    strict reading, since that is what the application gets. Where no confidence was given `low confidence` cannot fire.
    """
    rules = [(rule.name, _rule(rule, plan)) for rule in (plan.review_rules or DEFAULT_RULES) if rule.on]

    def fired(example: Example, response: Response, score: Score) -> tuple[str, ...]:
        if response.outcome in {Outcome.ERROR, Outcome.TIMEOUT}:
            return ()
        return tuple(name for name, fires in rules if fires(example, response, score))

    return fired


def _rule(rule: ReviewRule, plan: EvaluationPlan) -> Fires:
    fires: Fires
    match key(rule.name), rule.threshold:
        case "invalid output", _:
            fires = _invalid
        case "missing field", _:
            fires = _missing({spec.name for spec in plan.fields if spec.required})
        case "failed citation", _:
            fires = _cited_as(plan, CitationMark.MISSING, CitationMark.NOT_FOUND, CitationMark.ALTERED)
        case "unsupported value", _:
            fires = _cited_as(plan, CitationMark.ELSEWHERE)
        case "abstained", _:
            fires = _abstained
        case "low confidence", threshold if threshold is not None:
            fires = _less_sure(threshold)
        case "random sample", share if share is not None:
            fires = _in_sample(plan.settings.seed, share)
        case _:
            fires = _never
    return fires


def _invalid(_example: Example, _response: Response, score: Score) -> bool:
    return score.strict.outcome is Outcome.INVALID


def _abstained(_example: Example, response: Response, _score: Score) -> bool:
    return response.outcome in {Outcome.ABSTAINED, Outcome.REFUSED}


def _never(_example: Example, _response: Response, _score: Score) -> bool:
    return False


def _missing(required: set[str]) -> Fires:
    return lambda _example, _response, score: any(p.name in required and not p.found for p in _parts(score))


def _cited_as(plan: EvaluationPlan, *marks: CitationMark) -> Fires:
    """Return what fires where a value that owes a quotation has one on one of these rungs."""
    owed = {spec.name for spec in plan.fields if spec.citation_required}
    return lambda _example, _response, score: any(p.name in owed and p.citation in marks for p in _parts(score))


def _less_sure(threshold: float) -> Fires:
    def fires(_example: Example, response: Response, _score: Score) -> bool:
        confidence = confidence_of(response)
        return confidence is not None and confidence < threshold

    return fires


def _in_sample(seed: int, share: float) -> Fires:
    return lambda example, _response, _score: drawn(example.id, seed, share)


def _parts(score: Score) -> Sequence[Part]:
    return score.strict.parts if score.strict.outcome is Outcome.ANSWERED else ()


def confidence_of(response: Response) -> float | None:
    """Return the confidence that came with a response, else the one that its JSON states; None = neither."""
    return response.confidence if response.confidence is not None else stated_confidence(response.text)


def drawn(example_id: str, seed: int, share: float) -> bool:
    """Return whether an example is in the random sample: the same ones for every candidate, order and machine."""
    digest = hashlib.sha256(f"reportgen review {seed} {example_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64
