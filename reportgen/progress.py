"""Progress that a person likes: a line for each candidate on a terminal, plain lines elsewhere."""

from __future__ import annotations

import errno
import json
import os
import stat
import time
from dataclasses import asdict
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TextIO

from reportgen.domain.wording.figures import money
from reportgen.domain.wording.neutral import neutral
from reportgen.steps import Step, heard_by

if TYPE_CHECKING:
    from reportgen.candidates.interface import Progress

OUTPUTS = (1, 2)

PLAIN_EVERY_S = 10.0
JSON_EVERY_S = 0.25
RATE_KNOWN_AFTER = 20
"""Answers before the rate says anything about the rest: the first ones pay for every start-up."""


class Shown(Protocol):
    """Where progress goes while a command runs; every step that is told within is shown too."""

    def show(self, progress: Progress) -> None:
        """Show one candidate's progress."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None: ...


def shown(stream: TextIO, *, as_json: bool = False) -> Shown:
    """Return who shows progress on a stream: lines for people, or one JSON object a line for programs."""
    return JsonLines(stream) if as_json else Console(stream)


class Console:
    """Shows how far every candidate is, and each step; knows whether somebody watches."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._hears = heard_by(self.step)
        self._live = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._latest: dict[str, Progress] = {}
        self._drawn = 0
        self._said: dict[str, float] = {}

    def show(self, progress: Progress) -> None:
        """Show one candidate's progress."""
        self._latest[progress.candidate] = progress
        if self._live:
            self._redraw()
            return
        now = time.monotonic()
        done = progress.done == progress.planned
        if done or progress.stopping or now - self._said.get(progress.candidate, now - PLAIN_EVERY_S) >= PLAIN_EVERY_S:
            self._said[progress.candidate] = now
            self._write(f"{line(progress)}\n")

    def step(self, step: Step) -> None:
        """Say what is being done now; of a counted step the first and then one in ten seconds."""
        now = time.monotonic()
        last = step.done == step.total
        if step.done and not last and now - self._said.get(step.words, now - PLAIN_EVERY_S) < PLAIN_EVERY_S:
            return
        self._said[step.words] = now
        counted = f" ({step.done:,} of {step.total:,})" if step.total else f" ({step.done:,})" if step.done else ""
        self._write(f"{neutral(step.words)}{counted} …\n")
        self._drawn = 0

    def _redraw(self) -> None:
        back = f"\x1b[{self._drawn}F" if self._drawn else ""
        text = "".join(f"\x1b[K{line(p)}\n" for p in self._latest.values())
        self._write(f"{back}{text}")
        self._drawn = len(self._latest)

    def _write(self, text: str) -> None:
        """Write at once; a terminal that was closed may say so before its signal comes, which ends the run in order."""
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            let_go_of_terminal()

    def __enter__(self) -> Self:
        self._hears.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> None:
        self._hears.__exit__(kind, error, where)
        self._write("")


class JsonLines:
    """Writes `{"progress": ...}` and `{"step": ...}` lines, for a program that follows a command."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._hears = heard_by(self.step)
        self._said: dict[str, float] = {}

    def show(self, progress: Progress) -> None:
        """Write one candidate's progress, four times a second at most."""
        now = time.monotonic()
        last = progress.done == progress.planned or progress.stopping
        if not last and now - self._said.get(progress.candidate, now - JSON_EVERY_S) < JSON_EVERY_S:
            return
        self._said[progress.candidate] = now
        self._write({"progress": asdict(progress)})

    def step(self, step: Step) -> None:
        """Write what is being done now."""
        self._write({"step": asdict(step)})

    def _write(self, line: dict[str, object]) -> None:
        self._stream.write(json.dumps(line) + "\n")
        self._stream.flush()

    def __enter__(self) -> Self:
        self._hears.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> None:
        self._hears.__exit__(kind, error, where)


def let_go_of_terminal() -> None:
    """Send what was meant for the terminal nowhere: writing to one that is gone is an error; files and pipes stay."""
    for output in OUTPUTS:
        if stat.S_ISCHR(os.fstat(output).st_mode):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, output)
            os.close(nowhere)


def line(progress: Progress) -> str:
    """Return one candidate's progress as a line of text."""
    return f"{neutral(progress.candidate)}: {words(progress)}"


def words(progress: Progress, currency: str = "") -> str:
    """Return how far one candidate is; money with its currency where that is known."""
    parts = [f"{progress.done} of {progress.planned}"]
    if progress.failed:
        parts.append(f"{progress.failed} failed")
    if progress.retried:
        parts.append(f"{progress.retried} retried")
    if progress.spent:
        parts.append(f"spent {money(progress.spent, currency) if currency else f'{progress.spent:.2f}'}")
    left = progress.planned - progress.done
    if progress.waiting and left:
        parts.append(neutral(progress.waiting))
    elif progress.stopping:
        parts.append("stopping: what is in flight is being finished (Ctrl-C again stops at once)")
    elif left and progress.rate > 0 and progress.done >= RATE_KNOWN_AFTER:
        parts.append(f"{progress.rate:.1f} a second, about {_duration(left / progress.rate)} left")
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
