"""The screen by public ratings: what stays, what does not and why, and that nothing after it depends on a rating."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from reportgen.domain.deciding.screening import candidates_on, screen
from reportgen.domain.records.plan import CandidateKind, CandidateSpec, ScreeningRow
from reportgen.workbook.reading.board_file import read_board
from tests.peers.shared import SHARED

ARENA = SHARED / "arena" / "arena_text_overall.csv"


def row(model: str, rating: float, low: float | None = None, high: float | None = None, board: str = "b") -> ScreeningRow:
    return ScreeningRow(model, board, rating, "2026-04-03", low, high)


def kept(rows: list[ScreeningRow], keeps: int) -> list[str]:
    return [m.row.model for board in screen(rows, keeps) for m in board.kept]


def test_the_cut_is_the_rating_of_the_nth_model_and_a_high_that_reaches_it_stays() -> None:
    rows = [row("c", 80, 70, 89.9), row("a", 100), row("d", 50, 0, 90), row("b", 90, 85, 95), row("e", 85)]
    (found,) = screen(rows, 2)
    assert found.cut == 90
    assert [m.row.model for m in found.kept] == ["a", "b", "d"]
    assert [m.row.model for m in found.out] == ["e", "c"]
    assert found.out[1].reason == "its High of 89.9 lies below the cut of 90.0, the rating of place 2"
    assert found.kept[2].reason == "place 5, but its High of 90.0 reaches the cut of 90.0"


def test_equal_ratings_at_the_cut_all_stay() -> None:
    assert kept([row("a", 3), row("b", 2), row("c", 2), row("d", 1)], 2) == ["a", "b", "c"]


def test_a_board_with_no_more_models_than_are_kept_cuts_none() -> None:
    assert kept([row("a", 3), row("b", 1)], 2) == ["a", "b"]


def test_boards_are_screened_by_themselves_since_their_ratings_are_not_of_one_kind() -> None:
    rows = [row("a", 1500, board="x"), row("b", 1400, board="x"), row("b", 0.9, board="y"), row("a", 0.1, board="y")]
    assert kept(rows, 1) == ["a", "b"]


def test_figures_that_would_round_to_the_same_are_told_apart() -> None:
    (found,) = screen([row("a", 2.0), row("b", 1.9, 1.0, 1.99999)], 1)
    assert "1.99999 lies below the cut of 2.00000" in found.out[0].reason


@pytest.mark.parametrize(
    ("model", "name", "listed"),
    [("openai/GPT-5 mini", "x", True), ("", "gpt_5-mini", True), ("gpt-5", "y", False), ("python rules.py", "z", False)],
)
def test_candidates_are_matched_by_model_whatever_the_provider_prefix(model: str, name: str, listed: bool) -> None:
    spec = CandidateSpec(name, CandidateKind.API_MODEL, model)
    (found,) = candidates_on(screen([row("gpt-5-mini", 1)], 10), [spec])
    assert (found.listed, found.stays) == (listed, listed)


def by_hand(path: Path, keeps: int) -> set[str]:
    """Return the models that stay, in exact decimals and without our reader or our screen."""
    with path.open(encoding="utf-8", newline="") as file:
        table = [(r["model"], Decimal(r["rating"]), Decimal(r["rating_q975"])) for r in csv.DictReader(file)]
    ratings = sorted((rating for _, rating, _ in table), reverse=True)
    return {model for model, _, high in table if high >= ratings[keeps - 1]}


@pytest.mark.peers
@pytest.mark.skipif(not ARENA.exists(), reason="the real ratings of ../shared are not here")
@pytest.mark.parametrize("keeps", [1, 10, 50])
def test_the_arena_is_narrowed_down_to_the_models_that_a_hand_computation_keeps(keeps: int) -> None:
    rows = read_board(ARENA, "2026-04-03").rows
    assert len(rows) == 282
    (found,) = screen(rows, keeps)
    assert {m.row.model for m in found.kept} == by_hand(ARENA, keeps)
    assert len(found.kept) + len(found.out) == 282
    if keeps == 10:
        assert [m.row.model for m in found.kept[10:]] == ["mistral-large-3"]
        assert all(m.row.as_of == "2026-04-03" and "lies below the cut of 143" in m.reason for m in found.out)
