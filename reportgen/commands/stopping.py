"""A closed terminal and a polite kill are a Ctrl-C: what is in flight is finished and kept, nothing more is asked."""

from __future__ import annotations

import os
import signal
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

AS_CTRL_C = ("SIGHUP", "SIGTERM")
"""By name: Windows has no SIGHUP."""
OUTPUTS = (1, 2)


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
        _let_go_of_terminal()
    signal.raise_signal(signal.SIGINT)


def _let_go_of_terminal() -> None:
    """Send what was meant for the terminal nowhere: writing to one that is gone is an error; files and pipes stay."""
    for output in OUTPUTS:
        if stat.S_ISCHR(os.fstat(output).st_mode):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, output)
            os.close(nowhere)
