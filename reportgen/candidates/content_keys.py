"""Content keys: a response is known by all it depends on, so a changed prompt asks again and an unchanged one never does."""

from __future__ import annotations

import hashlib
from typing import Protocol

import msgspec

from reportgen.candidates.interface import Question
from reportgen.domain.records.plan import CandidateSpec, Example


class Keyed(Protocol):
    """Whatever is asked, however it is asked: what its answers depend on."""

    @property
    def fingerprint(self) -> str:
        """Everything besides the question."""

    def given(self, question: Question) -> object:
        """Return what it is given of the question, as plain values."""


def content_key(spec: CandidateSpec, candidate: Keyed, question: Question) -> str:
    """Return SHA-256 over the candidate's name, its fingerprint, and what it is given of the question."""
    parts = (spec.name, candidate.fingerprint, question.id, candidate.given(question))
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()


def fingerprint_of(spec: CandidateSpec, *more: object) -> str:
    """Return the part of a candidate that its answers depend on; prices, roles and notes play no part."""
    parts = (
        spec.kind,
        spec.model,
        spec.temperature,
        spec.most_output_tokens,
        spec.endpoint,
        dict(spec.settings),
        *more,
    )
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()


def examples_sha256(examples: tuple[Example, ...]) -> str:
    """Return SHA-256 over what a candidate can learn from examples."""
    rows = [(e.id, e.input, e.key) for e in examples]
    return hashlib.sha256(msgspec.json.encode(rows, order="sorted")).hexdigest()
