"""Answers as they really come, from the workbook to what a buyer is told: how they are read, and what cannot be read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from reportgen.cli import main
from reportgen.domain.records.plan import Task
from reportgen.workbook.blank.workbooks import write_workbook
from tests.small_workbooks import COSTS, examples, tickets

Wrap = Callable[[str], str]
COUNT = 60


def _recorded(candidate: str, wrap: Wrap, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"Candidate": candidate, "Example ID": row["Example ID"], "Output": wrap(row["Expected"]), "Cost": 0.01}
        for row in rows
    ]


def _book(path: Path, wraps: Mapping[str, Wrap], reads: str = "", labels: list[dict[str, Any]] | None = None) -> Path:
    """Write 60 labelled messages and recorded candidates whose right labels are wrapped in words."""
    rows = examples(COUNT)
    tickets(
        path,
        count=COUNT,
        all_eval=True,
        candidates=[{"Candidate": name, "Kind": "Recorded outputs"} for name in wraps],
        Labels=labels or [{"Label": "refund"}, {"Label": "delivery"}],
        Recorded_outputs=[row for name, wrap in wraps.items() for row in _recorded(name, wrap, rows)],
    )
    if reads:
        _set(path, "Answers are read", reads)
    return path


def _set(path: Path, item: str, value: str) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["Evaluation"]
    for row in sheet.iter_rows(min_row=2):
        if row[0].value == item:
            row[1].value = value
            break
    else:
        sheet.append([item, value])
    book.save(path)


def _run(path: Path) -> Mapping[str, Any]:
    assert main(["run", str(path), "--json"]) == 0
    found: Mapping[str, Any] = json.loads((path.with_name(f"{path.stem}-run") / "results.json").read_text(encoding="utf-8"))
    return found


def _accuracy(results: Mapping[str, Any], candidate: str) -> tuple[float, float, int]:
    found = next(c for c in results["candidates"] if c["name"] == candidate)
    figure = found["measurements"]["accuracy"]
    return figure["value"], figure["lenient"], found["counts"]["invalid"]


@pytest.mark.parametrize(
    ("reads", "figures"),
    [
        ("", {"explains": (0.0, 1.0, 60), "thinks": (0.0, 1.0, 60), "fenced": (0.0, 1.0, 60)}),
        ("first line", {"explains": (1.0, 1.0, 0), "thinks": (1.0, 1.0, 0), "fenced": (1.0, 1.0, 0)}),
        ("Label anywhere", {"explains": (1.0, 1.0, 0), "thinks": (1.0, 1.0, 0), "fenced": (1.0, 1.0, 0)}),
        ("repaired", {"explains": (0.0, 1.0, 60), "thinks": (1.0, 1.0, 0), "fenced": (1.0, 1.0, 0)}),
    ],
)
def test_the_way_an_application_reads_decides_and_the_lenient_figure_stands_beside_it(
    tmp_path: Path, reads: str, figures: dict[str, tuple[float, float, int]], capsys: pytest.CaptureFixture[str]
) -> None:
    wraps: dict[str, Wrap] = {
        "explains": lambda label: f"{label.upper()}\n\nThe message asks for it.",
        "thinks": lambda label: f"<think>refund or delivery?</think>\n{label}",
        "fenced": lambda label: f'```json\n{{"label": "{label}"}}\n```',
    }
    results = _run(_book(tmp_path / "w.xlsx", wraps, reads))
    assert {name: _accuracy(results, name) for name in wraps} == figures
    capsys.readouterr()


def test_a_candidate_of_which_nothing_can_be_read_is_said_in_the_first_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _book(tmp_path / "w.xlsx", {"right": str, "verbose": lambda label: f"{label} - because the message says so"})
    assert main(["check", str(path)]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("w.xlsx can be run, but nothing of verbose can be read: 60 eval.")
    assert "None of the 60 recorded answers of verbose can be read" in said.err
    assert "set Answers are read to first line or label anywhere" in said.err
    assert main(["run", str(path)]) == 0
    first, *_ = capsys.readouterr().out.splitlines()
    assert first.endswith("Nothing that verbose answered could be read.")
    note = " ".join(" ".join(_texts(tmp_path / "w-run" / "comparison.xlsx")).split())
    assert "None of the 60 answers of verbose can be read" in note


def test_a_vendors_own_word_is_named_with_the_label_it_most_likely_means(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def vendor(label: str) -> str:
        return "Money back" if label == "refund" else label

    path = _book(tmp_path / "w.xlsx", {"right": str, "vendor": vendor})
    main(["check", str(path)])
    told = capsys.readouterr().err
    assert "30 of 60 recorded answers of vendor cannot be read" in told
    assert '"Money back" (30, most likely refund: expected in 30 of 30)' in told
    assert 'enter under Also written as: "Money back" for refund' in told
    results = _run(path)
    found = next(f for f in results["findings"] if f["code"] == "unreadable-answers")
    assert '"Money back" (30, most likely refund' in found["what"]
    mended = [{"Label": "refund", "Also written as": "Money back"}, {"Label": "delivery"}]
    assert _accuracy(_run(_book(tmp_path / "m.xlsx", {"right": str, "vendor": vendor}, labels=mended)), "vendor") == (
        1.0,
        1.0,
        0,
    )


def test_a_word_that_means_no_one_label_is_named_without_a_guess(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", str(_book(tmp_path / "w.xlsx", {"right": str, "vendor": lambda _: "cannot say"}))])
    told = capsys.readouterr().err
    assert '"cannot say" (60)' in told
    assert "Look at these answers" in told


@pytest.mark.parametrize(
    ("task", "reads", "column"),
    [
        (Task.EXTRACTION, "first line", "Expected: A"),
        (Task.SUMMARIZATION, "label anywhere", "Key facts"),
        (Task.QUESTION_ANSWERING, "label anywhere", "Expected"),
        (Task.CLASSIFICATION, "loosely", "Expected"),
    ],
)
def test_a_way_of_reading_that_says_nothing_for_the_task_is_a_problem_by_cell(
    tmp_path: Path, task: Task, reads: str, column: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "w.xlsx"
    rows: dict[str, list[dict[str, Any]]] = {
        "Examples": [{"Example ID": "1", "Input": "a text", "Split": "eval", column: "a"}],
        "Candidates": [{"Candidate": "x", "Kind": "Recorded outputs"}],
        "Recorded outputs": [{"Candidate": "x", "Example ID": "1", "Output": "a"}],
        "Service levels": [{"Measure": "failure rate", "Comparison": "at most", "Target": 0.1}],
        "Costs": [{"Assumption": name, "Expected": value} for name, value in COSTS.items()],
    }
    write_workbook(path, task, evaluation={"Title": "T", "Answers are read": reads}, rows=rows)
    assert main(["check", str(path)]) == 2
    assert "Answers are read is" in capsys.readouterr().err


def _texts(book: Path) -> list[str]:
    sheets = openpyxl.load_workbook(book, read_only=True)
    return [str(c) for sheet in sheets for row in sheet.iter_rows(values_only=True) for c in row if isinstance(c, str)]
