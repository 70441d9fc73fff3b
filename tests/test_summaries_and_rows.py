"""Summaries judged in part, grades, rows out of step and copies: from the workbook to what a buyer is told."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from reportgen.cli import main
from reportgen.domain.records.plan import Task
from reportgen.workbook.blank.workbooks import write_workbook
from tests.small_workbooks import COSTS

TEXT = "The plant opened in Lyon in 1999. It employs 300 people. It makes pumps. It was sold to Acme."
COUNT = 24
Rows = list[dict[str, Any]]


def _summaries(path: Path, verdicts: Sequence[tuple[str, object]], *, facts: bool, **more: object) -> Path:
    """Write summaries of four sound sentences; `verdicts` are those that a person gave on each of them."""
    book: dict[str, Rows] = {
        "Examples": [
            {"Example ID": f"E{i}", "Input": f"{TEXT} Report {i}.", "Split": "eval"}
            | ({"Key facts": "The plant is in Lyon"} if facts else {})
            for i in range(COUNT)
        ],
        "Candidates": [{"Candidate": "s", "Kind": "Recorded outputs"}],
        "Recorded outputs": [{"Candidate": "s", "Example ID": f"E{i}", "Output": TEXT, "Cost": 0.01} for i in range(COUNT)],
        "Recorded verdicts": [
            {"Candidate": "s", "Example ID": f"E{i}", "Part": part, "Verdict": word, "Judge kind": "person", **more}
            for i in range(COUNT)
            for part, word in verdicts
        ],
        "Service levels": [{"Measure": "factual precision", "Comparison": "at least", "Target": 0.6}],
        "Costs": [{"Assumption": name, "Expected": value} for name, value in COSTS.items()],
    }
    write_workbook(path, Task.SUMMARIZATION, evaluation={"Title": "Summaries"}, rows=book)
    return path


def _run(path: Path) -> Mapping[str, Any]:
    assert main(["run", str(path), "--json"]) == 0
    found: Mapping[str, Any] = json.loads((path.with_name(f"{path.stem}-run") / "results.json").read_text(encoding="utf-8"))
    return found


def _value(results: Mapping[str, Any], measure: str) -> float | None:
    value: float | None = results["candidates"][0]["measurements"][measure]["value"]
    return value


def _codes(results: Mapping[str, Any]) -> set[str]:
    return {f["code"] for f in results["findings"]}


@pytest.mark.parametrize(
    ("facts", "verdicts", "precision", "partly"),
    [
        (False, [(f"sentence {n}", "unsupported" if n == 2 else "supported") for n in range(1, 5)], 0.75, False),
        (True, [("sentence 4", "unsupported")], 0.75, True),
        (True, [("sentence 1", "unsupported")], 0.75, True),
        (True, [("sentence 1", "unsupported"), ("sentence 2", "unsupported")], 0.5, True),
        (True, [("sentence 2", "supported"), ("sentence 4", "unsupported")], 0.75, True),
        (True, [("sentence 1", "supported"), ("sentence 2", "unsupported")], 0.5, False),
        (True, [("fact 1", "omitted")], 1.0, False),
        (False, [], 1.0, False),
    ],
)  # fmt: skip
def test_verdicts_on_some_sentences_leave_the_others_their_own_mark(
    tmp_path: Path, facts: bool, verdicts: list[tuple[str, str]], precision: float, partly: bool
) -> None:
    results = _run(_summaries(tmp_path / "w.xlsx", verdicts, facts=facts))
    assert _value(results, "factual_precision") == precision
    omitted = 1.0 if ("fact 1", "omitted") in verdicts else 0.0
    assert _value(results, "omission_rate") == (omitted if facts else None)
    assert ("sentences-partly-judged" in _codes(results)) is partly


def test_without_key_facts_the_check_says_what_is_measured_and_what_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(_summaries(tmp_path / "w.xlsx", [], facts=False))]) == 0
    told = capsys.readouterr()
    assert "factual precision is measured, the omission rate is not" in told.err
    assert "proven with" in told.out


@pytest.mark.parametrize(
    ("grade", "least", "good"), [(5, 4, True), (4, 4, True), (3, 4, False), ("3/5", 4, False), ("4,5", 4.5, True)]
)
def test_a_grade_counts_from_the_level_that_stands_beside_it(
    tmp_path: Path, grade: object, least: float, good: bool
) -> None:
    path = _summaries(
        tmp_path / "w.xlsx", [(f"sentence {n}", grade) for n in range(1, 5)], facts=True, **{"Counts from": least}
    )
    assert _value(_run(path), "factual_precision") == float(good)


def test_a_grade_without_the_level_from_which_it_counts_is_a_problem_by_cell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(_summaries(tmp_path / "w.xlsx", [("sentence 1", 4)], facts=True))]) == 2
    assert "nothing says from which grade on it counts" in capsys.readouterr().err


def _labelled(
    path: Path, expected: Sequence[str], given: Sequence[str], inputs: Sequence[str], groups: Sequence[str] = ()
) -> Path:
    rows = [
        {"Example ID": f"E{i}", "Input": text, "Expected": label, "Split": "eval"} | ({"Group": groups[i]} if groups else {})
        for i, (text, label) in enumerate(zip(inputs, expected, strict=True))
    ]
    book: dict[str, Rows] = {
        "Examples": rows,
        "Labels": [{"Label": name} for name in sorted(set(expected))],
        "Candidates": [{"Candidate": "x", "Kind": "Recorded outputs"}],
        "Recorded outputs": [{"Candidate": "x", "Example ID": f"E{i}", "Output": text} for i, text in enumerate(given)],
        "Service levels": [{"Measure": "macro F1", "Comparison": "at least", "Target": 0.3}],
        "Costs": [{"Assumption": name, "Expected": value} for name, value in COSTS.items()],
    }
    write_workbook(path, Task.CLASSIFICATION, evaluation={"Title": "Rows"}, rows=book)
    return path


def _words(count: int) -> list[str]:
    draw = random.Random(7)
    return [" ".join("".join(draw.choices("abcdefghijklmnop", k=7)) for _ in range(9)) for _ in range(count)]


def _drawn(count: int, seed: int = 3) -> list[str]:
    return random.Random(seed).choices(["billing", "claim", "offer"], k=count)


def _below(labels: list[str]) -> list[str]:
    return [*labels[1:], labels[0]]


@pytest.mark.parametrize(
    ("given", "alarm"),
    [
        (_below(_drawn(120)), True),
        ([_drawn(120)[-1], *_drawn(120)[:-1]], True),
        (_drawn(120), False),
        (_drawn(120, seed=4), False),
        ([label if i % 10 == 0 else "hard to tell" for i, label in enumerate(_below(_drawn(120)))], False),
        ([label if i % 3 == 0 else "hard to tell" for i, label in enumerate(_below(_drawn(120)))], True),
        (["hard to tell"] * 120, False),
        (["billing"] * 120, False),
    ],
)
def test_rows_out_of_step_are_held_against_one_denominator(tmp_path: Path, given: list[str], alarm: bool) -> None:
    results = _run(_labelled(tmp_path / "w.xlsx", _drawn(120), given, _words(120)))
    assert ("rows-shifted" in _codes(results)) is alarm


def test_copies_of_one_group_are_not_told_to_get_one_and_two_right_answers_say_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twice = [text for text in _words(30) for _ in range(2)]
    groups = [f"G{i // 2}" for i in range(60)]
    labels = [label for label in _drawn(30) for _ in range(2)]
    assert main(["check", str(_labelled(tmp_path / "a.xlsx", labels, labels, twice, groups))]) == 0
    assert "Group" not in capsys.readouterr().err
    assert main(["check", str(_labelled(tmp_path / "b.xlsx", labels, labels, twice))]) == 0
    assert "give the copies one Group" in capsys.readouterr().err
    split = ["billing" if i % 2 else "claim" for i in range(60)]
    assert main(["check", str(_labelled(tmp_path / "c.xlsx", split, split, twice, groups))]) == 2
    told = capsys.readouterr().err
    assert "set Labels per example to several" in told
    assert "put that into Input too" in told
