"""Words quality below the headline: labels or fields, segments, comparisons, outcomes, known failures and errors."""

from __future__ import annotations

from collections import Counter

from reportgen.domain.estimating.balanced_accuracy import RESAMPLES as BALANCE_RESAMPLES
from reportgen.domain.records.comparison import Beside, CandidateResult, PairedComparison
from reportgen.domain.records.measure import Unit
from reportgen.domain.records.plan import Scope, ScopeKind, Task
from reportgen.domain.records.response import Outcome
from reportgen.domain.wording import numbers
from reportgen.domain.wording.text import clean, line
from reportgen.reports.view.answers import line_items, unread
from reportgen.reports.view.citations import citations
from reportgen.reports.view.context import Context, capital, planned, segment_scopes, shown_candidates
from reportgen.reports.view.errors import MOST_ERRORS, errors, errors_note
from reportgen.reports.view.records import Cell, Fact, KnownFailureRow, Quality, Reliability, Table, TableRow
from reportgen.reports.view.tested import segment_statements

MOST_PART_ROWS = 80
MOST_SEGMENT_ROWS = 24
_THIN = 5
_PART_MEASURES = ("F1", "field accuracy", "recall")


def quality(context: Context) -> Quality:
    """Word the whole quality section."""
    failures = _known_failures(context)
    return Quality(
        primary=capital(context.comparison.primary_measure),
        parts_word=_parts_word(context),
        parts=_parts(context),
        segments=_segments(context),
        comparisons=_comparisons(context),
        comparisons_note=(
            "Both answered the same examples, so the differences are paired. p values are adjusted for making several "
            "comparisons (Holm)."
        ),
        citations=citations(context),
        balance=balance(context),
        confusions=_confusions(context),
        known_failures=failures,
        known_failure_columns=tuple(line(c.spec.name, 40) for c in shown_candidates(context)),
        errors=errors(context),
        errors_note=errors_note(context),
        segment_statements=segment_statements(context),
        unread=unread(context),
        line_items=line_items(context),
    )


def _parts_word(context: Context) -> str:
    match context.comparison.plan.settings.task:
        case Task.CLASSIFICATION:
            return "label"
        case Task.EXTRACTION:
            return "field"
        case Task.SUMMARIZATION | Task.QUESTION_ANSWERING:
            return ""


def part_measure(context: Context) -> str:
    """Return the measure that labels or fields are compared by; empty where nothing was measured by part."""
    if context.lead is None:
        return ""
    taken = {m.measure for m in context.lead.measurements.values() if m.scope.kind in {ScopeKind.LABEL, ScopeKind.FIELD}}
    return next((m for m in _PART_MEASURES if m in taken), "")


def part_scopes(context: Context) -> list[Scope]:
    """Return every label or field of the lead that was measured on at least one example, in the plan's order."""
    measure, many = part_measure(context), support(context)
    if context.lead is None or not measure:
        return []
    kinds = {ScopeKind.LABEL, ScopeKind.FIELD}
    return [
        m.scope
        for m in context.lead.measurements.values()
        if m.scope.kind in kinds and m.measure == measure and many[m.scope.name]
    ]


def support(context: Context) -> Counter[str]:
    """Count the scored examples behind each label or field."""
    found: Counter[str] = Counter()
    if context.lead is None:
        return found
    for observation in context.lead.sample.observations:
        key = observation.example.key
        if key is None:
            continue
        if key.labels is not None:
            found.update(key.labels)
        elif key.label is not None:
            found[key.label] += 1
        found.update(name for name, part in key.fields.items() if part.labelled and part.values)
    return found


def _parts(context: Context) -> Table:
    measure, many = part_measure(context), support(context)
    candidates = shown_candidates(context)
    rows = [
        TableRow(
            name=line(scope.name, 44),
            note=numbers.count(many[scope.name]),
            cells=tuple(_part_cell(context, c, measure, scope, many[scope.name]) for c in candidates),
        )
        for scope in part_scopes(context)[:MOST_PART_ROWS]
    ]
    return Table(
        head=f"{capital(measure)} by {_parts_word(context)}",
        columns=tuple(line(c.spec.name, 40) for c in candidates),
        rows=tuple(rows),
        notes=_parts_notes(context, len(candidates)),
    )


