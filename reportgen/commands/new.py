"""`reportgen new`: a blank workbook to fill in."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

from reportgen.commands.common import TASKS, fields_of, quoted, say, split_names
from reportgen.problems import ExitCode, NeedsMendingError

EXAMPLE = 'reportgen new invoices.xlsx --task extraction --fields "Supplier, Total, Due date"'


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the options."""
    sub.add_argument("file", type=Path, metavar="FILE", help="the workbook to write, ending in .xlsx")
    sub.add_argument("--task", choices=TASKS, required=True, help="what the candidates are to do")
    sub.add_argument("--fields", default="", help='the fields to extract, for example "Supplier, Total, Due date"')
    sub.add_argument("--labels", choices=("one", "several"), default="one", help="how many labels an example may have")
    sub.add_argument("--with", dest="sheets", default="", metavar="SHEETS", help='further sheets, for example "Prompts"')


def run(options: argparse.Namespace) -> ExitCode:
    """Write the blank; nothing is ever written over."""
    path: Path = options.file
    if path.suffix.lower() != ".xlsx":
        msg = f"{path}: a workbook ends in .xlsx. Write {path.with_suffix('.xlsx')} instead."
        raise NeedsMendingError(msg)
    if path.exists():
        msg = f"{path} exists already and is not written over. Choose another name, or move it away."
        raise NeedsMendingError(msg)
    try:
        write_blank(path, options.task, options.fields, split_names(options.sheets), labels=options.labels)
    except OSError as error:
        msg = f"{path} cannot be written ({error.strerror}). Choose another folder."
        raise NeedsMendingError(msg) from error
    say(f"{path} is ready. Open it and follow the five steps on its first sheet.\nThen: reportgen check {quoted(path)}")
    return ExitCode.DONE


def write_blank(path: Path, task: str, fields: str, sheets: Sequence[str], *, labels: str = "one") -> None:
    """Copy the shipped blank where nothing was asked for besides, else build one with these fields, sheets and labels.

    Raises NeedsMendingError where several labels are asked for and the task has none.
    """
    several = labels == "several"
    if several and task != "classification":
        msg = f"--labels several is for classification; the task is {task}. Leave --labels out."
        raise NeedsMendingError(msg)
    if not fields and not sheets and not several:
        from reportgen.assets import folder  # noqa: PLC0415

        shutil.copyfile(folder("workbooks") / f"{task}.xlsx", path)
        return
    from reportgen.domain.records.plan import Task  # noqa: PLC0415
    from reportgen.workbook.blank.workbooks import write_workbook  # noqa: PLC0415

    items = {"Labels per example": "several"} if several else None
    chosen = Task(task.replace("-", " "))
    write_workbook(path, chosen, fields=fields_of(task, fields), with_sheets=sheets, evaluation=items, begun=several)
