"""The workflow files that people copy are valid, and their commands do what CI expects of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from reportgen import cli
from reportgen.assets import folder
from tests.gate.books import write

CI = folder("samples") / "ci"


def github_steps() -> list[dict[str, Any]]:
    found = yaml.safe_load((CI / "github-actions.yml").read_text(encoding="utf-8"))
    steps: list[dict[str, Any]] = found["jobs"]["gate"]["steps"]
    return steps


def as_ci(step: dict[str, Any], place: Path, summary: Path) -> int:
    """Run one step in the shell and with the flags that GitHub uses."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_ACTIONS": "true"}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    return subprocess.run(command, cwd=place, env=environment, check=False, capture_output=True).returncode


@pytest.mark.parametrize(
    ("failing", "code", "word"), [pytest.param((), 0, "pass", marks=pytest.mark.deep), (("K1",), 10, "FAIL")]
)
def test_the_github_workflow_stops_exactly_the_bad_change(
    tmp_path: Path, failing: tuple[str, ...], code: int, word: str
) -> None:
    book = write(tmp_path / "evaluation.xlsx", wrong=range(10))
    assert cli.main(["run", str(book)]) == 0
    assert (
        cli.main(["accept", str(tmp_path / "evaluation-run"), "--by", "Ann", "--to", str(tmp_path / "baseline.json")]) == 0
    )
    write(book, wrong=range(10), failing=failing)
    summary = tmp_path / "summary.md"
    steps = {s["name"]: s for s in github_steps() if "run" in s and s["name"] != "Install"}
    codes = {name: as_ci(step, tmp_path, summary) for name, step in steps.items()}
    assert codes.pop("Hold it against the baseline") == code
    assert set(codes.values()) == {0}
    assert word in summary.read_text(encoding="utf-8").splitlines()[0]
    assert (tmp_path / "gate" / "gate-junit.xml").exists()


def test_the_gitlab_file_runs_the_same_commands_and_shows_the_junit_file() -> None:
    job = yaml.safe_load((CI / "gitlab-ci.yml").read_text(encoding="utf-8"))["model gate"]
    assert job["script"] == [s["run"] for s in github_steps() if "reportgen" in s.get("run", "")]
    assert job["artifacts"]["reports"]["junit"] == "gate/gate-junit.xml"
    assert job["artifacts"]["when"] == "always"
