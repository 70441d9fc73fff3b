"""Spoilt workbooks give exactly their problems."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from reportgen.domain.records.plan import (
    KnownFailure,
    ReviewRule,
    Split,
    Task,
)
from reportgen.problems import NeedsMendingError, Severity
from reportgen.workbook.reading.parser import check_plan, read_plan
from tests.workbook.filled import check, errors, sheets, warnings, write

CLASSIFICATION, EXTRACTION = Task.CLASSIFICATION, Task.EXTRACTION
SUMMARIZATION, QUESTIONS = Task.SUMMARIZATION, Task.QUESTION_ANSWERING


SPOILT: list[tuple[str, Task, str, tuple[int, int], object, list[str]]] = [
    (
        "a word as a target",
        CLASSIFICATION,
        "Service levels",
        (1, 3),
        "fast",
        ['Service levels!D2: the p95 latency target is "fast", expected a number of seconds. Write a number such as 2.5.'],
    ),
    (
        "a doubled ID",
        CLASSIFICATION,
        "Examples",
        (2, 0),
        "a1",
        ['Examples!A3: the Example ID "a1" stands already in Examples!A2. Give each example its own ID.'],
    ),
    (
        "a missing ID",
        CLASSIFICATION,
        "Examples",
        (2, 0),
        None,
        ["Examples!A3: the Example ID is missing. Fill in the cell, or delete the row."],
    ),
    (
        "a missing input",
        CLASSIFICATION,
        "Examples",
        (2, 1),
        " ",
        ["Examples!B3: the Input is missing. Fill in the text, name a file in Input file, or delete the row."],
    ),
    (
        "an unknown label",
        CLASSIFICATION,
        "Examples",
        (1, 2),
        "refnud",
        ['Examples!C2: the Expected is "refnud", which is not on the sheet Labels. Did you mean "refund"?'],
    ),
    (
        "two labels in a cell",
        CLASSIFICATION,
        "Examples",
        (1, 2),
        "refund\norder",
        [
            (
                'Examples!C2: "refund order" holds more than one label: several labels for one example '
                "stand one a line in Expected, with Labels per example = several. Keep the one that counts."
            )
        ],
    ),
    (
        "two labels with a comma",
        CLASSIFICATION,
        "Examples",
        (1, 2),
        "refund; order",
        [
            (
                'Examples!C2: "refund; order" holds more than one label: several labels for one example '
                "stand one a line in Expected, with Labels per example = several. Keep the one that counts."
            )
        ],
    ),
    (
        "a number as a task",
        CLASSIFICATION,
        "Evaluation",
        (2, 1),
        "classfication",
        [
            (
                'Evaluation!B3: the Task is "classfication", expected one of: classification, extraction, summarization, '
                'question answering. Did you mean "classification"?'
            )
        ],
    ),
    (
        "a multi-label task",
        CLASSIFICATION,
        "Evaluation",
        (2, 1),
        "multi-label classification",
        [
            (
                "Evaluation!B3: several labels for one example stand one a line in Expected, with Labels per example = "
                "several. Choose one of: classification, extraction, summarization, question answering."
            )
        ],
    ),
    (
        "a missing title",
        CLASSIFICATION,
        "Evaluation",
        (1, 1),
        None,
        ["Evaluation!B2: the Title is missing. Fill in the cell."],
    ),
    (
        "an unknown kind",
        CLASSIFICATION,
        "Candidates",
        (1, 1),
        "Oracle",
        [
            (
                'Candidates!B2: the Kind is "Oracle", expected one of: API model, Recorded outputs, Local baseline, '
                "Command, Route. Choose from the list."
            )
        ],
    ),
    (
        "half a price",
        CLASSIFICATION,
        "Candidates",
        (1, 5),
        None,
        ["Candidates!F2: the Output price is missing beside the other price. Write both, 0 if it is free."],
    ),
    (
        "a wide column of an unknown candidate",
        CLASSIFICATION,
        "Examples",
        (0, 4),
        "Output: ketp",
        ['Examples!E1 and 2 more: there is no candidate "ketp". Did you mean "kept"?'],
    ),
    (
        "a cost as a word",
        CLASSIFICATION,
        "Costs",
        (3, 2),
        "36 GBP",
        [
            (
                'Costs!C4: the Reviewer cost per hour (Expected) is "36 GBP", which is not in USD, the currency of this '
                "evaluation. Convert it to USD, or name another Currency on the sheet Evaluation."
            )
        ],
    ),
    (
        "a range upside down",
        CLASSIFICATION,
        "Costs",
        (1, 1),
        20000,
        ["Costs!C2: Tasks per month: Expected does not lie between Low and High. Check the three figures."],
    ),
    (
        "an unknown assumption",
        CLASSIFICATION,
        "Costs",
        (1, 0),
        "Taks per month",
        ['Costs!A2: the Assumption "Taks per month" is not known. Did you mean "Tasks per month"?'],
    ),
    (
        "an ambiguous amount",
        EXTRACTION,
        "Examples",
        (1, 4),
        "1,200",
        [
            (
                'Examples!E2: the Expected: Rent is "1,200", which could mean 1200 or 1.200. Type it without a thousands '
                "mark, or fill in Decimal mark on the sheet Evaluation."
            )
        ],
    ),
    (
        "an unknown field",
        EXTRACTION,
        "Examples",
        (0, 2),
        "Expected: Tennant",
        ['Examples!C1: "Tennant" is not on the sheet Fields. Did you mean "Tenant"?'],
    ),
    (
        "an unknown field type",
        EXTRACTION,
        "Fields",
        (1, 1),
        "colour",
        [
            (
                'Fields!B2: the Type is "colour", expected one of: text, name, choice, date, number, money, yes/no, list, '
                "records. Choose from the list."
            )
        ],
    ),
    (
        "a doubtful yes",
        EXTRACTION,
        "Fields",
        (1, 2),
        "maybe",
        ['Fields!C2: the Required is "maybe", expected yes or no. Write yes or no.'],
    ),
    (
        "a doubled header",
        CLASSIFICATION,
        "Examples",
        (0, 3),
        "input",
        ['Examples!D1: the header "input" stands already in Examples!B1. Rename or delete one of the two columns.'],
    ),
    (
        "a missing column",
        CLASSIFICATION,
        "Service levels",
        (0, 3),
        "Targett",
        ['Service levels!1:1: the column "Target" is missing. Did you mean this by "Targett"?'],
    ),
    (
        "an unknown measure",
        CLASSIFICATION,
        "Service levels",
        (1, 0),
        "p95 latancy",
        ['Service levels!A2: the Measure is "p95 latancy", which is not known. Did you mean "p95 latency"?'],
    ),
    (
        "a measure of another task",
        CLASSIFICATION,
        "Service levels",
        (1, 0),
        "omission rate",
        ['Service levels!A2: the Measure is "omission rate", which is no measure of classification. '],
    ),
    (
        "a segment that no example has",
        CLASSIFICATION,
        "Service levels",
        (1, 1),
        "segment: phones",
        ['Service levels!B2: there is no segment "phones". Did you mean "phone"?'],
    ),
    (
        "an unknown item",
        CLASSIFICATION,
        "Evaluation",
        (1, 0),
        "Titel",
        [
            'Evaluation: the item "Title" is missing. Add a row with the Item "Title".',
            'Evaluation!A2: the item "Titel" is not known. Did you mean "Title"?',
        ],
    ),
]


@pytest.mark.parametrize(
    ("task", "sheet", "at", "value", "expected"), [s[1:] for s in SPOILT], ids=[s[0].replace(" ", "_") for s in SPOILT]
)
def test_one_spoilt_cell_gives_exactly_its_problem(  # noqa: PLR0917 - pytest hands over a column each
    tmp_path: Path, task: Task, sheet: str, at: tuple[int, int], value: object, expected: list[str]
) -> None:
    made = sheets(task)
    made[sheet][at[0]][at[1]] = value  # type: ignore[call-overload] # the table above holds cells
    found = errors(made, tmp_path)
    assert len(found) == len(expected), found
    assert all(f.startswith(e) for f, e in zip(found, expected, strict=True)), found


def test_all_problems_are_found_in_one_pass_sorted_by_sheet_and_row(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    made["Service levels"][1][3] = "fast"
    made["Examples"][3][2] = "nothing"
    made["Examples"][1][1] = None
    made["Candidates"][1][1] = "Oracle"
    made["Evaluation"].append(["Seed", "one", None])
    found = errors(made, tmp_path)
    assert [f.split(":")[0] for f in found] == [
        "Evaluation!B4", "Examples!B2", "Examples!C4", "Candidates!B2", "Service levels!D2",
    ]  # fmt: skip


def test_the_same_fault_in_many_rows_is_one_problem_that_names_them_all(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    made["Examples"] += [[f"B{i}", "text", "refnud", None, None, None] for i in range(30)]
    _, problems = check(made, tmp_path)
    (fault,) = [p for p in problems if p.severity is Severity.ERROR]
    assert fault.where == "Examples!C5"
    assert fault.also == tuple(f"Examples!C{i}" for i in range(6, 35))


def test_very_many_different_faults_of_a_kind_are_told_apart_only_at_first(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    made["Examples"] += [[f"B{i}", "text", f"zzz {i}", None, "x", None] for i in range(200)]
    found = errors(made, tmp_path)
    assert len(found) == 21
    assert "180 more cells have a fault of this kind" in found[-1]


def test_read_plan_raises_with_every_problem(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    made["Examples"][1][1] = None
    made["Costs"][1][2] = "many"
    path = write(made, tmp_path / "w.xlsx")
    with pytest.raises(NeedsMendingError) as caught:
        read_plan(path)
    assert caught.value.problems == check_plan(path)[1]
    assert sum(p.severity is Severity.ERROR for p in caught.value.problems) == 2


@pytest.mark.parametrize(
    ("spoil", "word", "place"),
    [
        (("Cost matrix", ["a", "b"]), "what a mistake costs", "on the sheet Mistake costs"),
        (("Evaluation", ["Label order", "low, high"]), "the order of labels", "in the column Order of the sheet Labels"),
    ],
)
def test_what_stands_elsewhere_is_refused_with_its_place(
    tmp_path: Path, spoil: tuple[str, list[object]], word: str, place: str
) -> None:
    made = sheets(CLASSIFICATION)
    sheet, cells = spoil
    made.setdefault(sheet, []).append([str(c) if isinstance(c, str) else 3 for c in cells])
    (found,) = errors(made, tmp_path)
    assert f"{word} stands elsewhere: {place}" in found


def test_a_production_mix_adds_up_and_covers_the_segments(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    made["Production mix"] = [["Segment", "Share"], ["E-MAIL", "25 %"], ["phone", 0.75]]
    plan, problems = check(made, tmp_path)
    assert plan is not None, problems
    assert plan.production_mix == {"e-mail": 0.25, "phone": 0.75}
    made["Production mix"][2][1] = 0.5
    assert "add up to 75 %" in errors(made, tmp_path)[0]
    made["Production mix"][1:] = [["e-mail", 1]]
    assert errors(made, tmp_path) == [
        'Examples!D3 and 1 more: the segment "phone" is not on the sheet Production mix. Fill in a segment that has a share.'
    ]


def test_known_failures_come_from_their_sheet_or_from_the_examples(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    made["Examples"][0] += ["Known failure", "Split"]
    made["Examples"][1] += ["F-1", None]
    made["Examples"][2] += [None, "Training"]
    plan, _ = check(made, tmp_path)
    assert plan is not None
    assert plan.known_failures == (KnownFailure("F-1", ""),)
    assert [e.declared_split for e in plan.examples] == [None, Split.TRAIN, None]
    made["Known failures"] = [["Failure ID", "Description"], ["F-2", "lost"]]
    (found,) = errors(made, tmp_path)
    assert 'the Known failure is "F-1"' in found


def test_review_rules_are_read_as_the_sheet_has_them(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    made["Review rules"] = [["Rule", "Threshold", "On"], ["low confidence", "80 %", None], ["abstained", None, "no"]]
    plan, _ = check(made, tmp_path)
    assert plan is not None
    assert plan.review_rules == (ReviewRule("low confidence", 0.8), ReviewRule("abstained", on=False))
    made["Review rules"][1][1] = None
    assert "needs a Threshold" in errors(made, tmp_path)[0]


def test_requirements_screening_and_attestations_are_read(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    made["Requirements"] = [["Candidate", "Requirement", "Met", "Date"], ["small", "EU data", "?", dt.date(2026, 4, 3)]]
    made["Screening"] = [["Model", "Board", "Rating", "As of"], ["m", "arena", 1300, "2026-04-03"]]
    made["Attestations"] = [["Statement", "Confirmed by"], ["Drawn at random.", "Ann"]]
    plan, problems = check(made, tmp_path)
    assert plan is not None, problems
    assert (plan.requirements[0].met, plan.requirements[0].date) == ("unknown", "2026-04-03")
    assert (plan.screening[0].rating, plan.screening[0].as_of) == (1300, "2026-04-03")
    assert plan.attestations[0].confirmed_by == "Ann"


def test_formulas_errors_merges_and_hidden_rows_are_said(tmp_path: Path) -> None:
    path = write(sheets(CLASSIFICATION), tmp_path / "w.xlsx")
    book = openpyxl.load_workbook(path)
    book["Examples"]["C2"] = "#N/A"
    book["Examples"]["C2"].data_type = "e"
    book["Examples"].row_dimensions[3].hidden = True
    book["Labels"].merge_cells("A2:A3")
    book["Costs"]["C2"] = "=100*100"
    book.save(path)
    _, problems = check_plan(path)
    found = [str(p) for p in problems]
    assert "Examples: hidden rows were included: 1. Delete what is not meant to count." in found
    assert "Examples!C2: the Expected shows #N/A. Type the answer instead." in found
    assert "Labels!2:2: the cells A2:A3 are merged. Unmerge them and fill each cell." in found
    assert any(
        f.startswith("Costs!C2: the Tasks per month (Expected) holds a formula with no saved result. Open the file in Excel")
        for f in found
    )


def test_left_out_candidates_are_left_out_with_their_recordings(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    made["Candidates"][2][7] = "no"
    plan, problems = check(made, tmp_path)
    assert plan is not None, problems
    assert [c.name for c in plan.candidates] == ["small"]
    assert plan.recorded_outputs == ()


def test_an_example_without_an_answer_is_kept_and_said(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    made["Examples"][1][2] = None
    found = warnings(made, tmp_path)
    assert found == ["Examples!C2: nothing says what is right here; the example is not scored. Fill it in."]
