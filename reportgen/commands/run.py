"""`reportgen run`: the whole job."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.commands.common import (
    add_json,
    add_permissions,
    add_progress,
    permissions_of,
    say,
    say_result,
    shown_as,
    with_leave,
    workbook_of,
)
from reportgen.problems import ExitCode

if TYPE_CHECKING:
    from reportgen.candidates.interface import Progress
    from reportgen.domain.records.comparison import Comparison
    from reportgen.evaluation import Permissions
    from reportgen.evidence.run_folder import RunFolder
    from reportgen.progress import Shown

EXAMPLE = "reportgen run tickets.xlsx"


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the options."""
    sub.add_argument("workbook", type=Path, metavar="WORKBOOK")
    sub.add_argument("--out", type=Path, default=None, help="the run folder (default: NAME-run beside the workbook)")
    add_permissions(sub)
    add_progress(sub)
    add_json(sub)


def run(options: argparse.Namespace) -> ExitCode:
    """Do the whole job."""
    return evaluate(
        workbook_of(options.workbook), options.out, permissions_of(options), shown_as(options), as_json=options.json
    )


def evaluate(workbook: Path, out: Path | None, permissions: Permissions, shown: Shown, *, as_json: bool) -> ExitCode:
    """Run the evaluation and say what was decided and where the documents are."""
    from reportgen import evaluation  # noqa: PLC0415
    from reportgen.domain.telling.findings_asking import stopped_words  # noqa: PLC0415
    from reportgen.domain.telling.spending import spent  # noqa: PLC0415

    asked: dict[str, int] = {}

    def show(progress: Progress) -> None:
        asked[progress.candidate] = progress.asked
        shown.show(progress)

    def act(allowed: Permissions) -> tuple[Comparison, RunFolder]:
        return evaluation.evaluate(workbook, out=out, permissions=allowed, progress=show)

    with shown:
        comparison, folder = with_leave(permissions, act)
    say_result(comparison, folder.path, as_json=as_json)
    cost = spent(comparison) if any(asked.values()) else "Nothing was asked: every answer was there already."
    if cost:
        say(cost, error=as_json)
    told = [words for result in comparison.candidates if (words := stopped_words(result))]
    for line in told:
        say(line, error=True)
    if told:
        say("Mend that and run it again: only what was not asked is asked then.", error=True)
        return ExitCode.STOPPED_EARLY
    return ExitCode.DONE
