"""Where the peers' environments are, and asking through the program of one."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOME = Path(os.environ.get("REPORTGEN_PEERS") or HERE.parents[2] / ".peers")
"""One environment for each peer."""
NEEDS: Mapping[str, Sequence[str]] = {
    "inspect_ai": ("inspect_ai", "openai"),
    "lm_eval": ("lm_eval[api]",),
}


def python_of(name: str) -> Path:
    """Return the interpreter of a peer's environment."""
    return HOME / name / "bin" / "python"


def installed(name: str) -> bool:
    """Whether the peer can be asked here."""
    if not python_of(name).exists():
        return False
    found = subprocess.run([python_of(name), "-c", f"import {name}"], capture_output=True, check=False)
    return found.returncode == 0


def ask_by(name: str, url: str, calls: int, at_once: int) -> list[float]:
    """Let the peer make the calls; return the latencies that it recorded, none where it records none."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(python_of(name)), str(HERE / f"{name}_job.py"), url, str(calls), str(at_once), f"{folder}/spans.json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        found: list[float] = json.loads(Path(folder, "spans.json").read_text(encoding="utf-8"))
    return found
