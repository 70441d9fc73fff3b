"""A closed terminal and a polite kill are a Ctrl-C: what is in flight is finished and kept, nothing more is asked."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from reportgen.progress import let_go_of_terminal

AS_CTRL_C = ("SIGHUP", "SIGTERM", "SIGBREAK")
"""By name: Windows has no SIGHUP, and SIGBREAK alone reaches a process group there."""


@contextmanager
def orderly_stop() -> Iterator[None]:
    """Turn the signals into a Ctrl-C for as long as a command runs; one that was set to be ignored (nohup) stays so."""
    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in (getattr(signal, name) for name in AS_CTRL_C if hasattr(signal, name)):
            if signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    if number == getattr(signal, "SIGHUP", None):
        let_go_of_terminal()
    signal.raise_signal(signal.SIGINT)
