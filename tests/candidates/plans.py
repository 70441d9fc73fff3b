"""Small plans, corpora and journals for the tests of asking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reportgen.candidates.ask import ask
from reportgen.candidates.interface import Progress
from reportgen.domain.records.batch import BatchRecord
from reportgen.domain.records.corpus import Corpus, SealedHoldout
from reportgen.domain.records.plan import (
    AnswerKey,
    CandidateKind,
    CandidateSpec,
    EvaluationPlan,
    Example,
    FieldSpec,
    Label,
    Settings,
    Source,
    Task,
)
from reportgen.domain.records.response import Response

KEY = "sk-proj-0123456789abcdefghijklmnop"
ENVIRONMENT = {"MY_LOOPBACK": KEY, "PATH": "/usr/bin:/bin"}
LABELS = (Label("refund", "money back"), Label("delivery"), Label("other"))


class MemoryBatches:
    """Keeps the steps of batches in memory."""

    def __init__(self) -> None:
        self.records: list[BatchRecord] = []
        self.earlier: list[BatchRecord] = []

    def append(self, record: BatchRecord) -> None:
        self.records.append(record)


class MemoryJournal:
    """Keeps responses in memory; `log` is every block of them as it was written."""

    def __init__(self, known: Sequence[Response] = ()) -> None:
        self.known = {r.key: r for r in known}
        self.log: list[list[Response]] = []
        self.batches = MemoryBatches()

    @property
    def written(self) -> list[Response]:
        return [response for batch in self.log for response in batch]

    def get(self, key: str) -> Response | None:
        return self.known.get(key)

    def holds(self, key: str) -> bool:
        return key in self.known

    def append_all(self, responses: Sequence[Response]) -> None:
        self.log.append(list(responses))
        self.known |= {r.key: r for r in responses}


def example(number: int, text: str = "", label: str = "refund", **more: Any) -> Example:  # noqa: ANN401 - any field of the record
    return Example(f"E{number}", text or f"text {number}", AnswerKey(label=label), where=f"Examples!A{number}", **more)


def plan_of(
    *candidates: CandidateSpec,
    task: Task = Task.CLASSIFICATION,
    fields: tuple[FieldSpec, ...] = (),
    **settings: Any,  # noqa: ANN401 - any item of the Evaluation sheet
) -> EvaluationPlan:
    return EvaluationPlan(
        Source("test.xlsx", "0" * 64),
        Settings("Test", task, **settings),
        examples=(),
        candidates=candidates,
        service_levels=(),
        costs={},
        labels=LABELS if task is Task.CLASSIFICATION else (),
        fields=fields,
    )


def corpus_of(asked: Sequence[Example], train: Sequence[Example] = ()) -> Corpus:
    return Corpus(tuple(train), tuple(asked), (), SealedHoldout((), ""), ())


def api_model(name: str, url: str, **more: Any) -> CandidateSpec:  # noqa: ANN401 - any field of the record
    defaults: dict[str, Any] = {"model": "openai/test-model", "endpoint": url, "key_variable": "MY_LOOPBACK"}
    return CandidateSpec(name, CandidateKind.API_MODEL, **(defaults | more))


def run(
    plan: EvaluationPlan,
    examples: Sequence[Example],
    journal: MemoryJournal | None = None,
    *,
    train: Sequence[Example] = (),
    shown: list[Progress] | None = None,
    environment: dict[str, str] | None = None,
    **more: Any,  # noqa: ANN401 - any option of `ask`
) -> tuple[Response, ...]:
    return ask(
        plan,
        corpus_of(examples, train),
        journal or MemoryJournal(),
        environment=ENVIRONMENT if environment is None else environment,
        progress=shown.append if shown is not None else None,
        **more,
    )
