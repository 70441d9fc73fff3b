"""Processes of our own that do what could hurt this one: started with our interpreter and our package, ended for certain."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

_ON_PATH = str(Path(__file__).resolve().parent.parent)
_STILL_ACTIVE = 259
"""What Windows gives as the exit code of a process that runs."""


def started(module: str, surroundings: Mapping[str, str], *, stdout: int, stderr: int) -> subprocess.Popen[bytes]:
    """Start a module of ours that takes its work from standard input.

    Args:
        module: Its full name; nothing from a workbook ever stands in the command.
        surroundings: Environment variables, to which our package's place is added.
        stdout: As of `subprocess.Popen`.
        stderr: As of `subprocess.Popen`.
    """
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-P", "-m", module],
        env={**surroundings, "PYTHONPATH": _ON_PATH},
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=stderr,
    )


def ended(process: subprocess.Popen[bytes]) -> None:
    """End a process, whatever it does; what it did not read or say any more is of no use."""
    process.kill()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    process.wait()


def detached(
    module: str, words: Sequence[str], surroundings: Mapping[str, str], *, out: BinaryIO, log: BinaryIO
) -> subprocess.Popen[bytes]:
    """Start a module of ours that goes on when this process ends: no terminal, no standard input, output into files.

    Args:
        module: Its full name.
        words: Its arguments.
        surroundings: Environment variables, to which our package's place is added.
        out: Where standard output goes.
        log: Where standard error goes.
    """
    own_group = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-P", "-m", module, *words],
        env={**surroundings, "PYTHONPATH": _ON_PATH},
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=log,
        start_new_session=True,
        creationflags=own_group,
    )


def living(pid: int) -> str:
    """Return what tells a process from a later one with its number (when it was started), empty where none lives."""
    if sys.platform == "win32":
        return _living_on_windows(pid)
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        pass
    else:
        state, *rest = stat.rpartition(")")[2].split()
        return "" if state in "ZX" else rest[18]
    try:
        os.kill(pid, 0)
    except OSError:
        return ""
    found = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603, S607
    return found.stdout.strip() or "alive"


def _living_on_windows(pid: int) -> str:
    import ctypes  # noqa: PLC0415 - a signal would end the process there

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    handle = kernel.OpenProcess(0x1000, False, pid)
    if not handle:
        return ""
    times = [ctypes.c_ulonglong() for _ in range(4)]
    code = ctypes.c_ulong()
    kernel.GetProcessTimes(handle, *map(ctypes.byref, times))
    kernel.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel.CloseHandle(handle)
    return str(times[0].value) if code.value == _STILL_ACTIVE else ""
