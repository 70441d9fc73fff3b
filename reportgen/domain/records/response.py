"""Responses: what a candidate gave for one example, an answer or a failure with its kind. Failures are values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """Every planned example ends in exactly one of these; none leaves a denominator."""

    ANSWERED = "answered"
    REFUSED = "refused"
    ABSTAINED = "abstained"
    INVALID = "invalid"
    ERROR = "error"
    TIMEOUT = "timeout"


class Basis(StrEnum):
    """Where a figure comes from: this run, a person's assumption, or an earlier recording (formulas.md 4.4)."""

    MEASURED = "measured"
    ASSUMED = "assumed"
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens, total over all billed attempts.

    `input` includes those read from the cache, those written into it, sound and pictures; `output` includes thinking and
    sound.
    """

    input: int
    output: int
    cached_input: int = 0
    thinking: int | None = None
    written_input: int = 0
    audio_input: int = 0
    picture_input: int = 0
    audio_output: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request of a task. `latency_s` is the provider's: request sent to last byte, None in a batch; `started` is UTC.

    Ours, and in no latency: `waited_s` for a free slot, pauses that a provider's limit imposes on all included;
    `overhead_s` around the request, for connecting, encoding and reading. None where they were not recorded.
    """

    started: str
    latency_s: float | None
    outcome: str
    usage: Usage | None = None
    billed: bool = False
    reason: str = ""
    waited_s: float | None = None
    overhead_s: float | None = None
    doubt: str = ""
    """What about the token counts of this reply contradicts itself; the larger reading is `usage`."""
    charge_unknown: bool = False
    """It was sent, and no reply says what it cost: the provider may have charged for it."""


@dataclass(frozen=True, slots=True)
class Response:
    """What one candidate gave for one example.

    `latency_s` is task latency: first attempt sent to final answer, back-off included; None when not known.
    `attempt_latency_s` is the last attempt's alone. `attempts` None = not recorded. `cost`, where given, overrides tokens
    times price. `key` is the content hash of example, prompt, candidate and settings that this response answers.
    """

    candidate: str
    example_id: str
    key: str
    outcome: Outcome
    text: str = ""
    confidence: float | None = None
    reason: str = ""
    latency_s: float | None = None
    attempt_latency_s: float | None = None
    usage: Usage | None = None
    attempts: int | None = None
    cost: float | None = None
    basis: Basis = Basis.MEASURED
    recorded_on: str = ""
    model_returned: str = ""
    in_flight: int | None = None
    log: tuple[Attempt, ...] = ()
    unasked: bool = False
    """Its candidate had stopped answering, so nobody asked: an error here, and the next run asks it."""
    made_of: tuple[str, ...] = ()
    """Of a route, the candidates that it took, the one that answered last; attempts, tokens and latency are of all."""

    @property
    def sent_on(self) -> bool:
        """Whether a route sent the task on to its second candidate."""
        return len(self.made_of) > 1

    @property
    def from_earlier_run(self) -> bool:
        """Whether an earlier run measured it and this one took it over; `recorded_on` is then the day it was asked."""
        return self.basis is Basis.MEASURED and bool(self.recorded_on)


@dataclass(frozen=True, slots=True)
class LimitChange:
    """One change of how many requests may be under way at one endpoint, and why; `at` is UTC, ISO 8601."""

    endpoint: str
    at: str
    limit: int
    reason: str


def group_by_candidate(responses: Sequence[Response]) -> dict[str, list[Response]]:
    """Return the responses of each candidate, in order."""
    groups: dict[str, list[Response]] = {}
    for response in responses:
        groups.setdefault(response.candidate, []).append(response)
    return groups
