"""What makes a run a rerun: which run it repeats, whom it asks, and which rows are the frozen panel. Kept in the evidence.

The workbook in the evidence is the whole one; only the candidates named here were asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from reportgen.domain.records.monitoring import Monitoring, Noticed
from reportgen.domain.records.plan import EvaluationPlan, Role
from reportgen.evidence.run_folder import RunFolder, read_json

RERUN, MONITORING = "rerun.json", "monitoring.json"


@dataclass(frozen=True, slots=True)
class Rerun:
    """The content of `evidence/rerun.json`, written before the first request."""

    folder: str
    """Its own name and when it began tell two reruns of one day apart."""
    began: str
    reference_run: str
    reference_evidence_sha256: str
    asked_again: tuple[str, ...]
    """Candidates, in the order of the sheet."""
    panel: tuple[str, ...]
    """Examples of the first run that stand unchanged."""
    fresh: tuple[str, ...]
    """Examples of the eval split that the first run did not have."""
    left_panel: tuple[str, ...]
    chosen: tuple[Noticed, ...]
    """The challengers, each with why it was chosen."""
    passed_over: tuple[Noticed, ...]
    format: str = "reportgen.rerun/1"


def read_rerun(folder: RunFolder) -> Rerun | None:
    """Return what makes the run of `folder` a rerun, None where it is none."""
    return read_json(folder.evidence / RERUN, Rerun)


def read_monitoring(folder: RunFolder) -> Monitoring | None:
    """Return what the monthly loop found with this run, None where it is no rerun."""
    return read_json(folder.evidence / MONITORING, Monitoring)


def selected(plan: EvaluationPlan, rerun: Rerun | None) -> EvaluationPlan:
    """Return the plan with the candidates that were asked again alone; judges stay."""
    if rerun is None:
        return plan
    gone = {c.name for c in plan.candidates if c.name not in rerun.asked_again and c.role is not Role.JUDGE}
    return replace(
        plan,
        candidates=tuple(c for c in plan.candidates if c.name not in gone),
        recorded_outputs=tuple(r for r in plan.recorded_outputs if r.candidate not in gone),
        recorded_verdicts=tuple(v for v in plan.recorded_verdicts if v.candidate not in gone),
    )
