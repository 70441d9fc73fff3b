"""The first plug point: something that can do the task and be asked.

A candidate sees questions, never answer keys. It learns, where it learns, from train examples only. What it gives is a
response, an answer or a failure with its kind; it never raises for what a candidate can do wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from reportgen.candidates.request_limits import Limiter
from reportgen.domain.records.batch import BatchRecord
from reportgen.domain.records.document import Document
from reportgen.domain.records.plan import CandidateSpec, EvaluationPlan, Example, FieldSpec, Label, Role, Task
from reportgen.domain.records.response import Attempt, LimitChange, Response
from reportgen.problems import StoppedEarlyError


@dataclass(frozen=True, slots=True)
class Question:
    """All that a candidate ever sees of an example."""

    id: str
    input: str
    task: Task
    labels: tuple[Label, ...] = ()
    fields: tuple[FieldSpec, ...] = ()
    asked: str = ""
    """What the cell asks of the document, where the row has both; it is the end of `input`."""
    document: Document | None = None


@dataclass(frozen=True, slots=True)
class Briefing:
    """What a candidate is made from. `environment` holds the keys; `allowed_keys` maps a variable to one further host."""

    plan: EvaluationPlan
    train: tuple[Example, ...]
    environment: Mapping[str, str]
    allowed_keys: Mapping[str, str]
    asked: frozenset[str] = frozenset()
    """Ids of the examples that will be asked: nothing may be learned from them."""
    misfit: Callable[[str], str] | None = None
    """Says why an answer does not have the form that the task asks for, '' where it has; None = it cannot be told."""
    allowed_hosts: frozenset[str] = frozenset()
    """Hosts of no known provider that may be asked."""
    documents: Path | None = None
    """The folder that input files are sent from."""


class CandidateStoppedError(StoppedEarlyError):
    """One candidate cannot be asked any further; the others can. The message is the reason, without the candidate's name."""


class Candidate(Protocol):
    """Answers on this machine, one question at a time."""

    @property
    def fingerprint(self) -> str:
        """Everything besides the question that its answers depend on, as text; part of each response's content key."""

    def given(self, question: Question) -> object:
        """Return what it is given of a question, as plain values; what it is not given, a changed workbook may change."""

    def answer(self, question: Question, key: str) -> Response:
        """Return the response to one question; `key` is its content key."""

    def close(self) -> None:
        """Give back what it holds."""


@runtime_checkable
class RemoteCandidate(Protocol):
    """Answers over the network, many questions at once."""

    @property
    def fingerprint(self) -> str:
        """As for `Candidate`."""

    @property
    def endpoint(self) -> str:
        """Where requests go; candidates with the same endpoint share its limit of requests at once."""

    def given(self, question: Question) -> object:
        """As for `Candidate`: what is sent."""

    async def answer_later(
        self, question: Question, key: str, limiter: Limiter, may_retry: Callable[[Sequence[Attempt]], bool]
    ) -> Response:
        """Return the response to one question; every request waits for a slot of the limiter and tells it how it went.

        `may_retry` says whether the spending limit leaves room for another attempt after those of a log that cost something.

        Raises CandidateStoppedError where no request of this candidate can succeed (no key, no money, no such host), and
        GivenUpError where the run stops while it waits and nothing was paid for yet.
        """

    async def close(self) -> None:
        """Give connections back."""


Maker = Callable[[CandidateSpec, Briefing], Candidate | RemoteCandidate]
"""Makes a candidate from its row of the Candidates sheet. Raises NeedsMendingError where it cannot be asked."""


class BatchRecords(Protocol):
    """Where every step of a batch is kept before the next one is taken."""

    @property
    def records(self) -> Sequence[BatchRecord]:
        """Every step of this run's batches so far."""

    @property
    def earlier(self) -> Sequence[BatchRecord]:
        """Every step of the batches of earlier runs."""

    def append(self, record: BatchRecord) -> None:
        """Put one step on disk; when this returns it is durable."""


class Journal(Protocol):
    """Where responses are kept before they count."""

    @property
    def batches(self) -> BatchRecords:
        """Where batches are on record that bring such responses."""

    def get(self, key: str) -> Response | None:
        """Return the response with this content key, None where it was never given."""

    def holds(self, key: str) -> bool:
        """Whether this very run gave that response, and so paid for it; `get` knows those of earlier runs too."""

    def append_all(self, responses: Sequence[Response]) -> None:
        """Put responses on disk; when this returns they are durable."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one candidate is. `spent` is money, None where no price is known; `rate` is answers a second."""

    candidate: str
    done: int
    planned: int
    failed: int
    retried: int
    spent: float | None
    rate: float
    asked: int = 0
    """Of those that are done, how many this very process asked."""
    stopping: bool = False
    """Nothing more is asked: what is in flight is being finished."""
    waiting: str = ""
    """What is being waited for where answers come all at once, in words."""


LimitLog = Callable[[Sequence[LimitChange]], None]
"""Where changes of the limits are kept, in the order in which they happened."""


def specs_asked(plan: EvaluationPlan) -> tuple[CandidateSpec, ...]:
    """Return the candidates that a run asks: all but judges, and routes, which are made of others."""
    return tuple(c for c in plan.candidates if c.role is not Role.JUDGE and c.route is None)
