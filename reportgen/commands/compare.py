"""`reportgen compare`: what changed between two runs, in figures and in causes."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.commands.common import add_json, existing, say
from reportgen.problems import ExitCode

if TYPE_CHECKING:
    from reportgen.monitor.compare import Side

EXAMPLE = "reportgen compare tickets-run tickets-run-2"


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the options."""
    sub.add_argument("then", type=Path, metavar="RUN", help="the earlier run")
    sub.add_argument("now", type=Path, metavar="RUN", help="the later run")
    add_json(sub)


def run(options: argparse.Namespace) -> ExitCode:
    """Compare two runs and say it."""
    from reportgen.monitor.compare import compare_runs  # noqa: PLC0415
    from reportgen.monitor.compare_text import as_json, as_text  # noqa: PLC0415

    sides = [side_of(existing(path)) for path in (options.then, options.now)]
    found = compare_runs(*sides)
    say(as_json(found) if options.json else as_text(found, sides[1].comparison))
    return ExitCode.DONE


def side_of(path: Path) -> Side:
    """Return a run as one side of a comparison. Raises NeedsMendingError when it is not the folder of a finished run."""
    import msgspec  # noqa: PLC0415

    from reportgen import evaluation  # noqa: PLC0415
    from reportgen.concluding.conclude import read_prices  # noqa: PLC0415
    from reportgen.monitor.compare import Side  # noqa: PLC0415
    from reportgen.workbook.opening.last_saved import last_saved  # noqa: PLC0415

    comparison, folder = evaluation.recall(path)
    libraries = msgspec.json.decode(folder.environment.read_bytes(), type=dict[str, str])
    return Side(comparison, read_prices(folder), libraries, last_saved(folder.workbook))
