"""The question answering sample: what employees ask about the handbook of an engineering firm."""

from __future__ import annotations

from collections.abc import Mapping

from reportgen.domain.records.plan import Split, Task
from samples.common import CURRENCY, Row, Sample, attestations, cost, level, local_baseline, local_program, with_splits
from samples.corpora.handbook import Enquiry, enquiries
from samples.corpora.handbook_failures import FAILURES
from samples.programs import handbook_rules
from samples.programs.handbook_sentences import HandbookSentences
from samples.programs.handbook_windows import HandbookWindows

TASK = Task.QUESTION_ANSWERING
SEED = 3
COUNT = 300
SHARES = (0.4, 0.4, 0.2)
RULES, WINDOWS, SENTENCES = "Question words (today)", "Window matcher", "Learned sentences"
NEAREST, MAJORITY = "Nearest question", "Always the same"


def sample() -> Sample:
    """Return everything that stands in the workbook but the recorded outputs, which are measured when it is written."""
    examples = _examples()
    train = [row for row in examples if row.get("Split") == Split.TRAIN.value]
    texts, answers = [str(row["Input"]) for row in train], [str(row["Expected"]) for row in train]
    return Sample(
        TASK,
        evaluation=EVALUATION,
        sheets={
            "Examples": examples,
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
        programs={
            RULES: handbook_rules.answer,
            WINDOWS: HandbookWindows(texts).answer,
            SENTENCES: HandbookSentences(texts, answers).answer,
        },
    )


def _examples() -> list[Row]:
    rows = [_row(f"Q{n:04d}", enquiry) for n, enquiry in enumerate(enquiries(SEED, COUNT), start=1)]
    failures = [
        {**_row(f"{key}-{n}", enquiry), "Known failure": key}
        for key, (_, _, _, cases) in FAILURES.items()
        for n, enquiry in enumerate(cases, start=1)
    ]
    return with_splits(TASK, rows + failures, seed=1, shares=SHARES)


def _row(name: str, enquiry: Enquiry) -> Row:
    return {
        "Example ID": name,
        "Input": enquiry.text,
        "Expected": "\n".join(enquiry.answers),
        "Segment": enquiry.segment,
    }


def _candidates() -> list[Row]:
    return [
        local_program(RULES, "production", 30, "The search box of the intranet: the question word says what is looked for."),
        local_program(
            WINDOWS, "candidate", 50, "Rare words shared by question and text; rarity learned from the train rows."
        ),
        local_program(
            SENTENCES, "candidate", 80, "Pairs of words in questions and right sentences, learned from the train rows."
        ),
        local_baseline(NEAREST, "nearest example", 40, "The answer to the most similar train question."),
        local_baseline(MAJORITY, "majority", 0, "What any candidate must beat: the commonest answer to every question."),
    ]


EVALUATION: Mapping[str, str | float] = {
    "Title": "Answers from the employee handbook",
    "Purpose": "May the personnel office let a program answer questions about the handbook without looking? A sample "
    "made by the authors of reportgen: firm, handbook and questions are made up; the answers were really produced.",
    "Business owner": "Head of personnel, Kaldmoor Engineering",
    "Prepared by": "Personnel office, Kaldmoor Engineering",
    "Document number": "KE-HR-2026-022",
    "Confidentiality": "Internal",
    "Decision needed by": "2026-12-31",
    "Primary measure": "exact answer rate",
    "Train share": SHARES[0],
    "Eval share": SHARES[1],
    "Holdout share": SHARES[2],
    "Currency": CURRENCY,
    "Out-of-scope uses": "Not for decisions on a single person, such as promotion or notice, and not for legal advice.",
    "Risk class": "Not high-risk under the EU AI Act, which decisions on workers would be; low materiality",
    "Risk class decided by": "Head of personnel, Kaldmoor Engineering",
    "Monitored by": "Personnel office, Kaldmoor Engineering",
    "Evidence kept until": "5 years after the end of use",
}

_AGREED = {"Importance": "must", "Agreed by": "Head of personnel", "Agreed on": "2026-11-13"}
LEVELS: list[Row] = [
    level("exact answer rate", "at least", 0.9, "A wrong answer on leave or notice ends with the works council.", **_AGREED),
    level("token F1", "at least", 0.9, "Nearly right answers count in part.", **{**_AGREED, "Importance": "should"}),
    level(
        "exact answer rate",
        "at least",
        0.8,
        "The phone desk reads the answer out and cannot check it.",
        Scope="segment: phone",
        **{**_AGREED, "Importance": "should"},
    ),
    level("p95 latency", "at most", 0.3, "The chat window answers while one types.", **_AGREED),
    level("review rate", "at most", 0.2, "One clerk, half a day a week.", **_AGREED),
    level("cost per task", "at most", 2, "A clerk's answer costs EUR 3.60.", **{**_AGREED, "Agreed by": "Controlling"}),
    level(
        "known-failure pass rate",
        "at least",
        0.8,
        "The works council was promised that these do not happen again.",
        **{**_AGREED, "Agreed by": "Works council"},
    ),
]

COSTS: list[Row] = [
    cost("Tasks per month", 700, 1100, 1600, "Ticket system of the personnel office, 2026"),
    cost("Minutes per review", 1, 1.5, 2.5, "Stopwatch, 30 questions"),
    cost("Reviewer cost per hour", 38, 43, 48, "Controlling, full cost 2026"),
    cost("Manual cost per task", 2.8, 3.6, 4.5, "Five minutes a question"),
    cost("Infrastructure cost per month", 20, 50, 120, "In-house price list"),
    cost("Infrastructure cost per request", 0.0005, 0.001, 0.003, "In-house price list"),
    cost("Overhead factor", 1.1, 1.2, 1.3, "Controlling"),
    cost("Share of errors a reviewer finds", 0.85, 0.95, 0.99, "Assumed: the clerks know the handbook"),
    cost("Cost of an undetected error", 1, 4, 60, "A call to sort it out; once a wrongly missed deadline"),
    cost("Setup cost", 1500, 2500, 4000, "Offer of the intranet's maker"),
    cost("Months to spread the setup cost over", 24, 36, 48, "Usual depreciation of software"),
]

REVIEW_RULES: list[Row] = [
    {"Rule": "invalid output", "On": "yes"},
    {"Rule": "abstained", "On": "yes"},
    {"Rule": "low confidence", "Threshold": 0.4, "On": "yes"},
    {"Rule": "random sample", "Threshold": 0.03, "On": "yes"},
]

MIX: list[Row] = [
    {"Segment": "intranet", "Share": 0.55},
    {"Segment": "chat", "Share": 0.3},
    {"Segment": "phone", "Share": 0.15},
]

REQUIREMENTS: list[Row] = [
    {
        "Candidate": name,
        "Requirement": "Questions are not stored with the name of the person who asks",
        "Importance": "must",
        "Met": "yes",
        "Source": "Test of the log files, 12 November 2026",
        "Confirmed by": "Data protection officer",
        "Date": "2026-11-12",
    }
    for name in (RULES, WINDOWS, SENTENCES, NEAREST, MAJORITY)
]

ATTESTATIONS = attestations(
    "handbook, questions and firm",
    "The accepted answers were fixed with each paragraph, before any candidate answered.",
)
