"""Problems and errors: what is wrong, where, and what to do about it.

A `Problem` is a value: everything that reads user input collects all of them before it stops. An error is raised once,
carries its problems, and knows the exit code of the contract; `cli` is the one place that turns errors into exit codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class ExitCode(IntEnum):
    """Exit codes of the contract, section 3."""

    DONE = 0
    """done, whatever the decision; warnings alone are 0 too"""
    FAULT = 1
    """a fault in reportgen"""
    NEEDS_MENDING = 2
    """the workbook or the command needs mending, or another process is at work in the same run folder"""
    STOPPED_EARLY = 3
    """stopped early (spending limit, too many failures, disk full, folder not writable), partial results kept"""
    CONTRADICTED = 10
    """the gate failed, the holdout contradicts, a month says ACT, or `verify` found a difference"""
    INCONCLUSIVE = 11
    """the gate or the month could not decide, or `verify` could not check something"""
    INTERRUPTED = 130
    """interrupted; what was answered is kept"""


class Severity(StrEnum):
    """An error stops the run; a warning is said and the run goes on."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: `where` is `Sheet!Cell` or a file or an option, `what` was found and expected, `remedy` what to do."""

    where: str
    what: str
    remedy: str
    code: str
    severity: Severity = Severity.ERROR
    also: tuple[str, ...] = ()
    """Further places with the same fault, in reading order."""

    def __str__(self) -> str:
        place = self.where if not self.also else f"{self.where} and {len(self.also)} more"
        return f"{place}: {self.what} {self.remedy}".rstrip()


class ReportgenError(Exception):
    """Family of everything that reportgen raises on purpose; the message is a sentence for the user."""

    exit_code: ExitCode = ExitCode.FAULT

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class NeedsMendingError(ReportgenError):
    """The workbook, the run folder or the command line needs mending before anything can be done."""

    exit_code = ExitCode.NEEDS_MENDING


class StoppedEarlyError(ReportgenError):
    """The run stopped before its end; what it has is kept."""

    exit_code = ExitCode.STOPPED_EARLY
