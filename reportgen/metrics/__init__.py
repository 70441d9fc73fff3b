"""Scorers: from a response to a score, one file for each task, all behind the door of `interface`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import assert_never

from reportgen.domain.measures.added import metrics_for
from reportgen.domain.records.plan import EvaluationPlan, Example, Task
from reportgen.domain.records.response import Response
from reportgen.domain.records.score import Score
from reportgen.metrics import classification, extraction, question_answering, summarization
from reportgen.metrics.added import with_metrics
from reportgen.metrics.classification import reader_of
from reportgen.metrics.interface import ScoreExample, Scorer
from reportgen.metrics.json_output import AnswerReader, Fault
from reportgen.metrics.label_reader import LabelReader
from reportgen.metrics.several_labels import LabelSetReader
from reportgen.metrics.verdicts import Verdicts

SCORERS: Mapping[Task, Scorer] = {
    Task.CLASSIFICATION: classification,
    Task.EXTRACTION: extraction,
    Task.SUMMARIZATION: summarization,
    Task.QUESTION_ANSWERING: question_answering,
}
"""The scorer of each task; a scorer of your own goes in through the same door, by `score_all(..., scorers=...)`."""


def score_all(
    plan: EvaluationPlan,
    examples: Sequence[Example],
    responses: Sequence[Response],
    scorers: Mapping[Task, Scorer] = SCORERS,
) -> tuple[Score, ...]:
    """Return one score for each response, in the order of the responses. Pure: no clock, no chance, no files.

    Args:
        plan: task, labels, fields, conventions and recorded verdicts.
        examples: every example that a response answers, in any order.
        responses: of any candidates, in any order.
        scorers: the scorer of each task.

    Raises:
        ValueError: a response answers an example that was not given.
    """
    by_id = {example.id: example for example in examples}
    of_example: dict[str, list[int]] = {}
    for position, response in enumerate(responses):
        of_example.setdefault(response.example_id, []).append(position)
    unknown = [example_id for example_id in of_example if example_id not in by_id]
    if unknown:
        msg = f"there are responses to examples that were not given, the first is {unknown[0]!r}"
        raise ValueError(msg)
    for_example = prepared(plan, scorers)
    verdicts = Verdicts.of(plan.recorded_verdicts)
    scores: dict[int, Score] = {}
    # Example by example, so that no more than one long document is held ready at a time.
    for example_id, positions in of_example.items():
        score = for_example(by_id[example_id])
        for position in positions:
            scores[position] = verdicts.with_model_marks(score(responses[position]))
    return tuple(scores[position] for position in range(len(responses)))


def prepared(plan: EvaluationPlan, scorers: Mapping[Task, Scorer] = SCORERS) -> ScoreExample:
    """Return the scorer of a plan's examples: that of its task, then the metrics that other packages add to it."""
    task = plan.settings.task
    of_task, metrics = scorers[task].prepare(plan), metrics_for(task)
    return with_metrics(of_task, metrics) if metrics else of_task


def misfit_of(plan: EvaluationPlan) -> Callable[[str], str] | None:
    """Return what says why an answer lacks the form that the task asks for ('' = it has it); None for free text.

    It is the application's reading that scores the answer, so that asking again mends what would count as invalid, no more.
    """
    match plan.settings.task:
        case Task.CLASSIFICATION:
            labels: LabelReader | LabelSetReader = reader_of(plan)
            if plan.settings.several_labels:
                labels = LabelSetReader(reader_of(plan))
            return lambda text: "" if labels.read(text) is not None else "the answer is none of the labels"
        case Task.EXTRACTION:
            fields = AnswerReader(plan.fields, plan.settings.answers_read)

            def misfit(text: str) -> str:
                found = fields.read(text)
                return found.reason if isinstance(found, Fault) else ""

            return misfit
        case Task.SUMMARIZATION | Task.QUESTION_ANSWERING:
            return None
        case other:
            assert_never(other)


__all__ = ["SCORERS", "Scorer", "misfit_of", "prepared", "score_all"]
