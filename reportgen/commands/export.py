"""`reportgen export`: data sets and figures of a run as plain files."""

from __future__ import annotations

import argparse
from pathlib import Path

from reportgen.commands.common import add_json, run_of, say
from reportgen.problems import ExitCode

EXAMPLE = "reportgen export tickets-run pipeline"


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the options."""
    sub.add_argument("folder", type=Path, metavar="RUN", help="the run folder")
    sub.add_argument("target", type=Path, metavar="DIR", help="where eval/ and reports/ go; earlier baselines in it stay")
    add_json(sub)


def run(options: argparse.Namespace) -> ExitCode:
    """Write the files and name them."""
    from reportgen.evidence.run_folder import json_bytes  # noqa: PLC0415
    from reportgen.exchange.layout import export_layout  # noqa: PLC0415

    made = export_layout(run_of(options.folder), options.target)
    if options.json:
        say(json_bytes(made).decode().rstrip())
        return ExitCode.DONE
    for name in made.files:
        say(f"{options.target / name}")
    if not made.baseline:
        say("No baseline was written: no candidate has the role production.")
    say(f"{made.locked} holdout rows stayed behind; eval/datasets/holdout.json has their hash.")
    return ExitCode.DONE
