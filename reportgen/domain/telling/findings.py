"""Everything else worth saying before somebody signs: what the sample cannot show, and what looks wrong in the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from reportgen.domain.deciding.applicability import without_a_case
from reportgen.domain.deciding.screening import candidates_on, screen
from reportgen.domain.estimating.proportion import Method, covered
from reportgen.domain.measures import asks_for_right_answers, measure_named, primary_measure
from reportgen.domain.measures.classification import SMALL_CLASS, support
from reportgen.domain.measures.columns import failed, reviewed, segments
from reportgen.domain.measures.cost import wrong
from reportgen.domain.records.comparison import CandidateResult, Finding, Verdict
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.measure import Family, Measure, Unit
from reportgen.domain.records.plan import OVERALL, Comparator, EvaluationPlan, Importance, Role, Task
from reportgen.domain.records.response import Basis, Outcome
from reportgen.domain.records.score import Mark
from reportgen.domain.statistics.proportions import fewest_examples_to_prove
from reportgen.domain.telling.findings_asking import doubted_tokens, priced_by_task, stopped, unknown_charges
from reportgen.domain.telling.findings_cost import headline
from reportgen.domain.telling.findings_judge import calibration, half_judged
from reportgen.domain.telling.findings_repeats import alike_repeats
from reportgen.domain.telling.out_of_step import shifted
from reportgen.domain.telling.sums import sums
from reportgen.domain.telling.unread import few, remedy, sentence, unread_of
from reportgen.domain.telling.unread_values import unread_values
from reportgen.domain.wording.figures import counted, level_words, listed, percent
from reportgen.problems import Problem, Severity

USUAL_CANDIDATES = 5
ENOUGH_TO_AGREE = 3
MUCH_REVIEW, LEAST_LIFT = 0.10, 1.2
MANY_FAILURES = 0.05
CELLS_SHOWN = 12
DOES_NOT_APPLY = "does-not-apply"

_Check = Callable[[EvaluationPlan, Corpus, Sequence[CandidateResult], Measure], Iterator[Finding]]


def findings(
    plan: EvaluationPlan, corpus: Corpus, results: Sequence[CandidateResult], primary: Measure
) -> tuple[Finding, ...]:
    """Return what was noticed while reading and comparing, warnings first, in a fixed order."""
    read = (Finding(p.code, p.severity, _cells(p), p.what, p.remedy) for p in plan.warnings)
    asked = [r for r in results if r.spec.route is None]  # a route's answers are those of two others, told there
    found = [*read]
    for check in CHECKS:
        found += check(plan, corpus, results if check in OF_ROUTES_TOO else asked, primary)
    order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
    return tuple(sorted(found, key=lambda f: order[f.severity]))


def _cells(problem: Problem) -> str:
    """Return the cells of a problem: those that fit on a line, and how many more."""
    return listed((problem.where, *problem.also), CELLS_SHOWN)


def _warning(code: str, where: str, what: str, remedy: str) -> Finding:
    return Finding(code, Severity.WARNING, where, what, remedy)


def _note(code: str, where: str, what: str, remedy: str) -> Finding:
    return Finding(code, Severity.NOTE, where, what, remedy)


def no_quality_level(plan: EvaluationPlan) -> Finding | None:
    """Return what is wrong where no required level asks for right answers; `check` says it before the run."""
    musts = [level for level in plan.service_levels if level.importance is Importance.MUST]
    if any(asks_for_right_answers(level, plan.settings.task) for level in musts):
        return None
    usual = primary_measure(plan.settings.task).name
    return _warning(
        "no-quality-level",
        "Service levels",
        "No required level asks how many answers are right, so a candidate that is always wrong could pass; the most that "
        "can come out is a pilot.",
        f"Set a must level on right answers, such as {usual}.",
    )


def levels_without_a_case(plan: EvaluationPlan, corpus: Corpus) -> Iterator[Finding]:
    """Yield the levels that these examples hold no case of; `check` says it before the run."""
    for level in without_a_case(plan, corpus.eval):
        where = "" if level.scope.name == "" else f" ({level.scope})"
        yield _warning(
            DOES_NOT_APPLY,
            level.where or "Service levels",
            f"The level on {level.measure}{where} does not apply: every field stands in every document, so no value could "
            "be invented. It was not tested, and decides nothing.",
            "If production holds documents that lack a field, add some.",
        )


def _choice(plan: EvaluationPlan, corpus: Corpus, results: Sequence[CandidateResult], _: Measure) -> Iterator[Finding]:
    asked = sum(r.spec.route is None for r in results)
    if asked < USUAL_CANDIDATES:
        yield _note(
            "few-candidates",
            "Candidates",
            f"{counted(asked, 'candidate')}; a choice from fewer than {USUAL_CANDIDATES} may miss a better one.",
            "Add candidates, a local baseline among them.",
        )
    if not any(r.spec.role is Role.PRODUCTION for r in results):
        yield _warning(
            "no-production",
            "Candidates",
            "The model in production is not among the candidates, so the most that can come out is a pilot.",
            "Add it with the role production.",
        )
    if not any(level.importance is Importance.MUST for level in plan.service_levels):
        yield _warning(
            "no-must-level", "Service levels", "No level is a must, so any candidate passes.", "Set at least one must level."
        )
    elif (found := no_quality_level(plan)) is not None:
        yield found
    yield from levels_without_a_case(plan, corpus)
    if corpus.renewed:
        yield _warning(
            "new-split",
            "evidence/split.json",
            "The split is a new one: there was a run before, but the record of its split was lost from beside the workbook.",
            "Put the old record back and run again; else the holdout of now may have been seen then.",
        )


def _provable(plan: EvaluationPlan, corpus: Corpus, results: Sequence[CandidateResult], _: Measure) -> Iterator[Finding]:
    """Yield the levels that this number of examples cannot prove even without an error (formulas.md 1.2)."""
    alpha = 1 - plan.settings.confidence
    void = without_a_case(plan, corpus.eval)
    for place, level in enumerate(plan.service_levels):
        of = measure_named(level.measure, plan.settings.task)
        words = [r.levels[place] for r in results]
        if level in void or of is None or not words or not all(v.verdict is Verdict.NOT_TESTABLE for v in words):
            continue
        if of.family is Family.QUANTILE:
            share = of.quantile or 0.0
        elif of.unit is Unit.SHARE:
            share = level.target if level.comparator is Comparator.AT_LEAST else 1 - level.target
        else:
            continue
        least = fewest_examples_to_prove(share, alpha) if 0 < share < 1 else None
        have = max((v.measurement.n for v in words if v.measurement is not None), default=0)
        if least is not None and least <= have:
            continue
        told = level_words(level, of.unit, plan.settings.currency)
        what = f"{of.name}: {told} cannot be proven with {counted(have, 'example')}"
        remedy = (
            f"At least {least:,} examples without any error are needed."
            if least is not None
            else "No number of examples proves it; set a level that allows for an error."
        )
        yield _warning("level-not-provable", level.where or "Service levels", f"{what}.", remedy)
    del corpus


def _responses(plan: EvaluationPlan, _: Corpus, results: Sequence[CandidateResult], __: Measure) -> Iterator[Finding]:
    for r in results:
        where = r.spec.where or r.spec.name
        rows = r.sample.observations
        if not r.priced:
            yield _warning(
                "unpriced",
                where,
                f"No price is known for {r.spec.name}; its cost is left empty, never 0, and it cannot win.",
                "Fill in its prices, or record what each answer cost.",
            )
        missing = sum(o.response.reason == "not recorded" for o in (*rows, *r.regression.observations))
        if missing:
            yield _warning(
                "not-recorded",
                where,
                f"{counted(missing, 'planned example')} of {r.spec.name} {'has' if missing == 1 else 'have'} no recorded "
                "output; each counts as an error.",
                "Add the missing rows to the sheet Recorded outputs.",
            )
        lost = float(failed(r.sample).mean()) if rows else 0.0
        if lost > MANY_FAILURES and not missing:
            yield _warning(
                "many-failures",
                where,
                f"{percent(lost)} of the requests to {r.spec.name} ended in an error or a timeout.",
                "Look at the reasons on the sheet Responses before you trust its figures.",
            )
        unscored = r.counts.unscored
        if unscored:
            yield _note(
                "unscored",
                where,
                f"{counted(unscored, 'response')} of {r.spec.name} could not be judged and "
                f"{'stands' if unscored == 1 else 'stand'} in no score.",
                "Fill in what was expected for these examples.",
            )
    recorded = [r.spec.name for r in results if any(_recorded_tokens(o.response) for o in r.sample.observations)]
    if recorded:
        yield _note(
            "tokens-as-recorded",
            "Recorded outputs",
            f"Token costs of {listed(recorded)} rest on the tokens as recorded: input, cached and output.",
            "Make sure that the recorded output tokens include thinking, which providers bill.",
        )
    del plan


def _unread(plan: EvaluationPlan, _: Corpus, results: Sequence[CandidateResult], __: Measure) -> Iterator[Finding]:
    """Yield the commonest answers that could not be read of each candidate, and what they most likely mean."""
    for r in results:
        found = unread_of(r.spec.name, r.spec.where or r.spec.name, r.sample)
        if found.unread:
            tell = _note if few(found) else _warning
            yield tell("unreadable-answers", found.where, sentence(found), remedy(found, plan.settings))


def _earlier(_: EvaluationPlan, __: Corpus, results: Sequence[CandidateResult], ___: Measure) -> Iterator[Finding]:
    """Yield candidates with answers of an earlier run: their latencies were measured on another day (formulas.md 1.6)."""
    for r in results:
        rows = [o.response for o in (*r.sample.observations, *r.regression.observations)]
        days = sorted({response.recorded_on for response in rows if response.from_earlier_run})
        taken = sum(response.from_earlier_run for response in rows)
        if not taken:
            continue
        where = r.spec.where or r.spec.name
        told = f"{taken:,} of {counted(len(rows), 'answer')} of {r.spec.name} were asked in an earlier run ({listed(days)})"
        remedy = "Run with another --out to ask all again, if latency is what decides."
        if taken < len(rows):
            what = f"{told} and the rest in this one: latencies of earlier and of live answers stand together in one figure."
            yield _warning("mixed-latencies", where, what, remedy)
        else:
            what = f"{told}: its latencies are of then, and those of candidates asked in this run are of now."
            yield _note("earlier-latencies", where, what, remedy)


def _recorded_tokens(response: object) -> bool:
    return getattr(response, "basis", None) is Basis.RECORDED and getattr(response, "usage", None) is not None


def _review(_: EvaluationPlan, __: Corpus, results: Sequence[CandidateResult], ___: Measure) -> Iterator[Finding]:
    """Yield candidates whose review does not find errors: lift = P(reviewed | wrong) / P(reviewed) (formulas.md 4.5)."""
    for r in results:
        seen, bad = reviewed(r.sample), wrong(r.sample)
        if not len(seen) or not bad.any() or seen.mean() <= MUCH_REVIEW:
            continue
        lift = float((seen * bad).sum() / bad.sum() / seen.mean())
        if lift < LEAST_LIFT:
            much = float(seen.mean())
            told = (
                "every answer is reviewed, right or wrong: the rules single nothing out."
                if much == 1
                else f"{percent(much)} of the answers are reviewed, but wrong ones hardly sooner than others ({lift:.2f} "
                "times the average): the review money is not finding errors."
            )
            yield _warning(
                "review-finds-nothing",
                "Review rules",
                f"{r.spec.name}: {told}",
                "Choose rules that single out wrong answers, for instance a threshold on confidence.",
            )


def _labels(plan: EvaluationPlan, _: Corpus, results: Sequence[CandidateResult], __: Measure) -> Iterator[Finding]:
    if plan.settings.task is not Task.CLASSIFICATION or not results:
        return
    rows = support(results[0].sample, OVERALL)
    untested = [name for name, n in rows.items() if n == 0]
    small = [f"{name} ({n})" for name, n in rows.items() if 0 < n < SMALL_CLASS]
    if untested:
        yield _warning(
            "label-not-tested",
            "Labels",
            f"No eval example expects {listed(untested)}; {'this label is' if len(untested) == 1 else 'these labels are'} "
            "not tested and not in macro F1.",
            "Add examples of them.",
        )
    if small:
        yield _warning(
            "small-class",
            "Labels",
            f"Fewer than {SMALL_CLASS} eval examples: {listed(small)}. Their figures are counts, and macro F1 is unstable.",
            "Add examples of them.",
        )


def _agreement(plan: EvaluationPlan, _: Corpus, results: Sequence[CandidateResult], __: Measure) -> Iterator[Finding]:
    """Yield quality levels above what two labellers agree on: the ceiling of formulas.md 5.4."""
    pairs = [(e.key.label, e.second_label) for e in plan.examples if e.key is not None and e.key.label and e.second_label]
    if not pairs:
        return
    share = sum(a.strip().casefold() == b.strip().casefold() for a, b in pairs if a) / len(pairs)
    for level in plan.service_levels:
        of = measure_named(level.measure, plan.settings.task)
        if of is None or of.name not in {"accuracy", "macro F1", "weighted F1"} or level.target <= share:
            continue
        yield _warning(
            "above-agreement",
            level.where or "Service levels",
            f"Two labellers agree on {percent(share)} of {counted(len(pairs), 'example')}; "
            f"{level_words(level, of.unit, plan.settings.currency)} cannot be demonstrated with such labels.",
            "Settle the rows on which they differ, or lower the level.",
        )
    del results


def _against_label(plan: EvaluationPlan, _: Corpus, results: Sequence[CandidateResult], __: Measure) -> Iterator[Finding]:
    """Yield the rows on which at least three candidates all give the same answer, and not the expected one."""
    if len(results) < ENOUGH_TO_AGREE or plan.settings.task is Task.SUMMARIZATION:
        return
    suspects: list[str] = []
    for same in zip(*(r.sample.observations for r in results), strict=False):
        readings = [o.score.strict for o in same]
        if any(reading.outcome is not Outcome.ANSWERED for reading in readings):
            continue
        said = Counter(
            (p.name, " ".join((p.found or reading.label or "").split()).casefold())
            for reading in readings
            for p in reading.parts
            if p.mark in (Mark.WRONG, Mark.INVENTED) and (p.found or reading.label)
        )
        if any(n == len(results) for n in said.values()):
            suspects.append(same[0].example.first_id)
    suspects = list(dict.fromkeys(suspects))
    if suspects:
        yield _warning(
            "all-against-label",
            "Examples",
            f"All {len(results)} candidates give the same answer, and not the expected one, for "
            f"{counted(len(suspects), 'example')}: {listed(suspects, 20)}.",
            "Check these labels; nothing was changed.",
        )


def _mix(plan: EvaluationPlan, _: Corpus, results: Sequence[CandidateResult], __: Measure) -> Iterator[Finding]:
    if not plan.production_mix or not results:
        return
    sample = results[0].sample
    there = Counter(segments(sample).tolist())
    without = [name or "(no segment)" for name in there if name not in plan.production_mix]
    empty = [name for name, share in plan.production_mix.items() if share > 0 and name not in there]
    if without:
        rows = sum(there[name if name != "(no segment)" else ""] for name in without)
        yield _warning(
            "segment-without-share",
            "Production mix",
            f"No share is given for {listed(without)}; {counted(rows, 'example')} count for nothing.",
            "Give every segment of the examples a share.",
        )
    if empty:
        share = 1 - covered(sample, Method(mix=plan.production_mix))
        yield _warning(
            "segment-without-examples",
            "Production mix",
            f"No eval example stands for {listed(empty)}: {percent(share)} of production is not tested.",
            "Add examples of these segments.",
        )


def _screened(plan: EvaluationPlan, _: Corpus, results: Sequence[CandidateResult], __: Measure) -> Iterator[Finding]:
    """Yield the candidates that public ratings would have screened out: they are compared all the same."""
    boards = screen(plan.screening, plan.settings.screen_keeps)
    lost = [c.name for c in candidates_on(boards, (r.spec for r in results)) if c.listed and not c.stays]
    if lost:
        yield _note(
            "screened-out",
            "Screening",
            f"Public ratings would have screened out {listed(lost)}; ratings weigh nothing here.",
            "Nothing to do: the evaluation decides.",
        )


CHECKS: tuple[_Check, ...] = (
    calibration,
    half_judged,
    _choice,
    _screened,
    _provable,
    _responses,
    _unread,
    sums,
    unread_values,
    _earlier,
    alike_repeats,
    stopped,
    priced_by_task,
    doubted_tokens,
    unknown_charges,
    headline,
    _review,
    _labels,
    _agreement,
    _against_label,
    shifted,
    _mix,
)
"""Every check, in the order in which its findings are listed. Adding one is one function and one line here."""
OF_ROUTES_TOO: frozenset[_Check] = frozenset({_choice, _provable, headline, _review})
"""The checks that routes are put to as well; all others look at answers, and a route has none of its own."""
