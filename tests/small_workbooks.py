"""Small workbooks of our own that run in seconds, for tests of the whole way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reportgen.domain.records.plan import Task
from reportgen.workbook.blank.page import CellValue
from reportgen.workbook.blank.workbooks import write_workbook

TEXTS = {
    "refund": ("I want my money back for order {n}", "Please refund order {n}, it never came", "Order {n}: refund, please"),
    "delivery": ("Where is parcel {n}?", "Parcel {n} is late again", "When does my delivery {n} arrive?"),
}
COSTS = {
    "Tasks per month": 1000,
    "Minutes per review": 3,
    "Reviewer cost per hour": 40,
    "Manual cost per task": 5,
}


def examples(count: int = 60) -> list[dict[str, Any]]:
    """Return labelled messages, two labels in turn, two segments."""
    rows = []
    for number in range(count):
        label = list(TEXTS)[number % 2]
        text = TEXTS[label][number // 2 % 3].format(n=1000 + number)
        segment = "mail" if number % 3 else "chat"
        rows.append({"Example ID": f"M{number:03d}", "Input": text, "Expected": label, "Segment": segment})
    return rows


def baseline(name: str, **more: object) -> dict[str, Any]:
    """Return one row of a local baseline."""
    return {"Candidate": name, "Kind": "Local baseline", "Model": name, **more}


def tickets(
    path: Path,
    *,
    candidates: Sequence[dict[str, Any]] | None = None,
    count: int = 60,
    columns: Sequence[dict[str, Any]] = (),
    all_eval: bool = False,
    at_once: int = 8,
    spending_limit: float | None = None,
    **more: Any,  # noqa: ANN401 - rows of any sheet
) -> Path:
    """Write a small classification workbook; `columns` are more cells of each example, `more` further sheets."""
    found = examples(count)
    if columns:
        found = [row | further for row, further in zip(found, columns, strict=True)]
    rows: dict[str, Sequence[dict[str, Any]]] = {
        "Examples": [row | {"Split": "eval"} for row in found] if all_eval else found,
        "Candidates": candidates or [baseline("majority"), baseline("nearest example", Role="production")],
        "Service levels": [
            {"Measure": "accuracy", "Comparison": "at least", "Target": 0.6, "Agreed by": "Ada"},
            {"Measure": "p95 latency", "Comparison": "at most", "Target": 5, "Agreed by": "Ada"},
            {"Measure": "cost per task", "Comparison": "at most", "Target": 4, "Agreed by": "Ada"},
        ],
        "Costs": [{"Assumption": name, "Expected": value} for name, value in COSTS.items()],
    }
    rows |= {name.replace("_", " "): value for name, value in more.items()}
    items: dict[str, CellValue] = {"Title": "Small tickets", "Most requests at once": at_once}
    items["Spending limit"] = spending_limit
    write_workbook(path, Task.CLASSIFICATION, evaluation=items, rows=rows)
    return path
