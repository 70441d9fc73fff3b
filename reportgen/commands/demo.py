"""`reportgen demo`: the whole job on a shipped sample."""

from __future__ import annotations

import argparse
from pathlib import Path

from reportgen.commands.common import TASKS, add_json, add_progress, shown_as
from reportgen.commands.run import evaluate
from reportgen.problems import ExitCode

EXAMPLE = "reportgen demo --task extraction"


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the options."""
    sub.add_argument("--task", choices=TASKS, default="classification", help="which sample (default: %(default)s)")
    sub.add_argument("--out", type=Path, default=Path("demo-run"), help="the run folder (default: %(default)s)")
    add_progress(sub)
    add_json(sub)


def run(options: argparse.Namespace) -> ExitCode:
    """Run a copy of the sample, so that nothing is written into the installation."""
    import shutil  # noqa: PLC0415
    import tempfile  # noqa: PLC0415

    from reportgen.assets import folder  # noqa: PLC0415
    from reportgen.evaluation import Permissions  # noqa: PLC0415

    sample = folder("samples") / f"{options.task}.xlsx"
    with tempfile.TemporaryDirectory() as scratch:
        workbook = Path(scratch) / f"{options.task}-sample.xlsx"
        shutil.copyfile(sample, workbook)
        return evaluate(workbook, options.out, Permissions(), shown_as(options), as_json=options.json)
