"""Examples and their right answers that stand in a prompt already: they are answered by copying (formulas.md 5.3).

A right answer in a prompt stops a run. Three kinds of text stand there by right or by chance, and only warn or say nothing:
labels, choices and short answers; set phrases that are right for several inputs ("not in the document"); dates and amounts,
which show how to write one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reportgen.corpus.quality_copies import normalised
from reportgen.corpus.quality_rows import Rows, places_of, problem
from reportgen.domain.records.plan import AnswerKey, EvaluationPlan, FieldType, Split, Task
from reportgen.domain.wording.figures import counted
from reportgen.problems import Problem, Severity

LEAST_PROMPT_MATCH = 30
LEAST_ANSWER_MATCH = 12
"""Characters; shorter answers stand in many a prompt by chance."""
SET_PHRASE = 3
"""Inputs for which an answer is right that tells none of them apart."""
_OPEN = frozenset({FieldType.TEXT, FieldType.NAME, FieldType.LIST})
_WRITTEN = frozenset({FieldType.DATE, FieldType.NUMBER, FieldType.MONEY})


def in_prompts(rows: Rows) -> Iterator[Problem]:
    """Name examples whose input stands in a prompt; with its label beside it, it is answered there."""
    asked: Mapping[int, str] = {
        i: text for i, text in enumerate(rows.plain) if rows.splits[i] is not Split.TRAIN and len(text) >= LEAST_PROMPT_MATCH
    }
    for name, prompt in _prompts(rows.plan).items():
        places = [i for i, text in asked.items() if _stands(text, prompt)]
        solved = [i for i in places if _stands(_label(rows, i), prompt)]
        yield from _found(rows, "example-in-prompt", "the input stands", name, [i for i in places if i not in solved])
        yield from _found(rows, "answer-in-prompt", "input and label stand", name, solved, stops=True)


def answers_in_prompts(rows: Rows) -> Iterator[Problem]:
    """Name examples whose right answer stands in a prompt word for word; labels do so by right."""
    if rows.plan.settings.task is Task.CLASSIFICATION:
        return
    for kinds, answers in ((_OPEN, True), (_WRITTEN, False)):
        fields = {f.name for f in rows.plan.fields if f.type in kinds}
        holders: dict[str, list[int]] = {}
        for i, example in enumerate(rows.examples):
            if example.key is not None:
                for text in _answers(example.key, fields, answers=answers):
                    holders.setdefault(text, []).append(i)
        for name, prompt in _prompts(rows.plan).items():
            found = {text: places for text, places in holders.items() if _stands(text, prompt)}
            phrases = {text for text, places in found.items() if _inputs(rows, places) >= SET_PHRASE}
            for stops in (True, False):
                chosen = (places for text, places in found.items() if (answers and text not in phrases) is stops)
                places = sorted({i for group in chosen for i in group if rows.splits[i] is not Split.TRAIN})
                yield from _found(rows, "answer-in-prompt", "a right answer stands", name, places, stops=stops)


def _found(rows: Rows, code: str, what: str, prompt: str, places: list[int], *, stops: bool = False) -> Iterator[Problem]:
    if places:
        yield problem(
            code,
            Severity.ERROR if stops else Severity.WARNING,
            places_of(rows, places),
            f'{what} word for word in the prompt "{prompt}", for {counted(len(places), "example")} that will be asked'
            f"{'; copying it would be counted as knowing it' if stops else ''}.",
            "Take it out of the prompt, or set Split to train for the example.",
        )


def _prompts(plan: EvaluationPlan) -> dict[str, str]:
    used = (c.prompt for c in plan.candidates if c.prompt)
    return {prompt.name: normalised(f"{prompt.system}\n{prompt.user}") for prompt in used}


def _stands(text: str, prompt: str) -> bool:
    """Whether a text stands in a prompt as whole words."""
    return bool(text) and text in prompt and re.search(rf"(?<!\w){re.escape(text)}(?!\w)", prompt) is not None


def _label(rows: Rows, place: int) -> str:
    key = rows.examples[place].key
    return normalised(key.label or "") if key is not None else ""


def _inputs(rows: Rows, places: list[int]) -> int:
    return len({rows.plain[i] for i in places})


def _answers(key: AnswerKey, fields: set[str], *, answers: bool) -> Iterator[str]:
    """Yield what of a key is long enough to be no chance: the values of these fields and, with `answers`, all else."""
    values = (value for name, field in key.fields.items() if name in fields for value in field.values)
    for text in (*(key.answers if answers else ()), *(key.key_facts if answers else ()), key.reference * answers, *values):
        plain = normalised(text)
        if len(plain) >= LEAST_ANSWER_MATCH and " " in plain:
            yield plain
