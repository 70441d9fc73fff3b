"""Words errors with their text: of the candidate spoken of, and of those that it is held against."""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.domain.records.comparison import CandidateResult
from reportgen.domain.records.measure import Observation
from reportgen.domain.records.plan import Example, Role
from reportgen.domain.records.response import Outcome
from reportgen.domain.records.score import Mark as ScoreMark
from reportgen.domain.records.score import Part
from reportgen.domain.wording import numbers
from reportgen.domain.wording.text import around, folded, line
from reportgen.reports.view.context import Context
from reportgen.reports.view.records import ErrorExample

MOST_ERRORS, MOST_OF_OTHERS = 6, 2
_NOTHING_EXPECTED = {"field": "(not in the document)", "sentence": "(a sentence that the source supports)"}
_OUTCOME_WORDS = {
    Outcome.REFUSED: "refused to answer",
    Outcome.ABSTAINED: "abstained",
    Outcome.INVALID: "answer could not be read",
    Outcome.ERROR: "request failed",
    Outcome.TIMEOUT: "timed out",
}


def errors(context: Context) -> tuple[ErrorExample, ...]:
    """Return errors with their text: most of the candidate spoken of, then some of the others that matter."""
    chosen = [(r, o) for r in _who_matters(context) for o in _of_each_kind(r, _most(context, r))]
    return tuple(_error(i + 1, r, o) for i, (r, o) in enumerate(chosen))


def _most(context: Context, result: CandidateResult) -> int:
    return MOST_ERRORS if context.is_lead(result) else MOST_OF_OTHERS


def _who_matters(context: Context) -> list[CandidateResult]:
    """Return the candidate spoken of, the runner-up and the model in production, each once."""
    runner = context.comparison.decision.runner_up
    rest = [r for r in context.results if r.spec.name == runner or r.spec.role is Role.PRODUCTION]
    lead = [] if context.lead is None else [context.lead]
    return lead + [r for r in rest if r not in lead]


def _of_each_kind(result: CandidateResult, most: int) -> list[Observation]:
    """Choose errors of different kinds: for each kind in turn the first in corpus order, until there are enough."""
    by_kind: dict[str, list[Observation]] = {}
    for o in _wrong(result):
        by_kind.setdefault(_error_kind(o), []).append(o)
    deepest = max((len(v) for v in by_kind.values()), default=0)
    return [found[depth] for depth in range(deepest) for found in by_kind.values() if depth < len(found)][:most]


def _wrong(result: CandidateResult) -> list[Observation]:
    return [o for o in result.sample.observations if not o.score.strict.right and not o.score.unscored]


def errors_note(context: Context) -> str:
    """Say of how many errors these are examples, and whose."""
    if context.lead is None:
        return ""
    told = []
    for result in _who_matters(context):
        wrong, name = len(_wrong(result)), context.said(result.spec.name)
        asked = numbers.plural(result.counts.planned, "example")
        shown = min(wrong, _most(context, result))
        if wrong:
            some = f"{shown} {'is' if shown == 1 else 'are'} shown"
            told.append(f"{name} was not fully right on {numbers.count(wrong)} of {asked}; {some}.")
        else:
            told.append(f"{name} made no error on {asked}.")
    if any(_wrong(r) for r in _who_matters(context)):
        told.append("They cover different kinds of error; all of them stand in comparison.xlsx, sheet Responses.")
    return " ".join(told)


def _error_kind(observation: Observation) -> str:
    reading = observation.score.strict
    if reading.outcome is not Outcome.ANSWERED:
        return _OUTCOME_WORDS[reading.outcome]
    marks = sorted({p.mark.value for p in reading.parts if not p.mark.right and p.mark is not ScoreMark.UNSCORED})
    return numbers.listing(marks) or "not right"


def _error(index: int, result: CandidateResult, observation: Observation) -> ErrorExample:
    example, reading = observation.example, observation.score.strict
    wrong = [p for p in reading.parts if not p.mark.right and p.mark is not ScoreMark.UNSCORED]
    reasons = [p.reason for p in wrong if p.reason] or [reading.reason, observation.response.reason]
    return ErrorExample(
        number=index,
        candidate=line(result.spec.name, 60),
        example=line(example.id, 40),
        where=example.where,
        segment=line(example.segment, 40),
        kind=_error_kind(observation),
        input=around(example.input, _sought(example, wrong), 420),
        expected=_expected(example, wrong),
        found=_found(observation, wrong),
        reason=folded(next((r for r in reasons if r), ""), 240),
    )


def _sought(example: Example, wrong: Sequence[Part]) -> str:
    """Return what leads to the passage of a long document that an error speaks of: the labelled evidence or value."""
    for part in wrong:
        key = example.key.fields.get(part.name) if example.key is not None else None
        if key is not None and (key.evidence or key.values):
            return key.evidence[:200] or key.values[0]
    return example.key.answers[0] if example.key is not None and example.key.answers else ""


def _word(part: Part) -> str:
    return "sentence" if part.name.startswith("sentence ") else "field"


def _expected(example: Example, wrong: Sequence[Part]) -> str:
    key = example.key
    if key is None:
        return numbers.DASH
    if key.labels is not None:
        return numbers.listing((line(name, 60) for name in key.labels), 12) or "(no label)"
    if key.label is not None:
        return line(key.label, 120)
    if key.answers:
        return folded(" or ".join(key.answers[:4]), 240)
    if wrong:
        return "\n".join(f"{line(p.name, 40)}: {folded(p.expected, 160) or _NOTHING_EXPECTED[_word(p)]}" for p in wrong[:3])
    return "\n".join(folded(f, 160) for f in key.key_facts[:3]) or folded(key.reference, 300) or numbers.DASH


def _found(observation: Observation, wrong: Sequence[Part]) -> str:
    fields = observation.example.key is not None and observation.example.key.fields
    if fields and wrong and observation.score.strict.outcome is Outcome.ANSWERED:
        return "\n".join(f"{line(p.name, 40)}: {folded(p.found, 160) or '(left empty)'}" for p in wrong[:3])
    raw = folded(observation.response.text, 420)
    label = _label_given(observation)
    if not label:
        return raw or "(no answer)"
    return label if raw.casefold() == label.casefold() else f"{label} (written: {folded(observation.response.text, 160)})"


def _label_given(observation: Observation) -> str:
    """Return the label that an answer was read as, or its labels; empty where it is none."""
    reading = observation.score.strict
    if reading.outcome is not Outcome.ANSWERED:
        return ""
    return numbers.listing((line(name, 60) for name in reading.labels), 12) or line(reading.label or "", 120)
