"""Fixtures that any room may ask for."""

from __future__ import annotations

import pytest

from reportgen.reports import interface

RESULTS = "results.json"


@pytest.fixture
def figures_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a run write `results.json` alone: drawing the documents is most of the time of a test that looks at figures."""
    monkeypatch.setattr(interface, "REPORTS", {RESULTS: interface.REPORTS[RESULTS]})
