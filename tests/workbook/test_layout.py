"""The layout is data: these tests hold it to the contract and to what drop-downs and messages can carry."""

from __future__ import annotations

import pytest

from reportgen.domain.measures import MEASURES
from reportgen.domain.records.plan import Task
from reportgen.workbook.blank.table_sheets import input_message
from reportgen.workbook.layout import sheets
from reportgen.workbook.layout.schema import CellType, Column, Sheet
from tests.loops import some

CONTRACT = {
    "Evaluation": "Item*, Value*, Help",
    "Examples": "Example ID*, Input*, Input file, Expected, Reference summary, Key facts, Expected: <Field>, "
    "Evidence: <Field>, Segment, Group, Split, Known failure, Second label, Output: <Candidate>, "
    "Cost: <Candidate>, Latency: <Candidate>, Notes",
    "Labels": "Label*, Description, Also written as, Order",
    "Mistake costs": "Expected*, Given*, Cost*",
    "Fields": "Field*, Type*, Required, Citation required, Choices, Tolerance, Also written as, Description, Items are",
    "Records": "Example ID*, Field",
    "Candidates": "Candidate*, Kind*, Model, Prompt, Include, Role, Few-shot examples, Temperature, Most output tokens, "
    "Endpoint, Key variable, Input price, Cached input price, Output price, Price source, "
    "Price date, Infrastructure cost per month, Price per task, "
    "Settings, Notes",
    "Prompts": "Prompt*, System message, User message*",
    "Recorded outputs": "Candidate*, Example ID*, Output, Confidence, Latency (s), Input tokens, Cached input tokens, "
    "Output tokens, Attempts, Outcome, Cost, Recorded on, Repeat",
    "Recorded verdicts": "Candidate*, Example ID*, Part, Verdict*, Judge kind, Counts from, Judged by, Judged on, Reason",
    "Service levels": "Measure*, Scope, Comparison*, Target*, Unit, Importance, Agreed by, Agreed on, Reason",
    "Costs": "Assumption*, Low, Expected*, High, Unit, Source",
    "Review rules": "Rule*, Threshold, On",
    "Production mix": "Segment*, Share*",
    "Known failures": "Failure ID*, Description*, Severity, First seen",
    "Requirements": "Candidate*, Requirement*, Importance, Met*, Answer, Source, Confirmed by, Date",
    "Screening": "Model*, Board*, Rating*, Low, High, Votes, As of*",
    "Attestations": "Statement*, Confirmed by, Role, Date",
}
BEYOND = {"Costs": {("Help", False)}}
"""What we add to the contract's sheets: a line of Costs is not to be understood by its name alone (FAST 2.04-02)."""
ITEMS = (
    "Title*, Task*, Purpose, Business owner, Prepared by, Document number, Confidentiality, Decision needed by, "
    "Primary measure, Train share, Eval share, Holdout share, Seed, Confidence, Currency, "
    "Spending limit, Most requests at once, "
    "Seconds before a request times out, Most attempts, Date order, Decimal mark, Regression margin, Screen keeps, Rule, "
    "Answers are read, Labels per example, Repeats, Out-of-scope uses, Risk class, Risk class decided by, Monitored by, "
    "Evidence kept until"
)
COSTS = (
    "Tasks per month, Minutes per review, Reviewer cost per hour, Manual cost per task, Infrastructure cost per month, "
    "Infrastructure cost per request, Overhead factor, Share of errors a reviewer finds, Cost of an undetected error, "
    "Setup cost, Months to spread the setup cost over"
)


def named(text: str) -> set[tuple[str, bool]]:
    return {(name.rstrip("*"), name.endswith("*")) for name in text.split(", ")}


def every_column() -> list[tuple[Sheet, Column]]:
    return [(sheet, column) for sheet in sheets.SHEETS for column in sheet.columns]


def test_the_layout_has_exactly_the_sheets_of_the_contract() -> None:
    assert {s.name for s in sheets.SHEETS} == set(CONTRACT)
    assert {s.name for s in sheets.required_sheets()} == {"Evaluation", "Examples", "Candidates", "Service levels", "Costs"}


@pytest.mark.parametrize("name", CONTRACT)
def test_a_sheet_has_exactly_the_columns_of_the_contract(name: str) -> None:
    assert {(c.header, c.required) for c in sheets.sheet(name).columns} == named(CONTRACT[name]) | BEYOND.get(name, set())


def test_the_evaluation_has_exactly_the_items_of_the_contract() -> None:
    assert {(i.name, i.required) for i in sheets.sheet("Evaluation").items} == named(ITEMS)


def test_the_costs_have_exactly_the_rows_of_the_contract_and_the_first_four_first() -> None:
    rows = sheets.sheet("Costs").rows
    assert ", ".join(r.name for r in rows) == COSTS
    assert [r.first for r in rows] == [True] * 4 + [False] * 7


