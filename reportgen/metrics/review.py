"""Which responses a person would look at in production: every rule here can be applied without knowing the right answer."""

from __future__ import annotations

import hashlib

from reportgen.domain.plan import EvaluationPlan, Example, ReviewRule
from reportgen.domain.response import Outcome, Response
from reportgen.domain.score import CitationMark, Score
from reportgen.metrics.classification import stated_confidence
from reportgen.metrics.normalise import key

INVALID_OUTPUT = "invalid output"
MISSING_FIELD = "missing field"
FAILED_CITATION = "failed citation"
ABSTAINED = "abstained"
LOW_CONFIDENCE = "low confidence"
RANDOM_SAMPLE = "random sample"

DEFAULT_RULES = tuple(ReviewRule(name) for name in (INVALID_OUTPUT, MISSING_FIELD, FAILED_CITATION, ABSTAINED))
"""The rules of a workbook without a Review rules sheet."""


def triggers(plan: EvaluationPlan, example: Example, response: Response, score: Score) -> tuple[str, ...]:
    """Return the names of the review rules that fire for one response, in the order of the plan; usually none.

    Errors and timeouts gave nothing to review: they are done by hand and counted there (figures.md 4.3). Rules look at the
    strict reading, since that is what the application gets. Where no confidence was given `low confidence` cannot fire.
    """
    if response.outcome in {Outcome.ERROR, Outcome.TIMEOUT}:
        return ()
    rules = [rule for rule in (plan.review_rules or DEFAULT_RULES) if rule.on]
    return tuple(rule.name for rule in rules if _fires(rule, plan, example, response, score))


def _fires(rule: ReviewRule, plan: EvaluationPlan, example: Example, response: Response, score: Score) -> bool:
    parts = score.strict.parts if score.strict.outcome is Outcome.ANSWERED else ()
    required = {spec.name for spec in plan.fields if spec.required}
    cited = {spec.name for spec in plan.fields if spec.citation_required}
    fires: bool
    match key(rule.name):
        case "invalid output":
            fires = score.strict.outcome is Outcome.INVALID
        case "missing field":
            fires = any(part.name in required and not part.found for part in parts)
        case "failed citation":
            fires = any(part.name in cited and part.citation not in {None, CitationMark.SUPPORTS} for part in parts)
        case "abstained":
            fires = response.outcome in {Outcome.ABSTAINED, Outcome.REFUSED}
        case "low confidence":
            fires = rule.threshold is not None and _less_sure(response, rule.threshold)
        case "random sample":
            fires = rule.threshold is not None and drawn(example.id, plan.settings.seed, rule.threshold)
        case _:
            fires = False
    return fires


def confidence_of(response: Response) -> float | None:
    """Return the confidence that came with a response, else the one that its JSON states; None = neither."""
    return response.confidence if response.confidence is not None else stated_confidence(response.text)


def _less_sure(response: Response, threshold: float) -> bool:
    confidence = confidence_of(response)
    return confidence is not None and confidence < threshold


def drawn(example_id: str, seed: int, share: float) -> bool:
    """Return whether an example is in the random sample: the same ones for every candidate, order and machine."""
    digest = hashlib.sha256(f"reportgen review {seed} {example_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64
