"""Choose an AI model for your own work, and prove it.

`read_workbook` turns a workbook into a plan, `run` turns a plan into a comparison and a sealed run folder. The plug points
are `reportgen.candidates.interface`, `reportgen.metrics.interface` and `reportgen.reports.interface`.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from reportgen.candidates.interface import Maker
    from reportgen.domain.records.comparison import Comparison
    from reportgen.domain.records.plan import EvaluationPlan
    from reportgen.metrics.interface import Metric
    from reportgen.reports.interface import Report

__all__ = ["adding", "read_workbook", "run"]


def adding(
    *,
    kinds: Mapping[str, Maker] | None = None,
    metrics: Collection[Metric] = (),
    reports: Mapping[str, Report] | None = None,
) -> AbstractContextManager[None]:
    """Add candidate kinds, metrics and documents of your own, by name, for as long as the context lasts.

    Raises `problems.NeedsMendingError` where a name is taken. A package adds the same for good by the entry point groups
    `reportgen.kinds`, `reportgen.metrics` and `reportgen.reports`; whoever verifies its runs installs it too.
    """
    from reportgen import extensions  # noqa: PLC0415 - importing reportgen stays cheap
    from reportgen.extensions import Group  # noqa: PLC0415 - as above

    return extensions.adding(
        {
            Group.KINDS: kinds or {},
            Group.METRICS: {metric.name: metric for metric in metrics},
            Group.REPORTS: reports or {},
        }
    )


def read_workbook(
    path: str | Path,
    *,
    allow_hosts: Collection[str] = (),
    kinds: Mapping[str, Maker] | None = None,
    metrics: Collection[Metric] = (),
) -> EvaluationPlan:
    """Return the plan of a workbook; rows may go to `allow_hosts` besides the providers that are known.

    `kinds` and `metrics` are those of `adding` that its cells may name. Raises `problems.NeedsMendingError` with every
    problem it has.
    """
    from pathlib import Path  # noqa: PLC0415 - importing reportgen stays cheap

    from reportgen.workbook.reading.parser import read_plan  # noqa: PLC0415 - as above

    with adding(kinds=kinds, metrics=metrics):
        return read_plan(Path(path), allowed_hosts=frozenset(allow_hosts))


def run(
    plan: EvaluationPlan,
    *,
    out: str | Path | None = None,
    allow_commands: bool = False,
    allow_hosts: Collection[str] = (),
    kinds: Mapping[str, Maker] | None = None,
    metrics: Collection[Metric] = (),
    reports: Mapping[str, Report] | None = None,
) -> Comparison:
    """Ask, score, decide, write the documents and seal the run folder of a plan that `read_workbook` gave.

    `kinds`, `metrics` and `reports` are those of `adding`. The workbook is read again from where the plan came from, since
    its bytes are evidence. Raises `problems.NeedsMendingError` when it was changed in between.
    """
    from pathlib import Path  # noqa: PLC0415 - importing reportgen stays cheap

    from reportgen.evaluation import Permissions, evaluate  # noqa: PLC0415 - as above
    from reportgen.evidence.run_folder import sha256_of  # noqa: PLC0415 - as above
    from reportgen.problems import NeedsMendingError  # noqa: PLC0415 - as above

    workbook = Path(plan.source.path)
    if sha256_of(workbook) != plan.source.sha256:
        msg = f"{plan.source.name} was changed after it was read. Read it again, then run it."
        raise NeedsMendingError(msg)
    folder = None if out is None else Path(out)
    allowed = Permissions(commands=allow_commands, hosts=frozenset(allow_hosts))
    with adding(kinds=kinds, metrics=metrics, reports=reports):
        comparison, _ = evaluate(workbook, out=folder, permissions=allowed)
    return comparison
