"""The nine points of readiness, each with what was found, what is needed, where the evidence lies and the next step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from reportgen.domain.estimating.costs import MINUTES_PER_REVIEW, REVIEWER_HOUR
from reportgen.domain.estimating.judges import judged_by
from reportgen.domain.measures import asks_for_right_answers, measure_named
from reportgen.domain.records.comparison import CandidateResult, ChecklistPoint, PointStatus, Readiness, RunRecord
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.harness import HarnessRecord
from reportgen.domain.records.measure import Unit
from reportgen.domain.records.plan import EvaluationPlan, Importance, Role, Rule, ServiceLevel, first_id
from reportgen.domain.records.response import Basis
from reportgen.domain.records.score import JudgeKind
from reportgen.domain.wording.figures import counted, listed

ENOUGH_EXAMPLES, SOME_EXAMPLES = 500, 100
ENOUGH_HOLDOUT = 30
ENOUGH_CASES = 3
GATE_DAYS = 35
NOT_ASKED = frozenset({"not recorded", "not asked"})

ITEMS = (
    "Internal evaluation corpus assembled (at least 500 labelled examples)",
    "Task-specific metrics defined and automated (not scored by people)",
    "Cost model built, with retry rate and human review rate",
    "lm-evaluation-harness integrated into CI/CD",
    "Baseline established on the current production model",
    "Selection requires passing the internal evaluation, not a leaderboard rank",
    "Holdout locked and never used for selection",
    "Latency and cost service levels defined before selection begins",
    "Regression suite covers known production failures",
)
NEEDED = (
    "500 distinct labelled examples, known failures not counted",
    "every required quality measure computed by rule or by a calibrated judge",
    "a price for every candidate, the cost of a review, and both rates measured",
    f"a gate record of an lm-evaluation-harness import made in CI in the last {GATE_DAYS} days",
    "a candidate with the role production, measured in this run",
    "the rule `proven`, and a Screening sheet that weighs nothing afterwards",
    f"at least {ENOUGH_HOLDOUT} rows, committed before the first answer and opened at most once",
    "a latency level and a cost level, hashed before the first request",
    f"at least one known failure, {ENOUGH_CASES} cases of each, and every candidate asked",
)

_Outcome = tuple[PointStatus, str, str, str]
"""Status, what was found, where the evidence lies, the next step."""


def checklist(
    plan: EvaluationPlan,
    corpus: Corpus,
    results: Sequence[CandidateResult],
    run: RunRecord,
    harness: HarnessRecord | None = None,
) -> tuple[ChecklistPoint, ...]:
    """Return exactly nine points by contract section 5; `harness` is what is on record about lm-evaluation-harness."""
    checks: tuple[Callable[[], _Outcome], ...] = (
        lambda: _corpus(plan),
        lambda: _metrics(plan, results),
        lambda: _costs(plan, results),
        lambda: _harness(harness, run),
        lambda: _baseline(results),
        lambda: _selection(plan),
        lambda: _holdout(plan, corpus),
        lambda: _levels(plan, run),
        lambda: _regression(plan, results),
    )
    points = []
    for number, (item, needed, check) in enumerate(zip(ITEMS, NEEDED, checks, strict=True), 1):
        status, found, evidence, step = check()
        points.append(ChecklistPoint(number, item, status, found, needed, evidence, step))
    return tuple(points)


def readiness(points: Sequence[ChecklistPoint]) -> Readiness:
    """Return READY when all are met, READY WITH WARNINGS when none is not met, else NOT READY."""
    states = {p.status for p in points}
    if states == {PointStatus.MET}:
        return Readiness.READY
    return Readiness.NOT_READY if PointStatus.NOT_MET in states else Readiness.READY_WITH_WARNINGS


def labelled_examples(plan: EvaluationPlan) -> int:
    """Return how many distinct labelled inputs there are, known failures not counted."""
    rows = (e for e in plan.examples if e.key is not None and e.key.says_something and not e.known_failure)
    return len(
        {" ".join((e.input if e.document is None else f"{e.document.sha256} {e.question}").split()).casefold() for e in rows}
    )


def _corpus(plan: EvaluationPlan) -> _Outcome:
    n = labelled_examples(plan)
    found = f"{counted(n, 'distinct labelled example')}"
    if n >= ENOUGH_EXAMPLES:
        return PointStatus.MET, found, "evidence/split.json", ""
    status = PointStatus.PARTLY if n >= SOME_EXAMPLES else PointStatus.NOT_MET
    return status, found, "evidence/split.json", f"Label {ENOUGH_EXAMPLES - n} more production cases on the sheet Examples."


def _quality_levels(plan: EvaluationPlan) -> list[ServiceLevel]:
    """Return the required levels that ask for right answers."""
    musts = [level for level in plan.service_levels if level.importance is Importance.MUST]
    return [level for level in musts if asks_for_right_answers(level, plan.settings.task)]


def _metrics(plan: EvaluationPlan, results: Sequence[CandidateResult]) -> _Outcome:
    levels = _quality_levels(plan)
    if not levels:
        return (
            PointStatus.NOT_MET,
            "no required level asks how many answers are right",
            "evidence/plan.json",
            "Set at least one must level on right answers on the sheet Service levels.",
        )
    kinds: Counter[JudgeKind] = Counter()
    for result in results:
        for (_, kind), n in judged_by(result.sample).items():
            kinds[kind] += n
    names = listed([level.measure for level in levels])
    recorded = kinds[JudgeKind.PERSON] + kinds[JudgeKind.MODEL]
    if kinds[JudgeKind.MODEL] and all(_calibrated(r) for r in results):
        found = f"{names}, by rule and by a model judge that was calibrated against people"
        return PointStatus.MET, found, "evidence/scores.jsonl", ""
    if recorded:
        found = f"{names}; {counted(recorded, 'recorded verdict')} of people or of a model enter"
        step = "Let a rule judge these parts, or calibrate the judge against at least 100 labels given by people."
        return PointStatus.PARTLY, found, "evidence/scores.jsonl", step
    if not kinds[JudgeKind.RULE]:
        return PointStatus.NOT_MET, f"{names}; nothing could be judged", "evidence/scores.jsonl", "Label the examples."
    return PointStatus.MET, f"{names}, computed by rule", "evidence/scores.jsonl", ""


def _calibrated(result: CandidateResult) -> bool:
    """Return whether every part that a model judged is of a kind on which it was calibrated for this candidate."""
    judged = {part for part, kind in judged_by(result.sample) if kind is JudgeKind.MODEL}
    return judged <= result.sample.calibrated


def _costs(plan: EvaluationPlan, results: Sequence[CandidateResult]) -> _Outcome:
    evidence = "evidence/prices.json; sheet Costs"
    unpriced = [r.spec.name for r in results if not r.priced]
    missing = [name for name in (MINUTES_PER_REVIEW, REVIEWER_HOUR) if name not in plan.costs]
    if not results:
        return PointStatus.NOT_MET, "no candidate", evidence, "Add candidates."
    if unpriced:
        step = "Fill in their prices on the sheet Candidates, or record what each answer cost."
        return PointStatus.NOT_MET, f"no price for {listed(unpriced)}", evidence, step
    if missing:
        step = f"Fill in {listed(missing)} on the sheet Costs."
        return PointStatus.NOT_MET, f"the cost of a review is not given ({listed(missing)})", evidence, step
    unmeasured = [r.spec.name for r in results if r.measurements["retry_rate"].value is None]
    if unmeasured:
        found = f"all priced; the retry rate of {listed(unmeasured)} is assumed to be 0, the review rate is measured"
        return PointStatus.PARTLY, found, evidence, "Record the attempts of each answer (column Attempts)."
    return PointStatus.MET, "all candidates priced; review and retry rates measured", evidence, ""


def _harness(record: HarnessRecord | None, run: RunRecord) -> _Outcome:
    evidence = "evidence/lm-eval.json"
    in_ci = [gate for gate in record.gates if gate.ci] if record is not None else []
    if in_ci:
        last = max(in_ci, key=lambda gate: gate.at)
        found = f"{counted(len(in_ci), 'gate')} of imported answers in CI, the last at {last.at} in {last.ci}: {last.result}"
        if datetime.fromisoformat(run.rules_fixed_at) - datetime.fromisoformat(last.at) <= timedelta(days=GATE_DAYS):
            return PointStatus.MET, found, evidence, ""
        return PointStatus.PARTLY, found, evidence, f"Let CI gate an import again; the last is older than {GATE_DAYS} days."
    if record is not None and (record.gates or record.export is not None):
        found = f"exported at {record.export.at}, " if record.export is not None else ""
        told = "gated outside of CI only" if record.gates else "no imported answers were gated yet"
        step = "Let CI run the export, import the results and gate them; samples/ci/github-actions-lm-eval.yml does it."
        return PointStatus.PARTLY, f"{found}{told}", evidence, step
    return (
        PointStatus.NOT_MET,
        "no gate record of an lm-evaluation-harness import",
        "none",
        (
            "Three steps: export with `reportgen lm-eval export`; ask a colleague in IT to let "
            "samples/ci/github-actions-lm-eval.yml evaluate it every month; let `reportgen gate` record it there."
        ),
    )


def _baseline(results: Sequence[CandidateResult]) -> _Outcome:
    production = [r for r in results if r.spec.role is Role.PRODUCTION]
    asked = [r for r in production if any(o.response.reason not in NOT_ASKED for o in r.sample.observations)]
    if not asked:
        found = "no candidate has the role production" if not production else "the production model has no response"
        step = "Add the model in production to the sheet Candidates with the role production."
        return PointStatus.NOT_MET, found, "evidence/plan.json", step
    names = listed([r.spec.name for r in asked])
    if any(o.response.basis is Basis.RECORDED for r in asked for o in r.sample.observations):
        step = "Ask the production model in the same run as the candidates."
        return PointStatus.PARTLY, f"{names}, recorded before this run", "evidence/responses.jsonl", step
    return PointStatus.MET, f"{names}, measured in this run", "evidence/responses.jsonl", ""


def _selection(plan: EvaluationPlan) -> _Outcome:
    ratings = f"; {counted(len(plan.screening), 'rating')} used to screen only" if plan.screening else ""
    match plan.settings.rule:
        case Rule.PROVEN:
            return PointStatus.MET, f"the rule is `proven`{ratings}; ratings weigh nothing", "evidence/plan.json", ""
        case Rule.POINT_ESTIMATE:
            found = f"the rule is `point estimate`{ratings}"
            return PointStatus.PARTLY, found, "evidence/plan.json", "Set Rule to `proven` on the sheet Evaluation."


def _holdout(plan: EvaluationPlan, corpus: Corpus) -> _Outcome:
    evidence = "evidence/split.json"
    locked = set(corpus.holdout.example_ids)
    if not locked:
        step = "Give the holdout a share on the sheet Evaluation, or declare holdout rows in the column Split."
        return PointStatus.NOT_MET, "no holdout rows", evidence, step
    found = f"{counted(len(locked), 'row')} locked"
    if spoilt := _spoilt(plan, corpus, locked):
        told, step = spoilt
        return PointStatus.NOT_MET, f"{found}; {told}", evidence, step
    openings = corpus.holdout.openings
    if openings:
        last = openings[-1]
        times = "once" if len(openings) == 1 else f"{len(openings)} times"
        found = f"{found}; opened {times}, last at {last.at} by {last.by} for {last.candidate}"
        evidence = "evidence/holdout/access-log.jsonl; evidence/split.json"
    else:
        found = f"{found}; not opened"
    if len(openings) > 1:
        return PointStatus.NOT_MET, found, evidence, "Lock new rows for the next decision; these have been used up."
    if len(locked) < ENOUGH_HOLDOUT:
        step = f"Add examples until at least {ENOUGH_HOLDOUT} rows are locked."
        return PointStatus.PARTLY, found, evidence, step
    return PointStatus.MET, found, evidence, ""


def _spoilt(plan: EvaluationPlan, corpus: Corpus, locked: AbstractSet[str]) -> tuple[str, str] | None:
    """Return what took the locked rows their worth before any opening, and what to do; None where nothing did."""
    if answered := {first_id(r.example_id) for r in plan.recorded_outputs} & locked:
        told = f"{counted(len(answered), 'locked row')} had recorded answers before they were locked"
        return told, "Add new rows to the holdout and record no answers for them."
    if corpus.renewed:
        told = "the record of the first split was lost, so these rows may have been seen"
        return told, "Put the old split record back, or lock new rows."
    if moved := corpus.holdout.moved:
        told = f"{counted(len(moved), 'row')} left it after being locked"
        return told, "Lock new rows for the next decision, and leave them locked."
    return None


def _levels(plan: EvaluationPlan, run: RunRecord) -> _Outcome:
    known = [measure_named(level.measure, plan.settings.task) for level in plan.service_levels]
    latency = [m.name for m in known if m is not None and m.unit is Unit.SECONDS]
    money = [m.name for m in known if m is not None and m.unit is Unit.MONEY]
    evidence = "evidence/plan.json"
    missing = [name for name, there in (("latency", latency), ("cost", money)) if not there]
    if missing:
        step = f"Set a level for {listed(missing)} on the sheet Service levels."
        return PointStatus.NOT_MET, f"no level for {listed(missing)}", evidence, step
    found = f"{listed(list(dict.fromkeys(latency + money)))}, fixed at {run.rules_fixed_at}"
    if run.answers_recorded_before:
        step = "Set levels before any answer is recorded; ask the candidates in the run itself."
        return PointStatus.PARTLY, f"{found}; some answers were recorded before", evidence, step
    return PointStatus.MET, found, evidence, ""


def _regression(plan: EvaluationPlan, results: Sequence[CandidateResult]) -> _Outcome:
    cases = Counter(e.known_failure for e in plan.examples if e.known_failure)
    modes = dict.fromkeys([*(k.id for k in plan.known_failures), *cases])
    evidence = "evidence/scores.jsonl; sheet Known failures"
    if not cases:
        step = "Mark production failures in the column Known failure, at least three cases of each."
        return PointStatus.NOT_MET, "no known failures", evidence, step
    unasked = [r.spec.name for r in results if any(o.response.reason in NOT_ASKED for o in r.regression.observations)]
    found = f"{counted(len(modes), 'known failure')}, {counted(sum(cases.values()), 'case')}"
    if unasked or not results:
        step = "Record or ask the known failures for every candidate."
        return PointStatus.NOT_MET, f"{found}; not all asked of {listed(unasked)}", evidence, step
    few = [mode for mode in modes if cases[mode] < ENOUGH_CASES]
    if few:
        told = f"{found}; fewer than {ENOUGH_CASES} cases of {listed(few)}"
        return PointStatus.PARTLY, told, evidence, f"Add cases until each has {ENOUGH_CASES}."
    return PointStatus.MET, f"{found}, all candidates asked", evidence, ""
