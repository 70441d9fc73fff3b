"""Worked examples for the sheet Filled example: a few rows a sheet, one set a task, all invented."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from reportgen.domain.records.plan import Task
from reportgen.workbook.blank.content import Row

_CANDIDATES: Mapping[Task, tuple[str, str]] = MappingProxyType(
    {
        Task.CLASSIFICATION: ("majority", "The simplest method there is; a model must beat it."),
        Task.EXTRACTION: ("anchors and patterns", "Finds values by the words around them."),
        Task.SUMMARIZATION: ("lead sentences", "Takes the first sentences; a model must beat it."),
        Task.QUESTION_ANSWERING: ("nearest example", "Gives the answer of the most similar example."),
    }
)

_EXAMPLES: Mapping[Task, tuple[Row, ...]] = MappingProxyType(
    {
        Task.CLASSIFICATION: (
            {
                "Example ID": "T-0001",
                "Input": "Hello, I was charged twice for March. Please send one payment back.",
                "Expected": "refund",
                "Segment": "e-mail",
            },
            {
                "Example ID": "T-0002",
                "Input": "The parcel says delivered but nothing is here.",
                "Expected": "delivery",
                "Segment": "chat",
                "Second label": "delivery",
            },
            {
                "Example ID": "T-0003",
                "Input": "Cancel my contract, and where is my refund?",
                "Expected": "cancellation",
                "Segment": "e-mail",
                "Notes": "One label a case: the one that decides who handles it.",
            },
            {
                "Example ID": "T-0004",
                "Input": "cancell pls",
                "Expected": "cancellation",
                "Segment": "chat",
                "Known failure": "F-1",
                "Notes": "Misspelt; went wrong in May.",
            },
        ),
        Task.EXTRACTION: (
            {
                "Example ID": "C-0001",
                "Input": "Lease no. 2291 of 3 April 2025 between Nordhafen Ltd and Mrs Ada Lind. Rent: EUR 1,250.00.",
                "Expected: Reference number": "2291",
                "Expected: Party": "Ada Lind",
                "Expected: Date": "2025-04-03",
                "Expected: Amount": "EUR 1250.00",
                "Evidence: Party": "Mrs Ada Lind",
                "Segment": "leases",
            },
            {
                "Example ID": "C-0002",
                "Input file": "contracts/supply-17.pdf",
                "Expected: Reference number": "S-17",
                "Expected: Party": "Brinkmann GmbH\nBrinkmann",
                "Expected: Date": "?",
                "Segment": "supply",
                "Notes": "Two spellings are right. Nobody looked for the date (?). The contract names no amount (blank).",
            },
            {
                "Example ID": "C-0003",
                "Input": "Order 778: 12 chairs for Alva School, total 1,440.00 EUR, delivery within 14 days.",
                "Expected: Reference number": "778",
                "Expected: Party": "Alva School",
                "Expected: Amount": "EUR 1440.00",
                "Segment": "orders",
            },
        ),
        Task.SUMMARIZATION: (
            {
                "Example ID": "N-0001",
                "Input": "At 06:40 pump 3 stopped. The shift switched to pump 4. The seal was worn; a spare is due Friday.",
                "Reference summary": "Pump 3 failed at 06:40, a worn seal; pump 4 runs instead, the spare comes Friday.",
                "Key facts": "Pump 3 stopped at 06:40\nThe seal was worn\nPump 4 has taken over\nThe spare is due on Friday",
                "Segment": "plant A",
            },
            {
                "Example ID": "N-0002",
                "Input file": "notes/2025-05-12.docx",
                "Key facts": "The valve was replaced\nNobody was hurt",
                "Segment": "plant B",
                "Notes": "A long note stays in its file; no reference summary is needed.",
            },
        ),
        Task.QUESTION_ANSWERING: (
            {
                "Example ID": "Q-0001",
                "Input": "Staff may carry over five days of leave until March.\n\nQuestion: How many days are carried over?",
                "Expected": "5 days\nfive days\n5",
                "Segment": "leave",
                "Notes": "Every wording that counts as right, one a line.",
            },
            {
                "Example ID": "Q-0002",
                "Input": "Travel by train is booked in second class.\n\nQuestion: Which class is booked for train travel?",
                "Expected": "second class\nsecond",
                "Segment": "travel",
            },
            {
                "Example ID": "Q-0003",
                "Input": "Receipts are handed in within 30 days.\n\nQuestion: By when must receipts be in?",
                "Expected": "within 30 days\n30 days",
                "Segment": "travel",
                "Known failure": "F-1",
            },
        ),
    }
)

_LABELS: tuple[Row, ...] = (
    {"Label": "refund", "Description": "The customer wants money back.", "Also written as": "money back\nreimbursement"},
    {"Label": "delivery", "Description": "A parcel is late, lost or damaged."},
    {"Label": "cancellation", "Description": "A contract or order is to end."},
)

_FIELDS: tuple[Row, ...] = (
    {
        "Field": "Reference number",
        "Type": "text",
        "Required": "yes",
        "Description": "The number that identifies the document.",
    },
    {"Field": "Party", "Type": "name", "Required": "yes", "Citation required": "yes", "Description": "The other side."},
    {"Field": "Date", "Type": "date", "Description": "The day of signature."},
    {"Field": "Amount", "Type": "money", "Tolerance": 0.01, "Description": "The total, or the monthly amount."},
)

_COSTS: tuple[Row, ...] = (
    {
        "Assumption": "Tasks per month",
        "Low": 8000,
        "Expected": 10000,
        "High": 14000,
        "Unit": "tasks",
        "Source": "Count of 2025",
    },
    {
        "Assumption": "Minutes per review",
        "Low": 1,
        "Expected": 2,
        "High": 4,
        "Unit": "minutes",
        "Source": "Timed on 40 cases",
    },
    {"Assumption": "Reviewer cost per hour", "Expected": 38, "Unit": "USD", "Source": "Payroll"},
    {"Assumption": "Manual cost per task", "Low": 1.2, "Expected": 1.6, "High": 2.2, "Unit": "USD", "Source": "Controlling"},
)


def worked_rows(task: Task) -> Mapping[str, tuple[Row, ...]]:
    """Return example rows for one task, sheet by sheet in the order of the workbook."""
    baseline, why = _CANDIDATES[task]
    candidates: tuple[Row, ...] = (
        {
            "Candidate": "Today's system",
            "Kind": "Recorded outputs",
            "Role": "production",
            "Notes": "Its answers of last month.",
        },
        {
            "Candidate": "Small model",
            "Kind": "API model",
            "Model": "openai/gpt-4o-mini",
            "Input price": 0.15,
            "Output price": 0.6,
            "Price source": "Price page of the provider",
            "Price date": "2025-05-02",
        },
        {"Candidate": "Simple method", "Kind": "Local baseline", "Model": baseline, "Notes": why},
    )
    parts: dict[str, tuple[Row, ...]] = {"Examples": _EXAMPLES[task]}
    if task is Task.CLASSIFICATION:
        parts["Labels"] = _LABELS
    if task is Task.EXTRACTION:
        parts["Fields"] = _FIELDS
    return parts | {"Candidates": candidates, "Costs": _COSTS}
