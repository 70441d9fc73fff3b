"""Asking: every candidate, every question of eval and regression, once; each response is durable before it counts."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from reportgen.candidates.asking_batches import BatchLane
from reportgen.candidates.baseline import BaselineCandidate
from reportgen.candidates.batched import BatchedCandidate
from reportgen.candidates.chat_model import passed_on
from reportgen.candidates.command import CommandCandidate
from reportgen.candidates.concurrency import Job, Lanes, crashed, run_to_end
from reportgen.candidates.content_keys import Keyed, content_key
from reportgen.candidates.given import given, not_given
from reportgen.candidates.hosted import HostedCandidate
from reportgen.candidates.interface import (
    Briefing,
    Candidate,
    Journal,
    LimitLog,
    Maker,
    Progress,
    Question,
    RemoteCandidate,
    specs_asked,
)
from reportgen.candidates.prices import list_price
from reportgen.candidates.recorded import RecordedCandidate
from reportgen.candidates.spending import Books
from reportgen.candidates.stop_rule import StopRule, unasked
from reportgen.candidates.wire.provider_library import bare_environment
from reportgen.candidates.wire.secrets import key_for
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.model_settings import in_batches
from reportgen.domain.records.plan import AddedKind, CandidateKind, CandidateSpec, EvaluationPlan, Example, runs_foreign_code
from reportgen.domain.records.response import Outcome, Response
from reportgen.extensions import Group, added
from reportgen.problems import NeedsMendingError, Problem, ReportgenError, StoppedEarlyError

Made = Candidate | RemoteCandidate | BatchedCandidate

KINDS: Mapping[CandidateKind, Maker] = {
    CandidateKind.API_MODEL: HostedCandidate,
    CandidateKind.RECORDED_OUTPUTS: RecordedCandidate,
    CandidateKind.LOCAL_BASELINE: BaselineCandidate,
    CandidateKind.COMMAND: CommandCandidate,
}
"""What is made from a row of the Candidates sheet; other packages add theirs by an entry point (`Group.KINDS`)."""

BATCH = 256
FLUSH_EVERY_S = 1.0


def ask(
    plan: EvaluationPlan,
    corpus: Corpus,
    journal: Journal,
    *,
    environment: Mapping[str, str],
    progress: Callable[[Progress], None] | None = None,
    allow_commands: bool = False,
    allowed_keys: Mapping[str, str] | None = None,
    allowed_hosts: frozenset[str] = frozenset(),
    limit_log: LimitLog | None = None,
    misfit: Callable[[str], str] | None = None,
    without_the_stopped: bool = False,
) -> tuple[Response, ...]:
    """Return one response for each candidate and each example of eval and regression, in the order of the plan.

    What the journal holds is not asked again. Raises NeedsMendingError when a candidate may not or cannot be asked,
    StoppedEarlyError when the spending limit is reached; the journal keeps what came in until then. `limit_log` is told
    every change of an endpoint's limit, `misfit` says why an answer does not have the form that the task asks for.

    A candidate that cannot be asked or has stopped answering (`stop_rule`) stops alone. That raises StoppedEarlyError once
    the others are done, but with `without_the_stopped`: then the rest of its questions are errors that a later run asks.

    To put other questions to one model, as a judge is asked: a plan with that candidate alone (role candidate, its own
    prompt with `{input}`), a corpus whose `asked` are the texts as examples without a key, and a journal of its own. Lanes,
    retries, spending limit and content keys then hold for them too; `model_judge` does so.
    """
    asked = frozenset(e.id for e in corpus.asked)
    environment = dict(environment)  # the process's own is emptied while libraries of providers are at work
    beside = Path(plan.source.path).parent
    briefing = Briefing(plan, corpus.train, environment, allowed_keys or {}, asked, misfit, allowed_hosts, beside)
    specs = specs_asked(plan)
    _refuse_commands(specs, allow_commands=allow_commands)
    _refuse_unpriced(plan, specs)
    made = _make(specs, briefing)
    questions = [question_of(example, plan) for example in corpus.asked]
    books = Books(plan, questions, journal, progress)
    jobs = [(s, q) for q in questions for s in _in_drawn_order(specs, q, plan.settings.seed)]
    batched = {name: c for name, c in made.items() if isinstance(c, BatchedCandidate)}
    remote = {name: c for name, c in made.items() if isinstance(c, RemoteCandidate)}
    local = {name: c for name, c in made.items() if not isinstance(c, BatchedCandidate | RemoteCandidate)}
    _ask_here(local, [job for job in jobs if job[0].name in local], books)
    if remote or batched:
        rule = StopRule()
        batches = [BatchLane(c, questions, books, journal.batches, rule) for c in batched.values()]
        there = [job for job in jobs if job[0].name in remote]
        ceiling = plan.settings.most_requests_at_once
        lanes = Lanes(remote, there, ceiling, books, limit_log=limit_log, rule=rule, beside=batches)
        with bare_environment():
            run_to_end(lanes.run())
        if rule.why:
            left = [*lanes.left, *(job for lane in batches for job in lane.left)]
            _put_down_unasked(rule, left, made, books, whole=without_the_stopped)
    return tuple(books.found[s.name, q.id] for s in specs for q in questions)


def _put_down_unasked(
    rule: StopRule,
    left: Sequence[Job],
    candidates: Mapping[str, Keyed],
    books: Books,
    *,
    whole: bool,
) -> None:
    """Keep an error for each question that was not asked. Raises StoppedEarlyError where there is nothing to compare."""
    why = rule.why
    answered = {name for (name, _), r in books.found.items() if r.outcome not in {Outcome.ERROR, Outcome.TIMEOUT}}
    if not whole or (not answered and rule.cannot):
        told = "; ".join(
            f"{name} cannot be asked: {said}" if name in rule.cannot else f"{name} stopped answering: {said}"
            for name, said in why.items()
        )
        msg = f"{told}. Every answer so far is kept. Mend that and run it again; nothing is asked twice."
        raise StoppedEarlyError(msg)
    books.add([
        unasked(spec, q.id, content_key(spec, candidates[spec.name], q), why[spec.name]) for spec, q in left
    ])  # fmt: skip


def refuse_unaskable(
    plan: EvaluationPlan, *, environment: Mapping[str, str], allow_commands: bool, allowed_keys: Mapping[str, str]
) -> None:
    """Raise NeedsMendingError where a candidate may not or cannot be asked, before anything of a run is on disk."""
    specs = specs_asked(plan)
    _refuse_commands(specs, allow_commands=allow_commands)
    _refuse_unpriced(plan, specs)
    faults: list[NeedsMendingError] = []
    for spec in specs:
        if spec.kind is CandidateKind.API_MODEL:
            try:
                key_for(spec, environment, allowed_keys)
                passed_on(spec)
            except NeedsMendingError as error:
                faults.append(error)
    if faults:
        raise NeedsMendingError(str(faults[0]), tuple(p for fault in faults for p in fault.problems))


def maker_of(spec: CandidateSpec) -> Callable[[CandidateSpec, Briefing], Made]:
    """Return what makes a candidate of this kind."""
    if spec.kind is CandidateKind.API_MODEL and in_batches(spec.settings):
        return BatchedCandidate
    return added(Group.KINDS)[spec.kind.value].value if isinstance(spec.kind, AddedKind) else KINDS[spec.kind]


def _make(specs: Sequence[CandidateSpec], briefing: Briefing) -> dict[str, Made]:
    """Return every candidate by name. Raises NeedsMendingError with the problems of all that cannot be asked."""
    made: dict[str, Made] = {}
    faults: list[NeedsMendingError] = []
    for spec in specs:
        try:
            made[spec.name] = maker_of(spec)(spec, briefing)
        except NeedsMendingError as error:
            faults.append(error)
    if faults:
        raise NeedsMendingError(str(faults[0]), tuple(p for fault in faults for p in fault.problems))
    return made


def stored(plan: EvaluationPlan, corpus: Corpus, responses: Sequence[Response]) -> tuple[Response, ...]:
    """Return the stored responses in the order of `ask`; nothing is asked.

    Raises NeedsMendingError when the journal lacks one, as that of a run that was stopped early does.
    """
    found = {(r.candidate, r.example_id): r for r in responses}
    wanted = [(s.name, e.id) for s in specs_asked(plan) for e in corpus.asked]
    missing = sum(pair not in found for pair in wanted)
    if missing:
        msg = f"{missing} of {len(wanted)} responses are missing: the run was stopped early. Run it again to end it."
        raise NeedsMendingError(msg)
    return tuple(found[pair] for pair in wanted)


def question_of(example: Example, plan: EvaluationPlan) -> Question:
    """Return what a candidate sees of an example: never the key."""
    return Question(
        example.id,
        example.input,
        plan.settings.task,
        plan.labels,
        plan.fields,
        example.question,
        example.document,
    )


def _refuse_commands(specs: Sequence[CandidateSpec], *, allow_commands: bool) -> None:
    commands = [s for s in specs if s.kind is CandidateKind.COMMAND]
    if commands and not allow_commands:
        problems = tuple(
            Problem(
                s.where or "Candidates",
                f"{s.name} would run {s.model!r} on this machine.",
                "If you trust this workbook, run again with --allow-commands.",
                "command",
            )
            for s in commands
        )
        msg = "A workbook never acts by itself; it has candidates of kind Command."
        raise NeedsMendingError(msg, problems)


def _refuse_unpriced(plan: EvaluationPlan, specs: Sequence[CandidateSpec]) -> None:
    if plan.settings.spending_limit is None:
        return
    currency = plan.settings.currency
    unknown = [s.name for s in specs if s.kind is CandidateKind.API_MODEL and list_price(s, currency).price is None]
    if unknown:
        msg = (
            f"A spending limit is set, but no price is known for {', '.join(unknown)}. "
            "Fill in Input price and Output price on the sheet Candidates, or take the limit away."
        )
        raise NeedsMendingError(msg)


def _in_drawn_order(specs: Sequence[CandidateSpec], question: Question, seed: int) -> list[CandidateSpec]:
    """Return the candidates in the order that the seed draws for this question, so that time of day hits all alike."""
    return sorted(specs, key=lambda s: hashlib.sha256(f"{seed}|{question.id}|{s.name}".encode()).digest())


def _answer(candidate: Candidate, spec: CandidateSpec, question: Question, key: str) -> Response:
    """Return the response of a candidate on this machine; what was never foreseen is that question's error."""
    if reason := given(spec, question.document).reason:
        return not_given(spec.name, question.id, key, reason)
    try:
        return candidate.answer(question, key)
    except ReportgenError:
        raise
    except Exception as error:  # noqa: BLE001 - one question must not end a run
        return crashed(spec, question, key, error)


def _ask_here(candidates: Mapping[str, Candidate], jobs: Sequence[Job], books: Books) -> None:
    """Ask the candidates on this machine, one question at a time, so that none disturbs another's latency."""
    fresh: list[Response] = []
    flushed = time.perf_counter()
    try:
        for spec, question in jobs:
            candidate = candidates[spec.name]
            key = content_key(spec, candidate, question)
            if books.take(key):
                continue
            fresh.append(_answer(candidate, spec, question, key))
            # A program of others may have paid for its answer; the others give theirs again for nothing.
            paid = runs_foreign_code(spec.kind)
            if paid or len(fresh) >= BATCH or time.perf_counter() - flushed > FLUSH_EVERY_S:
                books.add(fresh)
                fresh = []
                flushed = time.perf_counter()
        books.add(fresh)
    finally:
        for candidate in candidates.values():
            candidate.close()
