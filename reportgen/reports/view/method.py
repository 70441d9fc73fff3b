"""Words what stands behind the figures: data, methods, limits, glossary, sign-off and evidence, in plain language."""

from __future__ import annotations

import re

from reportgen.domain.deciding.holdout import sentence as holdout_sentence
from reportgen.domain.measures import MEASURES
from reportgen.domain.records.comparison import Finding, Status, Verdict
from reportgen.domain.records.plan import Rule, Split, Task
from reportgen.domain.statistics.bootstrap import RESAMPLES, monte_carlo_error
from reportgen.domain.wording import numbers
from reportgen.domain.wording.figures import named
from reportgen.domain.wording.text import clean, line, merged
from reportgen.problems import Problem
from reportgen.reports.view import screening
from reportgen.reports.view.context import Context, capital, severity_mark
from reportgen.reports.view.glossary import GLOSSARY
from reportgen.reports.view.records import DocumentControl, Fact, FindingRow, Section
from reportgen.reports.view.tested import watching

MOST_FINDINGS = 30
STANDING = "Draft until signed"
"""Nobody can have signed a page that is only being written."""

_SEVERAL = 3
_COUNTED = re.compile(r"[\d,]+ more")
_MOST_ALIKE = 4
_SCORING = {
    Task.CLASSIFICATION: (
        "An answer is right when, after trimming blanks, letter case and surrounding quotes, it is the expected label or "
        "one of "
        "its listed spellings. Macro F1 gives every label the same weight, however rare: for each label it combines how "
        "many of "
        "its examples were found and how many of its predictions were true, then takes the plain average over labels."
    ),
    Task.EXTRACTION: (
        "Each field is compared by its type: dates as dates, money as amounts, names without regard to letter case. A value "
        "given where the document holds none counts as invented, a value left out as missing. Field F1 combines how many of "
        "the given values were right with how many of the expected values were found, over all fields."
    ),
    Task.SUMMARIZATION: (
        "Each key fact of the workbook is looked up in the summary, and each sentence of the summary is checked against the "
        "source. The omission rate is the average share of key facts that a summary leaves out; factual precision is the "
        "average share of its sentences that the source supports. Where no person or calibrated judge gave the verdict, a "
        "rule did, and such a verdict is never called proven."
    ),
    Task.QUESTION_ANSWERING: (
        "An answer is exactly right when it equals one of the accepted answers, letter case, punctuation and articles "
        "aside. "
        "Token F1, beside it, gives part credit for shared words."
    ),
}


def document(context: Context) -> DocumentControl:
    """Word document control."""
    settings, run = context.comparison.plan.settings, context.comparison.run
    number = line(settings.document_number, 40) or f"run {line(run.run_id, 40)}"
    facts = (
        Fact("Document number", number),
        Fact("Revision", f"{len(revisions(context))}, {STANDING.casefold()}"),
        Fact("Confidentiality", line(settings.confidentiality, 60) or "not classified"),
        Fact("Business owner", line(settings.business_owner, 80) or "not named"),
        *(
            Fact(name, clean(value, 400))
            for name, value in (
                ("Out-of-scope uses", settings.out_of_scope),
                ("Risk class", settings.risk_class),
                ("Risk class decided by", settings.risk_class_decided_by),
                ("Monitored by", settings.monitored_by),
                ("Evidence kept until", settings.evidence_kept_until),
            )
            if value
        ),
        Fact("Prepared by", line(settings.prepared_by, 80) or "not named"),
        Fact("Decision needed by", numbers.date(line(settings.decision_needed_by, 40)) or "not stated"),
        Fact("Run", line(run.run_id, 60), numbers.period(run.started, run.finished)),
        Fact("Rules fixed", numbers.time(run.rules_fixed_at), "before the first request"),
        Fact("Workbook", line(context.comparison.plan.source.name, 80), run.workbook_sha256),
        Fact("Evidence", "SHA-256", run.evidence_sha256),
        Fact("Seals", str(run.seals), "each holds the hash of the one before" if run.seals > 1 else "the first"),
        Fact("Written by", f"reportgen {line(run.version, 30)}"),
    )
    return DocumentControl(
        title=line(settings.title, 120),
        task=settings.task.value,
        purpose=clean(settings.purpose, 600),
        owner=line(settings.business_owner, 80),
        prepared_by=line(settings.prepared_by, 80),
        number=number,
        edition=f"revision {len(revisions(context))} · {STANDING}",
        revisions=revisions(context),
        software=tuple(Fact(line(name, 40), line(found, 64)) for name, found in sorted(run.software.items())),
        confidentiality=line(settings.confidentiality, 60),
        decision_needed_by=numbers.date(line(settings.decision_needed_by, 40)),
        date=numbers.date(run.finished),
        run_id=line(run.run_id, 60),
        evidence=run.evidence_sha256,
        evidence_short=numbers.short_hash(run.evidence_sha256),
        facts=facts,
    )


