"""Words the readiness checklist: the nine points, what the sample can prove, its coverage, and questions to people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from reportgen.domain.measures import MEASURES
from reportgen.domain.records.comparison import Comparison, PointStatus, Verdict
from reportgen.domain.records.measure import Family, Unit
from reportgen.domain.records.plan import AnswerKey, Comparator, ServiceLevel, Split, Task
from reportgen.domain.statistics.proportions import fewest_examples_to_prove, most_errors_to_prove
from reportgen.domain.telling.forecast import lines as forecast_lines
from reportgen.domain.telling.spending import spent
from reportgen.domain.wording import numbers
from reportgen.domain.wording.text import clean, line
from reportgen.problems import Problem
from reportgen.reports.view.context import Context, level_words, point_mark, readiness_mark, unit_of
from reportgen.reports.view.method import problems
from reportgen.reports.view.other_points import further_points
from reportgen.reports.view.records import Cell, ChecklistRow, ChecklistView, CoverageRow, Fact, Table, TableRow
from reportgen.reports.view.signatories import CHECKLIST, signatories

MOST_COVERAGE_ROWS = 30
_FIRST_ACTIONS = 3
_FEW = 5
_P95 = 0.95
_TARGETS = (0.80, 0.85, 0.90, 0.95, 0.98, 0.99)
_RULE = "READY: all nine points are met. READY WITH WARNINGS: none is “not met”. NOT READY: every other case."
_SPLIT_WORDS = {
    Split.TRAIN: "to learn from; never scored",
    Split.EVAL: "asked of every candidate and scored",
    Split.HOLDOUT: "locked; asked once, of the winner",
    Split.REGRESSION: "known failures; asked of every candidate",
}


def checklist(context: Context) -> ChecklistView:
    """Word the whole checklist."""
    comparison = context.comparison
    points = tuple(
        ChecklistRow(
            number=p.number,
            item=p.item,
            mark=point_mark(p.status),
            found=numbers.dated(clean(p.found, 400)),
            needed=clean(p.needed, 400),
            evidence=clean(p.evidence, 200),
            next_step=clean(p.next_step, 300),
        )
        for p in comparison.checklist
    )
    word, columns, rows = _coverage(context)
    return ChecklistView(
        readiness=readiness_mark(comparison.readiness),
        sentence=_sentence(context),
        rule=_RULE,
        counts=tuple(Fact(s.value, numbers.count(sum(p.status is s for p in comparison.checklist))) for s in PointStatus),
        points=points,
        first_actions=_first_actions(context),
        further=further_points(comparison),
        splits=_splits(context),
        coverage_word=word,
        coverage_columns=columns,
        coverage=_folded(word, rows)[:MOST_COVERAGE_ROWS],
        coverage_note=_coverage_note(word, rows, _folded(word, rows)),
        proof_sentences=tuple(_proof_sentences(context)),
        proof=_proof(context),
        notes_on_reading=problems(_only_read(comparison)),
        questions=tuple(_questions(context)),
        acknowledgements=signatories(comparison.plan, CHECKLIST),
        attestations=tuple(
            Fact(
                clean(a.statement, 240),
                ", ".join(t for t in (line(a.confirmed_by, 60), line(a.role, 40), numbers.date(line(a.date, 40))) if t),
            )
            for a in comparison.plan.attestations
        ),
        asking=tuple(_asking(comparison)),
    )


def _asking(comparison: Comparison) -> Iterator[str]:
    yield from (clean(told.strip(), 400) for told in forecast_lines(comparison.forecast))
    if took := spent(comparison):
        yield took


def _only_read(comparison: Comparison) -> tuple[Problem, ...]:
    """Return what was noticed while reading and does not stand among the findings as well."""
    told = {f.what for f in comparison.findings}
    return tuple(p for p in comparison.plan.warnings if p.what not in told)


def _sentence(context: Context) -> str:
    statuses = [p.status for p in context.comparison.checklist]
    met = statuses.count(PointStatus.MET)
    if met == len(statuses):
        return "All nine points are met."
    told = [f"{met} of nine points {'is' if met == 1 else 'are'} met"]
    for status, words in ((PointStatus.PARTLY, "partly"), (PointStatus.NOT_MET, "not met")):
        if many := statuses.count(status):
            told.append(f"{many} {words}")
    return ", ".join(told) + "."


def _first_actions(context: Context) -> tuple[str, ...]:
    points = context.comparison.checklist
    missing = [p for s in (PointStatus.NOT_MET, PointStatus.PARTLY) for p in points if p.status is s]
    return tuple(f"Point {p.number}: {clean(p.next_step or p.needed, 240)}" for p in missing[:_FIRST_ACTIONS])


def _splits(context: Context) -> Table:
    rows = tuple(
        TableRow(
            name=s.split.value,
            note=_SPLIT_WORDS[s.split],
            cells=(Cell(numbers.count(s.examples)), Cell(numbers.short_hash(s.sha256) or "none")),
        )
        for s in context.comparison.corpus.summaries
    )
    return Table("Split", ("Examples", "SHA-256"), rows)


def labels_of_key(key: AnswerKey) -> tuple[str, ...]:
    """Return the label or the labels of an example."""
    return key.labels if key.labels is not None else (key.label,) if key.label is not None else ()


def _coverage(context: Context) -> tuple[str, tuple[str, ...], tuple[CoverageRow, ...]]:
    """Count examples by label, field or segment; the holdout is not looked into."""
    corpus = context.comparison.corpus
    columns = ("To learn from", "Scored", "Known failures")
    parts = (corpus.train, corpus.eval, corpus.regression)
    match context.comparison.plan.settings.task:
        case Task.CLASSIFICATION:
            word = "label"
            counted = [Counter(name for e in part if e.key for name in labels_of_key(e.key)) for part in parts]
            names: list[str] = [label.name for label in context.comparison.plan.labels] or sorted(set().union(*counted))
        case Task.EXTRACTION:
            word = "field"
            counted = [
                Counter(f for e in part if e.key for f, k in e.key.fields.items() if k.labelled and k.values)
                for part in parts
            ]
            names = [field.name for field in context.comparison.plan.fields] or sorted(set().union(*counted))
        case Task.SUMMARIZATION | Task.QUESTION_ANSWERING:
            word = "segment"
            counted = [Counter(e.segment for e in part if e.segment) for part in parts]
            names = sorted(set().union(*counted))
    if len(names) > MOST_COVERAGE_ROWS:
        names = sorted(names, key=lambda n: (counted[1][n], counted[0][n]))
    rows = tuple(
        CoverageRow(line(n, 60), tuple(Cell(numbers.count(c[n])) for c in counted), thin=counted[1][n] < _FEW) for n in names
    )
    return word, columns, rows


def _folded(word: str, rows: tuple[CoverageRow, ...]) -> tuple[CoverageRow, ...]:
    """Return one row for all that have the same counts, where there are many."""
    if len(rows) <= MOST_COVERAGE_ROWS:
        return rows
    alike: dict[tuple[Cell, ...], list[CoverageRow]] = {}
    for row in rows:
        alike.setdefault(row.cells, []).append(row)
    return tuple(
        replace(same[0], name=f"{numbers.plural(len(same), word)}, each") if len(same) > 1 else same[0]
        for same in alike.values()
    )


def _coverage_note(word: str, rows: tuple[CoverageRow, ...], shown: tuple[CoverageRow, ...]) -> str:
    told = []
    thin = [row.name for row in rows if row.thin]
    if thin:
        told.append(f"Fewer than {_FEW} scored examples, too few for a figure of their own: {numbers.listing(thin, 8)}.")
    if word == "field":
        told.append("Counted are examples whose document holds the field.")
    if more := shown[MOST_COVERAGE_ROWS:]:
        told.append(f"Shown are those with the fewest; all others have {more[0].cells[1].text} scored examples or more.")
    if len(shown) < len(rows) or more:
        told.append(f"Every {word} stands in comparison.xlsx, sheet By {word}.")
    told.append("The holdout is not counted here: its rows are not looked into before it is opened.")
    return " ".join(told)


def _proof_sentences(context: Context) -> Iterator[str]:
    """Say for each share or latency level how many errors still prove it on this sample."""
    corpus, alpha = context.comparison.corpus, 1 - context.comparison.plan.settings.confidence
    for level in context.comparison.plan.service_levels:
        needed = _needed_share(level)
        if needed is None or not 0 < needed < 1:
            continue
        n = len(corpus.regression if level.measure == "known-failure pass rate" else corpus.eval)
        words = level_words(level, unit_of(level, None), context.currency)
        most = most_errors_to_prove(n, needed, alpha)
        miss = _miss(level)
        if most is None:
            fewest = numbers.count(fewest_examples_to_prove(needed, alpha))
            yield f"{words}: cannot be proven with {numbers.plural(n, 'example')}; it takes {fewest} or more without a miss."
        else:
            few = f"with at most {numbers.plural(most, *miss)}" if most else f"without a single {miss[0]}"
            yield f"{words}: proven on {numbers.plural(n, 'example')} {few}."


def _miss(level: ServiceLevel) -> tuple[str, str]:
    """Return one and several of what counts against a level."""
    if "latency" in level.measure:
        return "answer over the limit", "answers over the limit"
    return ("such case", "such cases") if level.comparator is Comparator.AT_MOST else ("error", "errors")


def _needed_share(level: ServiceLevel) -> float | None:
    """Return the share of examples that must be right for a level, None where the level is no share of all examples."""
    if level.scope.name:
        return None
    if level.measure == "p95 latency":
        return _P95
    measure = MEASURES.get(level.measure)
    if measure is None or measure.family is not Family.SHARE:
        return None
    return level.target if level.comparator is Comparator.AT_LEAST else 1 - level.target


def _proof(context: Context) -> Table:
    n, alpha = len(context.comparison.corpus.eval), 1 - context.comparison.plan.settings.confidence
    most = [most_errors_to_prove(n, t, alpha) for t in _TARGETS]
    return Table(
        head="To prove a share of at least",
        columns=tuple(numbers.limit(t, Unit.SHARE, "") for t in _TARGETS),
        rows=(
            TableRow(
                f"Most errors on {numbers.plural(n, 'example')}",
                "",
                tuple(Cell("not possible" if m is None else numbers.count(m)) for m in most),
            ),
            TableRow(
                "Fewest examples, all right",
                "",
                tuple(Cell(numbers.count(fewest_examples_to_prove(t, alpha))) for t in _TARGETS),
            ),
        ),
        notes=(
            (
                "Exact for shares of examples, such as accuracy or the invalid output rate. Averages over labels or fields "
                "need "
                "about as many examples, spread over all of them."
            ),
        ),
    )


def _questions(context: Context) -> Iterator[str]:
    plan = context.comparison.plan
    for attestation in plan.attestations:
        if not attestation.confirmed_by:
            yield f"Can you confirm: “{clean(attestation.statement, 240)}”?"
    loose = [a.where or line(a.name, 40) for a in plan.costs.values() if not a.source]
    if loose:
        yield f"Where do these cost figures come from: {numbers.listing(loose, 8)}?"
    unsigned = [s.where or line(s.measure, 40) for s in plan.service_levels if not s.agreed_by]
    if unsigned:
        yield f"Who agreed to these service levels, and when: {numbers.listing(unsigned, 8)}?"
    yield from _unconfirmed(context)
    if context.comparison.unpriced:
        names = numbers.listing(line(u, 40) for u in context.comparison.unpriced)
        yield f"What is the price of {names}? Without one a candidate cannot be chosen."
    if not plan.production_mix and len({e.segment for e in context.comparison.corpus.eval}) > 1:
        yield "What share of production is each segment? Without the Production mix sheet every example counts alike."


def _unconfirmed(context: Context) -> Iterator[str]:
    """Ask once for each requirement that nobody confirmed, naming its candidates."""
    unknown: dict[str, list[str]] = {}
    for result in context.results:
        for judged in result.requirements:
            if judged.verdict is Verdict.NOT_TESTABLE:
                words = clean(judged.requirement.requirement, 120)
                unknown.setdefault(words, []).append(line(result.spec.name, 60))
    for requirement, names in unknown.items():
        yield f"{'Does' if len(names) == 1 else 'Do'} {numbers.listing(names, 8)} meet: “{requirement}”?"
