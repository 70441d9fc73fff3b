"""`reportgen rerun`: the monthly loop."""

from __future__ import annotations

import argparse
from pathlib import Path

from reportgen.commands.common import (
    add_json,
    add_permissions,
    add_progress,
    existing,
    permissions_of,
    run_of,
    say,
    shown_as,
)
from reportgen.problems import ExitCode, NeedsMendingError

EXAMPLE = "reportgen rerun tickets-run --challengers 3"


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the options."""
    sub.add_argument("folder", type=Path, metavar="RUN", help="the run whose decision is in use, or a rerun of it")
    sub.add_argument("--challengers", type=int, default=3, metavar="N", help="how many are asked besides (default: 3)")
    sub.add_argument(
        "--workbook", type=Path, default=None, metavar="FILE", help="the workbook of today (default: that of RUN, beside it)"
    )
    sub.add_argument("--out", type=Path, default=None, metavar="DIR", help="the new run folder (default: NAME-rerun-YYYYMM)")
    sub.add_argument("--valid-days", type=int, default=90, metavar="DAYS", help="how long evidence is valid (default: 90)")
    add_permissions(sub)
    add_progress(sub)
    add_json(sub)


def run(options: argparse.Namespace) -> ExitCode:
    """Ask again, and say what changed and what is to be done."""
    from reportgen.evidence.run_folder import json_bytes  # noqa: PLC0415
    from reportgen.monitor.rerun import exit_code, rerun  # noqa: PLC0415
    from reportgen.monitor.rerun_text import lines  # noqa: PLC0415

    for name in ("challengers", "valid_days"):
        if getattr(options, name) < 0:
            msg = f"--{name.replace('_', '-')} {getattr(options, name)}: expected a number from 0 on."
            raise NeedsMendingError(msg)
    with shown_as(options) as console:
        found, folder, currency = rerun(
            run_of(options.folder),
            workbook=None if options.workbook is None else existing(options.workbook),
            challengers=options.challengers,
            valid_days=options.valid_days,
            out=options.out,
            permissions=permissions_of(options),
            progress=console.show,
        )
    if options.json:
        say(json_bytes({"run": str(folder.path), "exit_code": int(exit_code(found)), **_fields(found)}).decode().rstrip())
        return exit_code(found)
    for line in lines(found, currency):
        say(line)
    say(f"The run, with its documents: {folder.path}")
    return exit_code(found)


def _fields(found: object) -> dict[str, object]:
    import msgspec  # noqa: PLC0415

    fields: dict[str, object] = msgspec.to_builtins(found)
    return fields
