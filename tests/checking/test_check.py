from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reportgen.checking import CheckResult, check_workbook
from reportgen.checking.provability import Provability
from reportgen.cli import main
from reportgen.domain.records.plan import Task
from reportgen.domain.telling.forecast import lines
from reportgen.evaluation import Permissions, evaluate
from reportgen.problems import NeedsMendingError, Severity
from reportgen.workbook.blank.workbooks import write_workbook
from tests.small_workbooks import baseline, examples, tickets

API: dict[str, Any] = {
    "Candidate": "small",
    "Kind": "API model",
    "Model": "openai/gpt-4o-mini",
    "Key variable": "OPENAI_API_KEY",
    "Input price": 1,
    "Output price": 10,
}
UNKNOWN: dict[str, Any] = {
    "Candidate": "new",
    "Kind": "API model",
    "Model": "openai/not-on-any-list",
    "Key variable": "OPENAI_API_KEY",
}
LEVELS = [
    {"Measure": "accuracy", "Comparison": "at least", "Target": 0.95, "Agreed by": "Ada"},
    {"Measure": "p95 latency", "Comparison": "at most", "Target": 5, "Agreed by": "Ada"},
    {"Measure": "cost per task", "Comparison": "at most", "Target": 4, "Agreed by": "Ada"},
]


def _check(path: Path) -> CheckResult:
    return check_workbook(path, Permissions())


def test_levels_that_the_sample_cannot_prove_say_how_many_examples_would(tmp_path: Path) -> None:
    path = tickets(tmp_path / "w.xlsx", count=50, all_eval=True, Service_levels=LEVELS)
    accuracy, latency, _ = _check(path).proofs
    assert isinstance(accuracy, Provability)
    assert isinstance(latency, Provability)
    # formulas.md 1.2: 50 rows never prove 95 %, 59 do; the 95th percentile is the same statement about fast answers
    assert (accuracy.examples, accuracy.most_errors, accuracy.examples_needed) == (50, None, 59)
    assert (latency.most_errors, latency.examples_needed) == (None, 59)
    assert "50 examples cannot prove it" in str(accuracy)
    path = tickets(tmp_path / "x.xlsx", count=100, all_eval=True, Service_levels=LEVELS)
    assert [p.most_errors for p in _check(path).proofs[:2] if isinstance(p, Provability)] == [1, 1]


def test_the_smallest_difference_is_that_of_the_eval_split(tmp_path: Path) -> None:
    path = tickets(tmp_path / "w.xlsx", count=150, all_eval=True)
    # formulas.md 1.9: n = 150, one discordant pair in ten -> 6.4 points
    assert _check(path).smallest_difference == pytest.approx(0.064, abs=0.0005)


def test_another_split_is_offered_only_where_nobody_learns_from_train(tmp_path: Path) -> None:
    both: list[dict[str, Any]] = [API, baseline("majority")]
    learning = _check(tickets(tmp_path / "w.xlsx", count=200, candidates=both, Service_levels=LEVELS))
    assert learning.other_split is None
    rows = [row | {"Split": "eval" if i < 100 else "train"} for i, row in enumerate(examples(200))]
    result = _check(tickets(tmp_path / "x.xlsx", Examples=rows, candidates=[API], Service_levels=LEVELS))
    assert result.other_split is not None
    assert (result.other_split.eval_now, result.other_split.eval_then) == (100, 200)
    # formulas.md 1.2: 100 rows prove 95 % with 1 error at most, 200 rows with 4
    assert [p.most_errors for p in result.other_split.provable] == [4, 4]
    assert "No candidate learns from train" in result.to_text()


