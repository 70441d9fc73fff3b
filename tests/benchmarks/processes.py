"""One whole process measured: wall time, CPU with that of its children, and the highest memory of it or of a child."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (sys.executable, "-m", "reportgen.cli")


@dataclass(frozen=True, slots=True)
class Spent:
    """What a process took: `wall_s`, `cpu_s` (user and system, children included), `peak_mb` (VmHWM of the largest one)."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def spent(command: Sequence[str], cwd: Path = ROOT) -> Spent:
    """Run a command to its end and return what it took.

    Raises:
        subprocess.CalledProcessError: It ended with another code than 0.
    """
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=cwd)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(command))
    return Spent(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
