"""Examples and their right answers that stand in a prompt already: they are answered by copying (figures.md 5.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reportgen.corpus.quality_copies import normalised
from reportgen.corpus.quality_rows import Rows, places_of, problem
from reportgen.domain.plan import AnswerKey, EvaluationPlan, FieldType, Split, Task
from reportgen.domain.wording import counted
from reportgen.problems import Problem, Severity

LEAST_PROMPT_MATCH = 30
LEAST_ANSWER_MATCH = 12
"""Characters; shorter answers stand in many a prompt by chance."""


def in_prompts(rows: Rows) -> Iterator[Problem]:
    """Name examples whose input stands in a prompt: they are answered by copying (figures.md 5.3)."""
    prompts = _prompts(rows.plan)
    if not prompts:
        return
    plain: Mapping[int, str] = {
        i: text
        for i, e in enumerate(rows.examples)
        if rows.splits[i] is not Split.TRAIN and len(text := normalised(e.input)) >= LEAST_PROMPT_MATCH
    }
    for name, prompt in prompts.items():
        places = [i for i, text in plain.items() if len(text) <= len(prompt) and text in prompt]
        if places:
            yield problem(
                "example-in-prompt",
                Severity.WARNING,
                places_of(rows, places),
                f'{counted(len(places), "input")} that will be asked stand word for word in the prompt "{name}".',
                "Take them out of the prompt, or out of the examples.",
            )


def answers_in_prompts(rows: Rows) -> Iterator[Problem]:
    """Name examples whose right answer stands in a prompt word for word; labels do so by right (figures.md 5.3)."""
    prompts = _prompts(rows.plan)
    if not prompts or rows.plan.settings.task is Task.CLASSIFICATION:
        return
    fields = {f.name for f in rows.plan.fields if f.type not in {FieldType.CHOICE, FieldType.YES_NO}}
    holders: dict[str, list[int]] = {}
    for i, example in enumerate(rows.examples):
        if rows.splits[i] is Split.TRAIN or example.key is None:
            continue
        for text in _answers(example.key, fields):
            holders.setdefault(text, []).append(i)
    for name, prompt in prompts.items():
        places = sorted({i for text, rows_of in holders.items() if text in prompt for i in rows_of})
        if places:
            yield problem(
                "answer-in-prompt",
                Severity.WARNING,
                places_of(rows, places),
                f"{counted(len(places), 'example')} that will be asked have a right answer that stands word for word in the "
                f'prompt "{name}".',
                "Take them out of the prompt, or those examples out of the evaluation.",
            )


def _prompts(plan: EvaluationPlan) -> dict[str, str]:
    used = (c.prompt for c in plan.candidates if c.prompt)
    return {prompt.name: normalised(f"{prompt.system}\n{prompt.user}") for prompt in used}


def _answers(key: AnswerKey, fields: set[str]) -> Iterator[str]:
    """Yield what of a key is long enough to be no chance: answers, key facts, summary, values of open fields."""
    values = (value for name, field in key.fields.items() if name in fields for value in field.values)
    for text in (*key.answers, *key.key_facts, key.reference, *values):
        plain = normalised(text)
        if len(plain) >= LEAST_ANSWER_MATCH and " " in plain:
            yield plain
