"""The shell of a CI system: the steps of a workflow file, run as GitHub and GitLab run them.

`reportgen` is this checkout without its documents, which the gate does not read and which take most of the time.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # ships no types

from reportgen.assets import folder

CI = folder("samples") / "ci"
ROOT = Path(__file__).resolve().parents[2]
PROGRAM = f"""#!{sys.executable}
import sys
sys.path.insert(0, {str(ROOT)!r})
from reportgen import cli, evaluation
evaluation.write_all = lambda *_: None
sys.exit(cli.main())
"""


def workflow(name: str) -> dict[str, Any]:
    """Return a workflow file; `on` is a truth value to YAML 1.1 and is put under its own name again."""
    found: dict[Any, Any] = yaml.safe_load((CI / name).read_text(encoding="utf-8"))
    return {("on" if key is True else key): value for key, value in found.items()}


def github_steps(name: str, job: str) -> dict[str, str]:
    """Return the commands of a GitHub job by the names of their steps."""
    return {s["name"]: s["run"] for s in workflow(name)["jobs"][job]["steps"] if "run" in s}


def programs(place: Path) -> Path:
    """Return a folder with the program `reportgen`."""
    path = place / "bin" / "reportgen"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PROGRAM, encoding="utf-8")
    path.chmod(0o755)
    return path.parent


def step(command: str, place: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run one step in the shell and with the flags that both systems use."""
    path = os.pathsep.join([str(programs(place)), os.environ["PATH"]])
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", command]
    whole = {**os.environ, "PATH": path, "GITHUB_STEP_SUMMARY": str(place / "summary.md"), **environment}
    return subprocess.run(shell, cwd=place, env=whole, check=False, capture_output=True, text=True)
