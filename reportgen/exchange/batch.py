"""Requests as files in OpenAI's batch format: what a run would send, for a provider's batch service or vLLM's `run-batch`.

A request is known by the hash of all that it holds, so an answer finds its example again without any further record, and
one that belongs to another version of the workbook is never taken for an answer to this one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from reportgen import evaluation
from reportgen.candidates.ask import question_of
from reportgen.candidates.chat_model import ChatModel, request_settings
from reportgen.candidates.given import given
from reportgen.candidates.interface import Briefing, Question, specs_asked
from reportgen.candidates.sent_documents import CannotGiveError
from reportgen.candidates.wire.batch_lines import MOST_BYTES, MOST_REQUESTS, request_line
from reportgen.corpus import ledger
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.plan import CandidateKind, CandidateSpec, EvaluationPlan
from reportgen.domain.records.providers import OPENAI_STYLE, OTHER_PROTOCOL, PROVIDERS, provider_of
from reportgen.domain.wording.figures import counted
from reportgen.evidence.run_folder import write_bytes
from reportgen.problems import NeedsMendingError
from reportgen.workbook.reading.parser import read_evidence

ID_LENGTH = 40
REMEDY = "Choose another folder that you may write to."


@dataclass(frozen=True, slots=True)
class Request:
    """One line of a batch file, and whose question it is."""

    custom_id: str
    candidate: str
    example_id: str
    line: bytes


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote: file names with their number of requests, and the candidates that have no such format."""

    folder: str
    files: dict[str, int]
    left_out: tuple[str, ...]
    locked: int


def export_batch(workbook: Path, folder: Path) -> Exported:
    """Write the requests of every API model, eval and regression rows only. Raises NeedsMendingError where there is none."""
    plan, corpus = plan_of(workbook)
    specs, left_out = batchable(plan)
    if not specs:
        other = f"; {', '.join(left_out)} speak another protocol" if left_out else ""
        msg = f"{workbook.name} has no API model that can be asked in OpenAI's batch format{other}."
        raise NeedsMendingError(msg)
    files: dict[str, int] = {}
    for spec in specs:
        for number, (count, content) in enumerate(_parts(requests_of(spec, plan, corpus)), start=1):
            name = f"{_safe(spec.name)}-{number}.requests.jsonl"
            if name in files:
                name = f"{_safe(spec.name)}-{len(files) + 1}.requests.jsonl"
            write_bytes(folder / name, content, remedy=REMEDY)
            files[name] = count
    return Exported(str(folder), files, left_out, len(corpus.holdout.example_ids))


def plan_of(workbook: Path) -> tuple[EvaluationPlan, Corpus]:
    """Return the plan and its splits, from the workbook as it stands; nothing is asked."""
    plan = read_evidence(workbook, workbook.parent)
    corpus, _ = evaluation.split_corpus(plan, workbook)
    evaluation.refuse_blocking(plan, corpus)
    return ledger.unlocked(plan, corpus), corpus


def batchable(plan: EvaluationPlan) -> tuple[tuple[CandidateSpec, ...], tuple[str, ...]]:
    """Return the API models that speak the OpenAI protocol, and the names of those that speak another one."""
    models = [s for s in specs_asked(plan) if s.kind is CandidateKind.API_MODEL]
    fit = tuple(s for s in models if provider_of(s.model) not in OTHER_PROTOCOL - {"azure", "azure_ai"})
    return fit, tuple(s.name for s in models if s not in fit)


def requests_of(spec: CandidateSpec, plan: EvaluationPlan, corpus: Corpus) -> Iterator[Request]:
    """Yield the requests of one candidate, in the order of the workbook."""
    asked = frozenset(e.id for e in corpus.asked)
    briefing = Briefing(plan, corpus.train, {}, {}, asked, documents=Path(plan.source.path).parent)
    model = ChatModel(spec, briefing)
    settings = request_settings(spec, plan, lean=True)
    prefix, _, bare = spec.model.partition("/")
    known = prefix.casefold() in {*PROVIDERS, *OPENAI_STYLE, "azure", "azure_ai"}
    name = bare if bare and known else settings.model
    questions = [question_of(example, plan) for example in corpus.asked]
    _refuse_less(spec, questions)
    for example, question in zip(corpus.asked, questions, strict=True):
        try:
            chat = model.write(question)
        except CannotGiveError as error:
            msg = f"{spec.name} cannot be given the example {example.id}: {error}."
            raise NeedsMendingError(msg) from error
        body = settings.body(chat) | {"model": name}
        whole = msgspec.json.encode((spec.name, example.id, body), order="sorted")
        custom_id = hashlib.sha256(whole).hexdigest()[:ID_LENGTH]
        yield Request(custom_id, spec.name, example.id, request_line(custom_id, body))
    model.documents.close()


def _refuse_less(spec: CandidateSpec, questions: Sequence[Question]) -> None:
    """Stop where a candidate would be given less than documents hold. Raises NeedsMendingError with the count."""
    reasons = [reason for q in questions if (reason := given(spec, q.document).reason)]
    if reasons:
        msg = f"{spec.name} cannot be given {len(reasons):,} of {counted(len(questions), 'example')}: {reasons[0]}."
        raise NeedsMendingError(msg)


def _parts(requests: Iterator[Request]) -> Iterator[tuple[int, bytes]]:
    """Yield files as large as providers take them: number of requests, and the bytes."""
    count, content = 0, bytearray()
    for request in requests:
        if count and (count == MOST_REQUESTS or len(content) + len(request.line) > MOST_BYTES):
            yield count, bytes(content)
            count, content = 0, bytearray()
        count += 1
        content += request.line
    if count:
        yield count, bytes(content)


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "candidate"
