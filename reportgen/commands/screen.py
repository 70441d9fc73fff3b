"""`reportgen screen`: many models narrowed down by public ratings, which weigh nothing afterwards."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.commands.common import add_json, existing, say, say_problems, workbook_of
from reportgen.problems import ExitCode, NeedsMendingError

if TYPE_CHECKING:
    from reportgen.domain.deciding.screening import BoardScreen, ScreenedCandidate
    from reportgen.domain.records.plan import EvaluationPlan, ScreeningRow

EXAMPLE = "reportgen screen tickets.xlsx --board arena.csv --as-of 2026-04-03"
WEIGHT = "Ratings weigh nothing after this screen: the evaluation alone decides."


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the options."""
    sub.add_argument("workbook", type=Path, metavar="WORKBOOK", help="its item `Screen keeps` says how many stay")
    sub.add_argument(
        "--board", type=Path, metavar="FILE.csv", help="a board's own export (default: the workbook's sheet Screening)"
    )
    sub.add_argument("--as-of", default="", metavar="DATE", help="the day the board was read, 2026-04-03 (default: today)")
    sub.add_argument(
        "--to", type=Path, metavar="COPY", help="also write a copy of the workbook with the board on its sheet Screening"
    )
    add_json(sub)


def run(options: argparse.Namespace) -> ExitCode:
    """Screen, and say which models stay, which do not and why, and how the candidates stand."""
    from reportgen.domain.deciding.screening import candidates_on, screen  # noqa: PLC0415
    from reportgen.workbook.reading.parser import read_evidence  # noqa: PLC0415

    workbook = workbook_of(options.workbook)
    plan = read_evidence(workbook, workbook.parent)
    rows = _rows(options, plan)
    boards = screen(rows, plan.settings.screen_keeps)
    candidates = candidates_on(boards, plan.candidates)
    if options.to is not None:
        _write_copy(options, rows)
    if options.json:
        from reportgen.evidence.run_folder import json_bytes  # noqa: PLC0415

        say(json_bytes({"boards": boards, "candidates": candidates, "weight": WEIGHT}).decode().rstrip())
        return ExitCode.DONE
    for board in boards:
        _say_board(board)
    _say_candidates(candidates)
    say(WEIGHT)
    return ExitCode.DONE


def _rows(options: argparse.Namespace, plan: EvaluationPlan) -> tuple[ScreeningRow, ...]:
    if options.board is None:
        if not plan.screening:
            msg = (
                f"{options.workbook} has no ratings on a sheet Screening. Fill it in, or name a board with --board FILE.csv."
            )
            raise NeedsMendingError(msg)
        if options.as_of or options.to is not None:
            msg = "--as-of and --to go with --board. Leave them out, or name the board's file."
            raise NeedsMendingError(msg)
        return plan.screening
    from reportgen.workbook.reading.board_file import read_board  # noqa: PLC0415

    found = read_board(existing(options.board), _day(options.as_of))
    say_problems(found.notices)
    return found.rows


def _day(text: str) -> str:
    import datetime as dt  # noqa: PLC0415

    try:
        day = dt.date.fromisoformat(text) if text else dt.datetime.now(dt.UTC).date()
    except ValueError as error:
        msg = f"--as-of {text}: expected a day such as 2026-04-03."
        raise NeedsMendingError(msg) from error
    return day.isoformat()


def _write_copy(options: argparse.Namespace, rows: tuple[ScreeningRow, ...]) -> None:
    """Write the workbook with the board's rows on its sheet Screening; nothing is ever written over."""
    from reportgen.evidence.run_folder import write_bytes  # noqa: PLC0415
    from reportgen.workbook.marking.appended_rows import appended  # noqa: PLC0415
    from reportgen.workbook.opening.preflight import read_bytes  # noqa: PLC0415
    from reportgen.workbook.opening.xlsx import read_cells  # noqa: PLC0415

    target: Path = options.to
    if target.exists() or target.suffix.lower() != ".xlsx" or options.workbook.suffix.lower() != ".xlsx":
        why = (
            "exists already and is not written over" if target.exists() else "is no Excel workbook, or was not made from one"
        )
        msg = f"--to {target}: it {why}. Choose another name that ends in .xlsx."
        raise NeedsMendingError(msg)
    new = [
        {
            "Model": row.model,
            "Board": row.board,
            "Rating": repr(row.rating),
            "Low": "" if row.low is None else repr(row.low),
            "High": "" if row.high is None else repr(row.high),
            "Votes": "" if row.votes is None else str(row.votes),
            "As of": row.as_of,
        }
        for row in rows
    ]
    content = appended(read_bytes(options.workbook), read_cells(options.workbook), {"Screening": new})
    write_bytes(target, content, remedy="Choose another folder.")
    say(f"{target} is {options.workbook.name} with {len(new)} ratings on its sheet Screening.", error=True)


def _say_board(board: BoardScreen) -> None:
    cut = "" if board.cut is None else f", the cut is {board.cut:g}, the rating of place {board.keeps}"
    say(f"{board.board}, as of {board.as_of}: {len(board.models)} models{cut}; {len(board.kept)} stay:")
    for model in board.kept:
        say(f"  {model.row.rating:9g}  {model.row.model}: {model.reason}")
    if board.out:
        say(f"Screened out ({len(board.out)}):")
    for model in board.out:
        say(f"  {model.row.rating:9g}  {model.row.model}: {model.reason}; as of {model.row.as_of}")


def _say_candidates(candidates: tuple[ScreenedCandidate, ...]) -> None:
    for told, chosen in (
        ("On the sheet Candidates, and stay", [c.name for c in candidates if c.stays]),
        ("On the sheet Candidates, but screened out", [c.name for c in candidates if c.listed and not c.stays]),
        ("On the sheet Candidates, and on no board", [c.name for c in candidates if not c.listed]),
    ):
        if chosen:
            say(f"{told}: {', '.join(chosen)}.")
