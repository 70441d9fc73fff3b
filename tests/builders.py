"""Full, seeded, internally consistent comparisons for tests of the reports, built from the domain records alone.

The figures are really computed from the fake answers, so sums agree between sheets, pages and results.json; the methods
are short stand-ins for `domain.estimate`. Texts attack whoever prints them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from reportgen.domain.records.comparison import (
    BreakEven,
    CandidateResult,
    CheaperButUnproven,
    ChecklistPoint,
    Comparison,
    Counts,
    Decision,
    Finding,
    LevelVerdict,
    PairedComparison,
    PointStatus,
    PriceOfUncertainty,
    Readiness,
    RequirementVerdict,
    RunRecord,
    SlackCurve,
    SlackStep,
    Status,
    Swing,
    Tornado,
    Verdict,
)
from reportgen.domain.records.corpus import Corpus, SealedHoldout, SplitSummary
from reportgen.domain.records.measure import CostTerms, Measurement, Sample, Unit
from reportgen.domain.records.plan import (
    OVERALL,
    Assumption,
    Attestation,
    CandidateSpec,
    Comparator,
    EvaluationPlan,
    Example,
    FieldSpec,
    Importance,
    KnownFailure,
    Label,
    Price,
    Requirement,
    ReviewRule,
    Role,
    Scope,
    ScopeKind,
    ServiceLevel,
    Settings,
    Source,
    Split,
    Task,
)
from reportgen.domain.records.response import Basis, Outcome
from reportgen.problems import Severity
from tests import builder_figures as figures
from tests.builder_scores import SEGMENTS, example, observations
from tests.builder_texts import FIELDS, PROFILES, TITLES, Profile, field_name, label_name

HASH = "9f2c4b7a" * 8
_COSTS = (
    ("Tasks per month", 40_000.0, 30_000.0, 60_000.0, "tasks", "Operations, March report"),
    ("Minutes per review", 3.0, 2.0, 5.0, "minutes", "Time study, 12 reviewers"),
    ("Reviewer cost per hour", 36.0, None, None, "USD", "Finance"),
    ("Manual cost per task", 4.5, None, None, "USD", "Finance"),
    ("Infrastructure cost per month", 600.0, None, None, "USD", "Hosting contract"),
    ("Infrastructure cost per request", 0.0008, None, None, "USD", "Gateway tariff"),
    ("Overhead factor", 1.25, 1.1, 1.4, "", "Finance"),
    ("Share of errors a reviewer finds", 0.9, 0.7, 0.95, "share", "Assumption"),
    ("Cost of an undetected error", 4.0, 1.0, 10.0, "USD", "Complaints desk"),
    ("Setup cost", 12_000.0, None, None, "USD", "Project plan"),
    ("Months to spread the setup cost over", 24.0, None, None, "months", "Finance"),
)
TERMS = CostTerms(
    review_cost=2.25,
    manual_cost=4.5,
    tasks_per_month=40_000.0,
    infrastructure_per_request=0.0008,
    infrastructure_per_month=600.0,
    reviewer_finds=0.9,
    undetected_error_cost=4.0,
    setup_cost=12_000.0,
    setup_months=24.0,
)
_POINTS = (
    ("Internal evaluation corpus assembled (at least 500 labelled examples)", PointStatus.MET),
    ("Task-specific metrics defined and automated (not scored by people)", PointStatus.MET),
    ("Cost model built, with retry rate and human review rate", PointStatus.PARTLY),
    ("lm-evaluation-harness integrated into CI/CD", PointStatus.NOT_MET),
    ("Baseline established on the current production model", PointStatus.MET),
    ("Selection requires passing the internal evaluation, not a leaderboard rank", PointStatus.MET),
    ("Holdout locked and never used for selection", PointStatus.MET),
    ("Latency and cost service levels defined before selection begins", PointStatus.PARTLY),
    ("Regression suite covers known production failures", PointStatus.MET),
)


def comparison_for(
    task: Task,
    *,
    candidates: int = 5,
    examples: int = 120,
    labels: int = 6,
    status: Status = Status.RECOMMEND_PROVISIONALLY,
) -> Comparison:
    """Return a comparison of `candidates` candidates on `examples` eval rows.

    `labels` is the number of labels (classification) or fields (extraction). The target of the primary measure is set so
    that the first candidate's verdict fits `status`; from five candidates on one is unpriced and one fails so often that its
    p95 latency has no value; the third is recorded.
    """
    profiles = [_profile(i) for i in range(candidates)]
    corpus = _corpus(task, examples, labels)
    plan = _plan(task, profiles, corpus, labels)
    measured = [_measured(task, p, s, corpus, labels) for p, s in zip(profiles, plan.candidates, strict=True)]
    levels = tuple(_levels(task, measured, status))
    results = tuple(replace(r, levels=tuple(_verdict(r, level) for level in levels)) for r in measured)
    plan = replace(plan, service_levels=levels)
    return Comparison(
        plan=plan,
        corpus=corpus,
        candidates=results,
        manual_cost_per_task=TERMS.manual_cost,
        primary_measure=figures.PRIMARY[task],
        pairs=tuple(_pairs(task, results)),
        decision=_decision(results, status),
        checklist=tuple(_checklist()),
        readiness=Readiness.NOT_READY,
        findings=_findings(results),
        unpriced=tuple(r.spec.name for r in results if not r.priced),
        run=RunRecord(
            run_id="2026-04-01-9f2c4b7a",
            workbook_sha256=HASH,
            plan_sha256="1" * 64,
            evidence_sha256="ab12cd34" * 8,
            started="2026-04-01T09:00:00Z",
            finished="2026-04-01T09:07:42Z",
            version="0.1.0",
            rules_fixed_at="2026-04-01T08:59:58Z",
            answers_recorded_before=candidates > 2,
        ),
    )


def _profile(index: int) -> Profile:
    if index < len(PROFILES):
        return PROFILES[index]
    base = PROFILES[index % 2]
    return replace(
        base,
        name=f"Challenger {index + 1}",
        model=f"challenger-{index + 1}",
        role=Role.CANDIDATE,
        right=0.8 + 0.19 * (index * 37 % 100) / 100,
        latency_s=0.3 + index * 0.17,
        failing=0.0,
    )


def _corpus(task: Task, count: int, labels: int) -> Corpus:
    def rows(first: int, number: int, failure: str = "") -> tuple[Example, ...]:
        return tuple(
            example(task, i, labels=labels, where_row=i + 2, known_failure=failure and f"{failure}{i % 2 + 1}")
            for i in range(first, first + number)
        )

    train, held = round(count * 3.5), count // 2
    locked = SealedHoldout(tuple(f"E{90_000 + i:05d}" for i in range(held)), "5e" * 32)
    sizes = {Split.TRAIN: train, Split.EVAL: count, Split.HOLDOUT: held, Split.REGRESSION: 6}
    return Corpus(
        train=rows(count + 6, train),
        eval=rows(0, count),
        regression=rows(count, 6, "KF-"),
        holdout=locked,
        summaries=tuple(SplitSummary(s, n, f"{i}7" * 32) for i, (s, n) in enumerate(sizes.items())),
    )


def _plan(task: Task, profiles: list[Profile], corpus: Corpus, labels: int) -> EvaluationPlan:
    title, purpose = TITLES[task]
    specs = tuple(
        CandidateSpec(
            p.name,
            p.kind,
            p.model,
            p.role,
            price=Price(*p.prices, source="Supplier's price list", date="2026-03-15") if p.prices else None,
            where=f"Candidates!A{i}",
            settings={"reasoning": "low"} if i == 2 else {},
        )
        for i, p in enumerate(profiles, 2)
    )
    return EvaluationPlan(
        source=Source("evaluation.xlsx", HASH),
        settings=Settings(
            title,
            task,
            purpose=purpose,
            business_owner="A. Okafor, Customer Service",
            prepared_by="M. Lindqvist",
            document_number="EV-2026-014",
            confidentiality="Internal",
            decision_needed_by="2026-04-30",
            primary_measure=figures.PRIMARY[task],
        ),
        examples=corpus.train + corpus.eval + corpus.regression,
        candidates=specs,
        service_levels=(),
        costs={
            name: Assumption(name, expected, low, high, unit, source, f"Costs!C{i}")
            for i, (name, expected, low, high, unit, source) in enumerate(_COSTS, 2)
        },
        labels=tuple(Label(label_name(i), f"What a clerk calls {label_name(i)}") for i in range(labels))
        if task is Task.CLASSIFICATION
        else (),
        fields=tuple(
            FieldSpec(field_name(i), FIELDS[i % len(FIELDS)][1], required=i < 3, citation_required=i == 0)
            for i in range(labels)
        )
        if task is Task.EXTRACTION
        else (),
        review_rules=(ReviewRule("invalid output"), ReviewRule("abstained"), ReviewRule("low confidence", 0.6)),
        known_failures=(
            KnownFailure("KF-1", "Refunds sorted as complaints", "high", "2025-11-03"),
            KnownFailure("KF-2", "Empty e-mails answered at random", "medium", "2026-01-20"),
        ),
        requirements=tuple(_requirements(profiles)),
        attestations=(
            Attestation("The examples are a random sample of March.", "A. Okafor", "Owner", "2026-03-28"),
            Attestation("The data may leave the house."),
        ),
    )


def _requirements(profiles: list[Profile]) -> Iterator[Requirement]:
    for profile in profiles:
        met = "unknown" if "newcomer" in profile.model else "yes"
        yield Requirement(profile.name, "Data stays in the EU", met, source="Supplier's contract, § 4", confirmed_by="Legal")


def _measured(task: Task, profile: Profile, spec: CandidateSpec, corpus: Corpus, labels: int) -> CandidateResult:
    basis = Basis.RECORDED if "Ostrava" in profile.name else Basis.MEASURED
    sample = observations(task, profile, corpus.eval, labels=labels, basis=basis, costs=TERMS)
    regression = observations(task, profile, corpus.regression, labels=labels, basis=basis, costs=TERMS)
    lines = figures.cost_lines(sample, basis)
    kept = list(_measurements(task, sample, regression, basis))
    kept += [
        figures.money(name, lines, len(sample.observations), basis)
        for name in ("cost per task", "running cost per task", "token cost per task")
    ]
    outcomes = [o.score.strict.outcome for o in sample.observations]
    triggers = [rule for o in sample.observations for rule in o.review]
    requirements = [q for q in _requirements([profile]) if q.candidate == profile.name]
    return CandidateResult(
        spec=spec,
        sample=sample,
        regression=regression,
        counts=Counts(len(outcomes), {o: outcomes.count(o) for o in Outcome}, unscored=0),
        measurements={figures.key(m.measure, m.scope): m for m in kept},
        levels=(),
        requirements=tuple(
            RequirementVerdict(q, Verdict.PROVEN if q.met == "yes" else Verdict.NOT_TESTABLE) for q in requirements
        ),
        cost_lines=lines,
        price_source="UNPRICED" if profile.prices is None else "local" if not profile.prices[0] else "workbook",
        review_triggers={rule: triggers.count(rule) for rule in dict.fromkeys(triggers)},
        confusion=_confusion(sample) if task is Task.CLASSIFICATION else {},
    )


def _measurements(task: Task, sample: Sample, regression: Sample, basis: Basis) -> Iterator[Measurement]:
    for measure, scope, terms in figures.quality(task, sample):
        yield figures.figure(measure, scope, terms, sample, basis=basis)
        if scope == OVERALL and measure == figures.PRIMARY[task]:
            for segment in SEGMENTS:
                yield figures.figure(
                    measure, Scope(ScopeKind.SEGMENT, segment), terms, figures.only(sample, segment), basis=basis
                )
    for measure, one in figures.operations():
        yield figures.figure(measure, OVERALL, (one,), sample, basis=basis)
    right = figures.figure(
        "known-failure pass rate", OVERALL, (lambda _, r: (float(r.right), 1.0),), regression, basis=basis
    )
    yield replace(right, notes=("6 cases of 2 known failures",))
    for measure, level in (("mean latency", None), ("p50 latency", 0.5), ("p95 latency", 0.95), ("p99 latency", 0.99)):
        yield figures.latency(measure, level, sample, basis)


def _confusion(sample: Sample) -> Mapping[str, Mapping[str, int]]:
    table: dict[str, dict[str, int]] = {}
    for o in sample.observations:
        wanted = (o.example.key.label if o.example.key else None) or ""
        reading = o.score.strict
        said = reading.label or (
            "(failed)" if reading.outcome in {Outcome.ERROR, Outcome.TIMEOUT} else f"({reading.outcome.value})"
        )
        row = table.setdefault(wanted, {})
        row[said] = row.get(said, 0) + 1
    return table


def _levels(task: Task, results: list[CandidateResult], status: Status) -> Iterator[ServiceLevel]:
    primary = figures.PRIMARY[task]
    first = results[0].measurements[figures.key(primary)]
    rising = primary not in figures.LOWER_IS_BETTER
    value, bound = first.value or 0.0, first.bound or 0.0
    match status:
        case Status.RECOMMEND:
            target = math.floor(bound * 100) / 100 if rising else math.ceil(bound * 100) / 100
        case Status.RECOMMEND_PROVISIONALLY:
            target = round((value + bound) / 2, 3)
        case Status.NOT_ENOUGH_EVIDENCE:
            target = round((value + (first.opposite_bound or 1.0)) / 2, 3)
        case Status.NO_CANDIDATE_QUALIFIES:
            target = 0.9999 if rising else 0.0001
    comparator = Comparator.AT_LEAST if rising else Comparator.AT_MOST
    agreed = partial(ServiceLevel, agreed_by="A. Okafor", agreed_on="2026-03-20")
    yield agreed(primary, comparator, target, reason="Complaints double below this", where="Service levels!D2")
    yield agreed("p95 latency", Comparator.AT_MOST, 3.0, unit="s", where="Service levels!D3")
    spent = results[0].measurements["cost_per_task"].bound or 0.0
    yield agreed(
        "cost per task", Comparator.AT_MOST, max(0.5, math.ceil(spent * 10) / 10), unit="USD", where="Service levels!D4"
    )
    rates = sorted(r.measurements["review_rate"].value or 0.0 for r in results)
    middle = math.ceil(rates[len(rates) // 2] * 1000) / 1000
    yield agreed("review rate", Comparator.AT_MOST, middle, importance=Importance.SHOULD, where="Service levels!D5")
    yield ServiceLevel(
        "known-failure pass rate", Comparator.AT_LEAST, 0.95, importance=Importance.SHOULD, where="Service levels!D6"
    )


def _verdict(result: CandidateResult, level: ServiceLevel) -> LevelVerdict:
    found = result.measurements.get(figures.key(level.measure, level.scope))
    verdict = _judge(found, level)
    told = "no value" if found is None or found.value is None else f"{found.value:.4g} over {found.n} examples"
    more = 171 if verdict is Verdict.LIKELY else None
    sentence = f"{level.measure}: {told}; the level is {level.target:.4g}, so it is {verdict.value.lower()}."
    return LevelVerdict(
        level, found, verdict, sentence, p_value=0.012 if verdict is Verdict.PROVEN else 0.2, more_examples=more
    )


def _judge(found: Measurement | None, level: ServiceLevel) -> Verdict:
    if found is None or (found.value is None and "failed" not in found.reason):
        return Verdict.NOT_TESTABLE
    if level.measure == "known-failure pass rate":
        return Verdict.NOT_TESTABLE
    if found.value is None:
        return Verdict.FAILED
    sign = 1 if level.comparator is Comparator.AT_LEAST else -1

    def reaches(value: float | None) -> bool:
        return value is not None and sign * value >= sign * level.target

    if reaches(found.value):
        return Verdict.PROVEN if reaches(found.bound) else Verdict.LIKELY
    return Verdict.UNLIKELY if reaches(found.opposite_bound) else Verdict.FAILED


def _pairs(task: Task, results: tuple[CandidateResult, ...]) -> Iterator[PairedComparison]:
    reference = next((r for r in results if r.spec.role is Role.PRODUCTION), results[0])
    theirs = figures.per_example(task, reference.sample)
    for result in results:
        if result is reference:
            continue
        difference = figures.per_example(task, result.sample) - theirs
        mean, error = float(difference.mean()), float(difference.std()) / math.sqrt(len(difference)) + 1e-9
        p = math.erfc(abs(mean / error) / math.sqrt(2))
        yield PairedComparison(
            result.spec.name,
            reference.spec.name,
            figures.PRIMARY[task],
            mean,
            mean - 1.96 * error,
            mean + 1.96 * error,
            p,
            min(1.0, p * (len(results) - 1)),
            "paired bootstrap, 10,000 resamples",
            len(difference),
        )


def _decision(results: tuple[CandidateResult, ...], status: Status) -> Decision:
    names = [r.spec.name for r in results]
    chosen = status in {Status.RECOMMEND, Status.RECOMMEND_PROVISIONALLY}
    shares = [0.78, 0.12, 0.05, 0.0, 0.01][: len(names)] + [0.0] * (len(names) - 5)
    return Decision(
        status=status,
        winner=names[0] if chosen else "",
        reasons=_reasons(names[0], status),
        rule="proven",
        collect_more=171 if status is Status.RECOMMEND_PROVISIONALLY else None,
        runner_up=names[1] if chosen and len(names) > 1 else "",
        conditions=(
            "Review every answer for the first 500 tasks.",
            "Valid for 90 days or until the model or its price changes.",
        )
        if chosen
        else (),
        winner_probability={**dict(zip(names, shares, strict=True)), "none": round(1 - sum(shares), 6)},
        break_evens=(
            BreakEven(
                "Reviewer cost per hour", 36.0, 91.4, "USD", "The production model becomes cheaper above 91.40 USD an hour."
            ),
            BreakEven("Tasks per month", 40_000.0, None, "tasks", "No realistic number of tasks changes the choice."),
        )
        if chosen and len(names) > 1
        else (),
        cheaper_but_unproven=(CheaperButUnproven(names[2], 0.0131, 524.0, 65, f"{names[2]} would save 524 USD a month."),)
        if chosen and len(names) > 2
        else (),
        tornado=_tornado(names) if chosen and len(names) > 1 else None,
        slack=tuple(
            SlackCurve(v.level, Unit.SHARE, (SlackStep(v.level.target + 0.0123, names[0]),), "Where the level would be.")
            for v in results[0].levels[:1]
        ),
        price_of_uncertainty=PriceOfUncertainty(0.00042, 201.6, 0.031, "Knowing more is worth at most $201.60 a year.")
        if chosen
        else None,
    )


def _tornado(names: list[str]) -> Tornado:
    """Return a tornado of which the first bar turns the choice and the others do not."""
    swings = (
        Swing("Reviewer cost per hour", "USD", 28.8, 43.2, 0.0053, -0.0131, given=False),
        Swing(f"Token price of {names[0]}", "times", 0.8, 1.2, -0.0101, -0.0021, given=False),
        Swing("Tasks per month", "tasks", 30_000.0, 60_000.0, -0.0027, -0.0065, given=True),
    )
    return Tornado(names[0], names[1], -0.0042, swings)


def _reasons(first: str, status: Status) -> tuple[str, ...]:
    match status:
        case Status.RECOMMEND:
            return (
                f"{first} meets every required level with 95 % confidence.",
                "It is the cheapest candidate that does.",
                "It passes every known failure.",
            )
        case Status.RECOMMEND_PROVISIONALLY:
            return (
                f"{first} is likely to meet every required level; one is not proven yet.",
                "It is the cheapest such candidate.",
                "171 more examples would settle it.",
            )
        case Status.NOT_ENOUGH_EVIDENCE:
            return ("No candidate is proven or likely to meet every required level, and none is ruled out.",)
        case Status.NO_CANDIDATE_QUALIFIES:
            return (f"Every candidate fails a required level; {first} comes nearest.",)


def _checklist() -> Iterator[ChecklistPoint]:
    for number, (item, status) in enumerate(_POINTS, 1):
        yield ChecklistPoint(
            number,
            item,
            status,
            f"found for point {number}",
            f"needed for point {number}",
            "evidence/split.json",
            "" if status is PointStatus.MET else "Write the missing record.",
        )


def _findings(results: tuple[CandidateResult, ...]) -> tuple[Finding, ...]:
    flagged = Finding(
        "small-class", Severity.WARNING, "Labels!A3", "The label has fewer than five examples in eval.", "Add examples."
    )
    hostile = Finding(
        "odd-characters", Severity.NOTE, "Examples!B9", "=1+1 and \u202e characters in an input.", "Look at the row."
    )
    unpriced = tuple(
        Finding("unpriced", Severity.WARNING, r.spec.where, f"No price for {r.spec.name} is known.", "Fill in its prices.")
        for r in results
        if not r.priced
    )
    return (flagged, hostile, *unpriced)
