"""`reportgen check`: every problem by its cell, what the examples can prove, what a run will cost; a marked copy on wish."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from reportgen.commands.common import (
    add_json,
    add_permissions,
    add_progress,
    permissions_of,
    say,
    say_problems,
    shown_as,
    workbook_of,
)
from reportgen.problems import ExitCode, NeedsMendingError, Problem

EXAMPLE = "reportgen check tickets.xlsx"


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the options."""
    sub.add_argument("workbook", type=Path, metavar="WORKBOOK")
    sub.add_argument(
        "--annotate", action="store_true", help="write NAME.checked.xlsx: your workbook with every faulty cell marked"
    )
    sub.add_argument("--show", metavar="ID", help="print one example as the candidates will see it, and nothing else")
    add_permissions(sub)
    add_progress(sub)
    add_json(sub)


def run(options: argparse.Namespace) -> ExitCode:
    """Say every problem, then what the examples can prove."""
    from reportgen.checking import check_workbook  # noqa: PLC0415

    if options.show:
        return show(options)
    workbook, permissions = workbook_of(options.workbook), permissions_of(options)
    with shown_as(options):
        result = check_workbook(workbook, permissions)
    if options.json:
        say(result.to_json())
    else:
        say_problems(result.problems)
        say(result.to_text())
    if options.annotate:
        mark(options.workbook, result.problems)
    return ExitCode.NEEDS_MENDING if result.errors else ExitCode.DONE


def show(options: argparse.Namespace) -> ExitCode:
    """Print one example as the candidates will see it."""
    from reportgen.checking.seeing import shown  # noqa: PLC0415
    from reportgen.workbook.reading.parser import read_plan  # noqa: PLC0415

    allowed = permissions_of(options)
    plan = read_plan(workbook_of(options.workbook), allow_commands=allowed.commands, allowed_keys=allowed.keys or {})
    say(shown(plan, options.show))
    return ExitCode.DONE


def mark(workbook: Path, problems: Sequence[Problem]) -> None:
    """Write the marked copy and say where it is; without a problem there is nothing to mark."""
    from reportgen.workbook.marking.marked_copy import annotate  # noqa: PLC0415

    if not problems:
        say("Nothing to mark: no copy was written.", error=True)
        return
    try:
        copy = annotate(workbook, problems)
    except OSError as error:
        msg = f"The marked copy of {workbook} cannot be written ({error.strerror}). Close it in Excel, or free its folder."
        raise NeedsMendingError(msg) from error
    say(f"{copy} shows every problem in its cell and on its first sheet; {workbook.name} is untouched.", error=True)
