"""Fixtures that any room may ask for."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import hypothesis
import pytest

from reportgen.reports import interface

hypothesis.settings.register_profile(
    "untimed", deadline=None
)  # how long an example takes says something of the machine alone
hypothesis.settings.load_profile("untimed")

RESULTS = "results.json"


@pytest.fixture(autouse=True, scope="session")
def _signals() -> Iterator[None]:
    """Let Ctrl-C and a closed terminal reach the tests that need them: a job in the background ignores them."""
    before = {signal.SIGINT: signal.signal(signal.SIGINT, signal.default_int_handler)}
    if hasattr(signal, "SIGHUP"):  # not on Windows
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@contextmanager
def results_alone() -> Iterator[None]:
    """Let runs write `results.json` alone: drawing the documents is most of the time of a test that looks at figures."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(interface, "REPORTS", {RESULTS: interface.REPORTS[RESULTS]})
        yield


@pytest.fixture
def figures_only() -> Iterator[None]:
    """Let the runs of one test write `results.json` alone."""
    with results_alone():
        yield