def _parts_notes(context: Context, shown: int) -> tuple[str, ...]:
    word = _parts_word(context)
    notes: list[str] = []
    many = support(context)
    untested = [x.name for x in context.comparison.plan.labels if not many[x.name]] if word == "label" else []
    if untested:
        notes.append(f"Never tested, no scored example: {numbers.listing((line(n, 40) for n in untested), 12)}.")
    if len(context.results) > shown or len(part_scopes(context)) > MOST_PART_ROWS:
        notes.append(f"All candidates and every {word} stand in comparison.xlsx, sheet By {word}.")
    if word and any(0 < n < _THIN for n in many.values()):
        notes.append(f"A {word} with fewer than {_THIN} examples shows no interval; its figure is an anecdote.")
    return tuple(notes)


def _part_cell(context: Context, result: CandidateResult, measure: str, scope: Scope, many: int) -> Cell:
    m = context.figure(result, measure, scope)
    return Cell(context.value(m), context.interval(m) if many >= _THIN else "")


def _segments(context: Context) -> Table:
    candidates, mix = shown_candidates(context), context.comparison.plan.production_mix
    many = Counter(e.segment for e in context.comparison.corpus.eval)
    rows = [
        TableRow(
            name=line(scope.name, 44),
            note=", ".join(
                t
                for t in (
                    numbers.plural(many[scope.name], "example"),
                    f"{numbers.share(mix[scope.name])} of production" if scope.name in mix else "",
                )
                if t
            ),
            cells=tuple(
                Cell(context.value(m), context.interval(m) if many[scope.name] >= _THIN else "")
                for m in (context.primary(c, scope) for c in candidates)
            ),
        )
        for scope in segment_scopes(context)[:MOST_SEGMENT_ROWS]
    ]
    dropped = len(segment_scopes(context)) - len(rows)
    notes = (f"{numbers.plural(dropped, 'more segment')} in comparison.xlsx, sheet By segment.",) if dropped > 0 else ()
    return Table(
        head=f"{capital(context.comparison.primary_measure)} by segment",
        columns=tuple(line(c.spec.name, 40) for c in candidates),
        rows=tuple(rows),
        notes=notes,
    )


def _comparisons(context: Context) -> Table:
    pairs = context.comparison.pairs
    against = {p.b for p in pairs}
    measure = capital(context.comparison.primary_measure)
    head = f"{measure} against {line(pairs[0].b, 40)}" if len(against) == 1 else f"{measure}, pair"
    rows = tuple(_pair(context, p, alone=len(against) == 1) for p in pairs)
    return Table(head, ("Difference", "Interval", "Adjusted p", "Examples"), rows)


def _pair(context: Context, pair: PairedComparison, *, alone: bool) -> TableRow:
    a, b = line(pair.a, 40), line(pair.b, 40)
    m = next((m for c in context.results for m in c.measurements.values() if m.measure == pair.measure), None)
    if pair.difference is None or m is None:
        shown = ("not the same examples", numbers.DASH, numbers.DASH, numbers.count(pair.n))
    else:
        shown = (
            numbers.difference(pair.difference, m.unit, context.currency),
            numbers.difference_interval(pair.low, pair.high, m.unit, context.currency),
            numbers.p_value(pair.p_adjusted),
            numbers.count(pair.n),
        )
    return TableRow(a if alone else f"{a} against {b}", "", tuple(Cell(t) for t in shown))


def balance(context: Context) -> Table:
    """Word balanced accuracy and Matthews' correlation of each candidate, shown and never decided on."""
    shown = [c for c in shown_candidates(context) if c.balance is not None]
    found = [c.balance for c in shown if c.balance is not None]
    if not found:
        return Table("", (), ())
    rows = (
        TableRow("Balanced accuracy", "mean recall of the labels", tuple(_beside(b.balanced_accuracy, "%") for b in found)),
        TableRow("Matthews correlation", "1 = all right, 0 = by chance", tuple(_beside(b.matthews, "") for b in found)),
    )
    note = (
        f"Over {numbers.plural(found[0].rows, 'example')}; percentile intervals of {BALANCE_RESAMPLES:,} resamples. Where "
        "one label is common, accuracy alone flatters; these two do not. They are shown and decide nothing."
    )
    return Table("Figure", tuple(line(c.spec.name, 40) for c in shown), rows, (note,))


