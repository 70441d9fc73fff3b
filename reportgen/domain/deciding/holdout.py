"""What the locked rows say about the winner; an opening can only lower the decision (formulas.md 5.6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from reportgen.domain.deciding.decision import NOT_OPENED
from reportgen.domain.deciding.verdicts import reaches
from reportgen.domain.measures import measure_named
from reportgen.domain.records.comparison import (
    CandidateResult,
    Comparison,
    Decision,
    Finding,
    HoldoutOpening,
    HoldoutResult,
    HoldoutVerdict,
    LevelVerdict,
    Status,
    Verdict,
)
from reportgen.domain.records.corpus import HoldoutAccess, SealedHoldout
from reportgen.domain.records.measure import KNOWN_FAILURES, Family, Sample
from reportgen.domain.records.plan import OVERALL, Importance, Task
from reportgen.domain.statistics.proportions import exact_upper, fisher_exact
from reportgen.domain.wording.figures import counted, listed
from reportgen.problems import Severity

PLACE = "evidence/holdout/access-log.jsonl"
RECORD = "evidence/split.json"


def judge_opening(
    access: HoldoutAccess, locked: CandidateResult, scored: Sample, task: Task, confidence: float
) -> HoldoutOpening:
    """Return what one opening showed.

    CONTRADICTED when for a required level even the favourable one-sided bound on the locked rows misses the target;
    CONFIRMED when every required level is proven on the locked rows alone; else CONSISTENT.

    Args:
        access: the opening.
        locked: the winner's figures on the locked rows.
        scored: the winner's eval rows, for the shrinkage test.
        task: the task of the evaluation.
        confidence: that of the Evaluation sheet.
    """
    levels = tuple(v for v in locked.levels if v.level.measure != KNOWN_FAILURES)
    musts = [v for v in levels if v.level.importance is Importance.MUST]
    if any(_contradicts(v, locked.sample, task, 1 - confidence) for v in musts):
        verdict = HoldoutVerdict.CONTRADICTED
    elif musts and all(v.verdict is Verdict.PROVEN for v in musts):
        verdict = HoldoutVerdict.CONFIRMED
    else:
        verdict = HoldoutVerdict.CONSISTENT
    here, there = _right(locked.sample), _right(scored)
    p = fisher_exact(there[0], there[1], here[0], here[1]) if here[1] and there[1] else 1.0
    rows = len(locked.sample.observations)
    return HoldoutOpening(access, HoldoutResult(rows, verdict, levels, here[0], there[1], there[0], p))


def _contradicts(found: LevelVerdict, locked: Sample, task: Task, alpha: float) -> bool:
    """Return whether the locked rows rule a level out; failures are not proof, so a lost percentile is counted exactly."""
    if found.verdict is not Verdict.FAILED:
        return False
    of = measure_named(found.level.measure, task)
    value = found.measurement.value if found.measurement is not None else None
    if value is not None or of is None or of.family is not Family.QUANTILE:
        return True
    times = of.features(locked, OVERALL)[:, 0]
    within = sum(reaches(found.level, float(t)) for t in times)
    return exact_upper(within, len(times), alpha) < (of.quantile or 0.0)


def _right(sample: Sample) -> tuple[int, int]:
    """Return how many first answers are wholly right, and of how many that could be judged."""
    judged = [o for o in sample.observations if o.example.repeat == 1 and not o.score.unscored]
    return sum(o.score.strict.right for o in judged), len(judged)


def with_openings(comparison: Comparison, openings: Sequence[HoldoutOpening]) -> Comparison:
    """Return the comparison with every opening on it; one that contradicts the winner takes the recommendation back."""
    against = next(
        (
            o
            for o in openings
            if o.result is not None
            and o.result.verdict is HoldoutVerdict.CONTRADICTED
            and o.access.candidate == comparison.decision.winner
        ),
        None,
    )
    decision = comparison.decision if against is None else _lowered(comparison.decision, against)
    condition = _condition(comparison, openings)
    decision = replace(decision, conditions=tuple(condition if c == NOT_OPENED else c for c in decision.conditions))
    told = [*_changes(comparison.corpus.holdout), *(_finding(o) for o in openings)]
    order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
    return replace(
        comparison,
        decision=decision,
        holdout_openings=tuple(openings),
        findings=tuple(sorted((*comparison.findings, *told), key=lambda f: order[f.severity])),
    )


def _condition(comparison: Comparison, openings: Sequence[HoldoutOpening]) -> str:
    """Return what the holdout asks of whoever takes the recommendation up."""
    if not comparison.corpus.holdout.example_ids:
        return "There is no holdout: lock rows away before the next run, so that a winner can be confirmed."
    winner = comparison.decision.winner
    found = [o.result.verdict.value for o in openings if o.access.candidate == winner and o.result is not None]
    if not found:
        return NOT_OPENED
    return f"The holdout was opened for {winner} and found {found[-1]}; lock new rows for the next decision."


def _lowered(decision: Decision, by: HoldoutOpening) -> Decision:
    """Return the decision without its winner, saying why."""
    missed = [v.sentence for v in (by.result.levels if by.result else ()) if v.verdict is Verdict.FAILED]
    return Decision(
        status=Status.NOT_ENOUGH_EVIDENCE,
        winner="",
        reasons=(
            (
                f"The holdout contradicts the recommendation of {decision.winner} (opening {by.access.number}): on the "
                "locked rows it misses a required level."
            ),
            *missed,
            *(f"Before the opening: {reason}" for reason in decision.reasons),
        ),
        rule=decision.rule,
        winner_probability=decision.winner_probability,
        nearest=(decision.winner,),
    )


def sentence(opening: HoldoutOpening) -> str:
    """Return one opening in words."""
    access, result = opening.access, opening.result
    told = f"Opening {access.number}, {access.at}, by {access.by}, for {access.candidate}, purpose: {access.purpose}."
    if result is None:
        return f"{told} Its result stands in run {access.run_id}, or it was not answered to the end."
    return (
        f"{told} {result.verdict.value} on {counted(result.rows, 'locked row')}; right there {result.right} of "
        f"{result.rows}, on the scored rows {result.eval_right} of {result.eval_rows} "
        f"(Fisher's exact p = {result.shrinkage_p:.3f})."
    )


def _changes(sealed: SealedHoldout) -> Iterator[Finding]:
    """Yield what happened to the locked rows after they were first locked, and who saved the workbook, where known."""
    if sealed.moved:
        yield Finding(
            "holdout-moved",
            Severity.WARNING,
            RECORD,
            f"{counted(len(sealed.moved), 'row')} left the holdout after being locked, since the column Split said so: "
            f"{listed(list(sealed.moved), 20)}.",
            "Rows once locked stay locked; lock new ones for the next decision.",
        )
    for used in sealed.used:
        last = used.openings[-1]
        yield Finding(
            "holdout-used",
            Severity.NOTE,
            RECORD,
            f"{counted(len(used.example_ids), 'row')} that opening {last.number} of {last.at} by {last.by} showed "
            f"{'is' if len(used.example_ids) == 1 else 'are'} scored now; the locked rows are new.",
            "Nothing: rows that were seen confirm nothing more.",
        )
    for before, now in pairwise(sealed.committed):
        grown = now.rows > before.rows
        saved = f"; the workbook was {now.saved.words}" if now.saved.words else ""
        yield Finding(
            "holdout-grown" if grown else "holdout-changed",
            Severity.NOTE if grown else Severity.WARNING,
            RECORD,
            f"The holdout was locked at {before.at} with {counted(before.rows, 'row')} and, after the workbook "
            f"changed, again at {now.at} with {now.rows}{saved}.",
            "Nothing, where new rows were added." if grown else "Say in the workbook's Notes why locked rows were changed.",
        )


def _finding(opening: HoldoutOpening) -> Finding:
    result = opening.result
    contradicted = result is not None and result.verdict is HoldoutVerdict.CONTRADICTED
    again = opening.access.number > 1
    if contradicted:
        remedy = "Do not use this candidate on the strength of this run."
    elif again:
        remedy = "Rows opened more than once confirm less; lock new ones for the next decision."
    else:
        remedy = "Lock new rows for the next decision."
    return Finding(
        "holdout-opened",
        Severity.WARNING if contradicted or again else Severity.NOTE,
        PLACE,
        sentence(opening),
        remedy,
    )
