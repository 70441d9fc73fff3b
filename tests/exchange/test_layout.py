"""`reportgen export`: the layout of the contract, with nothing of the holdout but its hash."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reportgen import cli, evaluation
from reportgen.domain.records.plan import Task
from reportgen.reports.data import results_bytes
from tests.exchange.books import ASKED, EVAL, HOLDOUT, KNOWN, TRAIN, text, write

TWO = [
    {"Candidate": ASKED, "Kind": "Recorded outputs", "Role": "production"},
    {"Candidate": "a/b: c", "Kind": "Local baseline", "Model": "majority"},
    {"Candidate": "A b c", "Kind": "Local baseline", "Model": "nearest example"},
]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "write_all", lambda *_: None)
        book = write(tmp_path_factory.mktemp("run") / "mail.xlsx", Task.CLASSIFICATION, Candidates=TWO)
        _, folder = evaluation.evaluate(book, environment={})
    return folder.path


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_files_are_those_of_the_contract(run: Path, tmp_path: Path) -> None:
    assert cli.main(["export", str(run), str(tmp_path)]) == 0
    comparison, _ = evaluation.recall(run)
    day = comparison.run.finished[:10].replace("-", "")
    assert {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()} == {
        "eval/datasets/train.jsonl",
        "eval/datasets/eval.jsonl",
        "eval/datasets/regression.jsonl",
        "eval/datasets/holdout.json",
        f"reports/baseline_{day}.json",
        "reports/candidate_a-b-c.json",
        "reports/candidate_A-b-c-2.json",
    }
    counted = {p.stem: len(lines(p)) for p in (tmp_path / "eval" / "datasets").glob("*.jsonl")}
    assert counted == {"train": TRAIN, "eval": EVAL, "regression": KNOWN}


def test_the_figures_are_those_of_results_json(run: Path, tmp_path: Path) -> None:
    assert cli.main(["export", str(run), str(tmp_path)]) == 0
    whole = json.loads(results_bytes(evaluation.recall(run)[0]))
    found = [json.loads(p.read_text(encoding="utf-8")) for p in (tmp_path / "reports").iterdir()]
    assert sorted((f["candidate"] for f in found), key=str) == sorted(whole["candidates"], key=str)
    assert all(f["evaluation"] == whole["evaluation"] and f["split"] == whole["split"] for f in found)
    (baseline,) = [f for f in found if f["candidate"]["role"] == "production"]
    assert len(baseline["comparisons"]) == len(whole["comparisons"]) == 2


def test_of_the_holdout_only_its_hash_is_there(run: Path, tmp_path: Path) -> None:
    assert cli.main(["export", str(run), str(tmp_path)]) == 0
    everything = "".join(p.read_text(encoding="utf-8") for p in tmp_path.rglob("*") if p.is_file())
    for number in range(EVAL + KNOWN + TRAIN, EVAL + KNOWN + TRAIN + HOLDOUT):
        assert text(number) not in everything
        assert f'"E{number}"' not in everything
    locked = json.loads((tmp_path / "eval" / "datasets" / "holdout.json").read_text(encoding="utf-8"))
    assert locked == {"examples": HOLDOUT, "sha256": evaluation.recall(run)[0].corpus.holdout.commitment}


def test_an_earlier_baseline_stays_when_a_folder_is_exported_to_again(run: Path, tmp_path: Path) -> None:
    earlier = tmp_path / "reports" / "baseline_20200101.json"
    earlier.parent.mkdir()
    earlier.write_text("{}", encoding="utf-8")
    assert cli.main(["export", str(run), str(tmp_path), "--json"]) == 0
    assert earlier.read_text(encoding="utf-8") == "{}"


def test_what_is_no_run_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert cli.main(["export", str(tmp_path / "empty"), str(tmp_path / "out")]) == 2
    assert "not the folder of a finished run" in capsys.readouterr().err
