"""What a model judge's record against people is worth, said once for every report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reportgen.domain.estimating.judges import LEAST_OF_ONE, PART_OF, JudgeRecord, judge_records, judged_by
from reportgen.domain.estimating.proportion import groups
from reportgen.domain.records.comparison import CandidateResult, Finding
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.measure import Measure, Sample
from reportgen.domain.records.plan import EvaluationPlan
from reportgen.domain.records.score import JudgeKind, Part
from reportgen.domain.statistics.agreement import Agreement
from reportgen.domain.wording.figures import counted, listed, percent
from reportgen.problems import Severity


def calibration(plan: EvaluationPlan, _: Corpus, results: Sequence[CandidateResult], __: Measure) -> Iterator[Finding]:
    """Yield, for each kind of part that a model judged, how it fared against people and whether its verdicts may decide."""
    samples = {r.spec.name: r.sample for r in results}
    records = judge_records(samples)
    kinds = {part for s in samples.values() for part, kind in judged_by(s) if kind is JudgeKind.MODEL}
    for kind in sorted(kinds | set(records)):
        record = records.get(kind, JudgeRecord(kind))
        lacking = [name for name in samples if record.labels.get(name, 0) < LEAST_OF_ONE]
        settled = not record.why_not and not lacking
        uncorrected = _uncorrected(kind, plan, samples.values())
        yield Finding(
            "judge-calibration",
            Severity.NOTE if settled else Severity.WARNING,
            f"verdicts on {kind}",
            f"{_fared(record, plan.settings.confidence)} {_standing(record, lacking, uncorrected)}",
            "Nothing to do."
            if settled
            else "Have people judge a random sample of each candidate's answers, at least 100 parts with 30 good and 30 bad "
            f"ones and {LEAST_OF_ONE} of each candidate, and enter them on Recorded verdicts with the judge kind person.",
        )


def half_judged(_: EvaluationPlan, __: Corpus, results: Sequence[CandidateResult], ___: Measure) -> Iterator[Finding]:
    """Yield candidates some of whose answers carry verdicts on some of their sentences only."""
    for r in results:
        partly = [numbers for o in r.sample.observations if (numbers := _unjudged(o.score.strict.parts))]
        if partly:
            own = sum(partly)
            yield Finding(
                "sentences-partly-judged",
                Severity.WARNING,
                r.spec.where or r.spec.name,
                f"{counted(len(partly), 'answer')} of {r.spec.name} {'has' if len(partly) == 1 else 'have'} verdicts on "
                f"some sentences only; the other {counted(own, 'sentence')} keep our own mark, by rule.",
                "Nothing to do if only faulty sentences were entered; else enter a verdict on every sentence.",
            )


def _unjudged(parts: Sequence[Part]) -> int:
    """Return how many sentences carry no verdict beside others that do; numbers that a judge left out count too."""
    sentences = [p for p in parts if p.name.startswith("sentence ")]
    bare = [p for p in sentences if p.judged_by is JudgeKind.RULE and p.rule_mark is None and not p.judge and p.found]
    if len(bare) == len(sentences):
        return 0
    last = max(int(p.name.removeprefix("sentence ")) for p in sentences)
    return len(bare) + last - len(sentences)


def _fared(of: JudgeRecord, confidence: float) -> str:
    if not of.n:
        return f"A model judged {_kind(of.kind)}; no person judged any that it judged."
    first, second = of.agreement(confidence)
    told = (
        f"A model judged {_kind(of.kind)}, {of.n:,} of which people judged too: it called {of.good_said_good} of "
        f"{counted(of.good, 'good one')} good and {of.bad_said_bad} of {counted(of.bad, 'bad one')} bad"
    )
    if of.sensitivity is not None and of.specificity is not None:
        told += f" (sensitivity {percent(of.sensitivity)}, specificity {percent(of.specificity)})"
    return f"{told}; {_agreement('kappa', first)}, {_agreement('AC1', second)}."


def _agreement(name: str, found: Agreement | None) -> str:
    if found is None:
        return f"{name} is not defined"
    return f"{name} {found.value:.2f} ({found.low:.2f} to {found.high:.2f})"


def _uncorrected(kind: str, plan: EvaluationPlan, samples: Iterable[Sample]) -> str:
    """Return why no figure is corrected for this judge's errors; empty where the figures over all examples are."""
    if kind not in PART_OF.values():
        return "figures of fields"
    if plan.production_mix:
        return "figures weighted by a production mix"
    return "examples that belong together in groups" if any(groups(s) is not None for s in samples) else ""


def _standing(of: JudgeRecord, lacking: Sequence[str], uncorrected: str) -> str:
    if of.why_not:
        return f"It is not calibrated: {of.why_not}, so a verdict that rests on it is likely at best."
    if lacking:
        return (
            f"It is calibrated, but people judged fewer than {LEAST_OF_ONE} answers of {listed(lacking)}: a judge may err "
            "otherwise on each candidate, so verdicts on them are likely at best."
        )
    if uncorrected:
        return (
            f"It is calibrated, but the correction for its errors is not worked out for {uncorrected}, so a verdict that "
            "rests on it is likely at best."
        )
    return (
        "It is calibrated, and figures over all examples that rest on it are corrected for its errors (PPI++); differences "
        "between candidates rest on its verdicts as they are."
    )


def _kind(kind: str) -> str:
    return {"sentence": "sentences", "fact": "key facts", "answer": "answers"}.get(kind, f'the field "{kind}"')
