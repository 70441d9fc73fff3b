"""What a check says: one line, its differences by name, and how all of them together end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reportgen.problems import ExitCode, ReportgenError


class Word(StrEnum):
    SAME = "ok"
    NOTE = "note"
    UNCHECKED = "could not check"
    DIFFERENT = "DIFFERENT"


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `differences` names everything that differs."""

    name: str
    word: Word
    sentence: str
    differences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """All checks of one run folder or bundle, in their order."""

    target: str
    run_id: str
    checks: tuple[Check, ...]

    @property
    def exit_code(self) -> ExitCode:
        """Return the exit code of the contract: a difference goes before what could not be checked."""
        words = {c.word for c in self.checks}
        if Word.DIFFERENT in words:
            return ExitCode.CONTRADICTED
        return ExitCode.INCONCLUSIVE if Word.UNCHECKED in words else ExitCode.DONE

    @property
    def result(self) -> str:
        """Return the result in a word."""
        match self.exit_code:
            case ExitCode.DONE:
                return "VERIFIED"
            case ExitCode.INCONCLUSIVE:
                return "NOT FULLY CHECKED"
            case _:
                return "DIFFERENCES FOUND"


def same(name: str, sentence: str) -> Check:
    """Return a check that found everything as it must be."""
    return Check(name, Word.SAME, sentence)


def note(name: str, sentence: str, remarks: Sequence[str] = ()) -> Check:
    """Return a check that has something to say which is no difference."""
    return Check(name, Word.NOTE, sentence, tuple(remarks))


def compared(name: str, good: str, bad: str, differences: Sequence[str]) -> Check:
    """Return a check that is fine exactly when there are no differences."""
    if not differences:
        return Check(name, Word.SAME, good)
    return Check(name, Word.DIFFERENT, bad, tuple(differences))


def guarded(name: str, check: Callable[[], Check]) -> Check:
    """Return what a check says, or that it could not be made: what is verified may be anything, and hostile."""
    try:
        return check()
    except ReportgenError as error:
        return Check(name, Word.UNCHECKED, f"This could not be checked: {error}")
    except Exception as error:  # noqa: BLE001 - whatever a forged file provokes must not pass for a verified one
        return Check(name, Word.UNCHECKED, f"This could not be checked: the files are not as expected ({_said(error)}).")


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".replace("\n", " ")[:160]
