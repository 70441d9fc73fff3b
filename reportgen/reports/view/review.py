"""Words what human review finds and lets through, and whether stated confidence may replace it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reportgen.domain.records.comparison import CandidateResult
from reportgen.domain.records.measure import Unit
from reportgen.domain.records.plan import Task
from reportgen.domain.records.review_figures import ErrorValue, ReviewFigures, Tried
from reportgen.domain.statistics.selective import Bin
from reportgen.domain.wording import numbers
from reportgen.domain.wording.text import line
from reportgen.reports.view.context import Context, shown_candidates
from reportgen.reports.view.records import Cell, Table, TableRow

HEAD = "What review finds, and what it lets through"
_NAME = 40
_ENOUGH_TO_CALIBRATE = 200
_NO_OUTCOME = "–"


def review(context: Context) -> Table:
    """Put the candidates in columns and the figures of review in rows, measured and assumed marked apart."""
    shown = [r for r in shown_candidates(context) if r.spec.name in context.comparison.review]
    found = [context.comparison.review[r.spec.name] for r in shown]
    if not found:
        return Table("", (), ())
    rows = (
        _row("Answered in the agreed form", "measured", (_of(f.answered, f.rows) for f in found)),
        _row("Right of those answered", _right_note(context), (_right(f) for f in found)),
        _row("Reviewed", "measured", (_of(f.reviewed, f.rows) for f in found)),
        _row("Wrong answers that are reviewed", "measured", (_of(f.wrong_reviewed, f.wrong) for f in found), _spans(found)),
        _row("Review lift (1 = random)", "measured", (_times(f.lift) for f in found)),
        _row(
            "A reviewer finds",
            "assumed, sheet Costs" if found[0].finds_given else "assumed, usual value",
            (numbers.share(f.finds, digits=0) for f in found),
        ),
        _row("Errors nobody notices", "share of tasks", (_share(f.undetected) for f in found)),
        _row(
            "The choice tips at",
            "cost of an undetected error",
            (_tips(context, r, f.error_value) for r, f in zip(shown, found, strict=True)),
        ),
        *_stated_confidence(found),
    )
    return Table("Figure", tuple(line(r.spec.name, _NAME) for r in shown), rows, tuple(_notes(context)))


def _row(name: str, note: str, cells: Iterator[str], subs: Iterator[str] | None = None) -> TableRow:
    if subs is None:
        return TableRow(name, note, tuple(map(Cell, cells)))
    return TableRow(name, note, tuple(Cell(text, sub) for text, sub in zip(cells, subs, strict=True)))


def _spans(found: list[ReviewFigures]) -> Iterator[str]:
    for f in found:
        span = f.capture_interval
        yield "" if span is None else numbers.interval(*span, Unit.SHARE, "")


def _of(part: int, whole: int) -> str:
    return f"{numbers.count(part)} of {numbers.count(whole)}" if whole else "none wrong"


def _right_note(context: Context) -> str:
    """Say what is asked of an answer that counts as right here, where other figures count it in parts."""
    match context.comparison.plan.settings.task:
        case Task.EXTRACTION:
            return "measured; right in every field"
        case Task.SUMMARIZATION:
            return "measured; nothing left out, nothing unsupported"
        case Task.CLASSIFICATION | Task.QUESTION_ANSWERING:
            return "measured"


def _right(found: ReviewFigures) -> str:
    if not found.answered_judged:
        return "not judged"
    return numbers.share(found.answered_right / found.answered_judged)


def _times(lift: float | None) -> str:
    return _NO_OUTCOME if lift is None else f"{lift:.2f}"


def _share(value: float | None) -> str:
    return "not judged" if value is None else numbers.share(value)


def _tips(context: Context, result: CandidateResult, found: ErrorValue | None) -> str:
    if found is not None and found.value is not None:
        return numbers.money(found.value, context.currency)
    if found is None:
        return _NO_OUTCOME if result.priced else "no price"
    return "at no value"


def _notes(context: Context) -> Iterator[str]:
    review = context.comparison.review
    yield (
        "Review lift is the share of wrong answers that are reviewed over the share of all that are. "
        "A reviewer is taken never to spoil a right answer."
    )
    yield from (text for r in context.results if (text := error_value_words(context, r.spec.name)))
    lead = context.lead
    if lead is not None and lead.spec.name in review and review[lead.spec.name].triggers:
        yield f"{line(lead.spec.name, _NAME)}: {_overlap(review[lead.spec.name])}."
    yield from _thresholds(context)


def _thresholds(context: Context) -> Iterator[str]:
    """Yield which confidence may replace review; candidates of which the same is true share a sentence."""
    alike: dict[str, list[str]] = {}
    for result in context.results:
        found = context.comparison.review.get(result.spec.name)
        if found is not None:
            told = "no confidence is stated." if found.tried is None else threshold_words(found.tried)
            alike.setdefault(told, []).append(line(result.spec.name, _NAME))
    for told, names in alike.items():
        yield f"{numbers.listing(names)}: {told}"


def _stated_confidence(found: list[ReviewFigures]) -> Iterator[TableRow]:
    """Yield how far stated confidence can be believed; nothing where nobody states any."""
    tried = [f.tried for f in found]
    if not any(tried):
        return
    rows = {
        "Answers with a stated confidence": [_NO_OUTCOME if t is None else _stated(t) for t in tried],
        "Brier score (0 is best)": [_NO_OUTCOME if t is None else f"{t.calibration.brier:.3f}" for t in tried],
        "Calibration error (0 % is best)": [_NO_OUTCOME if t is None else numbers.share(t.calibration.error) for t in tried],
        "Area under risk and coverage (0 is best)": [_NO_OUTCOME if t is None else f"{t.area:.3f}" for t in tried],
    }
    for name, cells in rows.items():
        yield _row(name, "measured", iter(cells))


def _stated(found: Tried) -> str:
    rough = "" if found.calibration.answers >= _ENOUGH_TO_CALIBRATE else ", rough"
    return f"{numbers.count(found.calibration.answers)}{rough}"


def stated(context: Context) -> Table:
    """Hold stated confidence against the share that was right, bin by bin, with the candidates in columns."""
    shown = [
        (r, found.tried.calibration)
        for r in shown_candidates(context)
        if (found := context.comparison.review.get(r.spec.name)) is not None and found.tried is not None
    ]
    places = sorted({(b.low, b.high) for _, c in shown for b in c.bins})
    rows = tuple(
        TableRow(
            f"{numbers.number(100 * low)} to {numbers.share(high, digits=0)}",
            "",
            tuple(_bin_cell(next((b for b in c.bins if b.low == low), None)) for _, c in shown),
        )
        for low, high in places
    )
    few = [line(r.spec.name, _NAME) for r, c in shown if c.answers < _ENOUGH_TO_CALIBRATE]
    notes = ["Only answers that state a confidence and could be judged; “stated” is the average of what they state."]
    if few:
        notes.append(
            f"Fewer than {_ENOUGH_TO_CALIBRATE} answers of {numbers.listing(few)}: too few to trust a calibration error."
        )
    return Table("Stated confidence", tuple(line(r.spec.name, _NAME) for r, _ in shown), rows, tuple(notes))


def _bin_cell(found: Bin | None) -> Cell:
    if found is None:
        return Cell(_NO_OUTCOME)
    right = round(found.right * found.answers)
    return Cell(f"{_of(right, found.answers)} right", f"{numbers.share(found.confidence)} stated")


def error_value_words(context: Context, name: str) -> str:
    """Return above which value of an undetected error a candidate and the reference change places; '' where not known."""
    found = context.comparison.review[name].error_value
    if found is None:
        return ""
    own, other = context.said(name), context.said(found.against)
    if found.value is None:
        cheaper = found.cheaper and context.said(found.cheaper)
        return f"{own} against {other}: {f'{cheaper} costs less' if cheaper else 'both cost the same'} at any such value."
    careful = context.said(found.better_above)
    money = numbers.money(found.value, context.currency)
    return f"{own} against {other}: {careful} costs less once an undetected error costs more than {money}."


def _overlap(found: ReviewFigures) -> str:
    by_rule: Counter[str] = Counter()
    for rules, many in found.triggers.items():
        by_rule.update(dict.fromkeys(rules, many))
    told = [f"{rule} on {numbers.plural(many, 'answer')}" for rule, many in by_rule.items()]
    both = sum(many for rules, many in found.triggers.items() if len(rules) > 1)
    shared = f"several at once on {numbers.plural(both, 'answer')}" if both else "never two on the same answer"
    return f"review rules that fired: {numbers.listing(told)}; {shared}"


def threshold_words(found: Tried) -> str:
    """Return which confidence lets an answer pass unseen, how that was chosen, and how it did on the scored rows."""
    why = "as the required level allows" if found.target_from_level else "the usual limit, since no required level says it"
    goal = f"at most {numbers.share(found.target)} wrong ({why})"
    if found.threshold is None:
        return (
            f"no threshold on confidence is offered for {goal}: no train row has a recorded confidence, and the scored rows "
            "must not choose what they test."
        )
    rows = numbers.plural(found.train, "train answer")
    if found.threshold.threshold is None:
        return (
            f"no threshold on confidence is safe for {goal} on {rows} (the first test needs {found.threshold.needed}): "
            "review by rules, or review all."
        )
    passed = numbers.count(found.accepted)
    return (
        f"answers with confidence {numbers.number(found.threshold.threshold)} or more may pass unseen for {goal}; chosen on "
        f"{rows}. On the scored rows {passed} of {numbers.count(found.calibration.answers)} would pass, "
        f"{numbers.count(found.errors)} of them wrong."
    )
