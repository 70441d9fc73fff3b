"""Prompts: the built-in ones, and filling in their slots without touching any other brace."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

from reportgen.candidates.interface import Briefing, Question
from reportgen.candidates.text_baseline import answer_of
from reportgen.domain.records.document import document_part
from reportgen.domain.records.plan import CandidateSpec, Example, FieldSpec, FieldType, Label, Prompt, Split, Task

_SLOT = re.compile(r"\{(input|document|labels|fields|examples)\}")


def messages(prompt: Prompt, question: Question, shots: Sequence[Example]) -> list[dict[str, str]]:
    """Return the chat messages for one question; the text of an example is never searched for slots.

    Few-shot examples stand at `{examples}`; a prompt without it shows them as earlier turns of the conversation.
    """
    placed = "{examples}" in prompt.user + prompt.system
    written = _examples(shots, question) if placed else ""
    whole = question.input, question.asked
    split = "{input}" in prompt.user + prompt.system
    system = _filled(prompt.system, question, whole, written, split=split)
    chat = [{"role": "system", "content": system}] if prompt.system.strip() else []
    for shot in () if placed else shots:
        shown = _filled(prompt.user, question, (shot.input, shot.question), "", split=split)
        chat.append({"role": "user", "content": shown})
        chat.append({"role": "assistant", "content": answer_of(shot, question.task, question.fields)})
    return [*chat, {"role": "user", "content": _filled(prompt.user, question, whole, written, split=split)}]


def _filled(template: str, question: Question, whole: tuple[str, str], examples: str, *, split: bool) -> str:
    """Fill the slots in. A prompt with both {document} and {input} gets each in its place, another one both in one."""
    text, asked = whole
    apart = split and bool(asked) and "{document}" in template
    alone = split and not asked and question.document is not None and "{document}" in template
    fillings = {
        "input": asked if apart else "" if alone else text,
        "document": document_part(text, asked) if apart else text if alone or not split else "",
        "labels": _labels(question.labels),
        "fields": _fields(question.fields),
        "examples": examples,
    }
    return _SLOT.sub(lambda match: fillings[match.group(1)], template)


def few_shot(spec: CandidateSpec, briefing: Briefing) -> tuple[Example, ...]:
    """Return the examples shown in the prompt: drawn by the seed, from train alone, each label once before any twice.

    Raises RuntimeError if a train example were also one that is asked, since that would show a candidate its own exam.
    """
    if spec.few_shot_examples <= 0:
        return ()
    locked = {Split.EVAL, Split.HOLDOUT, Split.REGRESSION}
    leaked = [e.id for e in briefing.train if e.id in briefing.asked or e.declared_split in locked or e.known_failure]
    if leaked:
        msg = f"the example {leaked[0]} is both learned from and asked"
        raise RuntimeError(msg)
    task, seed = briefing.plan.settings.task, briefing.plan.settings.seed
    labelled = [e for e in briefing.train if answer_of(e, task) and e.input.strip()]
    drawn = sorted(labelled, key=lambda e: hashlib.sha256(f"{seed}|few-shot|{e.id}".encode()).digest())
    if task is Task.CLASSIFICATION:
        drawn = _labels_in_turn(drawn)
    return tuple(drawn[: spec.few_shot_examples])


def _labels_in_turn(examples: Sequence[Example]) -> list[Example]:
    seen: Counter[str] = Counter()
    rounds = []
    for position, example in enumerate(examples):
        label = answer_of(example, Task.CLASSIFICATION)
        seen[label] += 1
        rounds.append((seen[label], position, example))
    return [example for _, _, example in sorted(rounds, key=lambda r: r[:2])]


def answer_schema(fields: Sequence[FieldSpec]) -> dict[str, object]:
    """Return the JSON schema that a provider with structured output is given: field to value and quote."""
    properties: dict[str, object] = {}
    for spec in fields:
        value: dict[str, object] = {"type": ["string", "null"]}
        if spec.type is FieldType.LIST:
            value = {"type": "array", "items": {"type": "string"}}
        elif spec.type is FieldType.RECORDS:
            value = {"type": "array", "items": _row_schema(spec)}
        elif spec.type is FieldType.CHOICE and spec.choices:
            value["enum"] = [*spec.choices, None]
        properties[spec.name] = {
            "type": "object",
            "properties": {"value": value, "quote": {"type": "string"}},
            "required": ["value", "quote"],
            "additionalProperties": False,
        }
    return {
        "type": "object",
        "properties": properties,
        "required": [spec.name for spec in fields],
        "additionalProperties": False,
    }


def _row_schema(spec: FieldSpec) -> dict[str, object]:
    """Return the JSON schema of one row of a records field."""
    return {
        "type": "object",
        "properties": {part.name: {"type": ["string", "null"]} for part in spec.parts},
        "required": [part.name for part in spec.parts],
        "additionalProperties": False,
    }


def _labels(labels: Sequence[Label]) -> str:
    return "\n".join(f"- {label.name}{f': {label.description}' if label.description else ''}" for label in labels)


def _fields(fields: Sequence[FieldSpec]) -> str:
    lines = []
    for spec in fields:
        choices = f", one of: {', '.join(spec.choices)}" if spec.choices else ""
        described = f": {spec.description}" if spec.description else ""
        rows = ", a JSON list with one object for each row, its keys are these parts" if spec.parts else ""
        lines.append(f"- {spec.name} ({spec.type.value}{choices}{rows}){described}")
        lines += [f"  {line}" for line in _fields(spec.parts).splitlines()]
    return "\n".join(lines)


def _examples(shots: Sequence[Example], question: Question) -> str:
    if not shots:
        return ""
    blocks = [f"Input:\n{e.input}\nAnswer:\n{answer_of(e, question.task, question.fields)}" for e in shots]
    return "\nExamples:\n\n" + "\n\n".join(blocks) + "\n"
