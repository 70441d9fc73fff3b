"""The workflow files that people copy are valid, and their commands do what CI expects of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from reportgen import cli, evaluation
from reportgen.domain.records.plan import Task
from tests.exchange import books as mail
from tests.exchange.harness import RECORDED
from tests.gate.books import write
from tests.gate.ci import github_steps, step, workflow

GITHUB = {"GITHUB_ACTIONS": "true"}


@pytest.fixture(autouse=True)
def _no_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "write_all", lambda *_: None)


def accepted(book: Path) -> None:
    """Run a workbook and make the run its baseline, as a person does once before CI."""
    evaluation.evaluate(book, environment={})
    run, baseline = book.with_name(f"{book.stem}-run"), book.with_name("baseline.json")
    assert cli.main(["accept", str(run), "--by", "Ann", "--to", str(baseline)]) == 0


@pytest.mark.parametrize(
    ("failing", "code", "word"), [pytest.param((), 0, "pass", marks=pytest.mark.deep), (("K1",), 10, "FAIL")]
)
def test_the_github_workflow_stops_exactly_the_bad_change(
    tmp_path: Path, failing: tuple[str, ...], code: int, word: str
) -> None:
    book = write(tmp_path / "evaluation.xlsx", wrong=range(10))
    accepted(book)
    write(book, wrong=range(10), failing=failing)
    steps = github_steps("github-actions.yml", "gate")
    del steps["Install"]
    codes = {name: step(command, tmp_path, GITHUB).returncode for name, command in steps.items()}
    assert codes.pop("Hold it against the baseline") == code
    assert set(codes.values()) == {0}
    assert word in (tmp_path / "summary.md").read_text(encoding="utf-8").splitlines()[0]
    assert (tmp_path / "gate" / "gate-junit.xml").exists()


def test_the_workflow_over_lm_eval_leaves_a_record_that_the_checklist_finds(tmp_path: Path) -> None:
    accepted(mail.write(tmp_path / "evaluation.xlsx", Task.CLASSIFICATION))
    steps = github_steps("github-actions-lm-eval.yml", "harness")
    assert step(steps["Write the task"], tmp_path, GITHUB).returncode == 0
    assert (tmp_path / "harness" / "evaluation" / "requirements.txt").exists()
    shutil.copytree(RECORDED / "classification", tmp_path / "results" / mail.MODEL)
    name = {**GITHUB, "NAME": workflow("github-actions-lm-eval.yml")["jobs"]["harness"]["env"]["NAME"]}
    for chosen in ("Bring the answers back", "Hold them against the baseline", "Show the result on the page of the run"):
        done = step(steps[chosen], tmp_path, name)
        assert done.returncode == 0, done.stderr
    gate = json.loads((tmp_path / "gate" / "gate.json").read_text(encoding="utf-8"))
    assert (gate["candidate"], gate["ci"]) == ("from lm-eval", "GitHub Actions")
    hashes = json.loads(next((RECORDED / "classification").glob("results_*")).read_text(encoding="utf-8"))["task_hashes"]
    assert gate["lm_eval"] == hashes["mail"]
    comparison, _ = evaluation.evaluate(tmp_path / "evaluation.xlsx", environment={})
    point = comparison.checklist[3]
    assert point.status.value == "met"
    assert "in GitHub Actions" in point.found
    assert (tmp_path / "evaluation-run" / point.evidence).exists()


@pytest.mark.parametrize(("stem", "job"), [("", "gate"), ("-lm-eval", "harness")])
def test_the_gitlab_file_runs_the_same_commands_and_shows_the_junit_file(stem: str, job: str) -> None:
    found = workflow(f"gitlab-ci{stem}.yml")[f"model {job}"]
    steps = github_steps(f"github-actions{stem}.yml", job)
    assert found["script"] == [command for command in steps.values() if "GITHUB" not in command]
    assert found["artifacts"]["reports"]["junit"] == "gate/gate-junit.xml"
    assert found["artifacts"]["when"] == "always"


@pytest.mark.parametrize("name", ["github-actions.yml", "github-actions-lm-eval.yml"])
def test_the_github_files_have_the_form_of_workflows(name: str) -> None:
    found = workflow(name)
    assert {"name", "on", "jobs", "permissions"} <= set(found)
    assert {"pull_request", "schedule", "workflow_dispatch"} <= set(found["on"])
    for job in found["jobs"].values():
        assert {"runs-on", "steps", "timeout-minutes"} <= set(job)
        assert all(("run" in s) != ("uses" in s) for s in job["steps"])
