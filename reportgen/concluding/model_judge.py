"""The model that judges: asked once for each open part, kept like every other response, read again and never asked again.

Its questions follow from the workbook and the stored answers alone, so that a replay finds the same questions and reads the
same replies; what it cost is no candidate's cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reportgen.candidates.ask import ask
from reportgen.candidates.interface import LimitLog, Progress
from reportgen.candidates.prices import find_price, list_price, token_cost
from reportgen.corpus import ledger
from reportgen.domain.records.comparison import Finding
from reportgen.domain.records.corpus import Corpus, SealedHoldout
from reportgen.domain.records.plan import CandidateSpec, EvaluationPlan, Example, Role, Task
from reportgen.domain.records.providers import provider_of
from reportgen.domain.records.response import Response
from reportgen.domain.records.score import Score
from reportgen.domain.wording.figures import counted, listed, money, percent
from reportgen.evidence.journal import FileJournal, read_lines
from reportgen.metrics import score_all
from reportgen.metrics.judge import PROMPT, Judged, JudgeQuestion, questions, read_replies
from reportgen.problems import Severity

MANY_UNUSABLE, MANY_FLIPPED = 0.05, 0.1


@dataclass(frozen=True, slots=True)
class Way:
    """How a run may ask: keys, permissions, and who is told."""

    environment: Mapping[str, str]
    allow_commands: bool = False
    allowed_keys: Mapping[str, str] | None = None
    progress: Callable[[Progress], None] | None = None
    limit_log: LimitLog | None = None
    allowed_hosts: frozenset[str] = frozenset()


def judge_of(plan: EvaluationPlan) -> CandidateSpec | None:
    """Return the candidate with the role judge, None where there is none."""
    return next((c for c in plan.candidates if c.role is Role.JUDGE), None)


def open_questions(plan: EvaluationPlan, corpus: Corpus, responses: Sequence[Response]) -> tuple[JudgeQuestion, ...]:
    """Return every question that the rules leave to the judge, from answers scored by rules alone; none without a judge."""
    if judge_of(plan) is None:
        return ()
    return asked_of(plan, corpus, responses, score_all(ledger.unlocked(plan, corpus), corpus.asked, responses))


def asked_of(
    plan: EvaluationPlan, corpus: Corpus, responses: Sequence[Response], scores: Sequence[Score]
) -> tuple[JudgeQuestion, ...]:
    """Return the same questions from scores that stand already, with or without the judge's own verdicts in them."""
    return questions(ledger.unlocked(plan, corpus), corpus.asked, responses, scores) if judge_of(plan) else ()


def consult(  # noqa: PLR0917 - the plan, its answers, where replies are kept, and how to ask
    plan: EvaluationPlan,
    asked: Sequence[JudgeQuestion],
    responses: Sequence[Response],
    path: Path,
    earlier: Sequence[Path],
    way: Way,
) -> bool:
    """Put the open questions to the judge, into a journal of its own; return whether anything was asked anew.

    What the journal, or that of an earlier run, holds is not asked again. The spending limit of the run holds for candidates
    and judge together. Raises what `ask` raises.
    """
    judge = judge_of(plan)
    if judge is None or not asked:
        return False
    with FileJournal(path, earlier=earlier) as journal:
        _ask(plan, judge, asked, _spent(plan, responses), journal, way)
        return journal.appended > 0


def _ask(  # noqa: PLR0917 - as above
    plan: EvaluationPlan,
    judge: CandidateSpec,
    asked: Sequence[JudgeQuestion],
    spent: float,
    journal: FileJournal,
    way: Way,
) -> None:
    limit = plan.settings.spending_limit
    left = None if limit is None else max(0.0, limit - spent)
    spec = replace(
        judge,
        role=Role.CANDIDATE,
        prompt=judge.prompt or PROMPT,
        few_shot_examples=0,
        temperature=0.0 if judge.temperature is None else judge.temperature,
    )
    settings = replace(plan.settings, task=Task.QUESTION_ANSWERING, spending_limit=left)
    rows = tuple(Example(q.id, q.text, None, judge.where) for q in asked)
    only = replace(plan, settings=settings, candidates=(spec,), examples=rows, recorded_outputs=(), recorded_verdicts=())
    ask(
        only,
        Corpus((), rows, (), SealedHoldout((), ""), ()),
        journal,
        environment=way.environment,
        progress=way.progress,
        allow_commands=way.allow_commands,
        allowed_keys=way.allowed_keys,
        allowed_hosts=way.allowed_hosts,
        limit_log=way.limit_log,
    )


