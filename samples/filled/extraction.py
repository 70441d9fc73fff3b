"""The extraction sample: keying in the invoices of a joinery's suppliers."""

from __future__ import annotations

from collections.abc import Mapping

from reportgen.domain.records.plan import FieldSpec, FieldType, Task
from samples.common import CURRENCY, Row, Sample, attestations, cost, level, local_baseline, local_program, with_splits
from samples.corpora.invoices import DATE, DUE, NUMBER, ORDERS, SUPPLIER, VAT, Invoice, invoices
from samples.corpora.invoices_failures import FAILURES
from samples.programs import invoice_cross_check, invoice_lines, invoice_patterns

TASK = Task.EXTRACTION
SEED = 11
COUNT = 560
SHARES = (0.4, 0.4, 0.2)
PATTERNS, LINES, CROSS = "Patterns (today)", "Line reader", "Cross-check"

FIELDS = (
    FieldSpec(
        SUPPLIER, FieldType.NAME, required=True, description="The company that issued the invoice, with its legal form"
    ),
    FieldSpec(
        NUMBER,
        FieldType.TEXT,
        required=True,
        citation_required=True,
        description="The supplier's number of this invoice, not the delivery note, customer or order number",
    ),
    FieldSpec(DATE, FieldType.DATE, required=True, description="The day of issue, not of delivery or payment"),
    FieldSpec(
        DUE,
        FieldType.MONEY,
        citation_required=True,
        tolerance=0.005,
        description="What is still to be paid, after deposits; absent when the bill is settled",
    ),
    FieldSpec(
        VAT,
        FieldType.CHOICE,
        choices=("standard rate", "reduced rate", "reverse charge", "exempt"),
        also_written=("standard rate = 20 %", "reduced rate = 7 %", "exempt = VAT exempt"),
        description="How the invoice treats VAT; absent when it says nothing",
    ),
    FieldSpec(ORDERS, FieldType.LIST, description="All order numbers of ours that the invoice names, one a line"),
)


def sample() -> Sample:
    """Return everything that stands in the workbook but the recorded outputs, which are measured when it is written."""
    return Sample(
        TASK,
        evaluation=EVALUATION,
        fields=FIELDS,
        sheets={
            "Examples": _examples(),
            "Candidates": _candidates(),
            "Service levels": LEVELS,
            "Costs": COSTS,
            "Review rules": REVIEW_RULES,
            "Production mix": MIX,
            "Known failures": [
                {"Failure ID": key, "Description": told, "Severity": severity, "First seen": seen}
                for key, (told, severity, seen, _) in FAILURES.items()
            ],
            "Requirements": REQUIREMENTS,
            "Attestations": ATTESTATIONS,
        },
        programs={PATTERNS: invoice_patterns.answer, LINES: invoice_lines.answer, CROSS: invoice_cross_check.answer},
    )


def _examples() -> list[Row]:
    rows = [_row(f"V{n:04d}", invoice) for n, invoice in enumerate(invoices(SEED, COUNT), start=1)]
    failures = [
        {**_row(f"{key}-{n}", case), "Known failure": key}
        for key, (_, _, _, cases) in FAILURES.items()
        for n, case in enumerate(cases, start=1)
    ]
    return with_splits(TASK, rows + failures, seed=1, shares=SHARES)


def _row(name: str, invoice: Invoice) -> Row:
    row: Row = {"Example ID": name, "Input": invoice.text, "Segment": invoice.segment}
    for spec in FIELDS:
        row[f"Expected: {spec.name}"] = invoice.values.get(spec.name) or None
        row[f"Evidence: {spec.name}"] = invoice.evidence.get(spec.name) or None
    return row


def _candidates() -> list[Row]:
    return [
        local_program(PATTERNS, "production", 60, "In use since 2022: one regular expression a field, first match wins."),
        local_program(
            LINES, "candidate", 80, "Splits each line into label and value; labels are compared letter by letter."
        ),
        local_program(
            CROSS,
            "candidate",
            110,
            "Runs both other readers; its confidence is the share of fields on which they agree.",
        ),
        local_baseline("Anchors and patterns", "anchors and patterns", 120, "Learns the surroundings of values from train."),
        local_baseline("Nearest invoice", "nearest example", 60, "Copies the fields of the most similar train invoice."),
    ]


