"""What every document is made from: the comparison, its words and its figures for machines, each of them made once a run."""

from __future__ import annotations

from threading import Lock

from reportgen.domain.records.comparison import Comparison
from reportgen.reports.data import results_bytes
from reportgen.reports.view.build import build
from reportgen.reports.view.records import View

PARQUET = "responses.parquet"
MOST_EXAMPLES = 20_000
"""Above this the sheet Responses is a sample, and `PARQUET` holds every answer: a sheet of millions of cells opens badly."""


class Material:
    """A comparison with its view and its `results.json`, each made when the first of the documents asks for it."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self._view: View | None = None
        self._results = b""
        self._wording, self._counting = Lock(), Lock()

    @property
    def view(self) -> View:
        """The whole result in words and rounded figures."""
        with self._wording:
            if self._view is None:
                self._view = build(self.comparison)
            return self._view

    @property
    def results(self) -> bytes:
        """The bytes of results.json."""
        with self._counting:
            if not self._results:
                self._results = results_bytes(self.comparison)
            return self._results
