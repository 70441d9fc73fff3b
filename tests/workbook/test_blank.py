"""The workbook that reportgen writes: other programs open it, recalculate it and find what was put in."""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from reportgen import assets
from reportgen.domain.records.plan import FieldSpec, FieldType, Split, Task
from reportgen.problems import NeedsMendingError, Severity
from reportgen.spreadsheets.cell_text import CELL_LIMIT
from reportgen.workbook.blank import presets
from reportgen.workbook.blank.content import Row
from reportgen.workbook.blank.live_counters import errors_allowed
from reportgen.workbook.blank.page import CellValue
from reportgen.workbook.blank.workbooks import BLANK_NAMES, write_blanks, write_workbook
from reportgen.workbook.blank.worked_examples import worked_rows
from reportgen.workbook.blank.worked_optional_examples import further_rows
from reportgen.workbook.layout import sheets
from reportgen.workbook.reading.parser import check_plan
from tests.loops import some

NASTY = (
    "=1+1",
    "{=1+1}",
    "+49 30 123",
    "@SUM(A1)",
    "https://example.com/a",
    "mailto:a@example.com",
    "internal:Sheet!A1",
    "file://x",
    "007",
    "1e5",
    "TRUE",
    "NA",
    "#N/A",
    " leading and trailing ",
    "two\nlines",
    "_x0041_",
    "emoji 😀, nbsp\u00a0, zero\u200bwidth",
    "<b>&amp;</b>",
)

ROWS: dict[str, list[Row]] = {
    "Examples": [
        {"Example ID": "1", "Input": "pay back", "Expected": "refund", "Segment": "mail", "Team": "north"},
        {"Example ID": "2", "Input": "where is it", "Expected": "Delivery", "Segment": "chat", "Split": "eval"},
        {"Example ID": "3", "Input": "hm", "Segment": "mail", "Split": "holdout"},
        {"Example ID": "3", "Input": "again", "Expected": "refund", "Known failure": "F-1"},
        {"Example ID": "5", "Expected": "refund", "Segment": "<5 kW"},
        {"Example ID": "6", "Input": "x", "Expected": "refund", "Segment": "*", "Output: old bot": "refund"},
    ],
    "Labels": [{"Label": "refund", "Also written as": ("money back", "return")}, {"Label": "delivery"}],
    "Candidates": [
        {"Candidate": "old bot", "Kind": "Recorded outputs", "Price date": dt.date(2025, 5, 2)},
        {"Candidate": "b"},
    ],
    "Costs": [
        {"Assumption": "tasks per month", "Low": 1, "Expected": 2, "High": 3},
        {"Assumption": "Share of errors a reviewer finds", "Expected": 0.9},
        {"Assumption": "Coffee", "Expected": 4, "Unit": "EUR"},
    ],
}


@pytest.fixture(scope="module")
def blanks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("blanks")
    write_blanks(folder)
    return folder


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "filled.xlsx"
    write_workbook(path, Task.CLASSIFICATION, rows=ROWS, evaluation={"Title": "Tickets", "Currency": "EUR", "Seed": None})
    return path


def opened(path: Path, *, values: bool = False) -> Workbook:
    return openpyxl.load_workbook(path, data_only=values)


def headers(sheet: Worksheet) -> list[str]:
    return [str(c.value) for c in sheet[1] if c.value is not None]


def column(sheet: Worksheet, header: str) -> list[object]:
    index = headers(sheet).index(header)
    return [row[index].value for row in sheet.iter_rows(min_row=2)]


def start_values(path: Path) -> dict[object, object]:
    return {row[0]: row[1] for row in opened(path, values=True)["Start"].iter_rows(values_only=True)}


def formulas(book: Workbook) -> Iterator[tuple[str, str]]:
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    yield sheet.title, cell.coordinate


@pytest.mark.parametrize("task", Task)
def test_a_blank_shows_the_sheets_of_the_contract_and_hides_only_our_own(blanks: Path, task: Task) -> None:
    book = opened(blanks / BLANK_NAMES[task])
    own = {Task.CLASSIFICATION: ["Labels"], Task.EXTRACTION: ["Fields"]}.get(task, [])
    expected = ["Start", "Evaluation", "Examples", *own, "Candidates", "Service levels", "Costs", "Lists", "Filled example"]
    assert [s.title for s in book if s.sheet_state == "visible"] == expected
    assert [s.title for s in book if s.sheet_state != "visible"] == ["_reportgen"]


