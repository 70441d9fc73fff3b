"""Small workbooks from the corners of what people bring, for pages that must not contradict themselves."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from reportgen.domain.records.plan import FieldSpec, FieldType, Task
from reportgen.workbook.blank.content import Row
from reportgen.workbook.blank.page import CellValue
from reportgen.workbook.blank.workbooks import write_workbook

COSTS = {"Tasks per month": 1000, "Minutes per review": 3, "Reviewer cost per hour": 40, "Manual cost per task": 5}
LABELS = ("refund", "delivery", "invoice")
Answer = Callable[[int, str], str]
"""From the number of an example and its right label to what the candidate answers."""


def level(measure: str, comparison: str, target: float, **more: Any) -> Row:  # noqa: ANN401 - cells
    return {"Measure": measure, "Comparison": comparison, "Target": target, "Agreed by": "Ada", **more}


OF_90 = (level("accuracy", "at least", 0.9), level("p95 latency", "at most", 5), level("cost per task", "at most", 4))


def erring(wrong: int, of: int = 100) -> Answer:
    """Answer wrongly on so many of each hundred examples, spread evenly."""
    return lambda n, right: "invoice" if right != "invoice" and n % of < wrong * 1.5 else right


def book(
    path: Path,
    answers: Mapping[str, Answer],
    *,
    rows: int = 200,
    labels: Sequence[str] = LABELS,
    levels: Sequence[Row] = OF_90,
    costs: Mapping[str, float] | None = None,
    prices: Callable[[int], float | None] = lambda n: 5.0 + n,
    seconds: float | None = 1.0,
    production: bool = True,
    segment: Callable[[int], str] = lambda n: ("mail", "chat")[n % 2],
    failures: bool = True,
    text: Callable[[int, str], str] = lambda n, right: f"Message {n} about a {right}",
    evaluation: Mapping[str, CellValue] | None = None,
    outcome: str = "answered",
    **more: Sequence[Row],
) -> Path:
    """Write a classification workbook with recorded answers; the first candidate is in production."""
    examples: list[Row] = []
    for n in range(rows):
        right = labels[n % len(labels)]
        failure = "KF-1" if failures and n >= rows - 4 else ""
        examples.append(
            {"Example ID": f"M{n:03d}", "Input": text(n, right), "Expected": right, "Segment": segment(n)}
            | ({"Known failure": failure} if failure else {"Split": "eval" if n % 10 or not failures else "holdout"})
        )
    asked = [(n, e) for n, e in enumerate(examples) if e.get("Split") != "holdout"]
    recorded: list[Row] = [
        {
            "Candidate": name,
            "Example ID": e["Example ID"],
            "Output": answer(n, str(e["Expected"])) if outcome == "answered" else None,
            "Outcome": outcome,
            "Latency (s)": None if seconds is None else seconds * (1 + n % 7 / 10),
            "Attempts": 1,
            "Input tokens": 1000 + n,
            "Output tokens": 10,
        }
        for name, answer in answers.items()
        for n, e in asked
    ]
    candidates: list[Row] = []
    for n, name in enumerate(answers):
        price = prices(n)
        role = "production" if production and not n else "candidate"
        row: dict[str, CellValue] = {"Candidate": name, "Kind": "Recorded outputs", "Role": role}
        if price is not None:
            row |= {"Input price": price, "Output price": price}
        candidates.append(row)
    given: dict[str, Sequence[Row]] = {
        "Examples": examples,
        "Candidates": candidates,
        "Service levels": levels,
        "Costs": [{"Assumption": name, "Expected": value} for name, value in (COSTS if costs is None else costs).items()],
        "Recorded outputs": recorded,
    }
    if failures:
        given["Known failures"] = [{"Failure ID": "KF-1", "Description": "Took an invoice for a refund"}]
    given |= {name.replace("_", " "): value for name, value in more.items()}
    items: dict[str, CellValue] = {"Title": "Which model sorts our mail?", **(evaluation or {})}
    write_workbook(path, Task.CLASSIFICATION, evaluation=items, rows=given)
    return path


def extraction(path: Path, documents: int = 150) -> Path:
    """Every field stands in every document, all values are right, and the levels are those of the blank."""
    fields = (FieldSpec("Invoice number", type=FieldType.TEXT), FieldSpec("Total", type=FieldType.MONEY))
    examples: list[Row] = [
        {
            "Example ID": f"D{n:03d}", "Input": f"Invoice INV-{n:04d}, total USD {n + 10}.00", "Split": "eval",
            "Expected: Invoice number": f"INV-{n:04d}", "Expected: Total": n + 10,
        }
        for n in range(documents)
    ]  # fmt: skip
    recorded: list[Row] = [
        {
            "Candidate": name, "Example ID": f"D{n:03d}", "Latency (s)": 1.0, "Attempts": 1, "Outcome": "answered",
            "Output": json.dumps({"Invoice number": f"INV-{n:04d}", "Total": n + 10 + (n % 50 < wrong)}),
            "Input tokens": 900, "Output tokens": 30,
        }
        for name, wrong in (("Today", 3), ("Newer", 0))
        for n in range(documents)
    ]  # fmt: skip
    candidates: list[Row] = [
        {"Candidate": name, "Kind": "Recorded outputs", "Role": role, "Input price": 2, "Output price": 8}
        for name, role in (("Today", "production"), ("Newer", "candidate"))
    ]
    rows: dict[str, Sequence[Row]] = {
        "Examples": examples,
        "Candidates": candidates,
        "Recorded outputs": recorded,
        "Costs": [{"Assumption": name, "Expected": value} for name, value in COSTS.items()],
    }
    write_workbook(path, Task.EXTRACTION, fields=fields, evaluation={"Title": "Invoices"}, rows=rows, begun=True)
    return path


def answers_to_questions(path: Path) -> Path:
    """Questions whose answers are a word or two."""
    examples: list[Row] = [
        {"Example ID": f"Q{n:03d}", "Input": f"How many days does rule {n} give?", "Expected": f"{n} days", "Split": "eval"}
        for n in range(120)
    ]
    recorded: list[Row] = [
        {
            "Candidate": name, "Example ID": f"Q{n:03d}", "Latency (s)": 1.0, "Attempts": 1, "Outcome": "answered",
            "Output": f"{n} days" if n % 20 >= wrong else "I do not know", "Input tokens": 500, "Output tokens": 5,
        }
        for name, wrong in (("Today", 3), ("Newer", 1))
        for n in range(120)
    ]  # fmt: skip
    rows: dict[str, Sequence[Row]] = {
        "Examples": examples,
        "Candidates": [
            {"Candidate": name, "Kind": "Recorded outputs", "Role": role, "Price per task": 0.01}
            for name, role in (("Today", "production"), ("Newer", "candidate"))
        ],
        "Recorded outputs": recorded,
        "Service levels": [level("exact answer rate", "at least", 0.8), level("cost per task", "at most", 1)],
        "Costs": [{"Assumption": name, "Expected": value} for name, value in COSTS.items()],
    }
    write_workbook(path, Task.QUESTION_ANSWERING, evaluation={"Title": "Staff handbook"}, rows=rows)
    return path


def _three(first: int = 8, second: int = 2, third: int = 3) -> dict[str, Answer]:
    return {"Today": erring(first), "Newer": erring(second), "Dearer": erring(third)}


LONG = "A candidate whose name somebody wrote as a whole sentence with its settings, v{n}"
CORNERS: Mapping[str, Callable[[Path], Path]] = {
    "recommend": lambda p: book(p, _three()),
    "pilot": lambda p: book(p, _three(12, 7, 8)),
    "no_production": lambda p: book(p, _three(), production=False),
    "nothing_qualifies": lambda p: book(p, _three(40, 30, 35)),
    "all_tie": lambda p: book(p, {name: erring(3) for name in ("Today", "B", "C")}, prices=lambda _: 5.0),
    "unpriced": lambda p: book(p, _three(), prices=lambda _: None),
    "some_unpriced": lambda p: book(p, _three(), prices=lambda n: None if n == 1 else 5.0),
    "one_candidate": lambda p: book(p, {"Only": erring(2)}, production=False),
    "all_invalid": lambda p: book(p, {"Today": lambda n, _: f"Well, {n}", "Newer": lambda n, _: f"Hm {n}"}),
    "twenty": lambda p: book(p, {f"model-{n:02d}": erring(n % 12) for n in range(20)}),
    "long_names": lambda p: book(p, {LONG.format(n=n): erring(n * 3) for n in range(3)}),
    "unbroken_names": lambda p: book(
        p, {f"provider/very-long_ModelNameInCamelCaseWithoutAnyBlank-2026-03-15-v{n}": erring(n * 3) for n in range(5)}
    ),
    "one_label": lambda p: book(p, _three(), labels=("refund",)),
    "no_segments": lambda p: book(p, _three(), segment=lambda _: ""),
    "many_segments": lambda p: book(p, _three(), segment=lambda n: f"Branch {n % 40:02d}"),
    "worst_segment": lambda p: book(
        p, {"Today": erring(8), "Newer": lambda n, r: "invoice" if n % 8 == 1 and r != "invoice" else r}
    ),
    "tiny": lambda p: book(p, _three(), rows=12, failures=False),
    "all_right": lambda p: book(p, {"Today": erring(0), "Newer": erring(0)}, seconds=1.0),
    "short_of_rows": lambda p: book(
        p, _three(2, 0, 0), levels=(level("accuracy", "at least", 0.995), level("cost per task", "at most", 4))
    ),
    "too_dear": lambda p: book(p, _three(3, 2, 2), costs=COSTS | {"Manual cost per task": 0.004}),
    "no_latency": lambda p: book(p, _three(), seconds=None),
    "euro": lambda p: book(p, _three(12, 7, 8), evaluation={"Currency": "EUR"}),
    "no_levels": lambda p: book(p, _three(), levels=[level("failure rate", "at most", 0.02, Importance="should")]),
    "all_failed": lambda p: book(p, _three(), outcome="error"),
    "point_rule": lambda p: book(p, _three(12, 8, 9), evaluation={"Rule": "point estimate"}),
    "requirement_open": lambda p: book(
        p, _three(), Requirements=[
            {"Candidate": "Newer", "Requirement": "Data stays in the EU", "Importance": "must", "Met": "unknown"},
            {"Candidate": "Dearer", "Requirement": "Data stays in the EU", "Importance": "must", "Met": "no"},
        ]
    ),
    "mix": lambda p: book(
        p, _three(), Production_mix=[{"Segment": "mail", "Share": 0.9}, {"Segment": "chat", "Share": 0.1}]
    ),
    "sentences": lambda p: book(
        p, {"Please do not buy this model.": erring(8), "Ask people first!": erring(2), 'Never refuse; say "yes"': erring(3)}
    ),
    "cost_level_alone": lambda p: book(
        p, _three(3, 2, 2), levels=(level("accuracy", "at least", 0.8), level("cost per task", "at most", 0.0001))
    ),
    "neither_price_nor_time": lambda p: book(p, _three(), prices=lambda _: None, seconds=None),
    "every_field_there": extraction,
    "questions": answers_to_questions,
    "no_failures": lambda p: book(p, _three(), failures=False, costs={"Tasks per month": 1000, "Manual cost per task": 5}),
}  # fmt: skip
