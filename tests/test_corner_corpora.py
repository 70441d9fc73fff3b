"""Corner corpora through the whole program: each gives full documents and the figures that can be told by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

from reportgen.domain.records.comparison import Status
from reportgen.evaluation import evaluate
from tests.small_workbooks import examples, tickets

Result = dict[str, Any]
Row = dict[str, Any]
OFF = ("invalid output", "missing field", "failed citation", "abstained")
LABELS = ("refund", "delivery")
ROWS = 80


def other(label: str) -> str:
    """Return the label that is not right."""
    return LABELS[1 - LABELS.index(label)]


def candidate(name: str, *, role: str = "candidate", price: float = 1.0) -> Row:
    """Return one row of recorded outputs with its prices."""
    return {
        "Candidate": name,
        "Kind": "Recorded outputs",
        "Role": role,
        "Input price": price,
        "Output price": price,
    }


def outputs(name: str, rows: list[Row], answer: Callable[[str], str], outcome: str = "answered") -> list[Row]:
    """Return what a candidate gave for every row."""
    return [
        {
            "Candidate": name,
            "Example ID": row["Example ID"],
            "Output": answer(row["Expected"]),
            "Outcome": outcome,
            "Latency (s)": 1.0,
            "Attempts": 1,
            "Input tokens": 1000,
            "Output tokens": 10,
        }
        for row in rows
    ]


def workbook(  # noqa: PLR0917 - the things in which a corner can differ
    path: Path,
    answer: Callable[[str], str] = str,
    outcome: str = "answered",
    count: int = ROWS,
    price: float = 1.0,
    names: Mapping[str, str] | None = None,
    **more: Any,  # noqa: ANN401 - rows of any sheet
) -> Path:
    """Write a workbook whose candidates, by name and role, all answer alike."""
    rows = examples(count)
    named = {"A": "candidate", "Today": "production"} if names is None else names
    return tickets(
        path,
        candidates=[candidate(name, role=role, price=price) for name, role in named.items()],
        count=count,
        all_eval=True,
        Recorded_outputs=[row for name in named for row in outputs(name, rows, answer, outcome)],
        **more,
    )


def of(result: Result, name: str = "A") -> Result:
    """Return one candidate."""
    found: Result = next(c for c in result["candidates"] if c["name"] == name)
    return found


def figure(result: Result, measure: str, name: str = "A") -> Result:
    """Return one measurement."""
    found: Result = of(result, name)["measurements"][measure]
    return found


def verdicts(result: Result, name: str = "A") -> dict[str, str]:
    """Return the verdict of each level by its measure."""
    return {level["measure"]: level["verdict"] for level in of(result, name)["service_levels"]}


def codes(result: Result) -> set[str]:
    """Return the codes of all findings."""
    return {finding["code"] for finding in result["findings"]}


def all_right(result: Result) -> None:
    found = figure(result, "accuracy")
    assert (found["value"], found["n"], found["high"]) == (1.0, ROWS, 1.0)
    assert found["bound"] == pytest.approx(0.05 ** (1 / ROWS))
    assert figure(result, "macro_f1")["value"] == 1.0
    assert verdicts(result)["accuracy"] == "PROVEN"
    assert result["decision"]["status"] == "RECOMMEND"
    assert (result["decision"]["winner"], result["decision"]["winner_probability"]["Today"]) == ("Today", 1.0)
    sentences = [row["sentence"] for row in result["decision"]["break_evens"] if row["value"] is not None]
    assert sentences, "two candidates that answer alike cost the same"
    assert all("cost the same now" in sentence for sentence in sentences)


def all_wrong(result: Result) -> None:
    found = figure(result, "accuracy")
    assert (found["value"], found["low"]) == (0.0, 0.0)
    assert found["high"] == pytest.approx(stats.binomtest(0, ROWS).proportion_ci(0.95, "wilson").high)
    assert figure(result, "macro_f1")["value"] == 0.0
    assert verdicts(result)["accuracy"] == "FAILED"
    assert (result["decision"]["status"], result["decision"]["winner"]) == ("NO CANDIDATE QUALIFIES", None)


def one_row(result: Result) -> None:
    found = figure(result, "accuracy")
    assert (found["value"], found["n"]) == (1.0, 1)
    assert found["bound"] == pytest.approx(0.05)
    assert verdicts(result)["accuracy"] == verdicts(result)["p95_latency"] == "NOT TESTABLE"
    assert result["decision"]["status"] == "NOT ENOUGH EVIDENCE"
    assert "1 example is too few" in " ".join(result["decision"]["reasons"])


def empty_label(result: Result) -> None:
    assert figure(result, "macro_f1")["value"] == 1.0, "a label that no row expects is not in the mean"
    assert figure(result, "f1[label: complaint]")["value"] is None
    assert figure(result, "f1[label: complaint]")["reason"]
    assert "label-not-tested" in codes(result)


def all_timeouts(result: Result) -> None:
    assert of(result)["counts"]["timeout"] == of(result)["counts"]["planned"] == ROWS
    assert figure(result, "failure_rate")["value"] == 1.0
    assert figure(result, "accuracy")["value"] == 0.0
    for latency in ("p50_latency", "p95_latency", "p99_latency", "mean_latency"):
        assert figure(result, latency)["value"] is None
        assert figure(result, latency)["reason"]
    assert verdicts(result)["p95_latency"] == "FAILED"
    assert result["decision"]["status"] == "NO CANDIDATE QUALIFIES"


def no_review(result: Result) -> None:
    rate = figure(result, "review_rate")
    assert rate["value"] == 0.0
    assert rate["bound"] == pytest.approx(1 - 0.05 ** (1 / ROWS)), "no review seen is not proof that there is none"
    assert figure(result, "running_cost_per_task")["value"] == pytest.approx(1010 / 1e6)


def price_zero(result: Result) -> None:
    assert result["unpriced"] == []
    assert figure(result, "token_cost_per_task")["value"] == 0.0
    assert result["decision"]["winner"]


def one_candidate(result: Result) -> None:
    assert [c["name"] for c in result["candidates"]] == ["Today"]
    assert [c for c in result["comparisons"] if c["a"] != c["b"]] == []
    assert result["decision"]["winner"] == "Today"
    assert "few-candidates" in codes(result)


def no_production(result: Result) -> None:
    assert "no-production" in codes(result)
    assert result["decision"]["status"] == "RECOMMEND PROVISIONALLY"
    assert result["checklist"][4]["status"] == "not met"


@dataclass(frozen=True)
class Corner:
    """How the workbook differs, and what must then be found."""

    differs: Mapping[str, Any]
    check: Callable[[Result], None]


CORNERS: Mapping[str, Corner] = {
    "all right": Corner({}, all_right),
    "all wrong": Corner({"answer": other}, all_wrong),
    "one row": Corner({"count": 1}, one_row),
    "an empty label": Corner({"Labels": [{"Label": name} for name in (*LABELS, "complaint")]}, empty_label),
    "all timeouts": Corner({"answer": lambda _: "", "outcome": "timeout"}, all_timeouts),
    "no review": Corner({"Review_rules": [{"Rule": rule, "On": "no"} for rule in OFF]}, no_review),
    "price zero": Corner({"price": 0.0}, price_zero),
    "one candidate": Corner({"names": {"Today": "production"}}, one_candidate),
    "no production": Corner({"names": {"A": "candidate", "B": "candidate"}}, no_production),
}


def run(corner: Corner, folder: Path) -> tuple[Result, Path]:
    """Run one corner; gives its results and its folder."""
    _, run_folder = evaluate(workbook(folder / "corner.xlsx", **corner.differs))
    found: Result = json.loads((run_folder.path / "results.json").read_text(encoding="utf-8"))
    return found, run_folder.path


@pytest.mark.usefixtures("figures_only")
@pytest.mark.parametrize("name", CORNERS)
def test_a_corner_gives_the_figures_that_can_be_told_by_hand(name: str, tmp_path: Path) -> None:
    found, _ = run(CORNERS[name], tmp_path)
    CORNERS[name].check(found)
    assert len(found["checklist"]) == 9
    for result in found["candidates"]:
        assert sum(result["counts"].values()) == 2 * result["counts"]["planned"]
        for key, m in result["measurements"].items():
            assert m["value"] is not None or m["reason"], f"{key} has neither a value nor a reason"


@pytest.mark.deep
@pytest.mark.parametrize("name", CORNERS)
def test_a_corner_gives_full_documents(name: str, tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    found, folder = run(CORNERS[name], tmp_path)
    for document in ("comparison.xlsx", "readiness-checklist.pdf", "recommendation-report.pdf"):
        assert (folder / document).stat().st_size > 5_000
    pages = [page.extract_text() for page in pypdf.PdfReader(folder / "recommendation-report.pdf").pages]
    first = " ".join(pages[0].split())
    assert Status(found["decision"]["status"]).word.casefold() in first.casefold()
    assert first.count("cost the same now") <= 1
    assert "The holdout has not been opened" not in first, "all rows are scored: there is none"
    assert ("Should Today do this" in first) == (name == "one candidate")
    assert not [word for word in ("nan", "inf", "None") if word in " ".join(pages).split()]


@pytest.mark.usefixtures("figures_only")
def test_confidences_of_train_rows_choose_a_threshold_that_scored_rows_only_try(tmp_path: Path) -> None:
    """Every third answer is wrong and unsure; half of the rows are train rows."""
    rows = [row | {"Split": "train" if n % 2 else "eval"} for n, row in enumerate(examples(400))]
    said = outputs("A", rows, str) + outputs("Today", rows, str)
    for n, row in enumerate(said):
        unsure = n % 3 == 0
        row["Confidence"] = 0.55 if unsure else 0.95
        row["Output"] = other(row["Output"]) if unsure else row["Output"]
    path = tickets(
        tmp_path / "sure.xlsx",
        candidates=[candidate("A"), candidate("Today", role="production")],
        Examples=rows,
        Recorded_outputs=said,
        Service_levels=[{"Measure": "accuracy", "Comparison": "at least", "Target": 0.9, "Agreed by": "Ada"}],
    )
    comparison, _ = evaluate(path)
    assert set(comparison.review) == {"A", "Today"}
    for found in comparison.review.values():
        assert found.tried is not None
        assert found.tried.threshold is not None
        assert found.tried.threshold.threshold == pytest.approx(0.6), "the laxest of the grid that leaves out the unsure"
        assert found.tried.errors == 0
        assert 0 < found.tried.accepted < found.rows