@pytest.mark.parametrize("task", Task)
def test_the_shipped_blanks_are_what_the_layout_gives_now(blanks: Path, task: Task) -> None:
    shipped = assets.folder("workbooks") / BLANK_NAMES[task]
    message = "Stale: run  python -m reportgen.workbook.blank.workbooks workbooks"
    assert shipped.read_bytes() == (blanks / BLANK_NAMES[task]).read_bytes(), message


def test_the_same_content_gives_the_same_bytes(filled: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    write_workbook(again, Task.CLASSIFICATION, rows=ROWS, evaluation={"Title": "Tickets", "Currency": "EUR", "Seed": None})
    assert again.read_bytes() == filled.read_bytes()
    assert list(tmp_path.iterdir()) == [again]


@pytest.mark.parametrize("task", Task)
def test_the_version_and_task_stand_in_property_name_and_hidden_sheet(blanks: Path, task: Task) -> None:
    book = opened(blanks / BLANK_NAMES[task])
    assert book.custom_doc_props["reportgen.template_version"].value == sheets.TEMPLATE_VERSION
    assert book.custom_doc_props["reportgen.task"].value == task.value
    assert book.defined_names["reportgen_template_version"].attr_text == "'_reportgen'!$B$1"
    assert book["_reportgen"]["B1"].value == sheets.TEMPLATE_VERSION


@pytest.mark.parametrize("task", Task)
def test_a_blank_has_named_tables_frozen_headers_no_merged_cells_and_a_print_set_up(blanks: Path, task: Task) -> None:
    book = opened(blanks / BLANK_NAMES[task])
    for sheet in some(book):
        assert not sheet.merged_cells.ranges
    for name in some([s.name for s in sheets.SHEETS if s.name in book.sheetnames]):
        sheet = book[name]
        assert list(sheet.tables) == ["tbl" + "".join(w.capitalize() for w in name.split())]
        assert sheet.freeze_panes == "B2"
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.page_setup.orientation == "landscape"


@pytest.mark.parametrize("task", Task)
def test_every_drop_down_names_a_list_that_stands_in_the_workbook(blanks: Path, task: Task) -> None:
    book = opened(blanks / BLANK_NAMES[task])
    lists = [v for s in book for v in s.data_validations.dataValidation if v.type == "list"]
    assert len(lists) > 8
    for validation in lists:
        sheet, _, cells = book.defined_names[validation.formula1].attr_text.partition("!")
        assert book[sheet.strip("'")][cells.replace("$", "")]


def test_every_closed_column_refuses_other_words_and_says_what_it_is_for(blanks: Path) -> None:
    book = opened(blanks / BLANK_NAMES[Task.CLASSIFICATION])
    for name in ("Examples", "Candidates", "Service levels"):
        sheet = book[name]
        rules = {str(v.sqref).split(":")[0]: v for v in sheet.data_validations.dataValidation}
        for index, header in some(enumerate(headers(sheet))):
            if header == sheets.ROW_STATUS:
                continue
            rule = rules[sheet.cell(2, index + 1).coordinate]
            known = sheets.sheet(name).column(header)
            assert rule.prompt
            assert known.help in rule.prompt
            if known.choices:
                assert rule.type == "list"
                assert rule.showErrorMessage
                offered = book["Lists"][book.defined_names[rule.formula1].attr_text.partition("!")[2].replace("$", "")]
                assert tuple(cell[0].value for cell in offered) == known.choices


@pytest.mark.parametrize("task", Task)
def test_usual_service_levels_stand_in_a_blank_in_the_words_of_the_drop_down(blanks: Path, task: Task) -> None:
    sheet = opened(blanks / BLANK_NAMES[task])["Service levels"]
    measures = [m for m in column(sheet, "Measure") if m]
    assert len(measures) >= 5
    assert set(measures) <= set(sheets.measure_choices(task))
    assert sheets.measure_words("p95 latency") in measures
    assert sheets.measure_words("cost per task") in measures


def test_expert_columns_stand_right_and_folded(blanks: Path) -> None:
    sheet = opened(blanks / BLANK_NAMES[Task.CLASSIFICATION])["Examples"]
    assert headers(sheet) == [
        *("Example ID", "Input", "Expected", "Segment", "Notes", "Row status"),
        *("Input file", "Group", "Split", "Known failure", "Second label"),
    ]
    assert sheet.column_dimensions["G"].hidden
    assert not sheet.column_dimensions["F"].hidden


def test_only_our_own_sheets_and_fixed_names_are_protected(blanks: Path) -> None:
    book = opened(blanks / BLANK_NAMES[Task.CLASSIFICATION])
    protected = {s.title for s in book if s.protection.sheet}
    assert protected == {"Start", "Evaluation", "Lists", "Filled example"}
    assert not book["Evaluation"]["B2"].protection.locked
    assert book["Evaluation"]["A2"].protection.locked


def test_fields_make_columns_and_rows(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    write_workbook(path, Task.EXTRACTION, fields=(FieldSpec("Tenant", FieldType.NAME, required=True), FieldSpec("Rent")))
    book = opened(path)
    assert headers(book["Examples"])[3:5] == ["Expected: Tenant", "Expected: Rent"]
    assert {"Evidence: Tenant", "Evidence: Rent"} <= set(headers(book["Examples"]))
    assert column(book["Fields"], "Field")[:3] == ["Tenant", "Rent", None]
    assert column(book["Fields"], "Type")[:2] == ["name", "text"]


def test_further_sheets_are_added_by_forgiving_names_with_their_presets(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    write_workbook(path, Task.SUMMARIZATION, with_sheets=("recorded_OUTPUTS", "Review rules", "attestations"))
    book = opened(path)
    assert {"Recorded outputs", "Review rules", "Attestations"} <= set(book.sheetnames)
    assert [v for v in column(book["Review rules"], "On") if v] == ["yes"] * 4 + ["no"] * 3
    assert len([v for v in column(book["Attestations"], "Statement") if v]) == len(presets.ATTESTATIONS)


@pytest.mark.parametrize("task", Task)
def test_the_filled_example_shows_every_sheet_of_its_workbook_and_its_rows_are_right(tmp_path: Path, task: Task) -> None:
    rows = {**further_rows(task), **worked_rows(task)}
    assert set(rows) == {s.name for s in sheets.sheets_for(task)} - {"Evaluation", "Service levels"}
    rows["Examples"] = tuple(row for row in rows["Examples"] if "Input" in row)
    path = tmp_path / "x.xlsx"
    write_workbook(path, task, rows=rows, evaluation={"Title": "Worked"})
    titles = column(opened(path)["Filled example"], "How a filled-in workbook looks")
    assert set(rows) | {"Service levels"} <= set(titles)
    _, problems = check_plan(path)
    assert [str(p) for p in problems if p.severity is Severity.ERROR] == []


def test_an_unknown_sheet_is_refused_with_the_near_miss(tmp_path: Path) -> None:
    with pytest.raises(NeedsMendingError, match="Did you mean Recorded outputs"):
        write_workbook(tmp_path / "x.xlsx", Task.EXTRACTION, with_sheets=("Recoded outputs",))


def test_a_sheet_of_another_task_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NeedsMendingError, match="not part of summarization"):
        write_workbook(tmp_path / "x.xlsx", Task.SUMMARIZATION, with_sheets=("Labels",))


def test_text_stands_in_the_file_character_by_character(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    rows: list[Row] = [{"Example ID": text, "Input": text, "Own column": text} for text in NASTY]
    write_workbook(path, Task.CLASSIFICATION, rows={"Examples": rows})
    sheet = opened(path)["Examples"]
    for place, text in enumerate(NASTY, start=2):
        for header in ("Example ID", "Input", "Own column"):
            cell = sheet.cell(place, headers(sheet).index(header) + 1)
            # openpyxl does not undo the escape of a literal _x0041_; the file itself is checked below.
            assert cell.value == text or "_x0041_" in text
            assert cell.data_type == "s"
            assert cell.hyperlink is None
    assert "_x005F_x0041_" in zipfile.ZipFile(path).read("xl/sharedStrings.xml").decode()


def test_a_lone_surrogate_does_not_lose_the_workbook(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    write_workbook(path, Task.CLASSIFICATION, rows={"Examples": [{"Example ID": "1", "Input": "a\ud800b"}]})
    assert opened(path)["Examples"]["B2"].value == "a\ufffdb"


@pytest.mark.parametrize(("text", "fits"), [("a" * CELL_LIMIT, True), ("a" * 32_768, False), ("😀" * 16_384, False)])
def test_nothing_is_cut_and_what_does_not_fit_is_refused_by_cell(tmp_path: Path, text: str, fits: bool) -> None:
    path = tmp_path / "x.xlsx"
    rows: dict[str, list[Row]] = {"Examples": [{"Example ID": "1", "Input": text}]}
    if fits:
        write_workbook(path, Task.CLASSIFICATION, rows=rows)
        assert opened(path)["Examples"]["B2"].value == text
        return
    with pytest.raises(NeedsMendingError, match=r"Examples!B2: the text has 32,768 characters, and a cell holds 32,767"):
        write_workbook(path, Task.CLASSIFICATION, rows=rows)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_refused(tmp_path: Path, value: float) -> None:
    with pytest.raises(NeedsMendingError, match=r"Candidates!.2: "):
        write_workbook(tmp_path / "x.xlsx", Task.CLASSIFICATION, rows={"Candidates": [{"Input price": value}]})


def test_values_keep_their_types_and_own_columns_stay(filled: Path) -> None:
    book = opened(filled)
    examples = book["Examples"]
    open_ones = headers(examples)[: headers(examples).index(sheets.ROW_STATUS)]
    assert open_ones[:5] == ["Example ID", "Input", "Expected", "Segment", "Notes"]
    assert set(open_ones[5:]) == {"Split", "Known failure", "Output: old bot", "Team"}
    assert column(examples, "Example ID")[0] == "1"
    assert column(book["Labels"], "Also written as")[0] == "money back\nreturn"
    assert column(book["Candidates"], "Price date")[0] == dt.datetime(2025, 5, 2)  # noqa: DTZ001 - a date cell has no zone
    assert not any(column(book["Service levels"], "Measure"))


def test_given_costs_fill_the_named_lines_and_others_follow(filled: Path) -> None:
    sheet = opened(filled)["Costs"]
    rows = [r for r in sheet.iter_rows(min_row=2, values_only=True) if r[0]]
    assert [r[0] for r in rows[1:]] == [*(r.name for r in sheets.sheet("Costs").rows[1:]), "Coffee"]
    assert rows[0][1:5] == (1, 2, 3, "tasks")
    assert (rows[7][2], sheet["C9"].number_format) == (0.9, "0.0##%")
    assert rows[2][4] == "EUR"


@pytest.mark.parametrize("task", Task)
def test_each_cost_line_says_what_it_means_and_a_share_is_typed_as_percent(blanks: Path, task: Task) -> None:
    sheet = opened(blanks / BLANK_NAMES[task])["Costs"]
    prompts = {str(v.sqref): v.prompt for v in sheet.data_validations.dataValidation}
    for place, line in some(enumerate(sheets.sheet("Costs").rows, start=2)):
        assert prompts[f"C{place}"].startswith(line.help)
        assert sheet[f"C{place}"].number_format == ("0.0##%" if line.unit == "%" else "General")
        assert str(column(sheet, "Help")[place - 2]).endswith(line.help)


@pytest.mark.parametrize("task", Task)
def test_the_reader_finds_in_a_blank_only_what_is_still_to_be_filled_in(blanks: Path, task: Task) -> None:
    _, problems = check_plan(blanks / BLANK_NAMES[task])
    assert [p.where for p in problems] == ["Evaluation!B2", "Examples", "Candidates"]


def test_items_show_their_defaults_and_one_given_as_none_stays_blank(filled: Path) -> None:
    values = {r[0]: r[1] for r in opened(filled)["Evaluation"].iter_rows(min_row=2, values_only=True)}
    assert (values["Title"], values["Currency"], values["Seed"]) == ("Tickets", "EUR", None)
    assert (values["Train share"], values["Confidence"], values["Rule"]) == (0.7, 0.95, "proven")
    assert values["Task"] == "classification"


def test_row_status_says_what_each_row_needs(filled: Path) -> None:
    book = opened(filled, values=True)
    assert column(book["Examples"], "Row status")[:7] == [
        "Complete",
        "Complete",
        "Example ID stands twice",
        "Example ID stands twice",
        "Needs Input or Input file",
        "Complete",
        None,
    ]
    assert column(book["Candidates"], "Row status")[:3] == ["Complete", "Needs Kind", None]


def test_a_service_level_that_nobody_agreed_to_is_not_called_complete(tmp_path: Path) -> None:
    rows = [{"Measure": "accuracy", "Comparison": "at least", "Target": 0.9, "Agreed by": who} for who in ("Ada", None)]
    write_workbook(tmp_path / "levels.xlsx", Task.CLASSIFICATION, rows={"Service levels": rows})
    sheet = opened(tmp_path / "levels.xlsx", values=True)["Service levels"]
    assert column(sheet, "Row status")[:3] == ["Complete", "Not agreed yet", None]


@pytest.mark.parametrize("task", list(Task))
def test_the_print_of_start_tears_no_table_apart(task: Task, tmp_path: Path) -> None:
    write_workbook(tmp_path / "blank.xlsx", task)
    sheet = opened(tmp_path / "blank.xlsx")["Start"]
    assert sheet.row_breaks.brk
    for broken in sheet.row_breaks.brk:
        above, below = sheet.cell(broken.id, 1), sheet.cell(broken.id + 1, 1)
        assert above.value is None
        assert below.value
        assert below.font.b


def test_the_counters_of_start_hold_what_was_filled_in(filled: Path) -> None:
    counted = {
        "Examples with an ID and an input": 5,
        "... of them with what is right": 4,
        "Rows begun but not complete": 2,
        "Rows whose ID stands twice": 2,
        "Candidates": 2,
        "First four lines of Costs": 1,
        Split.EVAL.value: 1,
        Split.HOLDOUT.value: 1,
        "known failures": 1,
        "refund": 3,
        "delivery": 1,
        "mail": 2,
        "chat": 1,
        "*": 1,
    }
    values = start_values(filled)
    assert {name: values[name] for name in counted} == counted
    assert values["<5 kW"] == 0
    assert values["no segment, or not listed above"] == 1


@pytest.mark.parametrize(
    ("n", "wanted", "allowed"),
    [(100, 0.95, 1), (59, 0.95, 0), (58, 0.95, "cannot be proven"), (50, 0.95, "cannot be proven"), (0, 0.9, "no examples")],
)
def test_what_a_sample_can_prove_agrees_with_the_known_table(n: int, wanted: float, allowed: int | str) -> None:
    assert errors_allowed(n, wanted, 0.05) == allowed


def test_what_a_sample_can_prove_agrees_with_the_exact_bound_of_scipy() -> None:
    from scipy.stats import binomtest  # noqa: PLC0415 - slow to import, for this test alone

    for n, wanted in itertools.product((30, 137, 400), (0.8, 0.9, 0.95)):
        proven = [
            k for k in range(n) if binomtest(n - k, n, alternative="greater").proportion_ci(0.95, "exact").low >= wanted
        ]
        assert errors_allowed(n, wanted, 0.05) == (max(proven) if proven else "cannot be proven")


def test_thousands_of_rows_are_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    examples: list[Row] = [{"Example ID": f"{i:05}", "Input": f"text {i}", "Expected": "a"} for i in range(3_000)]
    write_workbook(path, Task.CLASSIFICATION, rows={"Examples": examples, "Labels": [{"Label": "a"}]})
    assert column(opened(path)["Examples"], "Example ID") == [row["Example ID"] for row in examples]
    assert start_values(path)["a"] == 3_000


def test_an_existing_file_is_replaced_only_by_a_whole_one(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"mine")
    bad: CellValue = float("nan")
    with pytest.raises(NeedsMendingError):
        write_workbook(path, Task.CLASSIFICATION, rows={"Candidates": [{"Input price": bad}]})
    assert path.read_bytes() == b"mine"


@pytest.mark.deep
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_recalculates_every_formula_to_the_value_that_was_written(
    blanks: Path, filled: Path, tmp_path: Path
) -> None:
    for path in (*sorted(blanks.iterdir()), filled):
        written = opened(path, values=True)
        bare = tmp_path / path.name
        opened(path).save(bare)  # openpyxl keeps formulas and drops their values, so LibreOffice has to calculate them
        profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
        command = ["soffice", "--headless", profile, "--convert-to", "xlsx", "--outdir", str(tmp_path / "out"), str(bare)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        recalculated = opened(tmp_path / "out" / path.name, values=True)
        for sheet, cell in some(formulas(opened(path))):
            found, expected = recalculated[sheet][cell].value or "", written[sheet][cell].value or ""
            assert found == (pytest.approx(expected) if isinstance(expected, float) else expected), (path.name, sheet, cell)
