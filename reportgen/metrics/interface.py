"""The door for scorers: what a metric is given, what it gives back, and what every scorer shares about failed responses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from reportgen.domain.records.measure import Metric
from reportgen.domain.records.plan import EvaluationPlan, Example
from reportgen.domain.records.response import Outcome, Response
from reportgen.domain.records.score import Part, Reading, Score

__all__ = [
    "LONGEST_SHOWN",
    "Metric",
    "ScoreExample",
    "ScoreResponse",
    "Scorer",
    "failed_reading",
    "has_answer",
    "one_reading",
    "shown",
    "why_failed",
]

ScoreResponse = Callable[[Response], Score]
"""Scores one response to an example that is already known."""

ScoreExample = Callable[[Example], ScoreResponse]
"""Does once for an example what all its responses share (its document, its expected values)."""


class Scorer(Protocol):
    """What scores the responses of one task; a module with a function `prepare` is one.

    `prepare` does once what the whole plan shares (labels, schema, recorded verdicts). All three steps are pure: the same
    plan, example and response give the same score in any order.
    """

    def prepare(self, plan: EvaluationPlan) -> ScoreExample:
        """Return the scorer of this plan's examples."""
        ...


LONGEST_SHOWN = 2_000
"""Characters of an answer that a part keeps to show; the whole answer stands in the response."""


def shown(text: str) -> str:
    """Return `text` short enough for a part; the cut is marked."""
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + " […]"


def has_answer(response: Response) -> bool:
    """Whether there is an answer to read: a recorded `invalid` stays invalid and is not read again."""
    return response.outcome is Outcome.ANSWERED


def why_failed(response: Response) -> str:
    """Return the reason that failed parts carry."""
    return response.reason or f"no answer: {response.outcome.value}"


def one_reading(response: Response, reading: Reading, unscored: str = "") -> Score:
    """Return a score whose strict and lenient readings are the same."""
    return Score(response.candidate, response.example_id, reading, reading, unscored)


def failed_reading(response: Response, parts: Sequence[Part], extras: tuple[str, ...] = ()) -> Reading:
    """Return the reading of a response without an answer; graded figures count 0."""
    return Reading(response.outcome, tuple(parts), extras=dict.fromkeys(extras, 0.0), reason=why_failed(response))
