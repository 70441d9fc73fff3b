"""What is on record about lm-evaluation-harness: the export of a workbook's task, and the gates of what came back."""

from __future__ import annotations

from dataclasses import dataclass

FORMAT = "reportgen.lm-eval/1"
TASK_HASH = "lm-eval task hash"
"""The line in a candidate's Settings that says its answers came from the harness: the hash over documents and prompts."""

HARNESS_VERSION = "lm-eval version"
"""The line beside it: by which version of the harness."""


@dataclass(frozen=True, slots=True)
class HarnessExport:
    """When a workbook's task was last exported. `files_sha256` covers every file of the task folder."""

    at: str
    task: str
    eval_sha256: str
    files_sha256: str


@dataclass(frozen=True, slots=True)
class HarnessGate:
    """One gate over imported answers. `ci` is the CI system it ran in, empty outside of one; `result` the gate's word."""

    at: str
    ci: str
    result: str
    candidate: str
    task_hash: str
    run_id: str
    evidence_sha256: str
    baseline_sha256: str


@dataclass(frozen=True, slots=True)
class HarnessRecord:
    """The content of `NAME.lm-eval.json`; gates in the order in which they were made."""

    export: HarnessExport | None = None
    gates: tuple[HarnessGate, ...] = ()
    format: str = FORMAT
