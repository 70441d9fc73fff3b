"""Fixtures that any room may ask for."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from reportgen.reports import interface

RESULTS = "results.json"


@pytest.fixture(autouse=True, scope="session")
def _ctrl_c() -> Iterator[None]:
    """Let Ctrl-C reach the tests that press it: a job in the background is started with it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


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
