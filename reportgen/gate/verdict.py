"""What a gate says: one finding for each thing it held against the baseline, and one result over all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from reportgen.gate.baseline import Acceptance
from reportgen.problems import ExitCode

FORMAT = "reportgen.gate/1"


class GateResult(StrEnum):
    PASS = "PASS"  # noqa: S105 - the result of a gate
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"

    @property
    def exit_code(self) -> ExitCode:
        """Return the exit code of the contract."""
        match self:
            case GateResult.PASS:
                return ExitCode.DONE
            case GateResult.FAIL:
                return ExitCode.CONTRADICTED
            case GateResult.INCONCLUSIVE:
                return ExitCode.INCONCLUSIVE


class Group(StrEnum):
    QUALITY = "quality against the baseline"
    KNOWN_FAILURES = "known failures"
    SERVICE_LEVELS = "service levels"
    COVERAGE = "coverage"


@dataclass(frozen=True, slots=True)
class GateCheck:
    """One thing held against the baseline. `detail` lists the examples behind it, one a line."""

    group: Group
    name: str
    result: GateResult
    sentence: str
    detail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Candidate less baseline on the primary measure; `better` tells which sign is good. None = could not be compared."""

    measure: str
    better: str
    margin: float | None
    rows: int
    candidate: float | None
    baseline: float | None
    difference: float | None = None
    low: float | None = None
    """One-sided lower bound."""
    high: float | None = None
    """One-sided upper bound."""


@dataclass(frozen=True, slots=True)
class GateRecord:
    """The content of `gate.json`."""

    result: GateResult
    exit_code: int
    candidate: str
    held_against: str
    run_id: str
    evidence_sha256: str
    baseline: Acceptance
    baseline_sha256: str
    difference: Difference
    checks: tuple[GateCheck, ...]
    at: str
    version: str
    ci: str = ""
    """The CI system that it ran in, empty outside of one."""
    lm_eval: str = ""
    """The task hash of the lm-evaluation-harness results that were imported, empty where there were none."""
    format: str = FORMAT


def overall(checks: Iterable[GateCheck]) -> GateResult:
    """Return FAIL where anything failed, else INCONCLUSIVE where anything could not be shown, else PASS."""
    results = {check.result for check in checks}
    for worst in (GateResult.FAIL, GateResult.INCONCLUSIVE):
        if worst in results:
            return worst
    return GateResult.PASS if results else GateResult.INCONCLUSIVE
