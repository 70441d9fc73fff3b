"""The schedules that people copy are valid, and the command in them does what they expect of it."""

from __future__ import annotations

import re
import shlex

import yaml  # type: ignore[import-untyped]

from reportgen.assets import folder
from reportgen.cli import parser

CI = folder("samples") / "ci"


def test_the_monthly_workflow_is_valid_and_asks_once_a_month() -> None:
    found = yaml.safe_load((CI / "monthly-rerun.yml").read_text(encoding="utf-8"))
    assert found[True]["schedule"] == [{"cron": "23 5 5 * *"}]  # YAML 1.1 reads `on` as true
    steps = {s["name"]: s for s in found["jobs"]["rerun"]["steps"]}
    command = shlex.split(steps["Ask again"]["run"].partition("|")[0])
    options = parser(command[1:]).parse_args(command[1:])
    assert (command[0], options.command, options.challengers) == ("reportgen", "rerun", 3)
    assert steps["Ask again"]["shell"] == "bash"  # with pipefail, so that tee does not swallow the exit code
    assert steps["Keep the run and the history"]["if"] == "always()"
    assert f"{options.folder.name}.history.sqlite" in steps["Keep the run and the history"]["run"]


def test_the_cron_line_has_five_fields_and_a_command_that_parses() -> None:
    lines = [x for x in (CI / "crontab").read_text(encoding="utf-8").splitlines() if x and not x.startswith("#")]
    assert len(lines) == 1
    *fields, command = lines[0].split(" ", 5)
    assert all(re.fullmatch(r"\*|\d+", f) for f in fields)
    assert "%" not in command  # cron would read it as the end of the line
    called = re.search(r"reportgen (.*?) >>", command)
    assert called is not None
    words = shlex.split(called[1])
    assert parser(words).parse_args(words).command == "rerun"