def revisions(context: Context) -> tuple[Fact, ...]:
    """Return the editions of these documents, oldest first: the run, then each opening of the holdout."""
    comparison = context.comparison
    first = Fact("1", numbers.date(comparison.run.finished), f"First issue, from run {line(comparison.run.run_id, 60)}")
    later = (
        Fact(str(number), numbers.date(opening.access.at), clean(holdout_sentence(opening), 300))
        for number, opening in enumerate(comparison.holdout_openings, start=2)
    )
    return (first, *later)


def data(context: Context) -> tuple[str, ...]:
    """Word where the examples come from and how they were split."""
    corpus, plan = context.comparison.corpus, context.comparison.plan
    many = {s.split: s.examples for s in corpus.summaries}
    told = [
        f"The workbook {line(plan.source.name, 80)} holds {numbers.plural(sum(many.values()), 'labelled example')}: "
        f"{numbers.count(many.get(Split.TRAIN, 0))} to learn from, {numbers.count(many.get(Split.EVAL, 0))} to score on, "
        f"{numbers.count(many.get(Split.HOLDOUT, 0))} locked in the holdout and "
        f"{numbers.plural(many.get(Split.REGRESSION, 0), 'known failure case')}. "
        + (
            "The split was declared row by row in the workbook."
            if corpus.declared
            else f"Drawn with seed {plan.settings.seed}."
        )
    ]
    if corpus.renewed:
        told.append(
            "The split is a new one: there was a run before, but the record of its split was lost from beside the workbook. "
            "The holdout of now may have been seen then."
        )
    if plan.production_mix:
        shares = (f"{line(name, 40)} {numbers.share(share)}" for name, share in plan.production_mix.items())
        told.append(f"Figures are weighted to the production mix of the workbook: {numbers.listing(shares, 12)}.")
    told += [
        f"Attested by {line(a.confirmed_by, 60)}: {clean(a.statement, 240)}" for a in plan.attestations if a.confirmed_by
    ][:4]
    return tuple(told)


def methods(context: Context) -> tuple[Section, ...]:
    """Word how answers were scored, how sure a figure is, and how the decision follows."""
    settings = context.comparison.plan.settings
    decide = (
        "A level counts as met only when it is proven, so a lucky sample is not enough. Among the candidates that are "
        "proven "
        "to meet every must level, the one with the lowest full cost per task wins. Because the best of several is picked, "
        "the proof is held to a stricter standard (Holm); where it falls short of that, the result is a pilot. "
        "A "
        "candidate that costs as much as manual work is never recommended, nor is one without a price."
        if settings.rule is Rule.PROVEN
        else "By the workbook's rule, the bare figure decides: the cheapest candidate whose figures reach every must level "
        "wins, "
        "without regard to uncertainty."
    )
    return (
        *watching(context),
        Section("How answers were scored", (_SCORING[settings.task], _STRICT)),
        Section(
            "How sure a figure is",
            (
                (
                    f"Every figure comes from a sample, so it carries an interval with {context.confidence} confidence: "
                    "Wilson's for "
                    "shares of examples, resampling for averages, ranked observations for latency. A verdict rests on the "
                    f"one-sided {context.confidence} bound on the side that counts against the candidate, computed exactly "
                    "where the "
                    "figure is a share of examples."
                ),
                _resampling(context),
                (
                    "Differences between candidates are computed on the same examples, which tells small differences apart "
                    "better "
                    "than comparing two intervals."
                ),
            ),
        ),
        Section("How the decision follows", (decide,)),
        *screening.section(context),
        Section(
            "How time and money were counted",
            (
                (
                    "Latency runs from the first attempt sent to the final answer, waits included; a request that failed or "
                    "timed "
                    "out counts as never answered. Cost per task is the full cost: tokens and infrastructure by attempts, "
                    "human "
                    "review at the measured review rate, and the lines that the Costs sheet adds."
                ),
            ),
        ),
    )