def test_the_cost_is_a_range_and_what_has_no_price_is_named_and_never_zero(tmp_path: Path) -> None:
    candidates = [API, UNKNOWN, baseline("majority")]
    result = _check(tickets(tmp_path / "w.xlsx", count=60, all_eval=True, candidates=candidates))
    found = result.forecast
    assert (found.requests, result.requests) == (120, 120)
    assert found.unpriced == ("new",)
    assert found.free == ("majority",)
    assert 0 < found.cost.low < found.cost.expected < found.cost.high
    small, new = found.candidates
    assert new.cost is None
    assert small.cost == found.cost
    # 60 prompts of about 40 tokens at 1 USD, and 60 answers of 8 tokens at 10 USD a million
    assert small.input_tokens.expected == pytest.approx(60 * 45, rel=0.3)
    expected = (small.input_tokens.expected * 1 + small.output_tokens.expected * 10) / 1e6
    assert small.cost is not None
    assert small.cost.expected == pytest.approx(expected)
    text = result.to_text()
    assert "No price is known for new" in text
    assert "120 answers asked of 2 candidates; nothing is paid for majority." in text


def test_nothing_to_ask_costs_nothing_and_says_so(tmp_path: Path) -> None:
    result = _check(tickets(tmp_path / "w.xlsx"))
    assert result.forecast.requests == 0
    assert "Nothing is asked over the network" in result.to_text()


def test_a_spending_limit_below_the_forecast_is_said(tmp_path: Path) -> None:
    path = tmp_path / "w.xlsx"
    tickets(path, count=60, all_eval=True, candidates=[API], spending_limit=0.000001)
    assert "stop at the Spending limit" in _check(path).to_text()


def test_fewer_than_five_candidates_are_noted_and_stop_nothing(tmp_path: Path) -> None:
    result = _check(tickets(tmp_path / "w.xlsx"))
    (few,) = [p for p in result.problems if p.code == "few-candidates"]
    assert few.severity is Severity.NOTE
    assert result.errors == 0


def test_costs_left_open_and_levels_that_nobody_agreed_to_are_noted_and_stop_nothing(tmp_path: Path) -> None:
    levels = [
        {"Measure": "accuracy", "Comparison": "at least", "Target": 0.5, "Agreed by": "Ada"},
        {"Measure": "p95 latency", "Comparison": "at most", "Target": 5},
    ]
    costs = [{"Assumption": "Tasks per month", "Expected": 1000}, {"Assumption": "Minutes per review", "Expected": 1}]
    result = _check(tickets(tmp_path / "w.xlsx", Service_levels=levels, Costs=costs))
    (left,) = [p for p in result.problems if p.code == "costs-left-open"]
    assert left.what.startswith("Reviewer cost per hour and Manual cost per task are not given")
    (open_level,) = [p for p in result.problems if p.code == "not-agreed"]
    assert open_level.where.startswith("Service levels!")
    assert open_level.where.endswith("3")
    assert not open_level.also
    assert result.errors == 0


def test_findings_on_the_examples_are_said_by_check_and_carried_into_the_run(tmp_path: Path) -> None:
    rows = examples(40)
    for row in rows[:3]:
        row["Input"] = f"{row['Input']} mail me at ann.lee{row['Example ID']}@example.com"
    path = tickets(tmp_path / "w.xlsx", Examples=rows)
    checked = next(p for p in _check(path).problems if p.code == "personal-data")
    comparison, folder = evaluate(path)
    (found,) = [f for f in comparison.findings if f.code == "personal-data"]
    assert (found.what, found.remedy) == (checked.what, checked.remedy)
    assert found.where == "Examples!A2, Examples!A3 and Examples!A4"
    told = json.loads((folder.path / "results.json").read_text())["findings"]
    assert "personal-data" in [f["code"] for f in told]


def test_many_label_conflicts_stop_check_and_run_before_anything_is_asked(tmp_path: Path) -> None:
    rows = examples(40)
    for row in rows[:8]:
        row["Input"] = "the same words"
    path = tickets(tmp_path / "w.xlsx", Examples=rows)
    assert [p.code for p in _check(path).problems if p.severity is Severity.ERROR] == ["label-conflict"]
    assert main(["check", str(path)]) == 2
    with pytest.raises(NeedsMendingError, match="different right answer"):
        evaluate(path)
    assert not (tmp_path / "w-run").exists()


