"""What lm-evaluation-harness really wrote (`recorded/`) comes back in, checked; what was changed or is not ours does not."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reportgen import cli, evaluation
from reportgen.domain.records.comparison import Comparison
from reportgen.domain.records.plan import Task
from reportgen.exchange.lm_eval_results import doc_hash, read_results
from reportgen.workbook.reading.parser import read_plan
from tests.exchange.books import ASKED, EVAL, KNOWN, MODEL, text, write
from tests.exchange.harness import RECORDED

Lines = list[dict[str, Any]]
Change = Callable[[Lines], object]


@pytest.fixture(autouse=True)
def _no_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "write_all", lambda *_: None)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RECORDED / "classification", tmp_path / "results"))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("written") / "mail.xlsx", Task.CLASSIFICATION)


@pytest.fixture
def book(tmp_path: Path, written: Path) -> Path:
    return Path(shutil.copy(written, tmp_path))


def bring(results: Path, book: Path, *more: str) -> int:
    return cli.main(["lm-eval", "import", str(results), "--into", str(book), *more])


def samples_of(results: Path) -> Path:
    return next(p for p in results.glob("samples_mail_*.jsonl") if "known_failures" not in p.name)


def sha(of: str) -> str:
    return hashlib.sha256(of.encode()).hexdigest()


def rewrite(results: Path, change: Change, *, honest: bool) -> None:
    """Change the samples; `honest` = write every hash anew, as a run over other rows would have done."""
    path = samples_of(results)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    change(lines)
    if honest:
        for line in lines:
            line["doc_hash"] = doc_hash(line["doc"])
        summary = next(results.glob("results_*.json"))
        found = json.loads(summary.read_text(encoding="utf-8"))
        found["task_hashes"]["mail"] = sha("".join(x["doc_hash"] + x["prompt_hash"] + x["target_hash"] for x in lines))
        summary.write_text(json.dumps(found), encoding="utf-8")
    path.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), encoding="utf-8")


def figures(comparison: Comparison, candidate: str, *, lenient: bool) -> dict[str, float | None]:
    found = comparison.result(candidate).measurements
    return {key: m.lenient if lenient else m.value for key, m in found.items()}


@pytest.mark.parametrize("task", [Task.CLASSIFICATION, Task.EXTRACTION])
def test_imported_answers_give_the_figures_of_the_harness_and_of_our_own_run(tmp_path: Path, task: Task) -> None:
    book, results = write(tmp_path / "mail.xlsx", task), RECORDED / task.value
    before = book.read_bytes()
    assert bring(results, book) == 0
    assert book.read_bytes() == before
    comparison, _ = evaluation.evaluate(tmp_path / "mail.imported.xlsx", environment={})
    for reading in ("strict", "lenient"):
        theirs = {k: v for t in read_results(results, reading).tasks for k, v in t.figures.items() if "stderr" not in k}
        assert theirs.pop("correct") is not None
        assert len(theirs) >= 5
        for candidate in (MODEL, ASKED):
            ours = figures(comparison, candidate, lenient=reading == "lenient")
            assert {k: ours[k] for k in theirs} == pytest.approx(theirs, abs=1e-9), (candidate, reading)


def test_what_the_files_do_not_hold_is_not_measured(results: Path, book: Path) -> None:
    assert bring(results, book) == 0
    comparison, folder = evaluation.evaluate(book.with_name("mail.imported.xlsx"), environment={})
    found = comparison.result(MODEL)
    for key in ("p95_latency", "mean_latency", "cost_per_task", "token_cost_per_task", "retry_rate"):
        assert found.measurements[key].value is None
        assert found.measurements[key].reason
    assert MODEL in comparison.unpriced
    assert comparison.decision.winner != MODEL
    assert folder.path.name == "mail.imported-run"


def test_the_split_of_the_workbook_goes_with_its_copy(results: Path, book: Path) -> None:
    assert bring(results, book) == 0
    own, copy = (book.with_name(f"mail{n}.reportgen.json").read_bytes() for n in ("", ".imported"))
    assert own == copy


def test_the_copy_says_where_the_answers_are_from(results: Path, book: Path) -> None:
    assert bring(results, book, "--name", "Tuned model", "--filter", "lenient") == 0
    spec = next(c for c in read_plan(book.with_name("mail.imported.xlsx")).candidates if c.name == "Tuned model")
    hashes = json.loads(next(results.glob("results_*.json")).read_text(encoding="utf-8"))["task_hashes"]
    assert spec.settings["lm-eval task hash"] == hashes["mail"]
    assert spec.settings["lm-eval filter"] == "lenient"
    assert spec.model == MODEL


def test_a_workbook_without_recorded_outputs_gets_the_sheet(results: Path, tmp_path: Path) -> None:
    book = write(tmp_path / "mail.xlsx", Task.CLASSIFICATION, "http://127.0.0.1:9/v1")
    assert bring(results, book) == 0
    plan = read_plan(tmp_path / "mail.imported.xlsx")
    assert {r.candidate for r in plan.recorded_outputs} == {MODEL}
    assert len(plan.recorded_outputs) == EVAL + KNOWN


def _doc(lines: Lines) -> object:
    return lines[3]["doc"].update(text="easier")


def _prompt(lines: Lines) -> object:
    return lines[3]["arguments"]["gen_args_0"].update(arg_0=["[]"])


def _target(lines: Lines) -> object:
    return lines[3].update(target="other")


def _dropped(lines: Lines) -> object:
    return lines.pop(3)


@pytest.mark.parametrize(
    ("change", "named"), [(_doc, "document"), (_prompt, "prompt"), (_target, "target"), (_dropped, "task")]
)
def test_a_tampered_samples_file_is_refused(
    results: Path, book: Path, capsys: pytest.CaptureFixture[str], change: Change, named: str
) -> None:
    rewrite(results, change, honest=False)
    assert bring(results, book) == 2
    assert f"does not fit the {named} hash" in capsys.readouterr().err
    assert not book.with_name("mail.imported.xlsx").exists()


def _holdout(lines: Lines) -> object:
    return [line["doc"].update(example_id="E18") for line in lines if line["doc"]["example_id"] == "E0"]


def _train(lines: Lines) -> object:
    return [line["doc"].update(example_id="E15") for line in lines if line["doc"]["example_id"] == "E0"]


def _unknown(lines: Lines) -> object:
    return [line["doc"].update(example_id="X1") for line in lines if line["doc"]["example_id"] == "E0"]


def _edited(lines: Lines) -> object:
    return [line["doc"].update(text=text(77)) for line in lines if line["doc"]["example_id"] == "E0"]


def _twice(lines: Lines) -> object:
    return [line["doc"].update(lines[1]["doc"]) for line in lines if line["doc"]["example_id"] == "E0"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_holdout, "E18: this row is locked in the holdout"),
        (_train, "E15: this row is not of the eval split"),
        (_unknown, "X1: this row is no example of the workbook"),
        (_edited, "E0: the workbook has another text for this row"),
        (_twice, "E1: there are 2 answers to this row"),
    ],
)
def test_rows_that_are_not_of_the_current_eval_split_are_refused(
    results: Path, book: Path, capsys: pytest.CaptureFixture[str], change: Change, said: str
) -> None:
    rewrite(results, change, honest=True)
    assert bring(results, book) == 2
    assert said in capsys.readouterr().err


def test_a_run_with_a_limit_is_marked_partial_and_its_other_rows_are_errors(
    results: Path, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = {f"E{n}" for n in range(5)}
    rewrite(
        results,
        lambda lines: lines.__setitem__(slice(None), [x for x in lines if x["doc"]["example_id"] in kept]),
        honest=True,
    )
    assert bring(results, book) == 0
    assert "Partial (mail: 5 of 12 rows)" in capsys.readouterr().out
    plan = read_plan(book.with_name("mail.imported.xlsx"))
    assert next(c for c in plan.candidates if c.name == MODEL).settings["lm-eval partial"] == "mail: 5 of 12 rows"
    assert sum(r.candidate == MODEL and r.example_id in kept for r in plan.recorded_outputs) == len(kept)
    assert sum(r.candidate == MODEL for r in plan.recorded_outputs) < EVAL


def test_an_import_never_takes_the_place_of_another_and_can_be_added_to(results: Path, book: Path) -> None:
    copy = book.with_name("mail.imported.xlsx")
    assert bring(results, book) == 0
    assert bring(results, book) == 2
    assert bring(results, copy) == 2  # the name is taken
    assert bring(results, copy, "--name", "second") == 0
    assert [c.name for c in read_plan(copy).candidates] == [ASKED, MODEL, "second"]


@pytest.mark.parametrize("choice", ["", "nonsense"])
def test_the_filter_is_strict_unless_another_one_is_chosen(results: Path, book: Path, choice: str) -> None:
    code = bring(results, book, *(["--filter", choice] if choice else []))
    assert code == (2 if choice else 0)
    if not choice:
        rows = {
            r.example_id: r.output
            for r in read_plan(book.with_name("mail.imported.xlsx")).recorded_outputs
            if r.candidate == MODEL
        }
        assert rows["E3"] == 'The label is "order".'


def test_missing_samples_and_foreign_results_are_named(
    results: Path, book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bring(tmp_path, book.with_name("none.xlsx")) == 2
    samples_of(results).unlink()
    assert bring(results, book) == 2
    assert "--log_samples" in capsys.readouterr().err
    (results / "more").mkdir()
    shutil.copy(next(results.glob("results_*.json")), results / "more")
    assert bring(results, book) == 2
    assert "Name the one to import" in capsys.readouterr().err
