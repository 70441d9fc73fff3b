"""What a blank already says: usual service levels, cost lines, review rules, attestations and the two-week plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from reportgen.domain.records.plan import Comparator, Task
from reportgen.workbook.blank.content import Row
from reportgen.workbook.layout import sheets


@dataclass(frozen=True, slots=True)
class _Level:
    """A usual service level; `target` in the measure's own unit, `unit` as in the drop-down ({currency} is filled in)."""

    measure: str
    comparator: Comparator
    target: float
    unit: str
    reason: str
    importance: str = "must"


_SPEED = _Level(
    "p95 latency",
    Comparator.AT_MOST,
    3,
    "s",
    "19 of 20 answers must be there while a person waits. Change it to what your work bears.",
)
_COST = _Level(
    "cost per task",
    Comparator.AT_MOST,
    0.5,
    "{currency}",
    "Everything counted: tokens, human review, running costs. Change it to less than the work costs today.",
)
_REVIEW = _Level(
    "review rate",
    Comparator.AT_MOST,
    0.15,
    "%",
    "More than this and the people who review have no time for it. Change it to what they can bear.",
)
_RELIABLE = _Level("failure rate", Comparator.AT_MOST, 0.02, "%", "Errors and timeouts that reach your users.", "should")

_LEVELS: Mapping[Task, tuple[_Level, ...]] = MappingProxyType(
    {
        Task.CLASSIFICATION: (
            _Level(
                "macro F1",
                Comparator.AT_LEAST,
                0.85,
                "%",
                "Every class counts the same, so that rare classes are not given up. Change it to what your work needs.",
            ),
            _Level(
                "invalid output rate",
                Comparator.AT_MOST,
                0.02,
                "%",
                "Answers that are none of the labels have to be sorted by hand.",
            ),
            _SPEED,
            _COST,
            _REVIEW,
            _RELIABLE,
        ),
        Task.EXTRACTION: (
            _Level(
                "field F1",
                Comparator.AT_LEAST,
                0.9,
                "%",
                "Values found and right, over all fields. Change it to what your work needs.",
            ),
            _Level(
                "invented field rate",
                Comparator.AT_MOST,
                0.03,
                "%",
                "A value that the document does not hold is worse than a gap.",
            ),
            _Level("schema-valid rate", Comparator.AT_LEAST, 0.97, "%", "Answers that your system can take in as they are."),
            _SPEED,
            _COST,
            _REVIEW,
            _RELIABLE,
        ),
        Task.SUMMARIZATION: (
            _Level(
                "omission rate",
                Comparator.AT_MOST,
                0.1,
                "%",
                "Key facts that a summary leaves out. Change it to what your work bears.",
            ),
            _Level(
                "factual precision",
                Comparator.AT_LEAST,
                0.95,
                "%",
                "Sentences that the document supports. Needs recorded verdicts or a judge.",
            ),
            _SPEED,
            _COST,
            _REVIEW,
            _RELIABLE,
        ),
        Task.QUESTION_ANSWERING: (
            _Level(
                "exact answer rate",
                Comparator.AT_LEAST,
                0.8,
                "%",
                "Answers that equal an accepted answer. Change it to what your work needs.",
            ),
            _Level("token F1", Comparator.AT_LEAST, 0.85, "%", "Nearly right answers count in part.", "should"),
            _SPEED,
            _COST,
            _REVIEW,
            _RELIABLE,
        ),
    }
)

ATTESTATIONS: tuple[str, ...] = (
    "The examples were drawn at random from production of the period: (write the period)",
    "The right answers were given by people who know the work, without seeing what a model answered.",
    "A second person has answered at least 50 of the examples on their own (Second label).",
    "The examples may be sent to the providers on the sheet Candidates; personal data is removed or covered by contract.",
    "The service levels were agreed before any candidate was run.",
    "The right answers follow written instructions: (name the document)",
    "Those who gave the right answers are qualified for it: (say how)",
    "Noisy inputs and injected instructions were among the examples: (say which)",
    "This person may stop the use of the model at any time: (name)",
    "The reviewer knows the subject and has no conflict of interest: (name)",
)
"""Statements that only people can make; a blank workbook lists them without a name. `sample` knows the first by itself."""


@dataclass(frozen=True, slots=True)
class PlanDay:
    """One line of the two-week plan."""

    days: str
    what: str
    who: str
    sheet: str


TWO_WEEKS: tuple[PlanDay, ...] = (
    PlanDay("Day 1", "Say what is decided, by when, and who decides", "Business owner", "Evaluation"),
    PlanDay(
        "Day 2", "Agree on service levels and costs, before anybody has seen a result", "Business owner", "Service levels"
    ),
    PlanDay("Days 2-3", "Draw 500 real cases at random: reportgen sample", "Who has the data", "Examples"),
    PlanDay(
        "Days 3-6",
        "Fill in what is right; a second person answers 50 too",
        "Who does the work",
        "Examples",
    ),
    PlanDay("Day 7", "Check: reportgen check. Mend what it names; see what the sample can prove", "Prepared by", "Start"),
    PlanDay("Day 8", "List five or more candidates with prices and the one in use today", "Purchasing, IT", "Candidates"),
    PlanDay("Day 9", "Run: reportgen run. It says beforehand what it will cost", "IT", "Candidates"),
    PlanDay(
        "Day 10",
        "Read the recommendation, confirm the winner, decide and sign: reportgen confirm",
        "Business owner",
        "Start",
    ),
)


CURRENCY_WORD = "Currency"
"""Stands under Unit in a blank workbook, so that it holds whatever Currency is filled in."""


def level_rows(task: Task, currency: str) -> tuple[Row, ...]:
    """Return the usual service levels of a task as rows, in the plain words of the drop-down."""
    return tuple(
        {
            "Measure": sheets.measure_words(level.measure),
            "Scope": "overall",
            "Comparison": level.comparator.value,
            "Target": level.target,
            "Unit": level.unit.format(currency=currency),
            "Importance": level.importance,
            "Reason": level.reason,
        }
        for level in _LEVELS[task]
    )


def cost_rows(given: tuple[Row, ...], currency: str) -> tuple[Row, ...]:
    """Return every named line of the Costs sheet, with the caller's figures where given and further lines behind."""
    by_name = {sheets.squash(str(row.get("Assumption", ""))): row for row in given}
    rows: list[Row] = []
    for line in sheets.sheet("Costs").rows:
        found: Row = {}
        for name in (line.name, *line.aliases):
            found = by_name.pop(sheets.squash(name), found)
        note = ("Needed. " if line.first else "") + line.help
        rows.append({"Assumption": line.name, "Unit": line.unit.format(currency=currency), **found, "Help": note})
    return (*rows, *by_name.values())


def review_rows() -> tuple[Row, ...]:
    """Return the review rules with the first four on."""
    choices = sheets.sheet("Review rules").column("Rule").choices
    thresholds = {"low confidence": 0.8, "random sample": 0.02}
    always = 4
    return tuple(
        {"Rule": rule, "Threshold": thresholds.get(rule), "On": "yes" if place < always else "no"}
        for place, rule in enumerate(choices)
    )


def preset_rows(name: str, task: Task, currency: str) -> tuple[Row, ...]:
    """Return what a blank already holds on a sheet, nothing for most."""
    match name:
        case "Service levels":
            return level_rows(task, currency)
        case "Review rules":
            return review_rows()
        case "Attestations":
            return tuple({"Statement": s} for s in ATTESTATIONS)
        case _:
            return ()
