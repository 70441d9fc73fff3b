"""Worked examples of the sheets that `--with` adds; the sheet Filled example shows those that its workbook holds."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from reportgen.domain.records.plan import Task
from reportgen.workbook.blank.content import Row

_FIRST_ID: Mapping[Task, str] = MappingProxyType(
    {
        Task.CLASSIFICATION: "T-0001",
        Task.EXTRACTION: "C-0001",
        Task.SUMMARIZATION: "N-0001",
        Task.QUESTION_ANSWERING: "Q-0001",
    }
)

_OUTPUT: Mapping[Task, str] = MappingProxyType(
    {
        Task.CLASSIFICATION: "refund",
        Task.EXTRACTION: '{"Reference number": "2291", "Party": {"value": "Ada Lind", "quote": "Mrs Ada Lind"}}',
        Task.SUMMARIZATION: "Pump 3 stopped at 06:40 because of a worn seal. Pump 4 runs instead.",
        Task.QUESTION_ANSWERING: "5 days",
    }
)

_QUESTION: Mapping[Task, str] = MappingProxyType(
    {
        Task.CLASSIFICATION: "Which of these labels fits the message?\n{labels}\n\nMessage:\n{input}",
        Task.EXTRACTION: "Take these fields out of the document:\n{fields}\n\nDocument:\n{input}",
        Task.SUMMARIZATION: "Sum this note up in at most three sentences for the next shift.\n\n{input}",
        Task.QUESTION_ANSWERING: "Answer in a few words, from the text alone.\n\n{input}",
    }
)

_VERDICTS: Mapping[Task, tuple[Row, ...]] = MappingProxyType(
    {
        Task.CLASSIFICATION: ({"Verdict": "correct", "Reason": "The label is right."},),
        Task.EXTRACTION: (
            {"Part": "Party", "Verdict": "correct", "Reason": "The title Mrs is no part of the name."},
            {"Part": "Date", "Verdict": "missing", "Reason": "The lease names 3 April 2025."},
        ),
        Task.SUMMARIZATION: (
            {"Part": "fact 4", "Verdict": "omitted", "Reason": "Nothing is said of the spare."},
            {"Part": "sentence 1", "Verdict": "supported"},
        ),
        Task.QUESTION_ANSWERING: ({"Verdict": "correct"},),
    }
)

_MIX: Mapping[Task, Mapping[str, float]] = MappingProxyType(
    {
        Task.CLASSIFICATION: {"e-mail": 0.65, "chat": 0.35},
        Task.EXTRACTION: {"leases": 0.5, "supply": 0.3, "orders": 0.2},
        Task.SUMMARIZATION: {"plant A": 0.6, "plant B": 0.4},
        Task.QUESTION_ANSWERING: {"leave": 0.4, "travel": 0.6},
    }
)

_FURTHER: Mapping[str, tuple[Row, ...]] = MappingProxyType(
    {
        "Review rules": (
            {"Rule": "invalid output", "On": "yes"},
            {"Rule": "low confidence", "Threshold": 0.8, "On": "yes"},
        ),
        "Known failures": (
            {
                "Failure ID": "F-1",
                "Description": "Short, misspelt messages were not understood.",
                "Severity": "high",
                "First seen": "2025-05-12",
            },
        ),
        "Requirements": (
            {
                "Candidate": "Small model",
                "Requirement": "Data stays in the EU",
                "Importance": "must",
                "Met": "unknown",
                "Source": "Contract of May, not yet signed",
                "Confirmed by": "I. Moss",
                "Date": "2025-05-20",
            },
        ),
        "Screening": (
            {
                "Model": "openai/gpt-4o-mini",
                "Board": "The board's name",
                "Rating": 1272,
                "Low": 1268,
                "High": 1276,
                "Votes": 30000,
                "As of": "2025-05-02",
            },
        ),
        "Attestations": (
            {
                "Statement": "The service levels were agreed before any candidate was run.",
                "Confirmed by": "I. Moss",
                "Role": "Head of service",
                "Date": "2025-05-20",
            },
        ),
    }
)


_OF_TASK: Mapping[Task, Mapping[str, tuple[Row, ...]]] = MappingProxyType(
    {
        Task.EXTRACTION: {
            "Records": (
                {"Example ID": "C-0003", "Description": "Chair Alva", "Quantity": "12", "Amount": "EUR 1320.00"},
                {"Example ID": "C-0003", "Description": "Delivery", "Amount": "EUR 120.00"},
            )
        },
        Task.CLASSIFICATION: {
            "Mistake costs": (
                {"Expected": "refund", "Given": "delivery", "Cost": 4},
                {"Expected": "refund", "Given": "(none)", "Cost": 2},
            )
        },
    }
)


def further_rows(task: Task) -> Mapping[str, tuple[Row, ...]]:
    """Return example rows of every sheet beyond the usual ones, by its name; those of recorded sheets fit the task."""
    one = {"Candidate": "Today's system", "Example ID": _FIRST_ID[task]}
    judged = {**one, "Judge kind": "person", "Judged by": "I. Moss", "Judged on": "2025-05-20"}
    recorded: Row = {**one, "Output": _OUTPUT[task], "Latency (s)": 1.4, "Attempts": 1, "Recorded on": "2025-04-30"}
    return {
        "Prompts": ({"Prompt": "Short", "System message": "You are exact and brief.", "User message": _QUESTION[task]},),
        "Recorded outputs": (recorded,),
        "Recorded verdicts": tuple({**judged, **verdict} for verdict in _VERDICTS[task]),
        "Production mix": tuple({"Segment": segment, "Share": share} for segment, share in _MIX[task].items()),
        **_FURTHER,
        **_OF_TASK.get(task, {}),
    }