EVALUATION: Mapping[str, str | float] = {
    "Title": "Keying in supplier invoices",
    "Purpose": "Take six fields from 6,500 invoices a month so that two clerks only check what is doubtful. A sample "
    "made by the authors of reportgen: buyer, suppliers and invoices are made up; the answers are real.",
    "Business owner": "Head of accounts, Halden Joinery Cooperative",
    "Prepared by": "Accounts office, Halden Joinery Cooperative",
    "Document number": "HJC-ACC-2026-031",
    "Confidentiality": "Internal",
    "Decision needed by": "2027-01-15",
    "Primary measure": "field F1",
    "Train share": SHARES[0],
    "Eval share": SHARES[1],
    "Holdout share": SHARES[2],
    "Currency": CURRENCY,
    "Date order": "DMY",
    "Out-of-scope uses": "Not for releasing a payment without a clerk, nor for contracts, reminders, hand-written slips.",
    "Risk class": "Not high-risk under the EU AI Act; medium materiality",
    "Risk class decided by": "Head of accounts, Halden Joinery Cooperative",
    "Monitored by": "Accounts office, Halden Joinery Cooperative",
    "Evidence kept until": "10 years after the end of use",
}

_AGREED = {"Importance": "must", "Agreed by": "Head of accounts", "Agreed on": "2026-11-09"}
LEVELS: list[Row] = [
    level("field F1", "at least", 0.88, "Below that the clerks would rather key in everything themselves.", **_AGREED),
    level(
        "recall",
        "at least",
        0.9,
        "The amount is what the payment run needs.",
        Scope=f"field: {DUE}",
        **{**_AGREED, "Agreed by": "Treasury"},
    ),
    level("invented field rate", "at most", 0.13, "One in eight: what the clerks manage on a busy day.", **_AGREED),
    level(
        "recall",
        "at least",
        0.85,
        "A wrong date loses the discount; today's patterns take the date of the delivery note.",
        Scope=f"field: {DATE}",
        **_AGREED,
    ),
    level("schema-valid rate", "at least", 0.97, "The accounting system takes nothing else.", **_AGREED),
    level("citation accuracy", "at least", 0.95, "The auditors follow each amount back to its line.", **_AGREED),
    level("review rate", "at most", 0.25, "Two clerks, eight hours: a quarter of the invoices.", **_AGREED),
    level("p95 latency", "at most", 2, "The scanner feeds a page every two seconds.", **_AGREED),
    level(
        "cost per task",
        "at most",
        1.6,
        "Keying in by hand costs EUR 3.10.",
        **{**_AGREED, "Agreed by": "Controlling"},
    ),
    level(
        "field accuracy",
        "at least",
        0.85,
        "A fifth of the invoices still arrives on paper.",
        Scope="segment: scan",
        **{**_AGREED, "Importance": "should"},
    ),
    level(
        "known-failure pass rate",
        "at least",
        0.6,
        "The two failures of the last audit.",
        **{**_AGREED, "Importance": "should", "Agreed by": "Internal audit"},
    ),
]

COSTS: list[Row] = [
    cost("Tasks per month", 5200, 6500, 8000, "Accounting system, mean of 2026"),
    cost("Minutes per review", 0.8, 1.2, 2, "Stopwatch, 40 invoices, two clerks"),
    cost("Reviewer cost per hour", 36, 41, 45, "Controlling, full cost 2026"),
    cost("Manual cost per task", 2.6, 3.1, 3.9, "4.5 minutes an invoice"),
    cost("Infrastructure cost per month", 60, 90, 150, "In-house price list, one virtual machine"),
    cost("Infrastructure cost per request", 0.001, 0.002, 0.004, "Document store, in-house price list"),
    cost("Overhead factor", 1.1, 1.2, 1.3, "Controlling: leave, space, management"),
    cost("Share of errors a reviewer finds", 0.88, 0.94, 0.98, "Second check of 150 invoices in October"),
    cost("Cost of an undetected error", 0.6, 2, 9, "Most are caught by the three-way match at the price of a phone call"),
    cost("Setup cost", 5000, 8000, 14000, "Offer of the accounting system's maker for the interface"),
    cost("Months to spread the setup cost over", 24, 36, 48, "Usual depreciation of software"),
]

REVIEW_RULES: list[Row] = [
    {"Rule": "invalid output", "On": "yes"},
    {"Rule": "missing field", "On": "yes"},
    {"Rule": "failed citation", "On": "yes"},
    {"Rule": "low confidence", "Threshold": 0.6, "On": "yes"},
    {"Rule": "random sample", "Threshold": 0.02, "On": "yes"},
]

MIX: list[Row] = [
    {"Segment": "portal", "Share": 0.42},
    {"Segment": "e-mail", "Share": 0.38},
    {"Segment": "scan", "Share": 0.2},
]

REQUIREMENTS: list[Row] = [
    {
        "Candidate": name,
        "Requirement": "Invoices are kept for ten years where the tax office can read them",
        "Importance": "must",
        "Met": "yes",
        "Source": "Document store, procedure AC-12",
        "Confirmed by": "Tax adviser",
        "Date": "2026-11-10",
    }
    for name in (PATTERNS, LINES, CROSS, "Anchors and patterns", "Nearest invoice")
]

ATTESTATIONS = attestations(
    "invoices, companies and people",
    "The right values were fixed when each invoice was written, before any candidate answered.",
)