def _beside(found: Beside, unit: str) -> Cell:
    if found.value is None:
        return Cell("n/a", "one label only")
    if unit:
        return Cell(numbers.share(found.value), numbers.interval(found.low, found.high, Unit.SHARE, ""))
    ends = "" if found.low is None or found.high is None else f"{_correlation(found.low)} to {_correlation(found.high)}"
    return Cell(_correlation(found.value), ends)


def _correlation(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _confusions(context: Context) -> tuple[Fact, ...]:
    """The lead's most frequent mix-ups, at most six."""
    if context.lead is None:
        return ()
    pairs = [
        (many, expected, found)
        for expected, row in context.lead.confusion.items()
        for found, many in row.items()
        if expected != found and many
    ]
    pairs.sort(key=lambda p: (-p[0], p[1], p[2]))
    return tuple(
        Fact(f"{line(expected, 40)} taken for {line(found, 40)}", numbers.plural(many, "time"))
        for many, expected, found in pairs[:MOST_ERRORS]
    )


def _known_failures(context: Context) -> tuple[KnownFailureRow, ...]:
    described = {f.id: f for f in context.comparison.plan.known_failures}
    cases: dict[str, None] = dict.fromkeys(described)
    cases |= dict.fromkeys(e.known_failure for e in context.comparison.corpus.regression)
    tallies = [_tally(c) for c in shown_candidates(context)]
    many = Counter(e.known_failure for e in context.comparison.corpus.regression)
    rows: list[KnownFailureRow] = []
    for name in cases:
        failure = described.get(name)
        rows.append(
            KnownFailureRow(
                name=line(name, 24),
                description=clean(failure.description, 160) if failure else "Not described in the workbook.",
                severity=line(failure.severity, 24) if failure else "",
                cases=numbers.count(many[name]),
                cells=tuple(Cell(f"{t[name][0]} of {t[name][1]}" if name in t else numbers.DASH) for t in tallies),
            )
        )
    return tuple(rows)


def _tally(result: CandidateResult) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for o in result.regression.observations:
        right, asked = found.get(o.example.known_failure, (0, 0))
        found[o.example.known_failure] = (right + o.score.strict.right, asked + 1)
    return found


def reliability(context: Context) -> Reliability:
    """Word latency percentiles and outcomes of every candidate."""
    latency, outcomes = [], []
    for result in context.results:
        name, chosen = line(result.spec.name, 60), context.is_winner(result)
        figures = [context.figure(result, f"{p} latency") for p in ("p50", "p95", "p99", "mean")]
        cells = [Cell(context.value(m), context.interval(m) if i == 1 else "") for i, m in enumerate(figures)]
        cells += [Cell(context.value(context.figure(result, m))) for m in ("failure rate", "retry rate")]
        p95 = figures[1]
        basis = p95.basis.value if p95 is not None and p95.value is not None else ""
        latency.append(TableRow(name, basis, tuple(cells), chosen))
        counts = result.counts
        figures_of = [counts.planned, *(planned(counts, o) for o in Outcome), counts.unscored]
        outcomes.append(TableRow(name, "", tuple(Cell(numbers.count(n)) for n in figures_of), chosen))
    return Reliability(
        latency=Table(
            "Candidate",
            ("Half within (p50)", "95 % within (p95)", "99 % within (p99)", "Mean of answered", "Failed", "Retried"),
            tuple(latency),
            (
                (
                    "From the first attempt sent to the final answer, waiting between attempts included. A failed request "
                    "counts as "
                    "never answered: where the rank falls on one, the percentile is not reached."
                ),
            ),
        ),
        outcomes=Table(
            "Candidate",
            ("Asked", "Answered", "Refused", "Abstained", "Invalid", "Error", "Timeout", "Unscored"),
            tuple(outcomes),
            ("Every example asked ends in exactly one outcome; none leaves a denominator. Unscored: answered, not judged.",),
        ),
    )
