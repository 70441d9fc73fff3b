"""The screen from many models down to some, by public ratings: a filter before the evaluation that weighs nothing after it.

The cut of a board is the rating of its Nth model, and every model whose interval reaches the cut stays, since intervals that
overlap do not tell two models apart (formulas.md 8). Ratings of different boards are never compared: each board is screened
by itself, and a model that stays on one of them stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reportgen.domain.records.plan import CandidateSpec, ScreeningRow


@dataclass(frozen=True, slots=True)
class ScreenedModel:
    """One model on one board. `reason` says why it stays or was screened out, with the figures."""

    row: ScreeningRow
    stays: bool
    reason: str


@dataclass(frozen=True, slots=True)
class BoardScreen:
    """One board, its models by falling rating. `cut` is a rating; None where the board has no more models than are kept."""

    board: str
    keeps: int
    cut: float | None
    models: tuple[ScreenedModel, ...]

    @property
    def kept(self) -> tuple[ScreenedModel, ...]:
        """The models that stay, highest rating first."""
        return tuple(m for m in self.models if m.stays)

    @property
    def out(self) -> tuple[ScreenedModel, ...]:
        """The models that were screened out, highest rating first."""
        return tuple(m for m in self.models if not m.stays)

    @property
    def as_of(self) -> str:
        """The latest day that the board was read."""
        return max((m.row.as_of for m in self.models), default="")


@dataclass(frozen=True, slots=True)
class ScreenedCandidate:
    """A candidate of the workbook on the boards: `listed` = one of them rates it, `stays` = one of them keeps it."""

    name: str
    model: str
    listed: bool
    stays: bool


def screen(rows: Iterable[ScreeningRow], keeps: int) -> tuple[BoardScreen, ...]:
    """Return each board's screen, boards in the order in which they first stand; `keeps` is N, at least 1."""
    boards: dict[str, list[ScreeningRow]] = {}
    for row in rows:
        boards.setdefault(row.board, []).append(row)
    return tuple(_board(name, listed, max(1, keeps)) for name, listed in boards.items())


def _board(name: str, rows: Sequence[ScreeningRow], keeps: int) -> BoardScreen:
    ranked = sorted(rows, key=lambda r: (-r.rating, model_key(r.model)))
    cut = ranked[keeps - 1].rating if len(ranked) > keeps else None
    return BoardScreen(name, keeps, cut, tuple(_judged(row, place, keeps, cut) for place, row in enumerate(ranked, 1)))


def _judged(row: ScreeningRow, place: int, keeps: int, cut: float | None) -> ScreenedModel:
    high = row.rating if row.high is None else max(row.high, row.rating)
    if cut is None:
        return ScreenedModel(row, True, f"the board has no more than {keeps} models")
    if row.rating >= cut:
        return ScreenedModel(row, True, f"place {place}, among the first {keeps} or level with them")
    end = "rating" if row.high is None else "High"
    shown, at = _apart(high, cut)
    if high >= cut:
        return ScreenedModel(row, True, f"place {place}, but its {end} of {shown} reaches the cut of {at}")
    return ScreenedModel(row, False, f"its {end} of {shown} lies below the cut of {at}, the rating of place {keeps}")


def _apart(first: float, second: float) -> tuple[str, str]:
    """Return two figures with as few digits as tell them apart, at least one behind the point."""
    for digits in range(1, 12):
        shown = f"{first:.{digits}f}", f"{second:.{digits}f}"
        if first == second or shown[0] != shown[1]:
            return shown
    return repr(first), repr(second)


def model_key(model: str) -> str:
    """Return the form in which models are matched: letter case, blanks, underscores and a provider's prefix forgiven."""
    return "-".join(model.rpartition("/")[2].casefold().replace("_", " ").replace("-", " ").split())


def candidates_on(boards: Sequence[BoardScreen], candidates: Iterable[CandidateSpec]) -> tuple[ScreenedCandidate, ...]:
    """Return how each candidate stands on the boards; it is matched by its model, else by its own name."""
    listed = {model_key(m.row.model) for board in boards for m in board.models}
    kept = {model_key(m.row.model) for board in boards for m in board.kept}
    found = []
    for spec in candidates:
        keys = {model_key(spec.model), model_key(spec.name)} - {""}
        found.append(ScreenedCandidate(spec.name, spec.model, bool(keys & listed), bool(keys & kept)))
    return tuple(found)
