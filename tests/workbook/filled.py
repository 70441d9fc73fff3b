"""Small filled workbooks made with openpyxl, so that the reader is not judged by our own writer."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Collection, Mapping
from pathlib import Path

import openpyxl

from reportgen.domain.records.plan import EvaluationPlan, Task
from reportgen.problems import Problem, Severity
from reportgen.workbook.reading.parser import check_plan

Cell = str | bool | float | dt.date | None
Sheets = dict[str, list[list[Cell]]]

_COSTS: list[list[Cell]] = [
    ["Assumption", "Low", "Expected", "High", "Unit", "Source"],
    ["Tasks per month", 8000, 10000, 12000, "tasks", "report of May"],
    ["Minutes per review", None, 3, None, "minutes", None],
    ["Reviewer cost per hour", None, 36, None, "USD", None],
    ["Manual cost per task", None, 4.5, None, "USD", None],
]
_LEVELS: list[list[Cell]] = [
    ["Measure", "Scope", "Comparison", "Target", "Unit", "Importance", "Agreed by", "Agreed on", "Reason"],
    ["p95 latency", "overall", "at most", 2.5, "s", "must", "Ann", "2026-04-03", "people wait"],
]
_CANDIDATES: list[list[Cell]] = [
    ["Candidate", "Kind", "Model", "Role", "Input price", "Output price", "Key variable", "Include"],
    ["small", "API model", "openai/gpt-4o-mini", "production", 0.15, 0.6, "OPENAI_API_KEY", None],
    ["kept", "Recorded outputs", None, None, None, None, None, "yes"],
]


def sheets(task: Task) -> Sheets:
    """Return the sheets of a clean workbook, header row first, to be spoilt."""
    made: Sheets = {
        "Evaluation": [["Item", "Value", "Help"], ["Title", f"A {task.value} test", None], ["Task", task.value, None]],
        **_TASK_SHEETS[task],
        "Candidates": _CANDIDATES,
        "Service levels": _LEVELS,
        "Costs": _COSTS,
    }
    return copy.deepcopy(made)


_TASK_SHEETS: dict[Task, Sheets] = {
    Task.CLASSIFICATION: {
        "Examples": [
            ["Example ID", "Input", "Expected", "Segment", "Output: kept", "Region"],
            ["A1", "  Where is my\n money? ", "refund", "e-mail", "refund", "north"],
            ["A2", "Please send 3 boxes", "Order", "phone", "order", "south"],
            ["A3", "I want it back", "Purchase", "phone", "refund", None],
        ],
        "Labels": [
            ["Label", "Description", "Also written as"],
            ["refund", "money back", None],
            ["order", None, "purchase\nbuy"],
        ],
    },
    Task.EXTRACTION: {
        "Examples": [
            [
                "Example ID",
                "Input",
                "Expected: Tenant",
                "Evidence: Tenant",
                "Expected: Rent",
                "Expected: Parties",
                "Output: kept",
            ],
            ["A1", "The tenant is Ann Lee. Rent 1,200.50", "Ann Lee", "tenant is Ann Lee", "1,200.50", "Ann Lee\nBob", "{}"],
            ["A2", "No rent.", "?", None, None, None, '{"Tenant": null}'],
        ],
        "Fields": [
            ["Field", "Type", "Required", "Citation required", "Tolerance"],
            ["Tenant", "name", "yes", True, None],
            ["Rent", "money", "no", None, 0.5],
            ["Parties", "list", None, None, None],
        ],
    },
    Task.SUMMARIZATION: {
        "Examples": [
            ["Example ID", "Input", "Reference summary", "Key facts", "Output: kept"],
            ["A1", "A long text.", "A text.", "It is long.\nIt is a text.", "Long."],
            ["A2", "Another text.", None, "It is another.", "Another."],
        ]
    },
    Task.QUESTION_ANSWERING: {
        "Examples": [
            ["Example ID", "Question", "Expected", "Output: kept"],
            ["A1", "Capital of France?", "Paris\nParis, France", "Paris"],
            ["A2", "2 + 2?", 4, "four"],
        ]
    },
}


def write(made: Sheets, path: Path) -> Path:
    """Write the sheets into an .xlsx file."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in made.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def check(
    made: Sheets,
    folder: Path,
    *,
    allow_commands: bool = False,
    allowed_keys: Mapping[str, str] | None = None,
    allowed_hosts: Collection[str] = (),
) -> tuple[EvaluationPlan | None, tuple[Problem, ...]]:
    """Write the sheets and read them."""
    return check_plan(
        write(made, folder / "evaluation.xlsx"),
        allow_commands=allow_commands,
        allowed_keys=allowed_keys or {},
        allowed_hosts=frozenset(allowed_hosts),
    )


def errors(
    made: Sheets,
    folder: Path,
    *,
    allow_commands: bool = False,
    allowed_keys: Mapping[str, str] | None = None,
    allowed_hosts: Collection[str] = (),
) -> list[str]:
    """Return the errors of a workbook as `where: what remedy`; a plan stands exactly when there are none."""
    plan, problems = check(
        made, folder, allow_commands=allow_commands, allowed_keys=allowed_keys, allowed_hosts=allowed_hosts
    )
    found = [str(p) for p in problems if p.severity is Severity.ERROR]
    assert (plan is None) == bool(found)
    return found


def warnings(made: Sheets, folder: Path) -> list[str]:
    """Return the warnings and notes of a workbook that may run."""
    plan, problems = check(made, folder)
    assert plan is not None, [str(p) for p in problems]
    assert plan.warnings == problems
    return [str(p) for p in problems]
