"""What of the recorded answers cannot be read, said before a run: a whole candidate may hang on one word."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.plan import CandidateKind, EvaluationPlan, Example, RecordedOutput, Task
from reportgen.domain.records.response import Outcome
from reportgen.domain.telling.unread import Unread, UnreadOf, few, grouped, remedy, sentence
from reportgen.metrics import misfit_of
from reportgen.metrics.classification import labels_of, reader_of
from reportgen.metrics.json_output import AnswerReader, Fault
from reportgen.problems import Problem, Severity

_WITH_TEXT = frozenset({"", Outcome.ANSWERED.value, Outcome.INVALID.value})


def unread_recorded(plan: EvaluationPlan, corpus: Corpus) -> tuple[UnreadOf, ...]:
    """Return what cannot be read of each recorded candidate's answers to the examples that a run scores."""
    asked = {e.id: e for e in corpus.asked}
    rows: dict[str, list[RecordedOutput]] = {}
    for row in plan.recorded_outputs:
        if row.example_id in asked and row.outcome in _WITH_TEXT:
            rows.setdefault(row.candidate, []).append(row)
    found = []
    for spec in plan.candidates:
        answers = rows.get(spec.name, []) if spec.kind is CandidateKind.RECORDED_OUTPUTS else []
        lost = list(_lost(plan, asked, answers))
        if lost:
            groups = grouped(lost, [label.name for label in labels_of(plan)])
            found.append(UnreadOf(spec.name, spec.where or spec.name, len(lost), len(answers), groups))
    return tuple(found)


def unread_problems(plan: EvaluationPlan, found: tuple[UnreadOf, ...]) -> tuple[Problem, ...]:
    """Return what to say of recorded answers that cannot be read, at the candidate's cell."""
    return tuple(
        Problem(
            one.where,
            sentence(one, "recorded answer"),
            remedy(one, plan.settings),
            "unreadable-answers",
            Severity.NOTE if few(one) else Severity.WARNING,
        )
        for one in found
    )


def _lost(plan: EvaluationPlan, asked: dict[str, Example], answers: list[RecordedOutput]) -> Iterator[Unread]:
    misfit = misfit_of(plan)
    labels, fields = reader_of(plan), AnswerReader(plan.fields)
    for row in answers:
        reason = "recorded as invalid" if row.outcome == Outcome.INVALID.value else "" if row.output.strip() else "empty"
        reason = reason or (misfit(row.output) if misfit is not None else "")
        if not reason:
            continue
        key = asked[row.example_id].key
        label, mended = "", False
        if row.outcome != Outcome.INVALID.value and plan.settings.task is Task.CLASSIFICATION:
            label = labels.lenient(row.output) or ""
            mended = bool(label)
        elif row.outcome != Outcome.INVALID.value and plan.settings.task is Task.EXTRACTION:
            mended = not isinstance(fields.lenient(row.output), Fault)
        yield Unread(row.output, reason, label, (key.label or "") if key is not None else "", mended=mended)
