"""`reportgen compare`: what changed between two runs, in figures and in causes."""

from __future__ import annotations

import argparse
from pathlib import Path

from reportgen.commands.common import add_json, run_of, say
from reportgen.problems import ExitCode

EXAMPLE = "reportgen compare tickets-run tickets-run-2"


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the options."""
    sub.add_argument("then", type=Path, metavar="RUN", help="the earlier run")
    sub.add_argument("now", type=Path, metavar="RUN", help="the later run")
    add_json(sub)


def run(options: argparse.Namespace) -> ExitCode:
    """Compare two runs and say it."""
    from reportgen.monitor.compare import compare_runs, side_of  # noqa: PLC0415
    from reportgen.monitor.compare_text import as_json, as_text  # noqa: PLC0415

    sides = [side_of(run_of(path)) for path in (options.then, options.now)]
    found = compare_runs(*sides)
    say(as_json(found) if options.json else as_text(found, sides[1].comparison))
    return ExitCode.DONE
