"""Examples asked several times, from the workbook to the documents, held against plain loops over the recorded answers."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from reportgen.cli import main
from reportgen.exchange.batch import export_batch
from reportgen.exchange.batch_import import import_batch
from reportgen.workbook.reading.parser import read_plan
from tests.fakes.model_server import ModelServer, Reply, openai_body
from tests.small_workbooks import baseline, examples, tickets

SCORED, K = 40, 3
OTHER = {"refund": "delivery", "delivery": "refund"}
LEVELS = [
    {"Measure": "accuracy", "Comparison": "at least", "Target": 0.6, "Agreed by": "Ada"},
    {"Measure": "pass at every repeat", "Comparison": "at least", "Target": 0.9, "Importance": "should", "Agreed by": "Ada"},
    {"Measure": "consistency", "Comparison": "at least", "Target": 0.5, "Importance": "should", "Agreed by": "Ada"},
]
FLAKY = {"Candidate": "flaky", "Kind": "Recorded outputs", "Input price": 1000, "Output price": 2000}


def outputs() -> list[dict[str, Any]]:
    """Return K answers to each example: some change from one asking to the next, one is refused, one cannot be read."""
    draw = np.random.default_rng(7)
    rows = []
    for i, example in enumerate(examples(SCORED)):
        for repeat in range(1, K + 1):
            said = example["Expected"] if draw.random() > (0.4 if i % 5 == 0 else 0.05) else OTHER[example["Expected"]]
            row = {"Candidate": "flaky", "Example ID": example["Example ID"], "Repeat": repeat, "Output": said}
            if i == 4 and repeat == 2:
                row |= {"Output": "", "Outcome": "refused"}
            if i == 6:
                row |= {"Output": "something about money"}
            row |= {"Latency (s)": 0.1 * repeat + i / 100, "Input tokens": 100 + i + repeat, "Output tokens": repeat}
            rows.append(row | {"Attempts": 1})
    return rows


def workbook(folder: Path, rows: list[dict[str, Any]], *, repeats: int = K, levels: Any = LEVELS) -> Path:  # noqa: ANN401 - rows
    path = tickets(
        folder / "t.xlsx",
        candidates=[FLAKY, baseline("majority", Role="production")],
        count=SCORED + 10,
        columns=[{"Split": "eval" if i < SCORED else "train"} for i in range(SCORED + 10)],
        Recorded_outputs=rows,
        Service_levels=levels,
    )
    return with_item(path, "Repeats", repeats)


def with_item(path: Path, item: str, value: object) -> Path:
    """Fill in one item of the sheet Evaluation."""
    book = openpyxl.load_workbook(path)
    cell = next(row[1] for row in book["Evaluation"].iter_rows() if row[0].value == item)
    cell.value = value
    book.save(path)
    return path


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("repeats")
    assert main(["run", str(workbook(folder, outputs())), "--out", str(folder / "run")]) == 0
    return folder / "run", json.loads((folder / "run" / "results.json").read_text(encoding="utf-8"))


def test_figures_are_means_over_an_examples_repeats_and_repeats_never_make_examples(
    ran: tuple[Path, dict[str, Any]],
) -> None:
    found = next(c for c in ran[1]["candidates"] if c["name"] == "flaky")
    expected = {e["Example ID"]: e["Expected"] for e in examples(SCORED)}
    by_example: dict[str, list[str]] = {name: [] for name in expected}
    for row in outputs():
        by_example[row["Example ID"]].append(row["Output"] if row["Output"] in OTHER else "")
    right = {name: [said == expected[name] for said in answers] for name, answers in by_example.items()}
    agree = {name: [bool(a) and a == b for a, b in combinations(answers, 2)] for name, answers in by_example.items()}
    money = [(r["Input tokens"] * 1000 + r["Output tokens"] * 2000) / 1e6 for r in outputs()]
    figures = found["measurements"]
    assert figures["accuracy"]["value"] == pytest.approx(np.mean([np.mean(r) for r in right.values()]))
    assert figures["consistency"]["value"] == pytest.approx(np.mean([np.mean(a) for a in agree.values()]))
    assert figures["pass_at_every_repeat"]["value"] == pytest.approx(np.mean([all(r) for r in right.values()]))
    assert figures["token_cost_per_task"]["value"] == pytest.approx(np.mean(money))  # one ask, not all of them
    assert figures["mean_latency"]["value"] == pytest.approx(np.mean([r["Latency (s)"] for r in outputs()]))
    assert {figures[name]["n"] for name in ("accuracy", "consistency", "pass_at_every_repeat")} == {SCORED}
    assert found["counts"]["planned"] == SCORED * K
    # No sample of the answers is surer than as many examples, each with one answer at its mean.
    low = figures["accuracy"]["low"]
    assert low < figures["accuracy"]["value"] - 1.6 * np.std([np.mean(r) for r in right.values()]) / np.sqrt(SCORED)
    assert main(["verify", str(ran[0])]) == 0


def test_the_responses_stand_by_repeat_and_identical_repeats_are_said(ran: tuple[Path, dict[str, Any]]) -> None:
    folder, found = ran
    book = openpyxl.load_workbook(folder / "comparison.xlsx", data_only=True)
    rows = [[c.value for c in row] for row in book["Responses"].iter_rows()]
    head = next(row for row in rows if "Repeat" in row)
    assert [row[head.index("Repeat")] for row in rows if str(row[0]).startswith("M000")] == [1, 2, 3]
    told = [f["what"] for f in found["findings"] if f["code"] == "repeats-alike"]
    assert len(told) == 1
    assert "majority" in told[0]


@pytest.mark.parametrize(
    ("change", "repeats", "said"),
    [
        ({"Repeat": 4}, 3, "the Repeat is 4, and each example is asked 3 times"),
        ({"Repeat": 2}, 1, "the Repeat is 2, and each example is asked once"),
        ({"Repeat": 1}, 3, "flaky has an output for M000 already in"),
    ],
)
def test_a_repeat_that_is_not_asked_or_doubled_is_said_by_cell(
    tmp_path: Path, change: dict[str, Any], repeats: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [outputs()[0], outputs()[0] | change]
    assert main(["check", str(workbook(tmp_path, rows, repeats=repeats))]) == 2
    told = " ".join("".join(capsys.readouterr()).split())
    assert "Recorded outputs!" in told
    assert said in told


def test_a_level_on_repeats_is_told_to_need_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [r for r in outputs() if r["Repeat"] == 1]
    assert main(["check", str(workbook(tmp_path, rows, repeats=1))]) == 0
    assert "each example is asked once. Set Repeats" in " ".join(capsys.readouterr().out.split())


def test_a_model_is_asked_each_question_as_often_and_only_what_is_new_when_repeats_rise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    with ModelServer(lambda number, _: Reply(list(OTHER)[number % 2])) as server:
        model: dict[str, Any] = {
            "Candidate": "m",
            "Kind": "API model",
            "Model": "openai/m",
            "Key variable": "OPENAI_API_KEY",
        }
        model |= {"Endpoint": server.url, "Input price": 3, "Output price": 6}
        splits = [{"Split": "eval" if i < 8 else "holdout"} for i in range(12)]
        path = tickets(tmp_path / "t.xlsx", candidates=[model], count=12, columns=splits)
        assert main(["run", str(with_item(path, "Repeats", 2))]) == 0
        assert len(server.books) == 8 * 2
        assert main(["run", str(path)]) == 0
        assert len(server.books) == 8 * 2, "nothing is asked twice"
        assert main(["run", str(with_item(path, "Repeats", 3))]) == 0
        assert len(server.books) == 8 * 3, "the first two answers to each question serve again"
    for folder, repeats in (("t-run", 2), ("t-run-2", 3)):
        found = json.loads((tmp_path / folder / "results.json").read_text(encoding="utf-8"))["candidates"][0]
        assert found["counts"]["planned"] == 8 * repeats
        assert found["measurements"]["token_cost_per_task"]["value"] == pytest.approx((100 * 3 + 7 * 6) / 1e6)
        lines = (tmp_path / folder / "evidence" / "responses.jsonl").read_text(encoding="utf-8").splitlines()
        ids = {json.loads(line)["response"]["example_id"] for line in lines}
        assert sum(f"repeat {repeats}" in name for name in ids) == 8
    assert main(["verify", str(tmp_path / "t-run-2")]) == 0


def test_a_batch_goes_out_and_comes_back_by_repeat(tmp_path: Path) -> None:
    model = {"Candidate": "m", "Kind": "API model", "Model": "openai/gpt-4o-mini"}
    path = with_item(tickets(tmp_path / "t.xlsx", candidates=[model], count=20, all_eval=True), "Repeats", 2)
    made = export_batch(path, tmp_path / "out")
    lines = [json.loads(line) for name in made.files for line in (tmp_path / "out" / name).read_text().splitlines()]
    assert len({line["custom_id"] for line in lines}) == 40
    back = tmp_path / "back"
    back.mkdir()
    answers = [
        {"custom_id": line["custom_id"], "response": {"status_code": 200, "body": openai_body(Reply(), line["body"])}}
        for line in lines
    ]
    (back / "a.jsonl").write_text("".join(json.dumps(a) + "\n" for a in answers), encoding="utf-8")
    plan = read_plan(Path(import_batch(back, path).workbook), allow_commands=False, allowed_keys={})
    ids = {r.example_id for r in plan.recorded_outputs}
    assert ids == {name for e in plan.examples for name in (e.id, f"{e.id} · repeat 2")}
