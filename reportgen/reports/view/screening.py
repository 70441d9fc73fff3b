"""Words the screen before the evaluation: which models public ratings kept, which not, and that they weigh nothing."""

from __future__ import annotations

from reportgen.domain.deciding.screening import BoardScreen, screen
from reportgen.domain.wording import numbers
from reportgen.domain.wording.text import line
from reportgen.reports.view.context import Context
from reportgen.reports.view.records import Section

MOST_NAMED = 25
WEIGHT = "Ratings weigh nothing after the screen: no figure, verdict or rank in this report depends on one."


def boards(context: Context) -> tuple[BoardScreen, ...]:
    """Return the screen of each board of the workbook."""
    plan = context.comparison.plan
    return screen(plan.screening, plan.settings.screen_keeps)


def section(context: Context) -> tuple[Section, ...]:
    """Return the section on the screen, nothing where the workbook has no ratings."""
    told = [_told(board) for board in boards(context)]
    return (Section("The screen before the evaluation", (*told, WEIGHT)),) if told else ()


def _told(board: BoardScreen) -> str:
    where = f"{line(board.board, 60)}, read {numbers.date(board.as_of)}, rates {numbers.plural(len(board.models), 'model')}"
    if not board.out:
        return f"{where}; all of them stayed, since {board.keeps} may."
    names = [line(m.row.model, 60) for m in board.out]
    more = len(names) - MOST_NAMED
    rest = f" and {numbers.count(more)} more, all listed on the sheet Run record" if more > 0 else ""
    return (
        f"{where}. The cut is the rating of place {board.keeps}, {board.cut:g}; a model whose interval reaches it stays: "
        f"{numbers.count(len(board.kept))} stayed ({', '.join(line(m.row.model, 60) for m in board.kept[:MOST_NAMED])}). "
        f"Screened out that day, since their intervals end below the cut: {', '.join(names[:MOST_NAMED])}{rest}."
    )
