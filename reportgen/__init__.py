"""Choose an AI model for your own work, and prove it.

`read_workbook` turns a workbook into a plan, `run` turns a plan into a comparison and a sealed run folder. The plug points
are `reportgen.candidates.interface`, `reportgen.metrics.interface` and `reportgen.reports.interface`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from reportgen.domain.records.comparison import Comparison
    from reportgen.domain.records.plan import EvaluationPlan

__all__ = ["read_workbook", "run"]


def read_workbook(path: str | Path, *, allow_hosts: Collection[str] = ()) -> EvaluationPlan:
    """Return the plan of a workbook; rows may go to `allow_hosts` besides the providers that are known.

    Raises `problems.NeedsMendingError` with every problem it has.
    """
    from pathlib import Path  # noqa: PLC0415 - importing reportgen stays cheap

    from reportgen.workbook.reading.parser import read_plan  # noqa: PLC0415

    return read_plan(Path(path), allowed_hosts=frozenset(allow_hosts))


def run(
    plan: EvaluationPlan,
    *,
    out: str | Path | None = None,
    allow_commands: bool = False,
    allow_hosts: Collection[str] = (),
) -> Comparison:
    """Ask, score, decide, write the documents and seal the run folder of a plan that `read_workbook` gave.

    The workbook is read again from where the plan came from, since its bytes are evidence. Raises
    `problems.NeedsMendingError` when it was changed in between.
    """
    from pathlib import Path  # noqa: PLC0415

    from reportgen.evaluation import Permissions, evaluate  # noqa: PLC0415
    from reportgen.evidence.run_folder import sha256_of  # noqa: PLC0415
    from reportgen.problems import NeedsMendingError  # noqa: PLC0415

    workbook = Path(plan.source.path)
    if sha256_of(workbook) != plan.source.sha256:
        msg = f"{plan.source.name} was changed after it was read. Read it again, then run it."
        raise NeedsMendingError(msg)
    folder = None if out is None else Path(out)
    allowed = Permissions(commands=allow_commands, hosts=frozenset(allow_hosts))
    comparison, _ = evaluate(workbook, out=folder, permissions=allowed)
    return comparison
