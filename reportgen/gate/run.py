"""One gate from its arguments to its record: takes a run, or runs the workbook, judges, writes the files."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from reportgen import evaluation
from reportgen.candidates.interface import Progress
from reportgen.domain.records.comparison import CandidateResult, Comparison
from reportgen.domain.records.harness import TASK_HASH, HarnessGate
from reportgen.domain.telling.findings_asking import stopped_words
from reportgen.evidence.harness import note_gate
from reportgen.evidence.seal import holding_seal
from reportgen.gate.assess import chosen, judge
from reportgen.gate.baseline import Baseline, read_baseline
from reportgen.gate.documents import write_documents
from reportgen.gate.verdict import GateRecord, overall
from reportgen.problems import StoppedEarlyError

CI_SYSTEMS = {"GITHUB_ACTIONS": "GitHub Actions", "GITLAB_CI": "GitLab CI", "CI": "CI"}
NOTHING_ALLOWED = evaluation.Permissions()


def gate(
    target: Path,
    baseline: Path,
    *,
    candidate: str = "",
    out: Path | None = None,
    permissions: evaluation.Permissions = NOTHING_ALLOWED,
    environment: Mapping[str, str] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> tuple[GateRecord, tuple[Path, Path, Path]]:
    """Judge a run, or a workbook that is run first, against a baseline and write the record beside the run or to `out`.

    Raises NeedsMendingError for a baseline or a run that cannot be used, StoppedEarlyError when the run had to stop.
    """
    accepted = read_baseline(baseline)
    if target.is_dir():
        comparison, folder = evaluation.recall(target)
        holding_seal(folder)
    else:
        plan = evaluation.permitted_plan(target, permissions)
        chosen(plan, accepted, candidate)
        comparison, folder = evaluation.evaluate(
            target, plan=plan, permissions=permissions, environment=environment, progress=progress
        )
        if told := [words for result in comparison.candidates if (words := stopped_words(result))]:
            raise StoppedEarlyError(" ".join(told))
    record = _record(comparison, accepted, candidate, os.environ if environment is None else environment)
    workbook = folder.path.with_name(comparison.plan.source.name) if target.is_dir() else target
    if record.lm_eval and workbook.exists():
        note_gate(workbook, _on_record(record))
    place = out or folder.path.with_name(f"{folder.path.name}-gate")
    return record, write_documents(record, place)


def _record(comparison: Comparison, accepted: Baseline, candidate: str, environment: Mapping[str, str]) -> GateRecord:
    found = judge(comparison, accepted, candidate)
    result = overall(found.checks)
    return GateRecord(
        result=result,
        exit_code=int(result.exit_code),
        candidate=found.candidate,
        held_against=accepted.reference,
        run_id=comparison.run.run_id,
        evidence_sha256=comparison.run.evidence_sha256,
        baseline=accepted.accepted,
        baseline_sha256=accepted.sha256,
        difference=found.difference,
        checks=found.checks,
        at=evaluation.utc_now(),
        version=comparison.run.version,
        ci=next((name for variable, name in CI_SYSTEMS.items() if environment.get(variable)), ""),
        lm_eval=_imported(comparison.result(found.candidate)),
    )


def _imported(result: CandidateResult) -> str:
    return result.spec.settings.get(TASK_HASH, "")


def _on_record(record: GateRecord) -> HarnessGate:
    return HarnessGate(
        at=record.at,
        ci=record.ci,
        result=record.result.value,
        candidate=record.candidate,
        task_hash=record.lm_eval,
        run_id=record.run_id,
        evidence_sha256=record.evidence_sha256,
        baseline_sha256=record.baseline_sha256,
    )
