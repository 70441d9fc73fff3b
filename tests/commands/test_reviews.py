"""Reviews go out on the Responses sheet and come back: a person's verdict, with name and day, takes the place of ours."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from reportgen import read_workbook
from reportgen.cli import main
from reportgen.domain.records import review_columns
from reportgen.evidence.run_folder import RunFolder
from reportgen.problems import ExitCode
from reportgen.verification import records
from reportgen.verification.checks import Word
from reportgen.workbook.reading.reviews import read_review_file
from tests.small_workbooks import examples, tickets

NAME = "Desk model"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    labels = [row["Expected"] for row in examples(40)]
    outputs = [
        {"Candidate": NAME, "Example ID": row["Example ID"], "Output": labels[n + 1] if n % 8 == 0 else row["Expected"]}
        for n, row in enumerate(examples(40))
    ]
    candidates = [{"Candidate": NAME, "Kind": "Recorded outputs", "Input price": 1, "Output price": 3}]
    folder = tmp_path_factory.mktemp("reviews")
    workbook = tickets(folder / "tickets.xlsx", candidates=candidates, count=40, all_eval=True, Recorded_outputs=outputs)
    assert main(["run", str(workbook)]) == ExitCode.DONE
    return workbook.with_name("tickets-run")


def reviewed(run: Path, target: Path, verdict: str, *, by: str = "Ada Byron", of: str | None = NAME) -> tuple[Path, str]:
    """Fill in the yellow cells of the first wrong answer of the candidate, as a reviewer would, and return its example."""
    book = openpyxl.load_workbook(run / "comparison.xlsx")
    sheet: Any = book[review_columns.SHEET]
    heads = {cell.value: cell.column for cell in sheet[review_columns.HEADER_ROW]}
    row = next(
        r
        for r in range(review_columns.HEADER_ROW + 1, sheet.max_row)
        if "wrong" in str(sheet.cell(r, heads[f"{NAME}: mark"]).value)
    )
    filled = (of, None, verdict, "The desk accepts either label.", by, date(2026, 4, 30))
    for name, value in zip(review_columns.COLUMNS, filled, strict=True):
        sheet.cell(row, heads[name]).value = value
    book.save(target)
    return target, str(sheet.cell(row, heads[review_columns.EXAMPLE]).value)


def accuracy(run: Path) -> float:
    results = json.loads((run / "results.json").read_text(encoding="utf-8"))
    found = next(c for c in results["candidates"] if c["name"] == NAME)["measurements"]["accuracy"]
    return float(found["value"]) * float(found["n"])


def test_a_verdict_filled_in_on_the_responses_sheet_is_scored_with_its_name_and_day(run: Path, tmp_path: Path) -> None:
    filled, example = reviewed(run, tmp_path / "comparison.xlsx", "correct")
    out = tmp_path / "again"
    assert main(["score", str(run), "--out", str(out), "--reviews", str(filled)]) == ExitCode.DONE
    assert accuracy(out) == pytest.approx(accuracy(run) + 1)
    kept = "".join(p.read_text(encoding="utf-8") for p in (out / "evidence").glob("*review*"))
    assert example in kept
    assert "Ada Byron" in kept
    assert "2026-04-30" in kept
    assert main(["verify", str(out)]) in {ExitCode.DONE, ExitCode.INCONCLUSIVE}


def test_a_verdict_without_a_name_is_a_problem_with_its_cell_and_scores_nothing(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled, _ = reviewed(run, tmp_path / "comparison.xlsx", "correct", by="")
    out = tmp_path / "again"
    assert main(["score", str(run), "--out", str(out), "--reviews", str(filled)]) == ExitCode.NEEDS_MENDING
    assert "Responses!" in capsys.readouterr().err
    assert not out.exists()


def test_an_example_that_a_reviewer_takes_out_is_read_with_who_and_when(run: Path, tmp_path: Path) -> None:
    filled, example = reviewed(run, tmp_path / "comparison.xlsx", review_columns.REMOVE, of=None)
    read = read_review_file(filled, read_workbook(run.with_name("tickets.xlsx")))
    assert [(gone.example_id, gone.by, gone.on) for gone in read.removed] == [(example, "Ada Byron", "2026-04-30")]
    assert read.verdicts == ()


@pytest.mark.usefixtures("figures_only")
def test_an_example_that_a_reviewer_takes_out_leaves_the_figures_and_stays_in_the_journal(run: Path, tmp_path: Path) -> None:
    filled, example = reviewed(run, tmp_path / "comparison.xlsx", review_columns.REMOVE, of=None)
    out = tmp_path / "again"
    assert main(["score", str(run), "--out", str(out), "--reviews", str(filled)]) == ExitCode.DONE
    before, after = (json.loads((r / "results.json").read_text(encoding="utf-8")) for r in (run, out))
    counts = [next(c for c in found["candidates"] if c["name"] == NAME)["counts"]["planned"] for found in (before, after)]
    assert counts == [40, 39]
    assert accuracy(out) == pytest.approx(accuracy(run)), "a wrong answer left: as many right, of one fewer"
    (told,) = [f for f in after["findings"] if f["code"] == "example-removed"]
    assert f"Example {example} was taken out by Ada Byron on 2026-04-30" in told["what"]
    assert "The desk accepts either label." in told["what"]
    assert (out / "evidence" / "responses.jsonl").read_bytes() == (run / "evidence" / "responses.jsonl").read_bytes()
    parent = json.loads((out / "evidence" / "parent.json").read_text(encoding="utf-8"))
    assert parent["run_id"] == before["evaluation"]["run_id"] != after["evaluation"]["run_id"]
    again = tmp_path / "third"
    assert main(["score", str(out), "--out", str(again)]) == ExitCode.DONE
    assert accuracy(again) == accuracy(out), "what was removed stays removed"
    assert records.coverage(records.Sources(RunFolder(out)), recomputed(out)).word is Word.SAME


def recomputed(run: Path) -> records.Recomputed:
    """Return a run computed again from its records."""
    return records.recompute(records.Sources(RunFolder(run)))


def test_a_workbook_in_which_nobody_wrote_is_told_so(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["score", str(run), "--out", str(tmp_path / "again"), "--reviews", str(run / "comparison.xlsx")]
    assert main(command) == ExitCode.NEEDS_MENDING
    assert "yellow columns" in capsys.readouterr().err
