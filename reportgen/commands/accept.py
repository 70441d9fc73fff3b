"""`reportgen accept`: a run becomes the baseline, on purpose and on record."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.commands.common import add_json, quoted, run_of, say
from reportgen.problems import ExitCode

if TYPE_CHECKING:
    from reportgen.domain.records.comparison import Comparison

EXAMPLE = 'reportgen accept tickets-run --by "Ann Smith" --to baseline.json'


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the options."""
    sub.add_argument("folder", type=Path, metavar="RUN", help="the run folder")
    sub.add_argument("--by", required=True, metavar="NAME", help="who accepts it")
    sub.add_argument("--to", required=True, type=Path, metavar="FILE", help="the baseline file to write")
    whom = "hold later runs against this candidate (default: the one in production, else the winner)"
    sub.add_argument("--candidate", metavar="NAME", help=whom)
    add_json(sub)


def run(options: argparse.Namespace) -> ExitCode:
    """Write the baseline and say what it holds."""
    from reportgen import evaluation  # noqa: PLC0415
    from reportgen.gate.baseline import accept  # noqa: PLC0415

    comparison, folder = evaluation.recall(run_of(options.folder))
    made = accept(comparison, folder, by=options.by, at=evaluation.utc_now(), to=options.to, candidate=options.candidate)
    if options.json:
        say(options.to.read_text(encoding="utf-8").rstrip())
        return ExitCode.DONE
    say(f"{options.to} is the baseline now: run {made.accepted.run_id}, accepted by {made.accepted.by}.")
    whom = in_words(comparison, made.reference)
    say(f"  Later runs are held against {whom}, {made.primary_measure}, on the same examples.")
    if (winner := comparison.decision.winner) and winner != made.reference:
        say(f"  This run chose {winner}. Once it is in production, accept it instead: add --candidate {quoted(winner)}")
    if made.earlier:
        say(f"  It replaces the run {made.earlier[-1].run_id}, accepted by {made.earlier[-1].by} at {made.earlier[-1].at}.")
    say(f"Next: reportgen gate WORKBOOK --baseline {quoted(options.to)}")
    return ExitCode.DONE


def in_words(comparison: Comparison, name: str) -> str:
    """Return the candidate with what it is in this run: in production, the winner, or both."""
    from reportgen.domain.records.plan import Role  # noqa: PLC0415

    roles = ["in production"] if comparison.result(name).spec.role is Role.PRODUCTION else []
    roles += ["the winner"] if comparison.decision.winner == name else []
    return f"{name} ({' and '.join(roles)})" if roles else name
