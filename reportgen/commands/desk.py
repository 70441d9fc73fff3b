"""`reportgen desk`: the page in the browser."""

from __future__ import annotations

import argparse
from pathlib import Path

from reportgen.commands.common import existing, say
from reportgen.problems import ExitCode, NeedsMendingError

EXAMPLE = "reportgen desk"


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the options."""
    sub.add_argument(
        "folder", type=Path, nargs="?", default=Path(), metavar="FOLDER", help="where the workbooks lie (default: here)"
    )
    sub.add_argument("--port", type=int, default=0, metavar="N", help="the port on this machine (default: a free one)")
    sub.add_argument("--no-browser", action="store_true", help="say the address instead of opening it")
    sub.add_argument(
        "--idle",
        type=float,
        default=12.0,
        metavar="HOURS",
        help="close after so long without a visit or a run (default: 12)",
    )
    sub.add_argument("--shortcut", action="store_true", help="write a start-menu entry that opens the desk here, and stop")


def run(options: argparse.Namespace) -> ExitCode:
    """Serve the desk until it is stopped."""
    from reportgen.desk.server import serve  # noqa: PLC0415

    folder = existing(options.folder)
    if not folder.is_dir():
        msg = f"{folder} is a file; the desk works in a folder. Name the folder that it lies in."
        raise NeedsMendingError(msg)
    if options.shortcut:
        from reportgen.desk.shortcut import write_shortcut  # noqa: PLC0415

        say(f"{write_shortcut(folder)} opens the desk in {folder.resolve()}.")
        return ExitCode.DONE
    if options.idle <= 0:
        msg = f"--idle {options.idle:g}: expected hours above 0."
        raise NeedsMendingError(msg)
    serve(folder, port=options.port, browser=not options.no_browser, idle_hours=options.idle, say=say)
    return ExitCode.DONE
