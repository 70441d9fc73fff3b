"""A mutant tried: the tests run in a child of this process, which has the libraries imported and nothing of the project."""

from __future__ import annotations

import contextlib
import importlib
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

MEMORY = 4 << 30
"""Bytes of memory that a child may take; a loop without an end is stopped by it or by the time."""
_OURS = ("reportgen", "tests", "samples", "conftest", "__main__")
GREEN, OVER_TIME = "", "time limit"


class _FirstFailure:
    """Remembers the first test that failed, or that pytest itself could not begin."""

    def __init__(self) -> None:
        self.test = GREEN

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.test:
            self.test = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.test:
            self.test = report.nodeid or "collection"


def prepare(root: Path, tests: str) -> None:
    """Stand in the copy of the project, and import every library that these tests use, so that no child has to."""
    os.chdir(root)
    sys.path[:] = [str(root), *(place for place in sys.path if not (Path(place) / "reportgen").is_dir())]
    os.environ |= {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    for name in list(sys.modules):
        if name.split(".")[0] in _OURS and name != "__main__":
            del sys.modules[name]
    names = _told(lambda: _modules_of(tests), seconds=600).split()
    sys.dont_write_bytecode = True
    for name in names:
        with contextlib.suppress(ImportError, AttributeError):
            importlib.import_module(name)


def failing(tests: list[str], seconds: float) -> str:
    """Return the first of these tests that fails in a child process, `GREEN` or `OVER_TIME`."""
    return _told(lambda: _run(tests), seconds)


def _run(tests: list[str]) -> str:
    first = _FirstFailure()
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist", "-p", "no:cov"]
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # the libraries are imported already
    code = pytest.main([*options, *tests], plugins=[first])
    return first.test or (GREEN if code in {0, 5} else f"pytest ended with {int(code)}")


def _modules_of(tests: str) -> str:
    pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", tests])
    with contextlib.suppress(ImportError):
        importlib.import_module("weasyprint")
    return "\n".join(name for name in sys.modules if name.split(".")[0] not in _OURS)


def _told(work: Callable[[], str], seconds: float) -> str:
    """Return what `work` returns in a child process of its own; the child and all that it started end with it."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        os.close(out)
        _in_child(work, into)
    os.close(into)
    until, told = time.monotonic() + seconds, b""
    try:
        while not told.endswith(b"\0"):
            ready, _, _ = select.select([out], [], [], max(until - time.monotonic(), 0))
            if not ready:
                return OVER_TIME
            if not (more := os.read(out, 1 << 16)):
                return "the process ended"
            told += more
        return told[:-1].decode()
    finally:
        os.close(out)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _in_child(work: Callable[[], str], into: int) -> NoReturn:
    os.setsid()
    quiet = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(quiet, number)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    try:
        with os.fdopen(into, "w", encoding="utf-8") as pipe:
            try:
                pipe.write(f"{work()}\0")
            except BaseException as error:  # noqa: BLE001 - whatever it is, the parent is told
                pipe.write(f"{error!r}\0")
    finally:
        os._exit(0)
