"""Scores labels: the reading that decides is the application's, by default strict; the lenient one is what a person sees."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from reportgen.domain.records.plan import EvaluationPlan, Example, Label
from reportgen.domain.records.response import Outcome, Response
from reportgen.domain.records.score import Mark, Part, Reading, Score
from reportgen.metrics import several_labels
from reportgen.metrics.interface import ScoreExample, ScoreResponse, failed_reading, has_answer, one_reading, shown
from reportgen.metrics.json_output import load_repaired
from reportgen.metrics.label_reader import LabelReader
from reportgen.metrics.verdicts import Verdicts, is_positive, judged

PART = "label"
NO_EXPECTED = "no expected label"


def stated_confidence(text: str) -> float | None:
    """Return the confidence (0 to 1) that a JSON answer states; None where it states none or one outside that range."""
    if "confidence" not in text:
        return None
    value = load_repaired(text)
    found = value.get("confidence") if isinstance(value, dict) else None
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        return None
    return float(found) if 0 <= found <= 1 else None


def labels_of(plan: EvaluationPlan) -> tuple[Label, ...]:
    """Return the plan's labels; without a Labels sheet, those found in the expected values, in order of appearance."""
    if plan.labels:
        return plan.labels
    if plan.settings.several_labels:
        found = dict.fromkeys(name for x in plan.examples if x.key is not None for name in x.key.labels or ())
        return tuple(Label(name) for name in found)
    found = dict.fromkeys(x.key.label.strip() for x in plan.examples if x.key is not None and x.key.label)
    return tuple(Label(name) for name in found)


def reader_of(plan: EvaluationPlan) -> LabelReader:
    """Return what finds the plan's labels in answers, as its application does."""
    return LabelReader(labels_of(plan), plan.settings.answers_read)


def prepare(plan: EvaluationPlan) -> ScoreExample:
    """Return the scorer of a classification plan."""
    reader, verdicts = reader_of(plan), Verdicts.of(plan.recorded_verdicts)
    if plan.settings.several_labels:
        return several_labels.prepare(reader, verdicts)

    def for_example(example: Example) -> ScoreResponse:
        accepted = _accepted(example, reader)
        return lambda response: _score(reader, verdicts, accepted, response)

    return for_example


def _accepted(example: Example, reader: LabelReader) -> tuple[str, ...]:
    """Return the labels that are right, by the names of the Labels sheet, the main one first."""
    if example.key is None:
        return ()
    written: Sequence[str] = [example.key.label or "", *example.key.answers]
    return tuple(dict.fromkeys(reader.exact(label) or label.strip() for label in written if label.strip()))


def _score(reader: LabelReader, verdicts: Verdicts, accepted: tuple[str, ...], response: Response) -> Score:
    unscored = "" if accepted else "the example has no expected label"
    if not has_answer(response):
        return one_reading(response, failed_reading(response, [_no_label(accepted, response)]), unscored)
    found = reader.read(response.text)
    strict = _reading(verdicts, accepted, found, response)
    if found is not None:
        return one_reading(response, strict, unscored)
    lenient = _reading(verdicts, accepted, reader.lenient(response.text), response)
    return Score(response.candidate, response.example_id, strict, lenient, unscored)


def _no_label(accepted: tuple[str, ...], response: Response) -> Part:
    if not accepted:
        return Part(PART, Mark.UNSCORED, reason=NO_EXPECTED)
    reason = "no label can be read from the answer" if has_answer(response) else response.reason or response.outcome.value
    return Part(PART, Mark.WRONG, accepted[0], shown(response.text), reason)


def _reading(verdicts: Verdicts, accepted: tuple[str, ...], found: str | None, response: Response) -> Reading:
    """Return one reading of the label that was found.

    Where another accepted label was given, the main one counts as predicted, so that the figures of each label credit what
    the part calls correct.
    """
    if found is None:
        part = _no_label(accepted, response)
        return Reading(Outcome.INVALID, (part,), reason="the answer is empty" if not response.text.strip() else part.reason)
    recorded = verdicts.on(response.candidate, response.example_id)
    verdict = (recorded.get(PART) or recorded.get("")) if accepted else None
    if verdict is None:
        return _compared(accepted, found)
    mark = Mark.CORRECT if is_positive(verdict) else Mark.WRONG
    return _told(accepted, found, judged(_compared(accepted, found).parts[0], verdict, mark))


@lru_cache(maxsize=100_000)
def _compared(accepted: tuple[str, ...], found: str) -> Reading:
    """Return the reading by our own comparison: one object for all answers that share it."""
    if accepted:
        part = Part(PART, Mark.CORRECT if found in accepted else Mark.WRONG, accepted[0], found)
    else:
        part = Part(PART, Mark.UNSCORED, found=found, reason=NO_EXPECTED)
    return _told(accepted, found, part)


def _told(accepted: tuple[str, ...], found: str, part: Part) -> Reading:
    if part.mark is Mark.CORRECT:
        return Reading(Outcome.ANSWERED, (part,), label=accepted[0])
    overruled = found in accepted  # a judge called our match wrong: what was predicted instead is not known
    return Reading(Outcome.ANSWERED, (part,), label=None if overruled else found)
