"""The exported folder: nothing locked in it, the same words as our own prompts, and scorers that need no reportgen."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml  # type: ignore[import-untyped]

from reportgen import cli, evaluation
from reportgen.candidates.interface import Question
from reportgen.candidates.prompts import messages
from reportgen.domain.records.plan import Prompt, Task
from reportgen.exchange.lm_eval_export import export_task
from tests.exchange.books import ASKED, EVAL, HOLDOUT, KNOWN, SYSTEM, TRAIN, USER, answer, text, write
from tests.loops import some

LOOPBACK = "http://127.0.0.1:9/v1"
PROBE = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("probe", sys.argv[1] + "/utils.py")
utils = importlib.util.module_from_spec(spec)
spec.loader.exec_module(utils)
import reportgen
assert reportgen.__file__.startswith(sys.argv[1]), reportgen.__file__
answers = json.load(sys.stdin)
figures = {}
for reading in ("strict", "lenient"):
    values = {}
    for name in ("eval", "regression"):
        for line in open(f"{sys.argv[1]}/data/{name}.jsonl", encoding="utf-8"):
            doc = json.loads(line)
            texts = [answers[doc["example_id"]]]
            texts = texts if reading == "strict" else utils.lenient([texts], [doc])[0]
            for key, value in utils.process_results(doc, texts).items():
                values.setdefault(key, []).append(value)
    values.pop("correct")
    figures[reading] = {key: getattr(utils, key)(items) for key, items in values.items()}
print(json.dumps(figures))
"""


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    pass


_Loader.add_constructor("!function", lambda loader, node: str(loader.construct_scalar(node)))


def task_yaml(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load((folder / f"{name}.yaml").read_text(encoding="utf-8"), _Loader)  # noqa: S506 - safe
    return found


@pytest.mark.parametrize("task", Task)
def test_holdout_rows_never_leave_and_all_others_do(tmp_path: Path, task: Task) -> None:
    made = export_task(write(tmp_path / "mail.xlsx", task), tmp_path / "out")
    everything = "".join(p.read_text(encoding="utf-8") for p in Path(made.folder).rglob("*") if p.is_file())
    for number in range(EVAL + KNOWN + TRAIN + HOLDOUT):
        assert (text(number) in everything) is (number < EVAL + KNOWN + TRAIN)
        assert (f'"E{number}"' in everything) is (number < EVAL + KNOWN + TRAIN)
    assert made.locked == HOLDOUT
    record = json.loads((tmp_path / "mail.reportgen.json").read_text(encoding="utf-8"))
    commitment = record["commitments"][-1]["sha256"]
    assert task_yaml(Path(made.folder), "mail")["metadata"]["holdout_commitment"] == commitment
    assert record["salt"] not in everything


@pytest.mark.parametrize("task", Task)
def test_the_folder_scores_as_we_do_without_reportgen_installed(
    tmp_path: Path, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation, "write_all", lambda *_: None)
    book = write(tmp_path / "mail.xlsx", task)
    folder = export_task(book, tmp_path / "out").folder
    answers = json.dumps({f"E{n}": answer(task, n) for n in range(EVAL + KNOWN)})
    found = subprocess.run(
        [sys.executable, "-P", "-c", PROBE, folder], input=answers, capture_output=True, text=True, check=True, cwd=tmp_path
    )
    comparison, _ = evaluation.evaluate(book, environment={})
    for reading, theirs in some(json.loads(found.stdout).items()):
        measured = comparison.result(ASKED).measurements
        ours = {k: measured[k].value if reading == "strict" else measured[k].lenient for k in theirs}
        assert theirs == pytest.approx(ours, abs=1e-9, nan_ok=True)
        assert len(theirs) >= 5


def test_text_of_the_workbook_is_never_a_template(tmp_path: Path) -> None:
    made = export_task(write(tmp_path / "mail.xlsx", Task.CLASSIFICATION, LOOPBACK), tmp_path / "out")
    config = task_yaml(Path(made.folder), "mail")
    labels = json.loads((Path(made.folder) / "task.json").read_text(encoding="utf-8"))["labels"]
    asked = "{{ 1 + 1 }} {% if %} {input}"
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)  # noqa: S701 - as the harness does
    rendered = [environment.from_string(config[part]).render(text=asked) for part in ("description", "doc_to_text")]
    from reportgen.domain.records.plan import Label  # noqa: PLC0415

    question = Question("E1", asked, Task.CLASSIFICATION, tuple(Label(x["name"], x["description"]) for x in labels))
    assert rendered == [m["content"] for m in messages(Prompt("own", USER, SYSTEM), question, ())]
    assert (config["num_fewshot"], config["fewshot_config"]) == (2, {"sampler": "first_n"})
    assert "--fewshot_as_multiturn True" in made.command


def test_an_export_takes_the_place_of_an_earlier_one_and_of_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book, out = write(tmp_path / "mail.xlsx", Task.CLASSIFICATION), tmp_path / "out"
    for _ in range(2):
        assert cli.main(["lm-eval", "export", str(book), str(out), "--json"]) == 0
    (out / "mail" / "task.json").unlink()
    capsys.readouterr()
    assert cli.main(["lm-eval", "export", str(book), str(out)]) == 2
    assert "holds something else" in capsys.readouterr().err


def test_a_candidate_without_a_prompt_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = write(tmp_path / "mail.xlsx", Task.CLASSIFICATION)
    assert cli.main(["lm-eval", "export", str(book), str(tmp_path / "out"), "--candidate", ASKED]) == 2
    assert "Recorded outputs and has no prompt" in capsys.readouterr().err
