"""Recorded outputs: answers that somebody already has, with the tokens and latency that were written down."""

from __future__ import annotations

from reportgen.candidates.content_keys import fingerprint_of
from reportgen.candidates.interface import Briefing, Question
from reportgen.domain.records.plan import CandidateSpec, RecordedOutput
from reportgen.domain.records.response import Basis, Outcome, Response, Usage

NOT_RECORDED = "not recorded"


class RecordedCandidate:
    """Gives back the row of each example; an example without a row is an error, since nothing leaves a denominator."""

    def __init__(self, spec: CandidateSpec, briefing: Briefing) -> None:
        self._name = spec.name
        self._rows = {r.example_id: r for r in briefing.plan.recorded_outputs if r.candidate == spec.name}
        self.fingerprint = fingerprint_of(spec, sorted(self._rows.values(), key=lambda r: r.example_id))

    def given(self, question: Question) -> object:
        """Return nothing: its rows are in its fingerprint."""
        del question
        return None

    def answer(self, question: Question, key: str) -> Response:
        """Return the recorded response."""
        row = self._rows.get(question.id)
        if row is None:
            return Response(self._name, question.id, key, Outcome.ERROR, reason=NOT_RECORDED, basis=Basis.RECORDED)
        return response_of(row, key)

    def close(self) -> None:
        """Hold nothing, give nothing back."""


def response_of(row: RecordedOutput, key: str = "") -> Response:
    """Return the response that a row records; `key` is the content key where it answers a question of the run."""
    return Response(
        row.candidate,
        row.example_id,
        key,
        Outcome(row.outcome) if row.outcome else Outcome.ANSWERED,
        text=row.output,
        confidence=row.confidence,
        latency_s=row.latency_s,
        attempt_latency_s=row.latency_s if row.attempts == 1 else None,
        usage=_usage(row),
        attempts=row.attempts,
        cost=row.cost,
        basis=Basis.RECORDED,
        recorded_on=row.recorded_on,
    )


def _usage(row: RecordedOutput) -> Usage | None:
    if row.input_tokens is None or row.output_tokens is None:
        return None
    return Usage(row.input_tokens, row.output_tokens, row.cached_input_tokens or 0)
