"""Local baselines: simple methods that really learn from the train examples, so that a buyer sees what a model must beat.

Deterministic, offline, no token cost. Their latency is the wall time of one answer on this machine (formulas.md 6).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from reportgen.candidates.content_keys import examples_sha256, fingerprint_of
from reportgen.candidates.extraction_baseline import anchors_and_patterns
from reportgen.candidates.interface import Briefing, Question
from reportgen.candidates.summary_baseline import lead_sentences, lexrank
from reportgen.candidates.text_baseline import Answer, Method, majority, nearest_example, tf_idf_logistic_regression
from reportgen.domain.records.plan import CandidateSpec
from reportgen.domain.records.response import Outcome, Response

METHODS: Mapping[str, Callable[[Briefing], Method]] = {
    "majority": majority,
    "nearest example": nearest_example,
    "tf-idf logistic regression": tf_idf_logistic_regression,
    "anchors and patterns": anchors_and_patterns,
    "lead sentences": lead_sentences,
    "lexrank": lexrank,
}


class BaselineCandidate:
    """One method, learned once, then asked one question at a time."""

    def __init__(self, spec: CandidateSpec, briefing: Briefing) -> None:
        self._name = spec.name
        self.fingerprint = fingerprint_of(spec, examples_sha256(briefing.train))
        self._briefing = briefing
        self._learn = METHODS[spec.model.strip().casefold()]
        self._method: Method | None = None
        self._cannot = ""

    def given(self, question: Question) -> object:
        """Return the text, and the names of what may be answered."""
        return (question.input, [label.name for label in question.labels], question.fields)

    def answer(self, question: Question, key: str) -> Response:
        """Return the answer with its own measured latency; a method without train examples gives a typed error."""
        if self._method is None and not self._cannot:
            try:
                self._method = self._learn(self._briefing)
            except ValueError as error:
                self._cannot = str(error)
        if self._method is None:
            return Response(self._name, question.id, key, Outcome.ERROR, reason=self._cannot, cost=0.0)
        start = time.perf_counter()
        found: Answer = self._method(question)
        latency = time.perf_counter() - start
        return Response(
            self._name,
            question.id,
            key,
            Outcome.ANSWERED,
            text=found.text,
            confidence=found.confidence,
            latency_s=latency,
            attempt_latency_s=latency,
            attempts=1,
            cost=0.0,
            model_returned="local",
        )

    def close(self) -> None:
        """Hold nothing, give nothing back."""
