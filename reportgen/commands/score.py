"""`reportgen score`: the figures again from stored responses, with reviewers' verdicts, into a folder of its own."""

from __future__ import annotations

import argparse
from pathlib import Path

from reportgen.commands.common import add_json, add_progress, existing, run_of, say_result, shown_as
from reportgen.problems import ExitCode

EXAMPLE = "reportgen score tickets-run --out tickets-reviewed --reviews reviews.csv"


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the options."""
    sub.add_argument("folder", type=Path, metavar="RUN", help="the run folder; it is not changed")
    sub.add_argument("--out", type=Path, required=True, metavar="DIR", help="the new run folder")
    sub.add_argument(
        "--reviews",
        type=Path,
        default=None,
        metavar="FILE",
        help="a workbook or .csv with the columns of Recorded verdicts: Judged by, Judged on and Reason are required, a "
        "blank Judge kind means a person, and the verdict `removed` takes an example out",
    )
    add_progress(sub)
    add_json(sub)


def run(options: argparse.Namespace) -> ExitCode:
    """Score again and say what was decided."""
    from reportgen.rescoring import score_again  # noqa: PLC0415

    reviews = None if options.reviews is None else existing(options.reviews)
    with shown_as(options):
        comparison, folder = score_again(run_of(options.folder), options.out, reviews=reviews)
    say_result(comparison, folder.path, as_json=options.json)
    return ExitCode.DONE
