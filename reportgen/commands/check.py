"""`reportgen check`: every problem by its cell, and what the examples can prove."""

from __future__ import annotations

import argparse
from pathlib import Path

from reportgen.commands.common import add_json, add_permissions, existing, permissions_of, say, say_problems
from reportgen.problems import ExitCode

WHAT = "list every problem of a workbook by its cell, and say what its examples can prove"
EXAMPLE = "reportgen check tickets.xlsx"


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the options."""
    sub.add_argument("workbook", type=Path, metavar="WORKBOOK")
    add_permissions(sub)
    add_json(sub)


def run(options: argparse.Namespace) -> ExitCode:
    """Say every problem, then what the examples can prove."""
    from reportgen.checking import check_workbook  # noqa: PLC0415

    result = check_workbook(existing(options.workbook), permissions_of(options))
    if options.json:
        say(result.to_json())
    else:
        say_problems(result.problems)
        say(result.to_text())
    return ExitCode.NEEDS_MENDING if result.errors else ExitCode.DONE
