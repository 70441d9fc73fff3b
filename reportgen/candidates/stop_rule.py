"""When a candidate is no longer asked: it cannot be, or it has stopped answering; the others go on."""

from __future__ import annotations

from dataclasses import dataclass, field

from reportgen.domain.records.plan import CandidateSpec
from reportgen.domain.records.response import Outcome, Response

FIRST_TASKS = 20
IN_A_ROW = 50
NOT_ASKED = "not asked: it had stopped answering"
_FAILED = frozenset({Outcome.ERROR, Outcome.TIMEOUT})


@dataclass(slots=True)
class _Count:
    asked: int = 0
    in_a_row: int = 0


@dataclass(slots=True)
class StopRule:
    """Counts what this run asks, in the order in which it ends. `why` holds the candidates that stopped, with the reason."""

    why: dict[str, str] = field(default_factory=dict)
    cannot: set[str] = field(default_factory=set)
    """Those of them that could not be asked at all, such as with a key that is refused."""
    _counts: dict[str, _Count] = field(default_factory=dict)

    def cannot_be_asked(self, name: str, reason: str) -> None:
        """Stop a candidate of which no request can succeed."""
        self.why.setdefault(name, reason)
        self.cannot.add(name)

    def count(self, response: Response) -> None:
        """Count one response; every one of the first 20, or 50 in a row, ending in error or timeout stops its candidate."""
        count = self._counts.setdefault(response.candidate, _Count())
        count.asked += 1
        count.in_a_row = count.in_a_row + 1 if response.outcome in _FAILED else 0
        all_first = count.asked == count.in_a_row == FIRST_TASKS
        if all_first or count.in_a_row == IN_A_ROW:
            what = f"every one of its first {FIRST_TASKS} tasks" if all_first else f"{IN_A_ROW} tasks in a row"
            self.why.setdefault(response.candidate, f"{what} ended in an error; the last: {response.reason}")


def unasked(spec: CandidateSpec, example_id: str, key: str, why: str) -> Response:
    """Return what stands for a question that was not asked any more: an error, which the next run asks."""
    return Response(spec.name, example_id, key, Outcome.ERROR, reason=f"{NOT_ASKED} ({why})", attempts=0, unasked=True)
