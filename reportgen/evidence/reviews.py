"""What people changed after a run: verdicts and removed examples with name, date and reason, beside the run's own records.

Nothing is written over: they stand in the evidence of a run of their own, whose seal names the run it was made from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from reportgen.domain.records.comparison import Finding
from reportgen.domain.records.corpus import Corpus, RemovedExample
from reportgen.domain.records.plan import EvaluationPlan, Example, RecordedVerdict
from reportgen.domain.wording.figures import counted, listed
from reportgen.evidence.run_folder import RunFolder, read_json
from reportgen.problems import Severity


@dataclass(frozen=True, slots=True)
class Reviews:
    """The content of `evidence/reviews.json`: `file` and `sha256` are those of the file that people filled in."""

    file: str
    sha256: str
    added_at: str
    verdicts: tuple[RecordedVerdict, ...]
    removed: tuple[RemovedExample, ...] = ()
    format: str = "reportgen.reviews/1"


@dataclass(frozen=True, slots=True)
class Parent:
    """The content of `evidence/parent.json`: the run whose stored responses were scored again."""

    run_id: str
    seal_sha256: str
    evidence_sha256: str
    scored_at: str
    format: str = "reportgen.parent/1"


def read_reviews(folder: RunFolder) -> Reviews | None:
    """Return the reviews of a run, None where it has none. Raises NeedsMendingError when they cannot be read."""
    return read_json(folder.reviews, Reviews)


def read_parent(folder: RunFolder) -> Parent | None:
    """Return the run that this one was scored from, None for a run of its own. Raises NeedsMendingError as above."""
    return read_json(folder.parent, Parent)


def apply(plan: EvaluationPlan, corpus: Corpus, reviews: Reviews) -> tuple[EvaluationPlan, Corpus]:
    """Return plan and corpus as the reviewers left them; a later verdict goes before an earlier one of the same kind."""
    gone = frozenset(r.example_id for r in reviews.removed)

    def kept(examples: tuple[Example, ...]) -> tuple[Example, ...]:
        return tuple(e for e in examples if e.id not in gone)

    return (
        replace(plan, examples=kept(plan.examples), recorded_verdicts=plan.recorded_verdicts + reviews.verdicts),
        replace(corpus, eval=kept(corpus.eval), regression=kept(corpus.regression)),
    )


def review_findings(reviews: Reviews, parent: Parent | None) -> Iterator[Finding]:
    """Yield what a reader must know about changes after the run: how many, by whom, when, and each removal by itself."""
    place = "evidence/reviews.json"
    source = f", scored again from run {parent.run_id}" if parent is not None else ""
    if reviews.verdicts:
        people = Counter(v.judged_by for v in reviews.verdicts)
        days = sorted({v.judged_on for v in reviews.verdicts})
        span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
        yield Finding(
            "reviewed-after-run",
            Severity.WARNING,
            place,
            f"{counted(len(reviews.verdicts), 'verdict')} of {listed(sorted(people))} ({span}) were added after the answers "
            f"were known ({reviews.file}{source}).",
            "Compare with the run before; every verdict stands beside the mark that it replaced.",
        )
    for removal in reviews.removed:
        yield Finding(
            "example-removed",
            Severity.WARNING,
            removal.where or place,
            f"Example {removal.example_id} was taken out by {removal.by} on {removal.on}, after the answers were known: "
            f"{removal.reason}",
            "Its responses stay in evidence/responses.jsonl; correct the workbook before the next run.",
        )
