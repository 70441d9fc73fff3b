"""A person's way: each blank is filled in by typing in LibreOffice, saved there, and checked without a problem."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from reportgen.checking import check_workbook
from reportgen.domain.records.plan import Split, Task
from reportgen.domain.statistics.proportions import most_errors_to_prove
from reportgen.evaluation import Permissions
from reportgen.workbook.blank.presets import level_rows
from reportgen.workbook.blank.workbooks import BLANK_NAMES, write_blanks
from reportgen.workbook.reading.parser import check_plan
from tests.workbook.typed import Entries, at, typed

WORDS = (
    "please account parcel order yesterday customer blue morning window printer cancel invoice late payment tuesday broken "
    "delivery address colour shoe size wrong double charged month contract ended team answer question waiting days still "
    "nothing arrived photo attached return label missing again chair table lamp river stone garden bridge paper pencil"
)
LABELS = ("refund", "delivery", "cancel it")
SEGMENTS = ("e-mail", "chat", "<5 kW & more")
COUNT = 90
MODELS = ("openai/gpt-4o", "openai/gpt-4o-mini", "openai/gpt-4.1", "openai/gpt-4.1-mini", "openai/gpt-4.1-nano")


def _words(rng: random.Random, count: int) -> str:
    return " ".join(rng.choices(WORDS.split(), k=count))


def _row(task: Task, i: int, rng: random.Random) -> dict[str, str]:
    row = {"Example ID": f"{i:04d}", "Input": _words(rng, 16), "Segment": SEGMENTS[i % 3]}
    match task:
        case Task.CLASSIFICATION:
            more = {"Expected": LABELS[i % 3].upper() if i == 4 else LABELS[i % 3]}
        case Task.EXTRACTION:
            party = _words(rng, 2)
            row["Input"] += f' "{party}" on 2026-04-{i % 28 + 1:02d}: 1{i}.50'
            more = {"Expected: Party": party, "Expected: Date": f"2026-04-{i % 28 + 1:02d}", "Expected: Amount": f"1{i}.50"}
        case Task.SUMMARIZATION:
            more = {"Key facts": f"{_words(rng, 5)}\n{_words(rng, 5)}"}
        case Task.QUESTION_ANSWERING:
            more = {"Expected": f"{_words(rng, 2)}\n{_words(rng, 2)}"}
    return row | more


def _entries(task: Task, path: Path) -> Entries:
    """What a person types into the blank of a task."""
    rng = random.Random(task.value)
    table: dict[str, list[Mapping[str, str]]] = {
        "Examples": [_row(task, i, rng) for i in range(COUNT)],
        "Candidates": [
            {"Candidate": f"Model {n}", "Kind": "API model", "Model": model, "Input price": "0.15", "Output price": "$0.60"}
            for n, model in enumerate(MODELS)
        ],
        "Service levels": [{"Agreed by": "Ann", "Agreed on": "2026-04-03"} for _ in level_rows(task, "USD")],
        "Costs": [{"Expected": typed_in} for typed_in in ("10,000", "3", "36", "4.50")],
    }
    if task is Task.CLASSIFICATION:
        table["Labels"] = [{"Label": label} for label in LABELS]
    return at(path, table) | {"Evaluation": {"B2": "Tickets of April"}}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[Task, Path]:
    folder, out = tmp_path_factory.mktemp("blank"), tmp_path_factory.mktemp("saved")
    write_blanks(folder)
    typed({folder / name: _entries(task, folder / name) for task, name in BLANK_NAMES.items()}, out)
    return {task: out / name for task, name in BLANK_NAMES.items()}


def _start(path: Path) -> dict[object, tuple[object, ...]]:
    return {row[0]: row for row in openpyxl.load_workbook(path, data_only=True)["Start"].iter_rows(values_only=True)}


@pytest.mark.parametrize("task", Task)
def test_a_blank_that_was_typed_in_and_saved_in_libreoffice_has_no_problem(
    saved: Mapping[Task, Path], task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "not a real key")
    result = check_workbook(saved[task], Permissions())
    few = [p.what for p in result.problems if "nobody can be recommended" in p.what]
    assert len(few) == 1, "eighteen eval rows prove no level of operations"
    assert [str(p) for p in result.problems if p.what not in few] == []
    assert sum(result.splits.values()) == COUNT
    assert result.forecast.unpriced == ()


@pytest.mark.parametrize("task", Task)
def test_the_live_counters_say_what_check_finds(saved: Mapping[Task, Path], task: Task) -> None:
    plan, _ = check_plan(saved[task])
    assert plan is not None
    start = _start(saved[task])
    counted = {
        "Examples with an ID and an input": len(plan.examples),
        "... of them with what is right": sum(e.key is not None for e in plan.examples),
        "Rows begun but not complete": 0,
        "Rows whose ID stands twice": 0,
        "Candidates": len(plan.candidates),
        "Service levels": len(plan.service_levels),
        "... of them agreed by somebody": sum(bool(level.agreed_by) for level in plan.service_levels),
        "First four lines of Costs": 4,
        **Counter(e.segment for e in plan.examples),
    }
    if task is Task.CLASSIFICATION:
        counted |= Counter(e.key.label for e in plan.examples if e.key is not None and e.key.label)
    if task is Task.EXTRACTION:
        counted |= {"Party": COUNT, "Date": COUNT, "Amount": COUNT, "Reference number": 0}
    assert {name: start[name][1] for name in counted} == counted
    assert start["5  Check and run"][1] == "Possible"  # in order, though fewer than 500 examples are there
    splits = check_workbook(saved[task], Permissions()).splits
    about = {split: start[split][3] for split in (Split.TRAIN, Split.EVAL, Split.HOLDOUT)}
    assert about == {split: splits[split] for split in about}
    for share in (0.8, 0.85, 0.9, 0.95, 0.98, 0.99):
        allowed = most_errors_to_prove(splits[Split.EVAL], share, 0.05)
        assert start[share][1] == ("cannot be proven" if allowed is None else allowed)