def _resampling(context: Context) -> str:
    """Word how averages are resampled, how much chance that adds, and where our bound departs from the usual one."""
    settings = context.comparison.plan.settings
    error = monte_carlo_error(1 - settings.confidence)
    told = (
        f"Resampling draws the examples {RESAMPLES:,} times, for all candidates alike. By the chance of those draws a bound "
        f"may stand for a confidence that is about {1000 * error:.0f} in a thousand more or less."
    )
    if settings.task not in {Task.CLASSIFICATION, Task.EXTRACTION}:
        return told
    return told + (
        " The bound of macro F1, weighted F1 and F1 is lowered by what one more missed example would take: in simulations "
        "the usual bound held in 89 to 94 of 100 samples instead of 95, where a rare label happened to show no error."
    )


_STRICT = (
    "Scores are strict: the answer as an application would receive it. A refusal, an unreadable answer, an error and a "
    "timeout all count as wrong, and none leaves the denominator."
)


def _be(many: int) -> str:
    return "is" if many == 1 else "are"


def limitations(context: Context) -> tuple[str, ...]:
    """Word what this evaluation cannot show."""
    comparison, n = context.comparison, len(context.comparison.corpus.eval)
    told = [
        (
            f"The figures speak of the {numbers.plural(n, 'example')} that were scored and of production as far as it "
            "resembles them; "
            "how the examples were drawn is attested by people, not measured."
        ),
        "A right answer is what the workbook says is right. Wrong or disputed labels count against every candidate alike.",
        (
            f"{numbers.plural(len(context.results), 'candidate')} scored on these examples {_be(len(context.results))} "
            "allowed for (Holm). A prompt that was improved on them, in this run or an earlier one, looks better than it "
            "is: improve prompts on the train rows."
        ),
        "Whether a model met these very texts in its training cannot be seen from outside; published ones may flatter it.",
        (
            "Prices, volumes, wages and the cost of an error are assumptions of the workbook; the break-evens show how far "
            "they "
            "may move."
        ),
        (
            "Providers change models without notice. The result holds for the models as they answered: "
            f"{numbers.period(comparison.run.started, comparison.run.finished)}."
        ),
    ]
    if comparison.corpus.repeats > 1:
        told.append(
            f"Each example was asked {comparison.corpus.repeats} times. A figure is the mean over an example's answers, and "
            "the examples, not the answers, count for the bounds; the holdout is asked once."
        )
    if comparison.run.answers_recorded_before:
        told.append(
            "Some answers were recorded before the service levels were fixed, so the levels cannot be shown to be "
            "independent "
            "of the answers; recorded latency was measured under other conditions."
        )
    untested = [v for r in context.results for v in r.levels if v.verdict is Verdict.NOT_TESTABLE]
    if untested:
        levels = dict.fromkeys(capital(v.level.measure) for v in untested)
        told.append(f"Not testable with this sample, for at least one candidate: {numbers.listing(levels)}.")
    if comparison.decision.status in {Status.RECOMMEND, Status.RECOMMEND_PROVISIONALLY}:
        told.append(
            "Security, legal terms and supplier risk were examined only as far as the Requirements sheet names them."
        )
    return tuple(told)


def findings(context: Context) -> tuple[FindingRow, ...]:
    """Word the checks besides the nine points, errors first, folded where the same fault stands in many places."""
    order = {"error": 0, "warning": 1, "note": 2}
    rows = sorted(context.comparison.findings, key=lambda f: order[f.severity.value])
    alike: dict[tuple[str, str], list[Finding]] = {}
    for row in rows:
        alike.setdefault((row.code, row.remedy), []).append(row)
    return tuple(_finding(same) for same in list(alike.values())[:MOST_FINDINGS])


def _finding(same: list[Finding]) -> FindingRow:
    """Word findings of one kind with one remedy as one row."""
    first = same[0]
    where = numbers.listing(merged(list(dict.fromkeys(places(f.where) for f in same)), alike=0.6, least=2), 4)
    told = merged([_sentence(f.what) for f in same[:_MOST_ALIKE]], alike=0.8, least=8)
    what = "\n".join(told)
    if len(same) > _MOST_ALIKE:
        what += f"\nAnd {len(same) - _MOST_ALIKE} more, on the sheet Checks of comparison.xlsx."
    return FindingRow(severity_mark(first.severity), where, what, clean(first.remedy, 300))


def _sentence(what: str) -> str:
    """Return a remark as a sentence of its own; a first word with a figure or a mark in it is a name and stays."""
    text = clean(what, 400)
    return capital(text) if text.partition(" ")[0].isalpha() else text


