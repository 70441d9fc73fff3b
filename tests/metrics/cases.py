"""Small plans, examples and responses, so that a test shows nothing but what it is about."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reportgen.domain.records.plan import (
    AnswerKey,
    EvaluationPlan,
    Example,
    FieldKey,
    FieldSpec,
    Label,
    RecordedVerdict,
    ReviewRule,
    Settings,
    Source,
    Task,
)
from reportgen.domain.records.response import Outcome, Response
from reportgen.domain.records.score import Mark, Score
from reportgen.metrics import score_all

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
FAILURES = (Outcome.REFUSED, Outcome.ABSTAINED, Outcome.INVALID, Outcome.ERROR, Outcome.TIMEOUT)


def shared_lines(name: str) -> list[dict[str, Any]]:
    """Return the records of a JSON lines file of the shared data."""
    return [json.loads(line) for line in (SHARED / name).read_text(encoding="utf-8").splitlines()]


def plan_of(
    task: Task,
    examples: Sequence[Example] = (),
    *,
    labels: Sequence[Label] = (),
    fields: Sequence[FieldSpec] = (),
    verdicts: Sequence[RecordedVerdict] = (),
    rules: Sequence[ReviewRule] = (),
    date_order: str = "",
    decimal_mark: str = "",
) -> EvaluationPlan:
    """Return a plan with nothing in it but what scorers read."""
    return EvaluationPlan(
        source=Source("test.xlsx", "0" * 64),
        settings=Settings("Test", task, date_order=date_order, decimal_mark=decimal_mark),
        examples=tuple(examples),
        candidates=(),
        service_levels=(),
        costs={},
        labels=tuple(labels),
        fields=tuple(fields),
        recorded_verdicts=tuple(verdicts),
        review_rules=tuple(rules),
    )


def example_of(key: AnswerKey | None, text: str = "", example_id: str = "e1") -> Example:
    """Return an example with this key and input."""
    return Example(example_id, text, key, "Examples!A2")


def answer(text: str, example_id: str = "e1", candidate: str = "c") -> Response:
    """Return an answered response."""
    return Response(candidate, example_id, "k", Outcome.ANSWERED, text)


def failure(outcome: Outcome, example_id: str = "e1", candidate: str = "c") -> Response:
    """Return a response without an answer; an invalid one still has text."""
    return Response(candidate, example_id, "k", outcome, "left over" if outcome is Outcome.INVALID else "", reason="no luck")


def verdict(part: str, word: str, kind: str = "person", candidate: str = "c", example_id: str = "e1") -> RecordedVerdict:
    """Return a recorded verdict on one part."""
    return RecordedVerdict(candidate, example_id, part, word, kind, "Ann")


def score_one(plan: EvaluationPlan, example: Example, response: Response) -> Score:
    """Return the score of one response."""
    (score,) = score_all(plan, [example], [response])
    return score


def keys(**values: str | Sequence[str] | None) -> AnswerKey:
    """Return an extraction key: text, several accepted values, None = `?`, empty = the document does not hold it."""
    return AnswerKey(fields={name: _field_key(value) for name, value in values.items()})


def _field_key(value: str | Sequence[str] | None) -> FieldKey:
    if value is None:
        return FieldKey(labelled=False)
    if isinstance(value, str):
        return FieldKey((value,) if value else ())
    return FieldKey(tuple(value))


def marks(score: Score, *, lenient: bool = False) -> Mapping[str, Mark]:
    """Return the mark of each part by name."""
    return {part.name: part.mark for part in (score.lenient if lenient else score.strict).parts}
