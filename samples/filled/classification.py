"""The classification sample: routing the messages of an energy supplier's customers to eight desks."""

from __future__ import annotations

from collections.abc import Mapping

from reportgen.domain.records.plan import Split, Task
from samples.common import CURRENCY, Row, Sample, attestations, cost, level, local_baseline, local_program, with_splits
from samples.corpora.tickets import tickets
from samples.corpora.tickets_failures import FAILURES
from samples.corpora.tickets_text import LABELS
from samples.programs import ticket_rules
from samples.programs.ticket_bayes import TicketBayes

TASK = Task.CLASSIFICATION
SEED = 7
SHARES = (0.5, 0.35, 0.15)
RULES, BAYES = "Word lists (today)", "Complement Bayes"


def sample() -> Sample:
    """Return everything that stands in the workbook but the recorded outputs, which are measured when it is written."""
    examples = _examples()
    train = [row for row in examples if row.get("Split") == Split.TRAIN.value]
    bayes = TicketBayes([str(row["Input"]) for row in train], [str(row["Expected"]) for row in train])
    return Sample(
        TASK,
        evaluation=EVALUATION,
        sheets={
            "Examples": examples,
            "Labels": _labels(),
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
        programs={RULES: ticket_rules.answer, BAYES: bayes.answer},
    )


def _examples() -> list[Row]:
    rows: list[Row] = [
        {
            "Example ID": f"T{n:04d}",
            "Input": ticket.text,
            "Expected": ticket.label,
            "Segment": ticket.segment,
            "Second label": ticket.second_label or None,
        }
        for n, ticket in enumerate(tickets(SEED), start=1)
    ]
    failures: list[Row] = [
        {
            "Example ID": f"{key}-{n}",
            "Input": text,
            "Expected": label,
            "Segment": segment,
            "Known failure": key,
        }
        for key, (_, _, _, cases) in FAILURES.items()
        for n, (text, label, segment) in enumerate(cases, start=1)
    ]
    return with_splits(TASK, rows + failures, seed=1, shares=SHARES)


def _labels() -> list[Row]:
    also = {"data protection": "privacy\nGDPR", "meter reading": "meter", "cancellation": "termination"}
    return [{"Label": name, "Description": told, "Also written as": also.get(name)} for name, (_, told) in LABELS.items()]


def _candidates() -> list[Row]:
    return [
        local_program(
            RULES,
            "production",
            90,
            "The routing in use since 2019: a list of words for each desk; its confidence is the share of all hits.",
        ),
        local_program(
            BAYES,
            "candidate",
            120,
            "Complement naive Bayes over words and word pairs, learned from the train rows only; confidence by softmax, "
            "sharpened on left-out train rows.",
        ),
        local_baseline("TF-IDF regression", "tf-idf logistic regression", 160, "Learns from the train rows at each run."),
        local_baseline("Nearest message", "nearest example", 160, "The desk of the most similar train message."),
        local_baseline(
            "Always billing", "majority", 0, "What any candidate must beat: the commonest desk for every message."
        ),
    ]


EVALUATION: Mapping[str, str | float] = {
    "Title": "Routing customer messages to the right desk",
    "Purpose": "Replace the word lists that route 42,000 messages a month, without losing the rare but urgent ones. A "
    "sample made by the authors of reportgen: the company, its people and all messages are made up; the answers are real.",
    "Business owner": "Head of customer service, Fennwick Energy",
    "Prepared by": "Process office, Fennwick Energy",
    "Document number": "FE-CS-2026-014",
    "Confidentiality": "Internal",
    "Decision needed by": "2026-12-18",
    "Primary measure": "macro F1",
    "Train share": SHARES[0],
    "Eval share": SHARES[1],
    "Holdout share": SHARES[2],
    "Currency": CURRENCY,
    "Regression margin": 0.05,
    "Out-of-scope uses": "Not for deciding on a complaint or on credit, nor for messages in other languages.",
    "Risk class": "Not high-risk under the EU AI Act; low materiality",
    "Risk class decided by": "Data protection officer, Fennwick Energy",
    "Monitored by": "Process office, Fennwick Energy",
    "Evidence kept until": "10 years after the end of use",
}

_AGREED = {"Agreed by": "Head of customer service", "Agreed on": "2026-11-02"}
LEVELS: list[Row] = [
    level(
        "macro F1",
        "at least",
        0.75,
        "Every desk counts the same. Today's word lists reach about 0.6 and cost two clerks' work in re-routing.",
        Importance="must",
        **_AGREED,
    ),
    level(
        "recall",
        "at least",
        0.6,
        "A message about danger that lands on another desk waits until the next morning.",
        Scope="label: outage",
        Importance="must",
        **{"Agreed by": "Network control", "Agreed on": "2026-11-04"},
    ),
    level(
        "review rate",
        "at most",
        0.3,
        "The four people at the front desk can look at three messages in ten, no more.",
        Importance="must",
        **_AGREED,
    ),
    level(
        "p95 latency",
        "at most",
        0.5,
        "The chat shows the desk while the customer is still typing.",
        Importance="must",
        **_AGREED,
    ),
    level(
        "cost per task",
        "at most",
        0.85,
        "Below the manual cost of EUR 1.35 by enough to pay for the change within a year.",
        Importance="must",
        **{"Agreed by": "Controlling", "Agreed on": "2026-11-05"},
    ),
    level("invalid output rate", "at most", 0.03, "Other answers have to be sorted by hand.", Importance="must", **_AGREED),
    level(
        "accuracy",
        "at least",
        0.75,
        "Chat grows fastest and its messages are the shortest.",
        Scope="segment: chat",
        Importance="should",
        **_AGREED,
    ),
    level(
        "known-failure pass rate",
        "at least",
        0.75,
        "The three failures of last winter were reported to the board.",
        Importance="should",
        **_AGREED,
    ),
]

COSTS: list[Row] = [
    cost("Tasks per month", 36000, 42000, 55000, "Ticket system, mean of May to October 2026"),
    cost("Minutes per review", 0.6, 0.8, 1.2, "Stopwatch, 60 messages, two clerks"),
    cost("Reviewer cost per hour", 34, 38, 42, "Controlling, full cost 2026"),
    cost("Manual cost per task", 1.2, 1.35, 1.6, "2.1 minutes a message at the reviewer's hour"),
    cost("Infrastructure cost per month", 60, 100, 180, "One small virtual machine, in-house price list"),
    cost("Infrastructure cost per request", 0.0002, 0.0004, 0.001, "Gateway and log storage, in-house price list"),
    cost("Overhead factor", 1.1, 1.2, 1.3, "Controlling: leave, space, management"),
    cost("Share of errors a reviewer finds", 0.85, 0.92, 0.97, "Double check of 200 reviewed messages in September"),
    cost("Cost of an undetected error", 0.9, 1.6, 4, "Re-routing takes 2.5 minutes, some customers call as well"),
    cost("Setup cost", 6000, 9000, 15000, "Offer of the in-house IT for connecting the ticket system"),
    cost("Months to spread the setup cost over", 24, 36, 48, "Usual depreciation of software"),
]

REVIEW_RULES: list[Row] = [
    {"Rule": "invalid output", "On": "yes"},
    {"Rule": "abstained", "On": "yes"},
    {"Rule": "low confidence", "Threshold": 0.55, "On": "yes"},
    {"Rule": "random sample", "Threshold": 0.02, "On": "yes"},
]

MIX: list[Row] = [
    {"Segment": "e-mail", "Share": 0.44},
    {"Segment": "web form", "Share": 0.28},
    {"Segment": "chat", "Share": 0.28},
]

_IT = {"Confirmed by": "Information security", "Date": "2026-11-06"}
REQUIREMENTS: list[Row] = [
    {
        "Candidate": name,
        "Requirement": "Messages do not leave our own data centre",
        "Importance": "must",
        "Met": "yes",
        "Source": "Runs on our own machine, no network access",
        **_IT,
    }
    for name in (RULES, BAYES, "TF-IDF regression", "Nearest message", "Always billing")
]

ATTESTATIONS = attestations(
    "messages, company and people",
    "The right desk was set before any candidate answered; one message in six has a second opinion.",
)
