"""The built-in prompts: what a candidate is asked with where the workbook gives none."""

from __future__ import annotations

from reportgen.domain.records.plan import CandidateSpec, Prompt, Task

BUILT_IN: dict[Task, Prompt] = {
    Task.CLASSIFICATION: Prompt(
        "built-in classification",
        user="Choose the one label that fits the text.\n\nLabels:\n{labels}\n{examples}\nText:\n{input}\n\n"
        "Answer with the label alone, exactly as it is written above.",
    ),
    Task.EXTRACTION: Prompt(
        "built-in extraction",
        user="Take these fields from the document.\n\nFields:\n{fields}\n\nAnswer with one JSON object and nothing else. "
        'Its keys are the field names; each value is an object {"value": ..., "quote": ...}, where "quote" is copied '
        "letter by letter from the document and holds the value. Where the document does not hold a field, "
        '"value" is null and "quote" is an empty text. A list field has a JSON list as its value.\n{examples}\n'
        "Document:\n{input}",
    ),
    Task.SUMMARIZATION: Prompt(
        "built-in summarization",
        user="Summarize the text in a few sentences. Keep every fact that the reader needs, and state nothing that the text "
        "does not say.\n{examples}\nText:\n{input}",
    ),
    Task.QUESTION_ANSWERING: Prompt(
        "built-in question answering",
        user="Answer the question from the text given with it, in as few words as possible.\n{examples}\n{input}",
    ),
}


BUILT_IN_SEVERAL = Prompt(
    "built-in classification, several labels",
    user="Choose every label that fits the text; there may be several, or none.\n\nLabels:\n{labels}\n{examples}\nText:\n"
    "{input}\n\nAnswer with a JSON list of the labels alone, each exactly as it is written above; [] where none fits.",
)


def prompt_of(spec: CandidateSpec, task: Task, *, several: bool = False) -> Prompt:
    """Return the candidate's own prompt, else the built-in one of the task; `several` = examples may have several labels."""
    return spec.prompt or (BUILT_IN_SEVERAL if several and task is Task.CLASSIFICATION else BUILT_IN[task])
