"""What can never be recommended is told before the run, with a remedy that works when it is followed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reportgen.checking import check_workbook
from reportgen.evaluation import Permissions, evaluate
from reportgen.problems import Problem, Severity
from tests.small_workbooks import examples, tickets

CASES = Path(__file__).parents[2].parent / "shared" / "cases" / "files"
NEVER = ("never-priced", "never-timed", "never-proven")


def wide(path: Path, *, rows: int = 80, more: dict[str, Any] | None = None, **spec: object) -> Path:
    """Write a workbook whose one candidate has its answers beside the examples."""
    found = [row | {"Split": "eval", "Output: Vendor": row["Expected"]} | (more or {}) for row in examples(rows)]
    candidates: list[dict[str, Any]] = [{"Candidate": "Vendor", "Kind": "Recorded outputs", "Role": "production", **spec}]
    return tickets(path, candidates=candidates, Examples=found)


def problems(path: Path) -> list[Problem]:
    found = check_workbook(path, Permissions()).problems
    assert not [p for p in found if p.severity is Severity.ERROR]
    return [p for p in found if p.code in NEVER]


def test_answers_in_columns_without_cost_and_latency_can_never_win_and_the_remedy_names_the_columns(tmp_path: Path) -> None:
    priced, timed = problems(wide(tmp_path / "w.xlsx"))
    assert (priced.code, priced.where, timed.code) == ("never-priced", "Candidates!A2", "never-timed")
    assert 'column "Cost: Vendor"' in priced.remedy
    assert 'column "Latency: Vendor"' in timed.remedy


@pytest.mark.usefixtures("figures_only")
def test_following_the_remedy_makes_the_candidate_win(tmp_path: Path) -> None:
    path = wide(tmp_path / "w.xlsx", more={"Cost: Vendor": 0.02, "Latency: Vendor": 1.5})
    assert problems(path) == []
    comparison, _ = evaluate(path)
    found = comparison.result("Vendor").measurements
    assert found["token_cost_per_task"].value == pytest.approx(0.02)
    assert found["p95_latency"].value == pytest.approx(1.5)
    assert comparison.decision.winner == "Vendor"


def test_prices_without_tokens_are_no_price(tmp_path: Path) -> None:
    spec: dict[str, Any] = {"Input price": 1, "Output price": 2}
    (priced, _) = problems(wide(tmp_path / "w.xlsx", **spec))
    assert "no cost and no tokens are recorded for any answer" in priced.what


def test_a_level_that_so_few_examples_cannot_prove_is_told_once_with_the_number(tmp_path: Path) -> None:
    path = wide(tmp_path / "w.xlsx", rows=20, more={"Cost: Vendor": 0.02, "Latency: Vendor": 1.5})
    (few,) = problems(path)
    assert few.code == "never-proven"
    assert "with 20 eval examples nobody can be recommended: no answers could prove p95 latency" in few.what
    assert "at least 59 examples" in few.remedy


def test_a_cost_without_an_answer_and_a_column_without_answers_are_not_passed_over(tmp_path: Path) -> None:
    found = [row | {"Output: Vendor": row["Expected"], "Cost: Vendor": 0.1, "Cost: Vender": 1} for row in examples(60)]
    found[3]["Output: Vendor"] = None
    path = tickets(tmp_path / "w.xlsx", candidates=[{"Candidate": "Vendor", "Kind": "Recorded outputs"}], Examples=found)
    told = [p.what for p in check_workbook(path, Permissions()).problems]
    assert any("there is a Cost of Vendor but no Output" in what for what in told)
    assert any('there is no column "Output: Vender"' in what for what in told)


@pytest.mark.skipif(not CASES.is_dir(), reason="../shared is missing")
@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("no_price", {"never-priced"}),
        ("journey-1", {"never-priced", "never-timed", "never-proven"}),
        ("vendorprice", {"never-priced", "never-timed", "never-proven"}),
    ],
)
def test_the_cases_of_candidates_that_can_never_win(name: str, codes: set[str], tmp_path: Path) -> None:
    path = tmp_path / f"{name}.xlsx"
    path.write_bytes((CASES / path.name).read_bytes())
    assert {p.code for p in check_workbook(path, Permissions()).problems if p.code in NEVER} == codes
