"""From stored records to the comparison: what a run, its replay, its re-scoring and its verification have in common.

Pure but for reading the run folder: nothing is asked and nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import msgspec

from reportgen.candidates.ask import stored
from reportgen.candidates.prices import PriceFound
from reportgen.candidates.recorded import response_of
from reportgen.concluding import model_judge
from reportgen.concluding.routes import route_findings, views_of, with_routes
from reportgen.corpus import ledger
from reportgen.corpus.quality import quality_problems
from reportgen.domain.compare import compare
from reportgen.domain.deciding.holdout import judge_opening, with_openings
from reportgen.domain.estimating.review import confidences
from reportgen.domain.records.comparison import Comparison, Finding, HoldoutOpening, RunRecord
from reportgen.domain.records.corpus import Corpus, HoldoutAccess
from reportgen.domain.records.harness import HarnessRecord
from reportgen.domain.records.plan import CandidateSpec, EvaluationPlan, Price, Role, first_id
from reportgen.domain.records.response import Response
from reportgen.domain.records.review_figures import Confidences, Trials
from reportgen.domain.records.score import Score
from reportgen.domain.wording.figures import counted, listed
from reportgen.evidence.access_log import Event, accesses, read_entries
from reportgen.evidence.changes import change_findings, read_changes
from reportgen.evidence.harness import read_harness
from reportgen.evidence.journal import read_lines
from reportgen.evidence.rerun import read_monitoring, read_rerun, selected
from reportgen.evidence.reviews import apply, read_parent, read_reviews, review_findings
from reportgen.evidence.rules import Rules, read_rules
from reportgen.evidence.run_folder import RunFolder
from reportgen.forecasting import forecast
from reportgen.metrics import score_all
from reportgen.metrics.review import confidence_of, triggers
from reportgen.problems import NeedsMendingError, Severity
from reportgen.workbook.reading.key_variables import holds_key
from reportgen.workbook.reading.parser import read_evidence


@dataclass(frozen=True, slots=True)
class PriceRecord:
    """One line of `evidence/prices.json`: what a candidate's tokens cost and where that was found."""

    candidate: str
    found: PriceFound


@dataclass(frozen=True, slots=True)
class StoredRun:
    """What a finished run left behind, read again: plan, split, rules and responses."""

    folder: RunFolder
    plan: EvaluationPlan
    corpus: Corpus
    record: ledger.SplitRecord
    rules: Rules
    responses: tuple[Response, ...]
    workbook: Path | None = None
    """The workbook that it was read from, where that is not the one in the folder."""


def workbook_plan(run: RunFolder, rules: Rules) -> EvaluationPlan:
    """Return the plan of the workbook that a run keeps, before any review. Raises NeedsMendingError as `read_plan` does."""
    plan = read_evidence(run.workbook, run.documents)
    return selected(replace(plan, source=replace(plan.source, name=rules.workbook)), read_rerun(run))


def read_run(run: RunFolder, *, plan: EvaluationPlan | None = None, answers: Sequence[Response] | None = None) -> StoredRun:
    """Return the stored records of a finished run.

    `plan` is its `workbook_plan` and `answers` are those of its journal, where they were read already.

    Raises NeedsMendingError when `run` is not the folder of one.
    """
    rules = read_rules(run)
    record = ledger.load(run.split)
    if rules is None or record is None or not run.record.exists():
        msg = f"{run.path} is not the folder of a finished run. Name the folder that `reportgen run` made."
        raise NeedsMendingError(msg)
    plan = plan or workbook_plan(run, rules)
    plan, corpus = as_reviewed(run, plan, ledger.corpus(plan, record))
    if answers is None:
        answers = [line.response for line in read_lines(run.responses)[0]]
    responses = stored(plan, corpus, answers)
    plan = model_judge.with_verdicts(plan, model_judge.open_questions(plan, corpus, responses), run.judge)
    return StoredRun(run, plan, corpus, record, rules, responses)


