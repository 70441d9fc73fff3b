"""The workflows under .github: least permissions, actions pinned by hash, and nothing called that is not there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import trove_classifiers
import yaml  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def jobs_of(file: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"])


def test_there_are_workflows() -> None:
    assert {file.name for file in WORKFLOWS} == {"release.yml", "test.yml"}


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_a_workflow_may_only_read_and_a_job_that_writes_says_what(file: Path) -> None:
    told = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert told["permissions"] == {"contents": "read"}
    writing = {name: job["permissions"] for name, job in told["jobs"].items() if "permissions" in job}
    assert writing == ({"release": {"contents": "write"}} if file.stem == "release" else {})


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_every_action_is_pinned_by_its_hash_and_keeps_no_credentials(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    used = re.findall(r"uses: (.+)", text)
    assert used
    assert not [action for action in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*", action)]
    steps = [step for job in jobs_of(file).values() for step in job["steps"]]
    checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)
    assert all(job["timeout-minutes"] for job in jobs_of(file).values())


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_every_target_and_folder_that_a_step_names_is_there(file: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    runs = [str(step["run"]) for job in jobs_of(file).values() for step in job["steps"] if "run" in step]
    targets = {word for run in runs for words in re.findall(r"make ([a-z -]+)", run) for word in words.split()}
    assert targets
    assert not [target for target in targets if not re.search(rf"(?m)^([a-z -]+ )?{target}( [a-z -]+)?:", makefile)]
    assert not [name for run in runs for name in re.findall(r"tests/[\w/]+|\.ci/\w+", run) if not (ROOT / name).exists()]


def test_three_pythons_are_tried_which_are_those_that_the_package_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [c.rpartition(" ")[2] for c in project["classifiers"] if re.search(r"Python :: 3\.\d+$", c)]
    assert jobs_of(ROOT / ".github/workflows/test.yml")["test"]["strategy"]["matrix"]["python"] == named
    assert set(project["classifiers"]) <= trove_classifiers.classifiers
    assert project["requires-python"] == f">={named[0]}"
