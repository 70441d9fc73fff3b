"""Fake observations: seeded answers, outcomes and scores that the figures of `builders` are then really computed from."""

from __future__ import annotations

import random

from reportgen.domain.records.measure import CostTerms, Observation, Sample
from reportgen.domain.records.plan import AnswerKey, Example, FieldKey, Task
from reportgen.domain.records.response import Attempt, Basis, Outcome, Response, Usage
from reportgen.domain.records.score import CitationMark, Mark, Part, Reading, Score
from tests.builder_texts import HOSTILE, INPUTS, Profile, field_name, label_name

SEGMENTS = ("Private customers", "Business customers", "Partners")


def example(task: Task, number: int, *, labels: int, where_row: int, known_failure: str = "") -> Example:
    """Return example `number`; its answer key follows from its number alone."""
    text = INPUTS[task](number)
    if number % 40 == 7:
        text = HOSTILE[number // 40 % len(HOSTILE)]
    return Example(
        id=f"E{number:05d}",
        input=text,
        key=_key(task, number, labels),
        where=f"Examples!A{where_row}",
        segment=SEGMENTS[0 if number % 10 < 6 else 1 if number % 10 < 9 else 2],
        known_failure=known_failure,
        notes="",
    )


def _key(task: Task, number: int, labels: int) -> AnswerKey:
    match task:
        case Task.CLASSIFICATION:
            return AnswerKey(label=label_name((number + number // labels) % labels))
        case Task.EXTRACTION:
            return AnswerKey(
                fields={
                    field_name(i): FieldKey((f"value {number}-{i}",) if (number + i) % 5 else (), f"clause {i}")
                    for i in range(labels)
                }
            )
        case Task.SUMMARIZATION:
            return AnswerKey(
                reference=f"A worn belt stopped the conveyor; incident {number} was repaired by noon.",
                key_facts=("worn belt", "two people informed", "repair by noon"),
            )
        case Task.QUESTION_ANSWERING:
            return AnswerKey(answers=(f"{20 + number % 12} days", f"{20 + number % 12}"))


def observations(
    task: Task, profile: Profile, examples: tuple[Example, ...], *, labels: int, basis: Basis, costs: CostTerms
) -> Sample:
    """Return the sample of one candidate; the same arguments give the same sample."""
    draw = random.Random(f"{profile.name}|{len(examples)}")
    rows = tuple(
        _observation(task, profile, e, labels=labels, basis=basis, draw=draw, position=i) for i, e in enumerate(examples)
    )
    return Sample(
        rows,
        labels=tuple(label_name(i) for i in range(labels)) if task is Task.CLASSIFICATION else (),
        fields=tuple(field_name(i) for i in range(labels)) if task is Task.EXTRACTION else (),
        citation_fields=(field_name(0),) if task is Task.EXTRACTION else (),
        costs=costs,
    )


def _observation(
    task: Task, profile: Profile, row: Example, *, labels: int, basis: Basis, draw: random.Random, position: int
) -> Observation:
    outcome = _outcome(profile, draw)
    answered = outcome is Outcome.ANSWERED
    key = row.key or AnswerKey()
    parts, text, label, extras = _answer(task, key, labels, profile.right if answered else 0.0, draw)
    if not answered:
        text = "I am not sure, it may be either." if outcome is Outcome.INVALID else ""
    elif position % 17 == 3:
        text = HOSTILE[position // 17 % len(HOSTILE)]
    failed = outcome in {Outcome.ERROR, Outcome.TIMEOUT}
    attempts = 3 if failed else 2 if draw.random() < profile.retried else 1
    latency = profile.latency_s * draw.lognormvariate(0.0, 0.35) * attempts
    usage = Usage(input=420 + position % 90, output=18 + position % 25, cached_input=256) if not failed else None
    reason = _reason(outcome)
    response = Response(
        candidate=profile.name,
        example_id=row.id,
        key=f"{position:064x}",
        outcome=Outcome.ANSWERED if answered else outcome,
        text=text,
        confidence=round(draw.uniform(0.55, 0.999), 3) if answered else None,
        reason=reason,
        latency_s=None if failed else latency,
        attempt_latency_s=None if failed else latency / attempts,
        usage=usage,
        attempts=attempts,
        basis=basis,
        recorded_on="2026-03-30" if basis is Basis.RECORDED else "",
        model_returned=f"{profile.model}-20260301" if profile.model else "",
        in_flight=8,
        log=(
            Attempt(
                "2026-04-01T09:00:00Z", latency / attempts, outcome.value, usage, billed=usage is not None, reason=reason
            ),
        ),
    )
    strict = Reading(outcome, parts, label=label if answered else None, extras=extras, reason=reason)
    lenient = Reading(Outcome.ANSWERED, parts, label=label, extras=extras) if outcome is Outcome.INVALID else strict
    token_cost = None
    if profile.prices is not None:
        spent = usage or Usage(0, 0)
        token_cost = (spent.input * profile.prices[0] + spent.output * profile.prices[1]) / 1e6
    review = tuple(
        rule
        for rule, fires in (
            ("invalid output", outcome is Outcome.INVALID),
            ("abstained", outcome in {Outcome.ABSTAINED, Outcome.REFUSED}),
            ("low confidence", answered and (response.confidence or 1) < 0.6),
        )
        if fires
    )
    return Observation(row, response, Score(profile.name, row.id, strict, lenient), token_cost, review)


def _outcome(profile: Profile, draw: random.Random) -> Outcome:
    at = draw.random()
    ladder = (
        (Outcome.TIMEOUT, profile.failing / 2),
        (Outcome.ERROR, profile.failing / 2),
        (Outcome.INVALID, profile.invalid),
        (Outcome.REFUSED, 0.004),
        (Outcome.ABSTAINED, 0.004),
    )
    for outcome, share in ladder:
        if at < share:
            return outcome
        at -= share
    return Outcome.ANSWERED


def _reason(outcome: Outcome) -> str:
    match outcome:
        case Outcome.ANSWERED | Outcome.ABSTAINED:
            return ""
        case Outcome.REFUSED:
            return "the model refused: content policy"
        case Outcome.INVALID:
            return "the answer is none of the labels or fields"
        case Outcome.ERROR:
            return "HTTP 503 after 3 attempts"
        case Outcome.TIMEOUT:
            return "no answer within 60 s"


def _answer(
    task: Task, key: AnswerKey, labels: int, right: float, draw: random.Random
) -> tuple[tuple[Part, ...], str, str | None, dict[str, float]]:
    match task:
        case Task.CLASSIFICATION:
            wanted = key.label or ""
            label = wanted if draw.random() < right else label_name(draw.randrange(labels))
            mark = Mark.CORRECT if label == wanted and right else Mark.WRONG
            return (Part("label", mark, wanted, label, "" if mark.right else f"expected {wanted}"),), label, label, {}
        case Task.EXTRACTION:
            fields = tuple(_field(name, wanted, right, draw) for name, wanted in key.fields.items())
            return fields, "{" + ", ".join(f'"{p.name}": "{p.found}"' for p in fields) + "}", None, {}
        case Task.SUMMARIZATION:
            facts = [
                Part(f"fact {i}", Mark.COVERED if draw.random() < right else Mark.OMITTED, fact)
                for i, fact in enumerate(key.key_facts, 1)
            ]
            sentences = [
                Part(f"sentence {i}", Mark.SUPPORTED if draw.random() < right else Mark.UNSUPPORTED, found=f"Sentence {i}.")
                for i in (1, 2)
            ]
            rouge = 0.35 + 0.3 * draw.random() if right else 0.0
            return (*facts, *sentences), f"A worn belt stopped the line. {key.reference}", None, {"ROUGE-L": rouge}
        case Task.QUESTION_ANSWERING:
            good = draw.random() < right
            text = key.answers[0] if good else "30 days, I believe"
            part = Part("answer", Mark.CORRECT if good else Mark.WRONG, " | ".join(key.answers), text)
            return (part,), text, None, {"token F1": 1.0 if good else 0.4 if right else 0.0}


def _field(name: str, wanted: FieldKey, right: float, draw: random.Random) -> Part:
    expected = "\n".join(wanted.values)
    if draw.random() < right:
        mark = Mark.CORRECT if wanted.values else Mark.CORRECT_EMPTY
        return Part(
            name, mark, expected, expected, citation=CitationMark.SUPPORTS if expected else None, quote=wanted.evidence
        )
    if not wanted.values:
        return Part(name, Mark.INVENTED, "", "made up", "the document does not hold it", citation=CitationMark.NOT_FOUND)
    if draw.random() < 0.5:
        return Part(name, Mark.MISSING, expected, "", "no value given")
    return Part(name, Mark.WRONG, expected, expected + "9", "another value", citation=CitationMark.ALTERED)
