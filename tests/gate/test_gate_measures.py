"""The gate on other measures than accuracy, on other kinds of candidates, and on a workbook whose levels were dropped."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

from reportgen import cli, evaluation
from reportgen.domain.records.plan import Task
from tests.exchange import books as mail
from tests.fakes.model_server import ModelServer, Reply
from tests.gate.books import PRODUCTION, ROWS, write

pytestmark = pytest.mark.usefixtures("figures_only")

MACRO = {"Primary measure": "macro F1"}


@pytest.fixture(autouse=True)
def _no_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "write_all", lambda *_: None)


def accepted(book: Path) -> Path:
    _, folder = evaluation.evaluate(book, environment={})
    baseline = book.with_suffix(".json")
    assert cli.main(["accept", str(folder.path), "--by", "Ann", "--to", str(baseline)]) == 0
    return baseline


def gate(book: Path, baseline: Path, *more: str) -> tuple[int, dict[str, Any]]:
    out = book.with_suffix(".gate")
    code = cli.main(["gate", str(book), "--baseline", str(baseline), "--out", str(out), *more])
    return code, json.loads((out / "gate.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("wrong", "code"), [(range(10), 0), ([*range(5, 10), *range(10, 15)], 0), (range(40), 10)], ids=["same", "some", "worse"]
)
def test_macro_f1_is_held_against_the_baseline(tmp_path: Path, wrong: Collection[int], code: int) -> None:
    baseline = accepted(write(tmp_path / "then.xlsx", wrong=range(10), evaluation=MACRO))
    found, record = gate(write(tmp_path / "now.xlsx", wrong=wrong, evaluation=MACRO), baseline)
    assert (found, record["difference"]["measure"], record["difference"]["rows"]) == (code, "macro F1", ROWS)


def test_identical_answers_prove_no_more_than_their_number_allows(tmp_path: Path) -> None:
    """Figures.md 1.10: two models with identical verdicts give L = -.0177 at 150 rows; a bootstrap alone would say 0."""
    baseline = accepted(write(tmp_path / "then.xlsx", wrong=range(10), evaluation=MACRO))
    _, record = gate(write(tmp_path / "now.xlsx", wrong=range(10), evaluation=MACRO), baseline)
    assert record["difference"]["low"] == pytest.approx(-0.0177, abs=5e-5)


@pytest.mark.parametrize("task", [Task.SUMMARIZATION, Task.EXTRACTION, Task.QUESTION_ANSWERING])
def test_twelve_identical_rows_are_too_few_for_any_task(tmp_path: Path, task: Task) -> None:
    book = mail.write(tmp_path / "mail.xlsx", task)
    _, record = gate(book, accepted(book))
    found = next(c for c in record["checks"] if c["group"] == "quality against the baseline")
    assert (found["result"], record["difference"]["difference"]) == ("INCONCLUSIVE", 0.0)


def test_where_less_is_better_more_is_worse(tmp_path: Path) -> None:
    evaluation_sheet = {"Primary measure": "invalid output rate"}
    baseline = accepted(write(tmp_path / "then.xlsx", wrong=(), evaluation=evaluation_sheet))
    outputs: list[dict[str, str | float]] = [
        {"Candidate": PRODUCTION, "Example ID": f"E{n}", "Output": "perhaps" if n < 40 else ("yes", "no")[n % 2]}
        for n in range(ROWS)
    ]
    outputs += [{"Candidate": PRODUCTION, "Example ID": f"K{n}", "Output": "yes"} for n in (1, 2, 3)]
    worse = write(tmp_path / "now.xlsx", evaluation=evaluation_sheet, further={"Recorded outputs": outputs})
    code, record = gate(worse, baseline)
    assert (code, record["difference"]["better"]) == (10, "lower")
    assert record["difference"]["low"] > 0


def test_a_level_that_was_dropped_is_never_green(tmp_path: Path) -> None:
    baseline = accepted(write(tmp_path / "then.xlsx", wrong=range(10)))
    other: dict[str, str | float] = {
        "Measure": "invalid output rate",
        "Comparison": "at most",
        "Target": 0.5,
        "Agreed by": "Ann",
    }
    book = write(tmp_path / "now.xlsx", wrong=range(10), further={"Service levels": [other]})
    code, record = gate(book, baseline)
    assert code == 11
    assert "accuracy (overall) stood when" in next(c for c in record["checks"] if "baseline" in c["name"])["sentence"]


@pytest.mark.parametrize(("mistakes", "code"), [(5, 0), pytest.param(40, 10, marks=pytest.mark.deep)])
def test_a_fine_tuned_model_is_gated_like_any_other(tmp_path: Path, mistakes: int, code: int) -> None:
    baseline = accepted(write(tmp_path / "then.xlsx", wrong=range(10)))

    def answer(_: int, body: dict[str, Any]) -> Reply:
        assert body["model"] == "ft:small-model:our-house::7Q2x"
        asked = body["messages"][-1]["content"]
        number = next((n for n in range(ROWS) if f"case {n}\n" in asked), None)
        if number is None:
            return Reply("yes")
        return Reply(("yes", "no")[(number + (number < mistakes)) % 2])

    with ModelServer(answer) as server:
        tuned = {"Candidate": "tuned", "Kind": "API model", "Model": "openai/ft:small-model:our-house::7Q2x"}
        tuned |= {"Endpoint": server.url, "Input price": "1", "Output price": "2"}
        production = {"Candidate": PRODUCTION, "Kind": "Recorded outputs", "Role": "production"}
        book = write(tmp_path / "now.xlsx", wrong=range(10), further={"Candidates": [production, tuned]})
        found, record = gate(book, baseline, "--candidate", "tuned")
    assert (found, record["candidate"], record["held_against"]) == (code, "tuned", PRODUCTION)
    assert record["difference"]["difference"] == pytest.approx((10 - mistakes) / ROWS, abs=1e-12)