def test_a_variable_without_a_key_is_a_warning_with_its_candidates(tmp_path: Path) -> None:
    second = API | {"Candidate": "second"}
    path = tickets(tmp_path / "w.xlsx", count=60, all_eval=True, candidates=[API, baseline("majority"), second])
    (missing,) = [p for p in check_workbook(path, Permissions(), {}).problems if p.code == "no key"]
    assert (missing.where, missing.also, missing.severity) == ("Candidates!A2", ("Candidates!A4",), Severity.WARNING)
    assert "OPENAI_API_KEY is not set" in missing.what
    there = check_workbook(path, Permissions(), {"OPENAI_API_KEY": "sk-not-looked-at"})
    assert [p.code for p in there.problems if p.code == "no key"] == []
    assert "sk-not-looked-at" not in there.to_json()


def test_the_judge_is_in_the_forecast_and_in_no_candidates_cost(tmp_path: Path) -> None:
    judge = API | {"Candidate": "referee", "Role": "judge"}
    rows: dict[str, Any] = {
        "Examples": [
            {"Example ID": f"N{n}", "Input": "word " * 400, "Key facts": "One fact\nAnother fact\nA third", "Split": "eval"}
            for n in range(40)
        ],
        "Candidates": [baseline("lead sentences"), baseline("lexrank"), judge],
        "Costs": [{"Assumption": "x"}],
    }
    write_workbook(tmp_path / "w.xlsx", Task.SUMMARIZATION, evaluation={"Title": "Notes"}, rows=rows)
    found = _check(tmp_path / "w.xlsx").forecast
    assert found.judge is not None
    # 40 notes of 2 candidates, 3 facts and as many sentences each, one question in ten put twice
    assert found.judge.questions.expected == pytest.approx(40 * 2 * (3 + 3) * 1.1)
    assert found.judge.cost == found.cost
    assert found.requests == 0
    assert 0 < found.cost.low < found.cost.expected < found.cost.high
    # a sentence is judged against the whole note: half the questions hold its 2,000 characters, 4 a token, 1 USD a million
    assert found.cost.expected > 40 * 2 * 3 * 1.1 * 500 / 1e6
    assert "referee is asked about 528 questions as the judge" in "\n".join(lines(found))


def test_a_judge_without_a_price_is_named(tmp_path: Path) -> None:
    judge = UNKNOWN | {"Role": "judge"}
    rows = [{"Example ID": f"Q{n}", "Input": f"question {n}?", "Expected": "an answer", "Split": "eval"} for n in range(40)]
    given = {"Examples": rows, "Candidates": [baseline("majority"), judge], "Costs": [{"Assumption": "x"}]}
    write_workbook(tmp_path / "w.xlsx", Task.QUESTION_ANSWERING, evaluation={"Title": "Questions"}, rows=given)
    found = _check(tmp_path / "w.xlsx").forecast
    assert found.unpriced == ("new",)
    assert found.judge is not None
    assert (found.judge.questions.low, found.judge.questions.high) == pytest.approx((40 * 0.05 * 1.1, 40 * 0.5 * 1.1))


def test_costs_are_said_as_they_were_read_so_that_a_slip_is_seen(tmp_path: Path) -> None:
    text = _check(tickets(tmp_path / "w.xlsx")).to_text()
    # 3 minutes at 40 USD an hour
    assert "1,000 tasks a month; $2.00 for a review (3 minutes of a reviewer); $5.00 for a task done by hand." in text
    bare = tickets(tmp_path / "x.xlsx", Costs=[{"Assumption": "Overhead factor", "Expected": 1.2}])
    assert "as they were read" not in _check(bare).to_text()
