"""Ordered labels and what mistakes cost, from the workbook to results.json, held against scikit-learn."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from reportgen.cli import main
from tests.small_workbooks import tickets

LEVELS = ("low", "middle", "high", "urgent")
COSTS = {
    ("low", "urgent"): 2.0,
    ("urgent", "low"): 100.0,
    ("urgent", "middle"): 50.0,
    ("high", "low"): 20.0,
    ("middle", "low"): 5.0,
}
COUNT = 80


def _drawn(seed: int, wrong: float = 0.3, unread: float = 0.1) -> tuple[list[str], list[str]]:
    draw = random.Random(seed)
    truth = [draw.choice(LEVELS) for _ in range(COUNT)]
    said = [draw.choice(LEVELS) if draw.random() < wrong else label for label in truth]
    return truth, ["cannot tell" if draw.random() < unread else label for label in said]


def _book(path: Path, truth: Sequence[str], given: Sequence[str], **more: Any) -> Path:  # noqa: ANN401 - rows of any sheet
    levels = [
        {"Measure": "quadratic weighted kappa", "Comparison": "at least", "Target": 0.5},
        {"Measure": "mean distance in ranks", "Comparison": "at most", "Target": 0.8},
        {"Measure": "mean cost of mistakes", "Comparison": "at most", "Target": 8},
    ]
    rows: dict[str, Any] = {
        "Labels": [{"Label": name, "Order": place} for place, name in enumerate(LEVELS, start=1)],
        "Mistake_costs": [{"Expected": a, "Given": b, "Cost": cost} for (a, b), cost in COSTS.items()],
        "Recorded_outputs": [
            {"Candidate": "x", "Example ID": f"M{i:03d}", "Output": text, "Cost": 0.01} for i, text in enumerate(given)
        ],
        "Service_levels": levels,
    }
    return tickets(
        path,
        count=len(truth),
        all_eval=True,
        candidates=[{"Candidate": "x", "Kind": "Recorded outputs"}],
        columns=[{"Expected": label, "Segment": None} for label in truth],
        **{**rows, **more},
    )


def _run(path: Path) -> Mapping[str, Any]:
    assert main(["run", str(path), "--json"]) == 0
    found: Mapping[str, Any] = json.loads((path.with_name(f"{path.stem}-run") / "results.json").read_text(encoding="utf-8"))
    result: Mapping[str, Any] = found["candidates"][0]
    return result


def _farthest(label: str) -> int:
    rank = LEVELS.index(label)
    return 0 if 2 * rank >= len(LEVELS) - 1 else len(LEVELS) - 1


@pytest.mark.parametrize("seed", [1, 2])
def test_ordered_labels_and_costs_equal_scikit_learns(tmp_path: Path, seed: int) -> None:
    truth, given = _drawn(seed)
    found = _run(_book(tmp_path / "w.xlsx", truth, given))["measurements"]
    wanted = [LEVELS.index(label) for label in truth]
    ranks = [LEVELS.index(g) if g in LEVELS else _farthest(t) for t, g in zip(truth, given, strict=True)]
    kappa = cohen_kappa_score(wanted, ranks, weights="quadratic", labels=list(range(len(LEVELS))))
    assert found["quadratic_weighted_kappa"]["value"] == pytest.approx(kappa, abs=1e-12)
    assert found["mean_distance_in_ranks"]["value"] == pytest.approx(np.abs(np.subtract(wanted, ranks)).mean(), abs=1e-12)
    assert found["mean_cost_of_mistakes"]["value"] == pytest.approx(np.mean(_money(truth, given)), abs=1e-12)
    assert found["quadratic_weighted_kappa"]["bound"] < kappa < found["quadratic_weighted_kappa"]["high"]


def _money(truth: Sequence[str], given: Sequence[str]) -> list[float]:
    highest = {label: max((c for (a, _), c in COSTS.items() if a == label), default=max(COSTS.values())) for label in LEVELS}
    return [0.0 if t == g else COSTS.get((t, g), highest[t]) for t, g in zip(truth, given, strict=True)]


def test_the_cost_of_a_mistake_takes_the_place_of_one_cost_for_every_error(tmp_path: Path) -> None:
    truth, given = _drawn(3, unread=0.0)
    costs = [
        {"Assumption": "Cost of an undetected error", "Expected": 7},
        {"Assumption": "Tasks per month", "Expected": 1000},
    ]
    found = _run(_book(tmp_path / "w.xlsx", truth, given, Costs=costs))["measurements"]
    # nothing is reviewed: the full cost is the recorded cost and what each mistake costs
    assert found["cost_per_task"]["value"] == pytest.approx(0.01 + np.mean(_money(truth, given)), abs=1e-9)


def test_faultless_answers_leave_the_bound_that_a_small_sample_leaves(tmp_path: Path) -> None:
    truth, _ = _drawn(4)
    result = _run(_book(tmp_path / "w.xlsx", truth, truth))
    found = result["measurements"]
    share = 1 - 0.05 ** (1 / COUNT)
    assert found["mean_distance_in_ranks"]["bound"] == pytest.approx(share * 3, rel=1e-6)
    assert found["mean_cost_of_mistakes"]["bound"] == pytest.approx(share * 100, rel=1e-6)
    assert found["quadratic_weighted_kappa"]["value"] == 1.0
    assert found["quadratic_weighted_kappa"]["bound"] < 1 - share


def test_without_order_and_costs_their_measures_are_not_listed(tmp_path: Path) -> None:
    truth, given = _drawn(5)
    more = {"Labels": [{"Label": name} for name in LEVELS], "Mistake_costs": [], "Service_levels": []}
    found = _run(_book(tmp_path / "w.xlsx", truth, given, **more))["measurements"]
    assert not {"quadratic_weighted_kappa", "mean_distance_in_ranks", "mean_cost_of_mistakes"} & set(found)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"Labels": [{"Label": name, "Order": 1 if name == "low" else None} for name in LEVELS]},
            "have no Order, and others do",
        ),
        ({"Labels": [{"Label": name, "Order": min(i, 2)} for i, name in enumerate(LEVELS)]}, "have the same Order, 2"),
        ({"Mistake_costs": [{"Expected": "low", "Given": "lwo", "Cost": 1}]}, "the Given is"),
        ({"Mistake_costs": [{"Expected": "low", "Given": "low", "Cost": 1}]}, "is no mistake"),
        ({"Mistake_costs": [{"Expected": "low", "Given": "high", "Cost": 0}]}, "every mistake costs 0"),
        ({"Mistake_costs": [{"Expected": "low", "Given": "high", "Cost": c} for c in (1, 2)]}, "stands already in"),
    ],
)
def test_an_order_or_a_cost_that_cannot_stand_is_said_by_its_cell(
    tmp_path: Path, change: dict[str, Any], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    truth, given = _drawn(6)
    assert main(["check", str(_book(tmp_path / "w.xlsx", truth, given, **change))]) == 2
    assert said in " ".join(capsys.readouterr().err.split())
