"""`reportgen confirm`: the winner on the locked rows, once."""

from __future__ import annotations

import argparse
from pathlib import Path

from reportgen.commands.common import add_json, add_permissions, add_progress, permissions_of, run_of, say, shown_as
from reportgen.problems import ExitCode

EXAMPLE = 'reportgen confirm tickets-run --by "Ada Byron"'


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the options."""
    sub.add_argument("folder", type=Path, metavar="RUN", help="the run folder")
    sub.add_argument("--by", required=True, metavar="NAME", help="who opens the holdout; stands in both PDFs")
    sub.add_argument("--again", default="", metavar="REASON", help="open it once more, for this reason; reports show it")
    sub.add_argument("--workbook", type=Path, default=None, help="the workbook, when it does not lie beside the run folder")
    add_permissions(sub)
    add_progress(sub)
    add_json(sub)


def run(options: argparse.Namespace) -> ExitCode:
    """Open the holdout and say what it showed."""
    import msgspec  # noqa: PLC0415 - only when it runs

    from reportgen.confirmation import confirm, told  # noqa: PLC0415
    from reportgen.domain.records.comparison import HoldoutVerdict  # noqa: PLC0415

    with shown_as(options) as console:
        done = confirm(
            run_of(options.folder),
            by=options.by,
            again=options.again,
            workbook=options.workbook,
            permissions=permissions_of(options),
            progress=console.show,
        )
    result = done.opening.result
    if options.json:
        shown = {
            "access": done.opening.access,
            "verdict": None if result is None else result.verdict,
            "rows": None if result is None else result.rows,
            "right": None if result is None else result.right,
            "shrinkage_p": None if result is None else result.shrinkage_p,
            "status": done.comparison.decision.status,
        }
        say(msgspec.json.format(msgspec.json.encode(shown, order="sorted"), indent=2).decode())
    else:
        say("\n".join(told(done)))
    contradicted = result is not None and result.verdict is HoldoutVerdict.CONTRADICTED
    return ExitCode.CONTRADICTED if contradicted else ExitCode.DONE