@pytest.mark.parametrize("task", Task)
def test_no_two_headers_or_aliases_of_a_sheet_are_the_same_for_one_task(task: Task) -> None:
    for sheet in some(sheets.sheets_for(task)):
        columns = [c for c in sheet.columns if task in c.tasks]
        names = [sheets.squash(n) for c in columns for n in (c.header, *c.aliases)]
        assert len(names) == len(set(names)), sheet.name


def test_no_alias_of_a_sheet_hides_the_name_of_another() -> None:
    for sheet in sheets.SHEETS:
        assert sheets.sheet(sheet.name.upper().replace(" ", "_")) is sheet
        assert {sheets.squash(a) for a in sheet.aliases}.isdisjoint(
            sheets.squash(s.name) for s in sheets.SHEETS if s is not sheet
        )


def test_no_sheet_or_alias_is_one_of_ours() -> None:
    ours = {sheets.squash(name) for name in sheets.OURS}
    assert ours.isdisjoint(sheets.squash(n) for s in sheets.SHEETS for n in (s.name, *s.aliases))
    assert ours.isdisjoint(sheets.squash(n) for _, c in every_column() for n in (c.header, *c.aliases))


def test_every_column_item_and_cost_row_has_a_help_that_an_input_message_can_hold() -> None:
    for sheet, column in some(every_column()):
        assert column.help.endswith((".", "?", ":", "...")), (sheet.name, column.header)
        assert len(input_message(column)) <= 255, (sheet.name, column.header)
    for item in some(sheets.sheet("Evaluation").items):
        assert 0 < len(item.help) + len("Usually left as it is. ") <= 255, item.name
    assert all(row.help for row in some(sheets.sheet("Costs").rows))


def test_a_choice_has_choices_and_every_other_spelling_leads_to_one_of_them() -> None:
    cells = [(c.header, c.cell) for _, c in every_column()] + [(i.name, i.cell) for i in sheets.sheet("Evaluation").items]
    for name, cell in some(cells):
        assert bool(cell.choices) == (cell.type is CellType.CHOICE), name
        assert set(cell.spellings.values()) <= set(cell.choices), name
        assert all(key == key.casefold() for key in cell.spellings), name
        assert not any("\n" in choice for choice in cell.choices), name


def test_families_are_spelled_out_and_fall_away_without_names() -> None:
    headers = [h for h, _ in sheets.columns_for(sheets.sheet("Examples"), Task.EXTRACTION, ["Tenant", "Rent"], ["old bot"])]
    assert headers[3:5] == ["Expected: Tenant", "Expected: Rent"]
    assert {"Evidence: Tenant", "Evidence: Rent", "Output: old bot"} <= set(headers)
    assert not any(":" in h for h, _ in sheets.columns_for(sheets.sheet("Examples"), Task.EXTRACTION))


@pytest.mark.parametrize("task", Task)
def test_open_columns_stand_before_folded_ones(task: Task) -> None:
    for sheet in some(sheets.sheets_for(task)):
        folds = [sheets.folded(c, task) for _, c in sheets.columns_for(sheet, task, ["A"], ["B"])]
        assert folds == sorted(folds)
        assert not any(sheets.folded(c, task) for c in sheet.columns if c.required)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("question-answering", Task.QUESTION_ANSWERING),
        ("QA", Task.QUESTION_ANSWERING),
        (" Question  Answering", Task.QUESTION_ANSWERING),
        ("Summarisation", Task.SUMMARIZATION),
        ("extraction", Task.EXTRACTION),
        ("translation", None),
    ],
)
def test_a_task_is_understood_as_offices_write_it(written: str, meant: Task | None) -> None:
    assert sheets.task_named(written) is meant


@pytest.mark.parametrize("task", Task)
def test_measures_are_offered_in_plain_words_and_only_those_of_the_task(task: Task) -> None:
    words = sheets.measure_choices(task)
    assert sheets.measure_words(sheets.PRIMARY_MEASURES[task]) in words
    assert set(words) == {m.words for m in MEASURES.values() if task in m.tasks and m.gateable}
    assert len(set(words)) == len(words)
    assert set(words) <= set(sheets.measure_choices(task, levels_only=False))


def test_local_baselines_are_those_of_the_contract_and_every_task_has_one() -> None:
    assert list(sheets.LOCAL_BASELINES) == [
        "majority",
        "nearest example",
        "tf-idf logistic regression",
        "anchors and patterns",
        "lead sentences",
        "lexrank",
    ]
    assert all(any(task in tasks for tasks in sheets.LOCAL_BASELINES.values()) for task in Task)
