"""lm-evaluation-harness runs our export as it is, asks with our words, and finds our figures on the same answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen import cli, evaluation
from reportgen.domain.records.plan import Task
from reportgen.exchange.lm_eval_export import export_task
from reportgen.exchange.lm_eval_results import read_results
from tests.exchange.books import ASKED, EVAL, KNOWN, MODEL, script, write
from tests.exchange.harness import PROGRAM, ask
from tests.fakes.model_server import ModelServer

pytestmark = [
    pytest.mark.deep,
    pytest.mark.skipif(not PROGRAM, reason="lm-eval is not here; REPORTGEN_LM_EVAL names the one of another environment"),
]


@pytest.mark.parametrize("task", Task)
def test_the_harness_asks_and_scores_as_we_do(tmp_path: Path, task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "write_all", lambda *_: None)
    with ModelServer(script(task)) as server:
        book = write(tmp_path / "mail.xlsx", task, server.url)
        comparison, _ = evaluation.evaluate(book, environment={})
        own = [seen.body["messages"] for seen in server.books]
        exported = export_task(book, tmp_path / "out")
        turns = ("--fewshot_as_multiturn", "True") if "multiturn" in exported.command else ()
        ask(exported, server.url, tmp_path / "results", *turns)
        theirs = [seen.body["messages"] for seen in server.books[len(own) :]]
    assert len(own) == EVAL + KNOWN
    assert sorted(map(str, theirs)) == sorted(map(str, own))
    assert cli.main(["lm-eval", "import", str(tmp_path / "results"), "--into", str(book)]) == 0
    for reading in ("strict", *(("lenient",) if task in {Task.CLASSIFICATION, Task.EXTRACTION} else ())):
        read = read_results(tmp_path / "results", reading)
        assert read.model == MODEL
        found = {k: v for t in read.tasks for k, v in t.figures.items() if k != "correct" and not k.endswith("_stderr")}
        measured = comparison.result(ASKED).measurements
        ours = {k: measured[k].value if reading == "strict" else measured[k].lenient for k in found}
        assert found == pytest.approx(ours, abs=1e-9)
