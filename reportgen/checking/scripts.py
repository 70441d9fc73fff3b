"""Scripts of the workbook that our fonts lack: which font of this machine prints them, or the command that brings one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reportgen.domain.records.plan import EvaluationPlan
from reportgen.domain.wording.figures import listed
from reportgen.problems import Problem, Severity
from reportgen.reports.pdf import machine_fonts
from reportgen.reports.pdf.house_style import FILE, house_style


def scripts(plan: EvaluationPlan, workbook: Path) -> Iterator[Problem]:
    """Yield what prints the scripts of the workbook in the PDFs, and a warning where nothing does."""
    beside = workbook.with_name(FILE)
    fonts = house_style(beside if beside.exists() else None).fonts
    choices = machine_fonts.choose(machine_fonts.letters_of_plan(plan), fonts)
    drawn = [c for c in choices if not c.lacking]
    lacking = [c for c in choices if c.lacking]
    if drawn:
        which = listed(f"{c.script} with {c.face.family}" for c in drawn if c.face is not None)
        what = f"the PDFs print {which}, found on this machine and kept with the run, as our own fonts lack these letters."
        yield Problem("workbook", what, "Nothing to do.", "scripts", Severity.NOTE)
    if lacking:
        names = listed(f"{c.script} ({machine_fonts.told(c)})" for c in lacking)
        code = f"[U+{min(lacking[0].lacking):04X}]"
        what = f"letters of this workbook would stand in the PDFs as code points such as {code}: {names}."
        command = machine_fonts.remedy(c.script for c in lacking)
        yield Problem("workbook", what, command, "scripts-lacking", Severity.WARNING)