def with_verdicts(plan: EvaluationPlan, asked: Sequence[JudgeQuestion], path: Path) -> EvaluationPlan:
    """Return the plan with what the judge said among its recorded verdicts; as it was where no judge was asked."""
    found = said(plan, asked, path)
    return plan if found is None else replace(plan, recorded_verdicts=(*found.verdicts, *plan.recorded_verdicts))


def said(plan: EvaluationPlan, asked: Sequence[JudgeQuestion], path: Path) -> Judged | None:
    """Return what the judge's stored replies say, None where there are none."""
    judge = judge_of(plan)
    if judge is None or not path.exists():
        return None
    return read_replies(asked, _replies(path), judge.name)


def judge_findings(plan: EvaluationPlan, asked: Sequence[JudgeQuestion], path: Path) -> Iterator[Finding]:
    """Yield what is worth knowing of the judge itself: how much it was asked, what it cost, where it was of no use."""
    judge, found = judge_of(plan), said(plan, asked, path)
    if judge is None:
        return
    if found is None:
        yield Finding(
            "judge-not-asked",
            Severity.NOTE,
            judge.name,
            f"{judge.name} has nothing to judge in this evaluation: a settled rule decides every part.",
            "Take it out of the sheet Candidates, or leave it for answers that only a reader can judge.",
        )
        return
    replies = list(_replies(path).values())
    cost = _cost(judge, replies, plan.settings.currency)
    told = f"{judge.name} was asked {counted(len(replies), 'question')} as a judge, at {cost}; no candidate's cost holds it."
    if found.doubled:
        told += f" Asked again, it changed {found.flipped} of {counted(found.doubled, 'verdict')}."
    weak = found.unusable > MANY_UNUSABLE * found.asked or found.flipped > MANY_FLIPPED * max(1, found.doubled)
    if found.unusable:
        told += (
            f" {counted(found.unusable, 'reply', 'replies')} of {found.asked:,} could not be used, "
            "because it was no verdict or quoted what does not stand in the text; the rule stands in for them."
        )
    yield Finding(
        "judge",
        Severity.WARNING if weak else Severity.NOTE,
        judge.name,
        told,
        "Try another model as the judge." if weak else "Nothing to do.",
    )
    if kin := [c.name for c in plan.candidates if c.role is not Role.JUDGE and _kin(c, judge)]:
        yield Finding(
            "judge-of-its-own-kind",
            Severity.WARNING,
            judge.name,
            f"The judge comes from the same provider as {listed(kin)}; models tend to prefer answers of their own kind.",
            "Choose a judge from another provider.",
        )


def _replies(path: Path) -> dict[str, Response]:
    return {line.response.example_id: line.response for line in read_lines(path)[0]}


def _spent(plan: EvaluationPlan, responses: Sequence[Response]) -> float:
    prices = {c.name: list_price(c, plan.settings.currency) for c in plan.candidates}
    return sum(token_cost(r, prices[r.candidate]) or 0.0 for r in responses if not r.recorded_on)


def _cost(judge: CandidateSpec, replies: Sequence[Response], currency: str) -> str:
    found = find_price(judge, replies, currency)
    costs = [token_cost(r, found) for r in replies]
    known = [c for c in costs if c is not None]
    if len(known) < len(costs):
        return f"a cost that is not known for {percent(1 - len(known) / len(costs))} of them"
    return f"{money(sum(known), currency)} in all"


def _kin(candidate: CandidateSpec, judge: CandidateSpec) -> bool:
    """Return whether both come from one provider; servers of one's own may hold anything."""
    named = candidate.model and judge.model and not candidate.endpoint and not judge.endpoint
    return bool(named) and candidate.kind is judge.kind and provider_of(candidate.model) == provider_of(judge.model)
