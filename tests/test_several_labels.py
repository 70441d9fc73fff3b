"""Several labels for one example, from the workbook to results.json, held against scikit-learn."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from reportgen.cli import main
from reportgen.domain.records.plan import AnswersRead, Label
from reportgen.exchange.batch import export_batch
from reportgen.metrics.label_reader import LabelReader
from reportgen.metrics.several_labels import LabelSetReader
from tests.small_workbooks import tickets

LABELS = ("billing", "claim", "urgent")
COUNT = 80
Sets = Sequence[Sequence[str]]


def _book(path: Path, truth: Sets, answers: Mapping[str, Sequence[str]], **more: Any) -> Path:  # noqa: ANN401 - rows of any sheet
    rows: dict[str, Any] = {
        "candidates": [{"Candidate": name, "Kind": "Recorded outputs"} for name in answers],
        "Labels": [{"Label": name} for name in LABELS],
        "Recorded_outputs": [
            {"Candidate": name, "Example ID": f"M{i:03d}", "Output": text, "Cost": 0.01}
            for name, given in answers.items()
            for i, text in enumerate(given)
        ],
        "Service_levels": [
            {"Measure": "micro F1", "Comparison": "at least", "Target": 0.5},
            {"Measure": "exact label set rate", "Comparison": "at least", "Target": 0.3},
            {"Measure": "F1", "Scope": "label: urgent", "Comparison": "at least", "Target": 0.3},
        ],
    }
    tickets(
        path,
        count=len(truth),
        all_eval=True,
        **{"columns": [{"Expected": "\n".join(found) or "(none)"} for found in truth], **rows, **more},
    )
    book = openpyxl.load_workbook(path)
    for row in book["Evaluation"].iter_rows(min_row=2):
        if row[0].value == "Labels per example":
            row[1].value = "several"
    book.save(path)
    return path


def _run(path: Path) -> Mapping[str, Any]:
    assert main(["run", str(path), "--json"]) == 0
    found: Mapping[str, Any] = json.loads((path.with_name(f"{path.stem}-run") / "results.json").read_text(encoding="utf-8"))
    return {c["name"]: c for c in found["candidates"]}


def _drawn(seed: int, share: float = 0.4) -> list[list[str]]:
    draw = random.Random(seed)
    return [[name for name in LABELS if draw.random() < share] for _ in range(COUNT)]


def _matrix(sets: Sets) -> Any:  # noqa: ANN401 - an array
    return np.array([[name in found for name in LABELS] for found in sets], dtype=int)


def test_figures_of_several_labels_equal_scikit_learns(tmp_path: Path) -> None:
    truth, said = _drawn(1), _drawn(2)
    said = [t if i % 2 else s for i, (t, s) in enumerate(zip(truth, said, strict=True))]
    answers = [json.dumps(found) for found in said]
    for i in range(0, COUNT, 10):
        answers[i], said[i] = "cannot tell", []  # an unreadable answer gives no label
    found = _run(_book(tmp_path / "w.xlsx", truth, {"x": answers}))["x"]
    y, p, figures = _matrix(truth), _matrix(said), found["measurements"]
    assert figures["micro_f1"]["value"] == pytest.approx(f1_score(y, p, average="micro"), abs=1e-12)
    assert figures["macro_f1"]["value"] == pytest.approx(f1_score(y, p, average="macro"), abs=1e-12)
    for place, name in enumerate(LABELS):
        for key, score in (("f1", f1_score), ("precision", precision_score), ("recall", recall_score)):
            assert figures[f"{key}[label: {name}]"]["value"] == pytest.approx(score(y[:, place], p[:, place]), abs=1e-12)
    readable = [text != "cannot tell" for text in answers]
    exact = np.mean([ok and t == s for ok, t, s in zip(readable, truth, said, strict=True)])
    assert figures["exact_label_set_rate"]["value"] == pytest.approx(exact, abs=1e-12)
    assert found["counts"]["invalid"] == 8
    assert "accuracy" not in figures
    assert [v["measure"] for v in found["service_levels"]] == ["micro_f1", "exact_label_set_rate", "f1"]


def test_the_known_answer_of_the_page(tmp_path: Path) -> None:
    y = [["claim"], ["claim", "urgent"], ["billing", "urgent"], []] * 20
    p = [["claim", "urgent"], ["claim"], ["billing", "urgent"], []] * 20
    figures = _run(_book(tmp_path / "w.xlsx", y, {"x": [json.dumps(found) for found in p]}))["x"]["measurements"]
    # formulas.md 3.1: micro .8, macro .8333, subset .5
    assert figures["micro_f1"]["value"] == pytest.approx(0.8)
    assert figures["macro_f1"]["value"] == pytest.approx(0.8333, abs=5e-5)
    assert figures["exact_label_set_rate"]["value"] == 0.5


def test_a_batch_asks_for_several_labels_as_a_run_does(tmp_path: Path) -> None:
    model = {"Candidate": "m", "Kind": "API model", "Model": "openai/gpt-4o-mini"}
    truth = [["urgent"] if i % 2 else ["urgent", "claim"] for i in range(40)]
    path = _book(tmp_path / "w.xlsx", truth, {}, candidates=[model])
    made = export_batch(path, tmp_path / "out")
    lines = [json.loads(line) for name in made.files for line in (tmp_path / "out" / name).read_text().splitlines()]
    assert lines
    assert all("there may be several, or none" in line["body"]["messages"][-1]["content"] for line in lines)


def test_baselines_answer_with_several_labels(tmp_path: Path) -> None:
    truth = [[*(["urgent"] if i % 3 == 0 else []), "billing" if i % 2 else "claim"] for i in range(COUNT)]
    names = ("majority", "nearest example", "tf-idf logistic regression")
    columns = [
        {"Expected": "\n".join(found), "Input": f"about {' and '.join(found)} {i}", "Split": "train" if i < 50 else "eval"}
        for i, found in enumerate(truth)
    ]
    path = tmp_path / "w.xlsx"
    tickets(
        path,
        count=COUNT,
        candidates=[{"Candidate": name, "Kind": "Local baseline", "Model": name} for name in names],
        columns=columns,
        Labels=[{"Label": name} for name in LABELS],
        Service_levels=[{"Measure": "micro F1", "Comparison": "at least", "Target": 0.5}],
    )
    book = openpyxl.load_workbook(path)
    for row in book["Evaluation"].iter_rows(min_row=2):
        if row[0].value == "Labels per example":
            row[1].value = "several"
    book.save(path)
    found = _run(path)
    values = {name: found[name]["measurements"]["exact_label_set_rate"]["value"] for name in names}
    assert values["nearest example"] == values["tf-idf logistic regression"] == 1.0
    assert 0 < values["majority"] < 1


@pytest.mark.parametrize(
    ("text", "strictly", "leniently"),
    [
        ('["claim", "billing"]', ("billing", "claim"), ("billing", "claim")),
        ('{"labels": ["urgent"]}', ("urgent",), ("urgent",)),
        ("claim, urgent", ("claim", "urgent"), ("claim", "urgent")),
        ("claim\nurgent", ("claim", "urgent"), ("claim", "urgent")),
        ("- Claim\n- Urgent", ("claim", "urgent"), ("claim", "urgent")),
        ("[]", (), ()),
        ("none", (), ()),
        ("billing", ("billing",), ("billing",)),
        ('["claim", "claim"]', ("claim",), ("claim",)),
        ('["claim", "unknown"]', None, ("claim",)),
        ("claim, unknown", None, ("claim",)),
        ('```json\n["claim"]\n```', None, ("claim",)),
        ('<think>urgent?</think>["claim"]', None, ("claim",)),
        ("Labels: claim and urgent", None, ("claim", "urgent")),
        ("", None, None),
        ("cannot tell", None, None),
    ],
)
def test_sets_are_read_as_lists_lines_or_between_commas(
    text: str, strictly: tuple[str, ...] | None, leniently: tuple[str, ...] | None
) -> None:
    reader = LabelSetReader(LabelReader(tuple(map(Label, LABELS)), AnswersRead.STRICTLY))
    assert reader.read(text) == strictly
    assert (strictly if strictly is not None else reader.lenient(text)) == leniently


def test_a_second_persons_labels_are_compared_as_sets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth = [["claim", "urgent"] if i % 2 else ["billing"] for i in range(COUNT)]
    second = [["urgent", "claim"] if i % 2 else ["billing", "claim"] if i < 8 else ["billing"] for i in range(COUNT)]
    columns = [{"Expected": "\n".join(t), "Second label": "\n".join(s)} for t, s in zip(truth, second, strict=True)]
    assert main(["check", str(_book(tmp_path / "w.xlsx", truth, {"x": ["claim"] * COUNT}, columns=columns))]) == 0
    assert "two people agree on 95" in capsys.readouterr().err


def test_an_unknown_label_is_a_problem_by_its_cell_and_a_blank_asks_for_several(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(_book(tmp_path / "w.xlsx", [["claim", "clame"]] * COUNT, {"x": ["claim"] * COUNT}))]) == 2
    assert '"clame", which is not on the sheet Labels' in capsys.readouterr().err
    blank = tmp_path / "blank.xlsx"
    assert main(["new", str(blank), "--task", "classification", "--labels", "several"]) == 0
    items = {row[0]: row[1] for row in openpyxl.load_workbook(blank)["Evaluation"].iter_rows(values_only=True)}
    assert items["Labels per example"] == "several"
    assert main(["new", str(tmp_path / "x.xlsx"), "--task", "extraction", "--labels", "several"]) == 2
    capsys.readouterr()