def places(where: str) -> str:
    """Return cells of one sheet with its name said once: `Examples!A14, A18 and 40 more`; other text as it is."""
    told, _, left = where.partition(" and ") if where.endswith(" more") else (where, "", "")
    more = int(left.removesuffix(" more").replace(",", "")) if _COUNTED.fullmatch(left) else 0
    found = [part for part in re.split(r",? and |, ", told if more else where) if part]
    sheets = {part.partition("!")[0] for part in found if "!" in part}
    if len(found) < _SEVERAL or len(sheets) != 1 or not all("!" in part for part in found):
        return line(where, 60)
    sheet = sheets.pop()
    cells = [part.removeprefix(f"{sheet}!") for part in found]
    if not more:
        return line(f"{sheet}!{numbers.listing(cells, 4)}", 60)
    return line(f"{sheet}!{', '.join(cells[:3])} and {numbers.count(more + len(cells[3:]))} more", 60)


def problems(rows: tuple[Problem, ...]) -> tuple[FindingRow, ...]:
    """Word what was noticed while the workbook was read."""
    return tuple(
        FindingRow(
            severity_mark(p.severity),
            line(p.where, 60) + (f" and {len(p.also)} more" if p.also else ""),
            _sentence(p.what),
            clean(p.remedy, 300),
        )
        for p in rows[:MOST_FINDINGS]
    )


def glossary(context: Context) -> tuple[Fact, ...]:
    """Return the words used, with the measures of this evaluation explained in a sentence each."""
    facts = [Fact(name, meaning) for name, meaning in GLOSSARY]
    facts += [Fact(capital(name), meaning) for name, meaning in _measure_words(context)]
    known: dict[str, Fact] = {}
    for fact in facts:
        known.setdefault(fact.name.casefold(), fact)
    return tuple(sorted(known.values(), key=lambda f: f.name.casefold()))


def _measure_words(context: Context) -> list[tuple[str, str]]:
    used = {context.comparison.primary_measure} | {s.measure for s in context.comparison.plan.service_levels}
    return [(m.name, m.explanation) for m in MEASURES.values() if m.name in used and m.explanation]


def statement(context: Context) -> str:
    """Return the sentence above the signatures."""
    winner = named(line(context.comparison.decision.winner, 60)) if context.comparison.decision.winner else ""
    if not winner:
        return "We have read this report. No candidate is released for use on its basis."
    if context.comparison.decision.status is Status.RECOMMEND_PROVISIONALLY:
        return (
            f"We have read this report, its limits and its conditions. {winner} is not proven; it may be tried as a pilot "
            "under these conditions: accept, reject, or accept with the reserve written below."
        )
    return (
        f"We have read this report, its limits and its conditions. {winner} is fit for the stated use under these "
        "conditions: "
        "accept, reject, or accept with the reserve written below."
    )


def evidence(context: Context) -> tuple[Fact, ...]:
    """Return what is kept in the run folder and how it hangs together."""
    run, corpus = context.comparison.run, context.comparison.corpus
    return (
        Fact(
            "Evidence hash", run.evidence_sha256, "over workbook, plan, split, responses, scores and prices; on every page"
        ),
        Fact("Workbook", run.workbook_sha256, "evidence/workbook.xlsx, the bytes as received"),
        Fact("Plan", run.plan_sha256, f"evidence/plan.json, fixed {numbers.time(run.rules_fixed_at)}"),
        Fact("Holdout commitment", corpus.holdout.commitment or "none", "evidence/split.json, before the first answer"),
        *(
            Fact(f"Split {s.split.value}", s.sha256 or "none", numbers.plural(s.examples, "example"))
            for s in corpus.summaries
        ),
    )


def holdout(context: Context) -> tuple[str, ...]:
    """Word how the holdout was locked, and every opening of it with what it showed, level by level."""
    comparison = context.comparison
    sealed = comparison.corpus.holdout
    if not sealed.example_ids:
        return ("There is no holdout, so the winner cannot be confirmed on rows that nobody had seen.",)
    locked = (
        f"{numbers.plural(len(sealed.example_ids), 'row')} locked, commitment {numbers.short_hash(sealed.commitment)}. The "
        "rows stand in the owner's own workbook: locked means kept out by the program and on record, not secret."
    )
    told = [locked]
    if not comparison.holdout_openings:
        told.append("The holdout was not opened: no candidate was asked for these rows in this run.")
    for opening in comparison.holdout_openings:
        told.append(clean(holdout_sentence(opening), 600))
        if opening.result is not None:
            told += [clean(f"{v.verdict.value}: {v.sentence}", 400) for v in opening.result.levels]
    return tuple(told)


EVIDENCE_NOTE = (
    "`reportgen verify` on the run folder checks the seal and recomputes every figure in this document from the stored "
    "responses. The seal shows that nothing was changed since; it cannot show that a provider was called, nor who made the "
    "run."
)
