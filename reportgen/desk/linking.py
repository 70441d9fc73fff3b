"""From a figure to its examples: the address of the answers that it was made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from reportgen.domain.records.measure import KNOWN_FAILURES
from reportgen.domain.records.plan import ScopeKind

if TYPE_CHECKING:
    from reportgen.desk.finished import Finished
    from reportgen.domain.records.plan import ServiceLevel

_SHOWS = {"review rate": "review", "invalid output rate": "invalid", KNOWN_FAILURES: "known"}
"""Measures that are about other answers than the wrong ones."""
_NO_ANSWERS = ("latency", "cost per task")
"""Words of measures that every answer has a part in, so that no few of them stand behind the figure."""


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of answers, for one run of one workbook; an empty one where no answers stand behind a figure."""

    workbook: str
    found: Finished

    def answers(self, **filters: str) -> str:
        """Return the address of the answers with these filters of the page."""
        given = {"run": self.found.run.name, **{name: value for name, value in filters.items() if value}}
        return f"/w/{quote(self.workbook, safe='')}/answers?{urlencode(given)}"

    def part(self, name: str, column: str) -> str:
        """Return those behind a cell of the table by label or field; `column` is its head, perhaps cut."""
        candidate = self._candidate(column)
        if name in self.found.labels:
            return self.answers(show="wrong", candidate=candidate, label=name)
        return self.answers(show="wrong", candidate=candidate, part=name) if name in self.found.fields else ""

    def segment(self, name: str, column: str) -> str:
        """Return those behind a cell of the table by segment."""
        known = name in self.found.segments
        return self.answers(show="wrong", candidate=self._candidate(column), segment=name) if known else ""

    def level(self, number: int, column: str) -> str:
        """Return those behind a verdict; levels count from 1 in their order."""
        level: ServiceLevel = self.found.comparison.plan.service_levels[number - 1]
        if any(word in level.measure for word in _NO_ANSWERS):
            return ""
        scope = {level.scope.kind.value: level.scope.name} if level.scope.kind is not ScopeKind.OVERALL else {}
        scope = {"part" if kind == "field" else kind: name for kind, name in scope.items()}
        return self.answers(show=_SHOWS.get(level.measure, "wrong"), candidate=self._candidate(column), **scope)

    def _candidate(self, column: str) -> str:
        names = [c.spec.name for c in self.found.comparison.candidates]
        start = column.removesuffix("…").rstrip()
        return next((n for n in names if n == column), next((n for n in names if n.startswith(start)), ""))
