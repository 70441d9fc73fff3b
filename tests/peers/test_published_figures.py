"""The published figures of the real data, through the whole program: workbook in, results.json out."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from reportgen.evaluation import evaluate
from tests.loops import some
from tests.peers import workbooks
from tests.peers.shared import csv_rows, json_file, json_lines, needs_shared

pytestmark = [pytest.mark.peers, needs_shared]

CONTRACT_ACCURACY = {"sonnet": 0.84, "gpt-5": 0.88, "gpt-5-mini": 0.90, "flash": 0.88}


def results(workbook: Path) -> dict[str, Any]:
    """Run one workbook and return its results.json."""
    _, folder = evaluate(workbook)
    found: dict[str, Any] = json.loads((folder.path / "results.json").read_text(encoding="utf-8"))
    return found


def figures(result: dict[str, Any], candidate: str) -> dict[str, Any]:
    """Return the measurements of one candidate."""
    found: dict[str, Any] = next(c["measurements"] for c in result["candidates"] if c["name"] == candidate)
    return found


def published(dataset: str, metric: str) -> dict[str, float]:
    """Return a published figure for each candidate of a data set."""
    rows = csv_rows("published_figures.csv")
    return {r["candidate"]: float(r["published"]) for r in rows if r["dataset"] == dataset and r["metric"] == metric}


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return results(workbooks.contracts_cuad20(tmp_path_factory.mktemp("contracts")))


def test_contracts_give_the_published_field_accuracy(contracts: dict[str, Any]) -> None:
    for name, accuracy in CONTRACT_ACCURACY.items():
        assert figures(contracts, name)["field_accuracy"]["value"] == pytest.approx(accuracy, abs=1e-12)


def test_contracts_give_the_published_accuracy_of_each_field(contracts: dict[str, Any]) -> None:
    for field in workbooks.CONTRACT_FIELDS:
        shares = [figures(contracts, name)[f"field_accuracy[field: {field}]"]["value"] for name in CONTRACT_ACCURACY]
        expected = published("cuad20/dev", f"accuracy of field {field}")["ALL 4 models"]
        assert sum(shares) / 4 == pytest.approx(expected, abs=1e-12)


def test_contracts_give_the_published_mean_latency(contracts: dict[str, Any]) -> None:
    for name, seconds in some(published("cuad20/dev", "average latency seconds").items()):
        assert figures(contracts, name)["mean_latency"]["value"] == pytest.approx(seconds, abs=1e-6)


def test_contracts_cost_what_the_tokens_in_the_output_files_cost(contracts: dict[str, Any]) -> None:
    metric = "total cost USD for 10 contracts, from tokens in the output files x price"
    recomputed = {r["candidate"]: float(r["recomputed"]) for r in csv_rows("published_figures.csv") if r["metric"] == metric}
    assert set(recomputed) == set(CONTRACT_ACCURACY)
    for name, total in recomputed.items():
        assert figures(contracts, name)["token_cost_per_task"]["value"] == pytest.approx(total / 10, abs=1e-9)


def test_contracts_keep_the_published_token_counts(
    contracts: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No measure of ours, but every cost rests on them: they are what the run keeps as evidence."""
    folder = next(tmp_path_factory.getbasetemp().glob("contracts*/contracts-run"))
    journal = (folder / "evidence" / "responses.jsonl").read_text(encoding="utf-8").splitlines()
    responses = [json.loads(line)["response"] for line in journal]
    assert contracts["candidates"]
    for metric, kind in (("average input tokens", "input"), ("average output tokens", "output")):
        for name, mean in published("cuad20/dev", metric).items():
            tokens = [r["usage"][kind] for r in responses if r["candidate"] == name]
            assert sum(tokens) / len(tokens) == pytest.approx(mean, abs=1e-9)


@pytest.mark.usefixtures("figures_only")
def test_billed_tokens_give_the_traced_cost_thinking_included(tmp_path: Path) -> None:
    found = results(workbooks.contracts_cuad20(tmp_path, billed=True))
    metric = "total cost USD for 10 contracts, from traced tokens x price"
    for name, total in some(published("cuad20/dev", metric).items()):
        assert figures(found, name)["token_cost_per_task"]["value"] == pytest.approx(total / 10, abs=1e-9)


