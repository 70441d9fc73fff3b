"""`reportgen accept`: a run becomes the baseline, on purpose and on record."""

from __future__ import annotations

import argparse
from pathlib import Path

from reportgen.commands.common import add_json, existing, say
from reportgen.problems import ExitCode

EXAMPLE = 'reportgen accept tickets-run --by "Ann Smith" --to baseline.json'


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the options."""
    sub.add_argument("folder", type=Path, metavar="RUN", help="the run folder")
    sub.add_argument("--by", required=True, metavar="NAME", help="who accepts it")
    sub.add_argument("--to", required=True, type=Path, metavar="FILE", help="the baseline file to write")
    add_json(sub)


def run(options: argparse.Namespace) -> ExitCode:
    """Write the baseline and say what it holds."""
    from reportgen import evaluation  # noqa: PLC0415
    from reportgen.gate.baseline import accept  # noqa: PLC0415

    comparison, folder = evaluation.recall(existing(options.folder))
    made = accept(comparison, folder, by=options.by, at=evaluation.utc_now(), to=options.to)
    if options.json:
        say(options.to.read_text(encoding="utf-8").rstrip())
        return ExitCode.DONE
    say(f"{options.to} is the baseline now: run {made.accepted.run_id}, accepted by {made.accepted.by}.")
    say(f"  Later runs are held against {made.reference}, {made.primary_measure}, on the same examples.")
    if made.earlier:
        say(f"  It replaces the run {made.earlier[-1].run_id}, accepted by {made.earlier[-1].by} at {made.earlier[-1].at}.")
    say(f"Next: reportgen gate WORKBOOK --baseline {options.to}")
    return ExitCode.DONE