def as_reviewed(run: RunFolder, plan: EvaluationPlan, corpus: Corpus) -> tuple[EvaluationPlan, Corpus]:
    """Return plan and corpus with the reviews and openings that the run folder holds."""
    if (reviews := read_reviews(run)) is not None:
        plan, corpus = apply(plan, corpus, reviews)
    own = accesses(read_entries(run.access_log))
    known = {(a.run_id, a.number): a for a in (*corpus.holdout.openings, *own)}
    openings = tuple(sorted(known.values(), key=lambda a: (a.number, a.at)))
    return plan, replace(corpus, holdout=replace(corpus.holdout, openings=openings))


def score(plan: EvaluationPlan, corpus: Corpus, responses: Sequence[Response]) -> tuple[Score, ...]:
    """Return one score for each response; the locked rows are not among what the scorers see."""
    return score_all(ledger.unlocked(plan, corpus), corpus.asked, responses)


def judge(kept: StoredRun, scores: Sequence[Score], run: RunRecord) -> Comparison:
    """Turn responses and scores into figures, verdicts and the decision, as it was before any opening of the holdout."""
    noticed = replace(kept.plan, warnings=kept.plan.warnings + quality_problems(kept.plan, kept.corpus))
    prices, harness = read_prices(kept.folder), read_harness(kept.folder.harness)
    comparison = _compared(noticed, kept.corpus, kept.responses, scores, prices, run, harness)
    asked = model_judge.asked_of(kept.plan, kept.corpus, kept.responses, scores)
    told = tuple(model_judge.judge_findings(kept.plan, asked, kept.folder.judge))
    if (reviews := read_reviews(kept.folder)) is not None:
        told = (*review_findings(reviews, read_parent(kept.folder)), *told)
    told = (*told, *route_findings(comparison.candidates))
    expected = forecast(kept.plan, kept.corpus, partial(_stored_price, prices))
    return replace(comparison, findings=(*told, *comparison.findings), forecast=expected)


def _stored_price(prices: Mapping[str, PriceFound], spec: CandidateSpec) -> tuple[Price | None, str]:
    """Return the price that went on record before the answers; a price table that moved on since changes nothing."""
    found = prices.get(spec.name)
    if spec.price is not None or found is None:
        return spec.price, "workbook"
    return found.price, found.source if found.price is None else found.price.source


def conclude(kept: StoredRun, scores: Sequence[Score], run: RunRecord) -> Comparison:
    """Return the comparison as it is printed: with every opening of the holdout, which can only lower the decision."""
    comparison = judge(kept, scores, run)
    changes = read_changes(kept.folder)
    changed = () if changes is None else tuple(change_findings(changes, kept.rules.fixed_at))
    comparison = replace(comparison, findings=(*_key_findings(kept.folder), *changed, *comparison.findings))
    openings = [judged_opening(kept, comparison, access) for access in kept.corpus.holdout.openings]
    return replace(with_openings(comparison, openings), monitoring=read_monitoring(kept.folder))


def exposed_keys(folder: RunFolder) -> Iterator[str]:
    """Yield the places in the records of a run that hold what looks like a key: file and line."""
    for path in (
        folder.responses,
        folder.judge,
        folder.limits,
        *sorted(folder.evidence.glob("*-batches.jsonl")),
        folder.plan,
        folder.reviews,
        *sorted(folder.holdout.glob("*.jsonl")),
    ):
        if not path.exists():
            continue
        with path.open(encoding="utf-8", errors="replace") as file:
            name = path.relative_to(folder.path).as_posix()
            yield from (f"{name}, line {number}" for number, line in enumerate(file, 1) if holds_key(line))


def _key_findings(folder: RunFolder) -> list[Finding]:
    """Return the warning that must stand in the documents before a run is sealed and handed on."""
    found = list(exposed_keys(folder))
    if not found:
        return []
    return [
        Finding(
            "key-in-evidence",
            Severity.WARNING,
            found[0],
            f"{counted(len(found), 'record')} of this run hold what looks like a key: {listed(found, 5)}.",
            "Have the key replaced before the run folder goes on: what is sealed cannot be blacked out.",
        )
    ]


