"""Small workbooks of the four tasks, and answers to them as models give them: some clean, some in words or fences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reportgen.domain.records.plan import FieldSpec, FieldType, Task
from reportgen.workbook.blank.workbooks import write_workbook
from tests.fakes.model_server import Reply, Script

ASKED = "in use"
MODEL = "small-model"
FIELDS = (
    FieldSpec("Supplier", FieldType.NAME, required=True, citation_required=True),
    FieldSpec("Total", FieldType.MONEY, required=True),
    FieldSpec("Items", FieldType.LIST),
)
SYSTEM = "You sort mail. {{7*7}} and {% raw %} stay as they are {"
USER = "Labels:\n{labels}\n\nMail {#1#}:\n{input}\n{{text}}"
EVAL, KNOWN, TRAIN, HOLDOUT = 12, 2, 4, 3

_LABELS = ("refund", "order", "other")
_LABEL_ANSWERS = (
    "refund", "Order.", "other", 'The label is "order".', "refund or order", "", '{"label": "order"}',
    "Other\n\nsince it fits", "refund", "no idea", "'refund'", "order",
)  # fmt: skip
_FIELD_ANSWERS = (
    '{"Supplier": {"value": "Firm 0", "quote": "Firm 0 sent"}, "Total": "100.00", "Items": ["pen", "ink"]}',
    '```json\n{"Supplier": "Firm 1", "Total": 101, "Items": ["pen"]}\n```',
    '{"Supplier": "Firm 2", "Total": "102.00", "Items": "pen\\nink"}',
    'Here it is: {"Supplier": {"value": "Firm 3", "quote": "Firm 3 sent"}, "Total": 1e2, "Items": null,}',
    '{"Supplier": null, "Total": null}',
    "I cannot read this document.",
    '{"Supplier": ["Firm 6"], "Total": "106,00", "Items": [{"value": "pen", "quote": "pen"}]}',
    '{"supplier": "Firm 7", "TOTAL": 107.5, "Items": ["ink", "pen"], "reasoning": "short"}',
    "",
    '{"Supplier": "Firm 9", "Supplier": "Firm 8", "Total": 109}',
    '[{"Supplier": {"value": "Firm 10", "quote": "Firm 11 sent"}, "Total": {"value": 110, "quote": "110"}}]',
    '{"Supplier": true, "Total": "111.00"}',
)


def answer(task: Task, number: int) -> str:
    """Return what the model says to the example with this number."""
    match task:
        case Task.CLASSIFICATION:
            return _LABEL_ANSWERS[number % len(_LABEL_ANSWERS)]
        case Task.EXTRACTION:
            return _FIELD_ANSWERS[number % len(_FIELD_ANSWERS)]
        case Task.SUMMARIZATION:
            return "" if number == 5 else f"Firm {number} sent {number} pens. The total was {100 + number % 3}."
        case Task.QUESTION_ANSWERING:
            return "" if number == 5 else (f"the {100 + number}.00", "about a hundred", f"It was {100 + number}")[number % 3]


def text(number: int) -> str:
    """Return the input of one example; no one's is part of another's."""
    return f"[{number:03d}] Firm {number} sent {number} pens and ink, pen, in all {100 + number}.00 EUR."


def write(path: Path, task: Task, endpoint: str = "", *, mix: bool = True, **more: Any) -> Path:  # noqa: ANN401 - columns
    """Write a workbook whose candidate in use is asked at `endpoint`, or has its answers recorded where there is none."""
    splits = ["eval"] * EVAL + ["regression"] * KNOWN + ["train"] * TRAIN + ["holdout"] * HOLDOUT
    examples = [_example(task, n, split) for n, split in enumerate(splits)]
    rows: dict[str, Sequence[Mapping[str, Any]]] = {
        "Examples": examples,
        "Candidates": [_candidate(task, endpoint)],
        "Service levels": [{"Measure": "invalid output rate", "Comparison": "at most", "Target": 0.9, "Agreed by": "Ann"}],
        "Known failures": [{"Failure ID": "late", "Description": "Late orders were missed", "Severity": "high"}],
        "Costs": [
            {"Assumption": name, "Expected": 3, "Source": "count"}
            for name in ("Tasks per month", "Minutes per review", "Reviewer cost per hour", "Manual cost per task")
        ],
        **({"Production mix": [{"Segment": "web", "Share": 0.8}, {"Segment": "phone", "Share": 0.2}]} if mix else {}),
    }
    if task is Task.CLASSIFICATION:
        rows["Labels"] = [{"Label": name, "Description": f"about {{{name}}}"} for name in _LABELS]
        rows["Prompts"] = [{"Prompt": "own", "System message": SYSTEM, "User message": USER}]
    if not endpoint:
        rows["Recorded outputs"] = [
            {"Candidate": ASKED, "Example ID": f"E{n}", "Output": answer(task, n), "Attempts": 1, "Latency (s)": 0.5}
            | ({} if answer(task, n) else {"Outcome": "answered"})
            for n in range(EVAL + KNOWN)
        ]
    rows |= more
    fields = FIELDS if task is Task.EXTRACTION else ()
    write_workbook(path, task, fields=fields, evaluation={"Title": "Exchange", "Decimal mark": "."}, rows=rows)
    return path


def _candidate(task: Task, endpoint: str) -> dict[str, Any]:
    if not endpoint:
        return {"Candidate": ASKED, "Kind": "Recorded outputs", "Role": "production"}
    own = {"Prompt": "own", "Few-shot examples": 2} if task is Task.CLASSIFICATION else {"Few-shot examples": 1}
    asked = {"Candidate": ASKED, "Kind": "API model", "Model": f"openai/{MODEL}", "Role": "production", "Endpoint": endpoint}
    return asked | own | {"Settings": "structured output: no", "Input price": 0, "Output price": 0}


def _example(task: Task, number: int, split: str) -> dict[str, Any]:
    row = {"Example ID": f"E{number}", "Input": text(number), "Segment": ("web", "phone")[number % 2]}
    row |= {"Known failure": "late"} if split == "regression" else {"Split": split}
    match task:
        case Task.CLASSIFICATION:
            return row | {"Expected": _LABELS[number % 3]}
        case Task.EXTRACTION:
            wanted = {"Supplier": f"Firm {number}", "Total": f"{100 + number}.00", "Items": "pen\nink"}
            return row | {f"Expected: {name}": value for name, value in wanted.items() if number != 4 or name != "Items"}
        case Task.SUMMARIZATION:
            return row | {"Key facts": f"Firm {number} sent pens\n{100 + number}.00 EUR", "Reference summary": text(number)}
        case Task.QUESTION_ANSWERING:
            return row | {"Expected": f"{100 + number}.00\na hundred and {number}"}


def script(task: Task) -> Script:
    """Answer each example by its number, wherever in the last message it stands."""

    def reply(_: int, body: dict[str, Any]) -> Reply:
        asked = body["messages"][-1]["content"]
        number = max(range(EVAL + KNOWN), key=lambda n: asked.rfind(text(n)))
        return Reply(answer(task, number))

    return reply
