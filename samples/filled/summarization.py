"""The summarization sample: incident notes of a district heating works for the morning report."""

from __future__ import annotations

from collections.abc import Mapping

from reportgen.domain.records.plan import Split, Task
from samples.common import CURRENCY, Row, Sample, attestations, cost, level, local_baseline, local_program, with_splits
from samples.corpora.incidents import Incident, incidents
from samples.corpora.incidents_failures import FAILURES
from samples.programs import note_positions, note_textrank
from samples.programs.note_learned import LearnedSummary

TASK = Task.SUMMARIZATION
SEED = 5
COUNT = 220
SHARES = (0.4, 0.4, 0.2)
POSITIONS, TEXTRANK, LEARNED = "Position and cue words (today)", "TextRank", "Learned sentences"
LEAD, LEXRANK = "Lead sentences", "LexRank"


def sample() -> Sample:
    """Return everything that stands in the workbook but the recorded outputs, which are measured when it is written."""
    examples = _examples()
    train = [row for row in examples if row.get("Split") == Split.TRAIN.value]
    learned = LearnedSummary([str(row["Input"]) for row in train], [str(row["Key facts"]).split("\n") for row in train])
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
        programs={POSITIONS: note_positions.answer, TEXTRANK: note_textrank.answer, LEARNED: learned.answer},
    )


def _examples() -> list[Row]:
    rows = [_row(f"N{n:04d}", note) for n, note in enumerate(incidents(SEED, COUNT), start=1)]
    failures = [
        {**_row(f"{key}-{n}", note), "Known failure": key}
        for key, (_, _, _, notes) in FAILURES.items()
        for n, note in enumerate(notes, start=1)
    ]
    return with_splits(TASK, rows + failures, seed=1, shares=SHARES)


def _row(name: str, note: Incident) -> Row:
    return {
        "Example ID": name,
        "Input": note.text,
        "Reference summary": note.reference,
        "Key facts": "\n".join(note.facts),
        "Segment": note.segment,
    }


def _candidates() -> list[Row]:
    return [
        local_program(
            POSITIONS, "production", 40, "What the control room's software does: early sentences, figures, cue words."
        ),
        local_program(TEXTRANK, "candidate", 40, "Sentences recommend each other by shared words."),
        local_program(
            LEARNED,
            "candidate",
            140,
            "Keeps up to eight sentences whose words told key facts in the train rows; learned from those rows only.",
        ),
        local_baseline(LEAD, "lead sentences", 20, "The first sentences, as many as train summaries have."),
        local_baseline(LEXRANK, "lexrank", 60, "The sentences that are most like all the others."),
    ]


EVALUATION: Mapping[str, str | float] = {
    "Title": "Summaries of incident notes for the morning report",
    "Purpose": "The morning report holds about 25 notes; the shift leader writes each summary by hand. A sample made by "
    "the authors of reportgen: works, people and notes are made up; the summaries were really produced.",
    "Business owner": "Head of operations, Osterby District Heat",
    "Prepared by": "Control room, Osterby District Heat",
    "Document number": "ODH-OPS-2026-007",
    "Confidentiality": "Internal",
    "Decision needed by": "2027-02-01",
    "Primary measure": "omission rate",
    "Train share": SHARES[0],
    "Eval share": SHARES[1],
    "Holdout share": SHARES[2],
    "Currency": CURRENCY,
    "Out-of-scope uses": "Not for alarms or dispatch, and not as the record of an accident: the note itself stays that.",
    "Risk class": "Not high-risk under the EU AI Act: a summary that a shift leader reads; low materiality",
    "Risk class decided by": "Head of operations, Osterby District Heat",
    "Monitored by": "Control room, Osterby District Heat",
    "Evidence kept until": "5 years after the end of use",
}

_AGREED = {"Importance": "must", "Agreed by": "Head of operations", "Agreed on": "2026-11-11"}
LEVELS: list[Row] = [
    level(
        "omission rate",
        "at most",
        0.25,
        "The reader opens the note itself when in doubt; one fact in four may be missing.",
        **_AGREED,
    ),
    level(
        "factual precision",
        "at least",
        0.95,
        "A wrong figure in the morning report has sent a crew to the wrong valve.",
        **_AGREED,
    ),
    level(
        "omission rate",
        "at most",
        0.3,
        "Phone notes are the shortest and are written in a hurry.",
        Scope="segment: phone note",
        **{**_AGREED, "Importance": "should"},
    ),
    level("p95 latency", "at most", 1, "The report is put together at 5:45 for 6:00.", **_AGREED),
    level("review rate", "at most", 0.3, "The shift leader can read a third of the notes in full, no more.", **_AGREED),
    level(
        "cost per task",
        "at most",
        3,
        "By hand a summary costs EUR 5.40.",
        **{**_AGREED, "Agreed by": "Controlling"},
    ),
    level("failure rate", "at most", 0.02, "A missing summary is written by hand.", **{**_AGREED, "Importance": "should"}),
]

COSTS: list[Row] = [
    cost("Tasks per month", 650, 760, 900, "Control room log, mean of 2026"),
    cost("Minutes per review", 2, 3, 4, "Shift leaders' own estimate, four people"),
    cost("Reviewer cost per hour", 44, 48, 54, "Controlling, full cost 2026, with shift allowance"),
    cost("Manual cost per task", 4.4, 5.4, 6.5, "Six minutes a note"),
    cost("Infrastructure cost per month", 40, 80, 150, "In-house price list"),
    cost("Infrastructure cost per request", 0.001, 0.002, 0.005, "Log storage, in-house price list"),
    cost("Overhead factor", 1.1, 1.15, 1.3, "Controlling"),
    cost("Share of errors a reviewer finds", 0.7, 0.85, 0.95, "Assumed; nobody has measured it yet"),
    cost("Cost of an undetected error", 0.2, 1, 20, "Mostly a second look into the log; once a wrong dispatch"),
    cost("Setup cost", 2000, 3500, 6000, "Offer of the maker of the control room's software"),
    cost("Months to spread the setup cost over", 24, 36, 48, "Usual depreciation of software"),
]

REVIEW_RULES: list[Row] = [
    {"Rule": "invalid output", "On": "yes"},
    {"Rule": "abstained", "On": "yes"},
    {"Rule": "low confidence", "Threshold": 0.55, "On": "yes"},
    {"Rule": "random sample", "Threshold": 0.05, "On": "yes"},
]

MIX: list[Row] = [
    {"Segment": "shift log", "Share": 0.5},
    {"Segment": "e-mail", "Share": 0.3},
    {"Segment": "phone note", "Share": 0.2},
]

_COUNCIL = {"Importance": "must", "Requirement": "The works council agrees to summaries of notes that name staff"}
REQUIREMENTS: list[Row] = [
    {
        "Candidate": name,
        "Met": "yes",
        "Source": "Agreement of 2019 on the control room's software",
        "Confirmed by": "Works council",
        "Date": "2026-11-12",
        **_COUNCIL,
    }
    for name in (POSITIONS, LEAD)
]
REQUIREMENTS += [
    {"Candidate": name, "Met": "unknown", "Source": "On the agenda of 3 December 2026", **_COUNCIL}
    for name in (TEXTRANK, LEARNED, LEXRANK)
]

ATTESTATIONS = attestations(
    "notes, works and people",
    "The key facts were fixed when each note was written, before any candidate answered.",
)
