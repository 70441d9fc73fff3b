"""Routes: one candidate answers first, and what its answer gives reason for is sent on to another; nothing is learned."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reportgen.domain.records.response import Outcome
from reportgen.domain.records.score import Score


class SentOn(StrEnum):
    """What sends a task on, seen in the first candidate's answer as the application reads it."""

    LOW_CONFIDENCE = "low confidence"
    INVALID_OUTPUT = "invalid output"
    ABSTAINED = "abstained"
    REFUSED = "refused"


_OUTCOMES = {
    Outcome.INVALID: SentOn.INVALID_OUTPUT,
    Outcome.ABSTAINED: SentOn.ABSTAINED,
    Outcome.REFUSED: SentOn.REFUSED,
}


@dataclass(frozen=True, slots=True)
class Route:
    """Two candidates by name and what sends a task from the first to the second, fixed before the run.

    `threshold` is a confidence from 0 to 1: an answer with less is sent on; None = confidence plays no part.
    """

    first: str
    then: str
    when: tuple[SentOn, ...]
    threshold: float | None = None

    def sends_on(self, score: Score, confidence: float | None) -> bool:
        """Return whether an answer of the first, so scored and so sure, is sent on.

        An answer that states no confidence is not known to be unsure, and stays; so does an error or a timeout.
        """
        outcome = score.strict.outcome
        if outcome is Outcome.ANSWERED:
            sure = self.threshold is None or confidence is None or confidence >= self.threshold
            return SentOn.LOW_CONFIDENCE in self.when and not sure
        return _OUTCOMES.get(outcome) in self.when

    @property
    def asks_for_confidence(self) -> bool:
        """Whether how sure the first is decides anything."""
        return SentOn.LOW_CONFIDENCE in self.when

    def __str__(self) -> str:
        below = "" if self.threshold is None else f" (below {self.threshold:.10g})"
        reasons = [f"{w}{below}" if w is SentOn.LOW_CONFIDENCE else w.value for w in self.when]
        return f"{self.first}, then {self.then}: {', '.join(reasons)}"