@pytest.mark.usefixtures("figures_only")
def test_contracts_read_from_the_pdfs_give_the_same_answers_and_real_citations(
    contracts: dict[str, Any], tmp_path: Path
) -> None:
    found = results(workbooks.contracts_cuad20(tmp_path, pdf=True))
    for name, accuracy in CONTRACT_ACCURACY.items():
        measured, of_text = figures(found, name), figures(contracts, name)
        assert measured["field_accuracy"]["value"] == pytest.approx(accuracy, abs=1e-12)
        of_fields = [m for m in of_text if m.startswith(("field_", "document_exact", "missing_", "invented_"))]
        assert {m: measured[m]["value"] for m in of_fields} == {m: of_text[m]["value"] for m in of_fields}
        assert measured["citation_accuracy"]["value"] > 0.5


def test_every_unverified_quotation_is_listed(contracts: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    """The list of comparison.xlsx holds each quotation that the stored scores call anything but supporting, and no other."""
    folder = next(tmp_path_factory.getbasetemp().glob("contracts*/contracts-run"))
    stored = [json.loads(line) for line in (folder / "evidence" / "scores.jsonl").read_text(encoding="utf-8").splitlines()]
    faulty = Counter(
        (score["candidate"], score["example_id"], part["name"])
        for score in stored
        for part in score["strict"]["parts"]
        if part["citation"] not in {None, "supports"}
    )
    rows = list(openpyxl.load_workbook(folder / "comparison.xlsx")["Checks"].iter_rows(values_only=True))
    head = next(n for n, row in enumerate(rows) if str(row[0]).startswith("Quotations that could not be verified")) + 1
    place = {name: rows[head].index(name) for name in ("Candidate", "Example ID", "Field")}
    listed = Counter(tuple(row[at] for at in place.values()) for row in rows[head + 1 :] if row[place["Field"]])
    assert listed == faulty
    assert faulty
    for name in CONTRACT_ACCURACY:
        assert figures(contracts, name)["citation_accuracy"]["n"] > 0


@pytest.mark.usefixtures("figures_only")
def test_contractnli_gives_all_48_published_figures(tmp_path: Path) -> None:
    summaries = json_file("contractnli/published_summaries.json")["configs"]
    compared = 0
    for candidate, path in workbooks.contractnli(tmp_path).items():
        found, expected = figures(results(path), candidate), summaries[candidate]
        pairs = [("macro_f1", "macroF1"), ("weighted_f1", "weightedF1"), ("accuracy", "microF1")]
        for ours, theirs in pairs:
            assert found[ours]["value"] == pytest.approx(expected[theirs], abs=1e-12)
            compared += 1
        for label, figures_of_label in expected["per"].items():
            for ours, value in zip(("precision", "recall", "f1"), figures_of_label, strict=True):
                assert found[f"{ours}[label: {label}]"]["value"] == pytest.approx(value, abs=1e-12)
                compared += 1
    assert compared == 48


@pytest.mark.usefixtures("figures_only")
def test_rose_gives_the_published_omission_rates(tmp_path: Path) -> None:
    found = results(workbooks.summaries_rose(tmp_path))
    recall = published("rose/dev", "mean human key-fact recall (1 - omission rate), macro over 100 docs")
    assert len(recall) == 4
    for system, share in recall.items():
        assert figures(found, system)["omission_rate"]["value"] == pytest.approx(1 - share, abs=1e-6)
        assert figures(found, system)["key_fact_recall"]["value"] == pytest.approx(share, abs=1e-6)


@pytest.mark.usefixtures("figures_only")
def test_finesure_gives_the_published_completeness_and_faithfulness(tmp_path: Path) -> None:
    measures = {
        "completeness % (1 - omission), macro": "key_fact_recall",
        "faithfulness % (sentence factual precision, macro over summaries)": "factual_precision",
    }
    rows = [r for r in csv_rows("published_figures.csv") if r["metric"] in measures]
    paths = workbooks.summaries_finesure(tmp_path)
    assert len(rows) == 7
    for row in rows:
        value = figures(results(paths[row["candidate"]]), row["candidate"])[measures[row["metric"]]]["value"]
        assert value * 100 == pytest.approx(float(row["recomputed"]), abs=1e-9)


@pytest.mark.usefixtures("figures_only")
def test_llmperf_gives_the_published_percentiles_and_failures(tmp_path: Path) -> None:
    for provider, path in some(workbooks.latency_llmperf(tmp_path).items()):
        found = figures(results(path), provider)
        summary = json_file(f"latency_llmperf/published_summary_{provider}_70b.json")
        for level in ("p50", "p95", "p99"):
            expected = summary[f"results_end_to_end_latency_s_quantiles_{level}"]
            assert found[f"{level}_latency"]["answered_only"]["value"] == pytest.approx(expected, abs=1e-9)
        assert found["failure_rate"]["value"] == pytest.approx(summary["results_error_rate"], abs=1e-12)


@pytest.mark.usefixtures("figures_only")
def test_finance_keeps_format_failures_apart_from_wrong_answers(tmp_path: Path) -> None:
    found = results(workbooks.finance_fpb(tmp_path))
    gold = {row["id"]: row["gold"] for row in json_lines("finance_fpb/gold.jsonl")}
    for name in workbooks.FINANCE_MODELS:
        raw = json_lines(f"finance_fpb/pred_{name}.jsonl")
        bare = [r["raw_output"].strip().rstrip(".").strip("\"'").casefold() for r in raw]
        strict_right = sum(text == gold[row["id"]] for text, row in zip(bare, raw, strict=True))
        invalid = sum(text not in {"positive", "negative", "neutral"} for text in bare)
        measured = figures(found, name)
        assert measured["invalid_output_rate"]["value"] == pytest.approx(invalid / len(raw), abs=1e-12)
        assert measured["accuracy"]["value"] == pytest.approx(strict_right / len(raw), abs=1e-12)
        assert measured["accuracy"]["lenient"] >= measured["accuracy"]["value"]


def test_banking77_names_every_label_and_the_learned_baseline_leads(tmp_path: Path) -> None:
    found = results(workbooks.banking77(tmp_path))
    measured = figures(found, "tf-idf logistic regression")
    assert sum(key.startswith("f1[label: ") for key in measured) == 77
    assert measured["macro_f1"]["value"] > 0.75


@pytest.mark.usefixtures("figures_only")
def test_bookings_give_the_figures_that_counting_answers_against_spans_gives(tmp_path: Path) -> None:
    """The source publishes no figure for them, so the stored answers are counted here once more, without our scorers."""
    path = workbooks.bookings_restaurant8k(tmp_path, every=5)
    measured = figures(results(path), "patterns")
    gold = {row["id"]: row["gold"] for row in json_lines("bookings_restaurant8k/test.jsonl")}
    journal = (tmp_path / "bookings-run" / "evidence" / "responses.jsonl").read_text(encoding="utf-8").splitlines()
    answers = [json.loads(line)["response"] for line in journal]
    right = wrong = invented = missing = absent = 0
    for answer in answers:
        said = json.loads(answer["text"])
        for field in workbooks.BOOKING_FIELDS:
            given = said.get(field)
            value = (given.get("value") if isinstance(given, dict) else given) or ""
            spans = gold[answer["example_id"]].get(field, [])
            absent += not spans
            right += bool(spans) and value.casefold() == spans[0]["value"].casefold()
            wrong += bool(spans) and bool(value) and value.casefold() != spans[0]["value"].casefold()
            missing += bool(spans) and not value
            invented += not spans and bool(value)
    assert len(answers) > 100
    assert measured["field_f1"]["value"] == pytest.approx(2 * right / (2 * right + 2 * wrong + invented + missing))
    assert measured["invented_field_rate"]["value"] == pytest.approx(invented / absent)
    assert measured["missing_field_rate"]["value"] == pytest.approx(missing / (right + wrong + missing))


def test_every_published_figure_is_compared_or_named_as_not_ours() -> None:
    """What stands in no list below would be a published figure that nobody looks at."""
    compared = (
        "field accuracy (judge",
        "accuracy of field",
        "average latency seconds",
        "average input tokens",
        "average output tokens",
        "total cost USD",
        "mean human key-fact recall",
        "completeness %",
        "faithfulness %",
        "end_to_end_latency_s",
        "macroF1",
        "weightedF1",
        "microF1",
        "F1 of class",
    )
    not_ours = {
        "conciseness %": "no measure of the contract",
        "ttft_s": "time to first token: no measure of the contract, answers are not streamed",
    }
    metrics = {row["metric"] for row in csv_rows("published_figures.csv")}
    assert not [m for m in metrics if not m.startswith((*compared, *not_ours))]
    for prefix in (*compared, *not_ours):
        assert any(m.startswith(prefix) for m in metrics), f"{prefix} is published no more"
