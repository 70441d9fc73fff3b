"""Words which tokens a cost was reckoned from: recorded or billed, cached apart or not, thinking included or not known."""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.domain.records.comparison import CandidateResult
from reportgen.domain.records.plan import AddedKind, CandidateKind
from reportgen.domain.records.response import Basis, Response, Usage
from reportgen.domain.wording import numbers
from reportgen.domain.wording.text import line
from reportgen.reports.view.context import MOST_COLUMNS, Context
from reportgen.reports.view.records import Cell, Table, TableRow


def tokens(context: Context) -> Table:
    """Say for every candidate where its token counts come from and what is in them; those alike share a row."""
    alike: dict[tuple[str, str, str], list[CandidateResult]] = {}
    for result in context.results:
        alike.setdefault(_words(result), []).append(result)
    rows = tuple(
        TableRow(
            numbers.listing((line(r.spec.name, 60) for r in same), MOST_COLUMNS),
            "",
            tuple(map(Cell, words)),
            len(same) == 1 and context.is_winner(same[0]),
        )
        for words, same in alike.items()
    )
    notes = ("Counts are totals over every attempt that was billed; a recorded cost goes before tokens times price.",)
    return Table("Candidate", ("Tokens counted", "Cached input", "Thinking"), rows, notes)


def _words(result: CandidateResult) -> tuple[str, str, str]:
    responses = [o.response for o in (*result.sample.observations, *result.regression.observations)]
    used = [r.usage for r in responses if r.usage is not None]
    if result.spec.route is not None and used:
        return "those of the candidates that it asked", numbers.DASH, numbers.DASH
    if result.spec.kind is CandidateKind.LOCAL_BASELINE:
        return _without(result), numbers.DASH, numbers.DASH
    if responses and all(r.cost is not None for r in responses):
        return "none: the recorded cost of each task was taken", numbers.DASH, numbers.DASH
    if not used:
        return _without(result), numbers.DASH, numbers.DASH
    return _source(responses, len(used)), _cached(used), _thinking(used)


def _without(result: CandidateResult) -> str:
    match result.spec.kind:
        case CandidateKind.LOCAL_BASELINE:
            return "none: it runs locally"
        case CandidateKind.COMMAND:
            return "none: the command reported no tokens"
        case CandidateKind.ROUTE:
            return "none: those of one of its two candidates are not known"
        case CandidateKind.API_MODEL | CandidateKind.RECORDED_OUTPUTS | AddedKind():
            return "none: no tokens were recorded"


def _source(responses: Sequence[Response], used: int) -> str:
    recorded = sum(r.usage is not None and r.basis is Basis.RECORDED for r in responses)
    match recorded:
        case 0:
            source = "as the provider reported them, input and output"
        case _ if recorded == used:
            source = "as recorded in the workbook, input and output"
        case _:
            source = f"as recorded for {numbers.count(recorded)}, as the provider reported them for the others"
    missing = len(responses) - used
    return f"{source}; none for {numbers.plural(missing, 'response')}" if missing else source


def _cached(used: Sequence[Usage]) -> str:
    many = sum(u.cached_input > 0 for u in used)
    return f"told apart, in {numbers.plural(many, 'response')}" if many else "none reported"


def _thinking(used: Sequence[Usage]) -> str:
    known = sum(u.thinking is not None for u in used)
    if not known:
        return "unknown: not told apart from the output"
    return "in the output" if known == len(used) else f"in the output; not told for {numbers.count(len(used) - known)}"
