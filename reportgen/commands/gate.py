"""`reportgen gate`: a run held against the accepted baseline, for CI."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from reportgen.commands.common import add_json, add_permissions, existing, permissions_of, say
from reportgen.problems import ExitCode

EXAMPLE = "reportgen gate tickets.xlsx --baseline baseline.json"


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the options."""
    sub.add_argument("target", type=Path, metavar="WORKBOOK or RUN")
    sub.add_argument("--baseline", required=True, type=Path, metavar="FILE", help="the file that `reportgen accept` wrote")
    sub.add_argument("--candidate", default="", metavar="NAME", help="which candidate (default: the one of the baseline)")
    sub.add_argument("--out", type=Path, default=None, metavar="DIR", help="where the files go (default: RUN-gate)")
    add_permissions(sub)
    add_json(sub)


def run(options: argparse.Namespace) -> ExitCode:
    """Judge, say every check, and name the files."""
    from reportgen.gate.run import gate  # noqa: PLC0415
    from reportgen.progress import Console  # noqa: PLC0415

    with Console(sys.stderr) as console:
        record, paths = gate(
            existing(options.target),
            existing(options.baseline),
            candidate=options.candidate,
            out=options.out,
            permissions=permissions_of(options),
            progress=console.show,
        )
    if options.json:
        say(paths[0].read_text(encoding="utf-8").rstrip())
        return record.result.exit_code
    say(f"Gate: {record.result.value}. {record.candidate} against the baseline {record.held_against}.")
    for check in record.checks:
        say(f"  {check.result.value:<12} {check.group.value}: {check.name}: {check.sentence}")
        for line in check.detail:
            say(f"{'':<15}{line}")
    say(f"The files: {', '.join(str(path) for path in paths)}")
    return record.result.exit_code
