"""Processes of our own that do what could hurt this one: started with our interpreter and our package, ended for certain."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_ON_PATH = str(Path(__file__).resolve().parent.parent)


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
