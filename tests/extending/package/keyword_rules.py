"""What docs/extending.md shows: a candidate kind, a metric and a document, in a package of their own."""

from __future__ import annotations

import csv
import time
from pathlib import Path

from reportgen.candidates.content_keys import fingerprint_of
from reportgen.candidates.interface import Briefing, Question
from reportgen.domain.records.plan import CandidateSpec, Example, Task
from reportgen.domain.records.response import Outcome, Response
from reportgen.metrics.interface import Metric
from reportgen.reports.material import Material


class KeywordRules:
    """Gives the label of the first rule whose word stands in the text; the Model cell holds `word = label; word = label`."""

    def __init__(self, spec: CandidateSpec, briefing: Briefing) -> None:
        """Read the rules; the briefing holds train rows and keys, which keyword rules do not need."""
        del briefing
        self._name = spec.name
        self._rules = [tuple(part.strip() for part in rule.split("=")) for rule in spec.model.split(";")]
        self.fingerprint = fingerprint_of(spec)

    def given(self, question: Question) -> object:
        """Return what the answer depends on besides the rules."""
        return question.input

    def answer(self, question: Question, key: str) -> Response:
        """Return the label, or that there is none: a candidate never raises for what it cannot do."""
        start = time.perf_counter()
        label = next((label for word, label in self._rules if word in question.input.casefold()), None)
        took = time.perf_counter() - start
        if label is None:
            return Response(self._name, question.id, key, Outcome.ABSTAINED, latency_s=took, attempts=1, cost=0.0)
        return Response(self._name, question.id, key, Outcome.ANSWERED, text=label, latency_s=took, attempts=1, cost=0.0)

    def close(self) -> None:
        """Hold nothing, give nothing back."""


def bare_label(example: Example, answer: str) -> float:
    """Return 1 for an answer that is one word and nothing else."""
    del example
    return float(answer.strip().isalpha())


BARE_LABEL_RATE = Metric(
    "bare label rate",
    "Answers that are a label and nothing else (bare label rate)",
    frozenset({Task.CLASSIFICATION}),
    bare_label,
    explanation="The share of answers that are one word and nothing else; no answer counts 0.",
)


def write_answers(made: Material, folder: Path) -> Path:
    """Write every answer of eval as CSV."""
    path = folder / "answers.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["candidate", "example", "answer"])
        for candidate in made.comparison.candidates:
            rows.writerows([candidate.spec.name, o.example.id, o.response.text] for o in candidate.sample.observations)
    return path
