"""Progress that a person likes: a line for each candidate on a terminal, plain lines elsewhere."""

from __future__ import annotations

import errno
import os
import stat
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

if TYPE_CHECKING:
    from reportgen.candidates.interface import Progress

OUTPUTS = (1, 2)

PLAIN_EVERY_S = 10.0
RATE_KNOWN_AFTER = 20
"""Answers before the rate says anything about the rest: the first ones pay for every start-up."""


class Console:
    """Shows how far every candidate is; knows whether somebody watches."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
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
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> None:
        self._write("")


def let_go_of_terminal() -> None:
    """Send what was meant for the terminal nowhere: writing to one that is gone is an error; files and pipes stay."""
    for output in OUTPUTS:
        if stat.S_ISCHR(os.fstat(output).st_mode):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, output)
            os.close(nowhere)


def line(progress: Progress) -> str:
    """Return one candidate's progress as a line of text."""
    parts = [f"{progress.done} of {progress.planned}"]
    if progress.failed:
        parts.append(f"{progress.failed} failed")
    if progress.retried:
        parts.append(f"{progress.retried} retried")
    if progress.spent:
        parts.append(f"spent {progress.spent:.2f}")
    left = progress.planned - progress.done
    if progress.stopping:
        parts.append("stopping: what is in flight is being finished (Ctrl-C again stops at once)")
    elif left and progress.rate > 0 and progress.done >= RATE_KNOWN_AFTER:
        parts.append(f"{progress.rate:.1f} a second, about {_duration(left / progress.rate)} left")
    return f"{progress.candidate}: {', '.join(parts)}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
