"""Workbooks of pairs: what is expected beside what was answered, through the whole program to results.json."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reportgen.domain.records.plan import Task
from reportgen.evaluation import evaluate
from reportgen.workbook.blank.workbooks import write_workbook
from tests.small_workbooks import COSTS

Pair = tuple[str, str]
FIELD = "Value"


def results(workbook: Path) -> dict[str, Any]:
    """Run one workbook and return its results.json, and as `parts` those of the first candidate by example."""
    _, folder = evaluate(workbook)
    found: dict[str, Any] = json.loads((folder.path / "results.json").read_text(encoding="utf-8"))
    scores = [json.loads(line) for line in (folder.path / "evidence" / "scores.jsonl").read_text("utf-8").splitlines()]
    first = found["candidates"][0]["name"]
    found["parts"] = {s["example_id"]: s["strict"]["parts"] for s in scores if s["candidate"] == first}
    return found


def figures(found: dict[str, Any], candidate: str = "kept") -> dict[str, Any]:
    """Return the measurements of one candidate."""
    measured: dict[str, Any] = next(c["measurements"] for c in found["candidates"] if c["name"] == candidate)
    return measured


def pairs_book(path: Path, pairs: Sequence[Pair], field: dict[str, Any], **evaluation: str) -> Path:
    """Write an extraction workbook with one field; an answer that starts with a bracket is JSON."""
    answers = [json.loads(given) if given[:1] in {"[", "{"} else given for _, given in pairs]
    rows: dict[str, Sequence[dict[str, Any]]] = {
        "Examples": [
            {
                "Example ID": f"P{number}",
                "Input": f"document {number} about matter {number * 7919}",
                f"Expected: {FIELD}": expected,
                "Output: kept": json.dumps({FIELD: given}, ensure_ascii=False),
                "Split": "eval",
            }
            for number, ((expected, _), given) in enumerate(zip(pairs, answers, strict=True))
        ],
        "Fields": [{"Field": FIELD, **field}],
        **_others("field accuracy"),
    }
    items = {"Title": "Pairs"} | {name.replace("_", " "): value for name, value in evaluation.items()}
    write_workbook(path, Task.EXTRACTION, evaluation=items, rows=rows)
    return path


def answers_book(path: Path, pairs: Sequence[Pair], **evaluation: str) -> Path:
    """Write a question answering workbook."""
    rows: dict[str, Sequence[dict[str, Any]]] = {
        "Examples": [
            {
                "Example ID": f"P{number}",
                "Input": f"Question {number} about matter {number * 7919}?",
                "Expected": expected,
                "Output: kept": given,
                "Split": "eval",
            }
            for number, (expected, given) in enumerate(pairs)
        ],
        **_others("exact answer rate"),
    }
    items = {"Title": "Answers"} | {name.replace("_", " "): value for name, value in evaluation.items()}
    write_workbook(path, Task.QUESTION_ANSWERING, evaluation=items, rows=rows)
    return path


def _others(measure: str) -> dict[str, Sequence[dict[str, Any]]]:
    return {
        "Candidates": [{"Candidate": "kept", "Kind": "Recorded outputs", "Input price": 1, "Output price": 2}],
        "Service levels": [{"Measure": measure, "Comparison": "at least", "Target": 0.5, "Agreed by": "Ada"}],
        "Costs": [{"Assumption": name, "Expected": value} for name, value in COSTS.items()],
    }


def marks(found: dict[str, Any]) -> list[str]:
    """Return the mark of every pair in order."""
    return [found["parts"][f"P{number}"][0]["mark"] for number in range(len(found["parts"]))]
