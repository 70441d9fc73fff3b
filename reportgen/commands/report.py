"""`reportgen report`: the documents again, from stored records."""

from __future__ import annotations

import argparse
from pathlib import Path

from reportgen.commands.common import add_json, add_progress, run_of, say_result, shown_as
from reportgen.problems import ExitCode

EXAMPLE = "reportgen report tickets-run"


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the options."""
    sub.add_argument("folder", type=Path, metavar="RUN", help="the run folder")
    add_progress(sub)
    add_json(sub)


def run(options: argparse.Namespace) -> ExitCode:
    """Write the documents again."""
    from reportgen import evaluation  # noqa: PLC0415

    with shown_as(options):
        comparison, folder = evaluation.report(run_of(options.folder))
    say_result(comparison, folder.path, as_json=options.json)
    return ExitCode.DONE