def judged_opening(kept: StoredRun, comparison: Comparison, access: HoldoutAccess) -> HoldoutOpening:
    """Return one opening with what it showed, recomputed from the winner's stored answers to the locked rows."""
    entries = read_entries(kept.folder.access_log)
    if not any(e.event is Event.ANSWERED and e.access == access for e in entries):
        return HoldoutOpening(access, None)
    plan, corpus = for_holdout(kept, access.candidate)
    lines, _ = read_lines(kept.folder.opening(access.number))
    responses = stored(plan, corpus, [line.response for line in lines])
    asked = model_judge.open_questions(plan, corpus, responses)
    plan = model_judge.with_verdicts(plan, asked, kept.folder.judged_opening(access.number))
    scores = score_all(plan, corpus.asked, responses)
    locked = _compared(plan, corpus, responses, scores, read_prices(kept.folder), comparison.run).result(access.candidate)
    settings = plan.settings
    scored = comparison.result(access.candidate).sample
    return judge_opening(access, locked, scored, settings.task, settings.confidence)


def for_holdout(kept: StoredRun, candidate: str) -> tuple[EvaluationPlan, Corpus]:
    """Return the plan of one candidate alone, of a route with its two, and a corpus whose scored rows are the locked ones.

    Raises NeedsMendingError when the locked rows are not those that were committed to.
    """
    rows = ledger.opened(kept.plan, kept.record)
    names = next(c.asks for c in kept.plan.candidates if c.name == candidate)
    specs = tuple(c for c in kept.plan.candidates if c.name in names or c.role is Role.JUDGE)
    corpus = replace(kept.corpus, repeats=1, eval=rows, regression=(), holdout=replace(kept.corpus.holdout, example_ids=()))
    return replace(kept.plan, candidates=specs, production_mix={}), corpus


def _compared(  # noqa: PLR0917 - the things that a comparison is made of
    plan: EvaluationPlan,
    corpus: Corpus,
    responses: Sequence[Response],
    scores: Sequence[Score],
    prices: Mapping[str, PriceFound],
    run: RunRecord,
    harness: HarnessRecord | None = None,
) -> Comparison:
    responses, scores = with_routes(plan, responses, scores)
    views = views_of(plan, responses, prices)
    examples = {e.id: e for e in corpus.asked}
    triggered = triggers(plan)
    review = {
        (r.candidate, r.example_id): fired
        for r, s in zip(responses, scores, strict=True)
        if (fired := triggered(examples[r.example_id], r, s))
    }
    trials = _trials(plan, corpus, responses, scores)
    return compare(plan, corpus, responses, scores, views, review, run, harness=harness, trials=trials)


def _trials(
    plan: EvaluationPlan, corpus: Corpus, responses: Sequence[Response], scores: Sequence[Score]
) -> dict[str, Trials]:
    """Return the stated confidences of each candidate, on scored rows and on train rows.

    Only recorded outputs have answers to train rows: a run never pays for those, and a baseline has learned them.
    """
    eval_ids, train_ids = ({e.id for e in rows} for rows in (corpus.eval, corpus.train))
    recorded = [response_of(row) for row in plan.recorded_outputs if row.example_id in train_ids]
    known = [r for r in recorded if confidence_of(r) is not None]
    learned = tuple(zip(known, score_all(plan, corpus.train, known), strict=True))
    asked = tuple((r, s) for r, s in zip(responses, scores, strict=True) if first_id(r.example_id) in eval_ids)
    by_name: dict[str, tuple[_Scored, _Scored]] = {r.candidate: ([], []) for r in responses}
    for place, pairs in enumerate((learned, asked)):
        for response, scored in pairs:
            if response.candidate in by_name:
                by_name[response.candidate][place].append((scored, confidence_of(response)))
    return {name: Trials(*map(_confidences, both)) for name, both in by_name.items()}


_Scored = list[tuple[Score, float | None]]


def _confidences(pairs: _Scored) -> Confidences:
    return confidences([s for s, _ in pairs], [c for _, c in pairs])


def read_prices(folder: RunFolder) -> dict[str, PriceFound]:
    """Return the prices that were kept with the run."""
    records = msgspec.json.decode(folder.prices.read_bytes(), type=list[PriceRecord])
    return {r.candidate: r.found for r in records}
