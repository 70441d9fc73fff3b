"""Two runs held against one another: figures in pairs, and the causes by name."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import pytest
from statsmodels.stats.contingency_tables import mcnemar

from reportgen import cli
from tests.gate.books import PRODUCTION, write
from tests.reports.corners import answers_to_questions


@pytest.fixture
def two_runs(tmp_path: Path, figures_only: None) -> tuple[Path, Path]:  # noqa: ARG001 - draws no documents
    """The same workbook twice: 20 rows went wrong, 2 were mended, 1 was edited, 1 left, a level and a cost moved."""
    book = write(tmp_path / "t.xlsx", wrong=[*range(10)])
    assert cli.main(["run", str(book)]) == 0
    write(
        book,
        wrong=[*range(2, 30)],
        changed=[140],
        left_out=[141],
        level=0.6,
        further={"Costs": [{"Assumption": "Tasks per month", "Expected": 2000, "Source": "count"}]},
        candidates={"new model": []},
    )
    assert cli.main(["run", str(book)]) == 0
    return tmp_path / "t-run", tmp_path / "t-run-2"


def test_figures_are_compared_in_pairs_and_every_cause_is_named(
    two_runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert cli.main(["compare", *map(str, two_runs), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["only_now"] == ["new model"]
    change = found["candidates"][0]
    assert change["name"] == PRODUCTION
    assert change["rows"] == 148
    assert change["paired"]["difference"] == pytest.approx((2 - 20) / 148)
    assert change["paired"]["p"] == pytest.approx(mcnemar([[118, 2], [20, 8]], exact=True).pvalue)
    assert change["paired"]["low"] < change["paired"]["difference"] < change["paired"]["high"] < 0
    accuracy = next(f for f in change["figures"] if f["measure"] == "accuracy")
    assert (accuracy["then"], accuracy["now"]) == (pytest.approx(140 / 150), pytest.approx(121 / 149))
    assert accuracy["difference"] == pytest.approx(121 / 149 - 140 / 150)
    causes = {c["what"]: c for c in found["causes"]}
    assert causes["examples with another input"]["rows"] == ["E140"]
    assert causes["examples removed"]["rows"] == ["E141"]
    assert causes["service level: accuracy"]["now"] == "at least 0.6, must"
    assert causes["Costs: Tasks per month"]["then"] == "1,000"
    assert change["causes"] == []


@pytest.mark.parametrize(("better", "worse", "low", "high"), [(2, 2, -0.0279, 0.0279), (5, 8, -0.0637, 0.0213)])
def test_equivalence_is_two_one_sided_tests(  # noqa: PLR0917 - a case and its figures
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    figures_only: None,  # noqa: ARG001 - draws no documents
    better: int,
    worse: int,
    low: float,
    high: float,
) -> None:
    book = write(tmp_path / "t.xlsx", wrong=range(10))
    assert cli.main(["run", str(book)]) == 0
    write(book, wrong=[*range(better, 10), *range(10, 10 + worse)])
    assert cli.main(["run", str(book)]) == 0
    capsys.readouterr()
    assert cli.main(["compare", str(tmp_path / "t-run"), str(tmp_path / "t-run-2"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["candidates"][0]["equivalence"]
    assert (found["low"], found["high"]) == pytest.approx((low, high), abs=5e-5)
    assert found["margin"] == 0.05
    assert found["equivalent"] is (low > -0.05 and high < 0.05)


def test_the_words_name_the_change_and_say_how_sure_it_is(
    two_runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert cli.main(["compare", *map(str, two_runs)]) == 0
    told = capsys.readouterr().out
    assert "accuracy on the 148 rows that both have: −12.2\u00a0%" in told
    assert "a real change" in told
    assert "examples removed: 1 (E141)" in told
    assert "Nothing changed about it" in told


def test_a_run_held_against_itself_shows_no_change(two_runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert cli.main(["compare", str(two_runs[0]), str(two_runs[0])]) == 0
    told = capsys.readouterr().out
    assert "as before" in told
    assert "no change is shown (adjusted p 1)" in told
    assert "Nothing else changed" in told


def test_what_is_no_run_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compare", str(tmp_path), str(tmp_path)]) == 2
    assert "not the folder of a finished run" in capsys.readouterr().err


@pytest.mark.usefixtures("figures_only")
def test_runs_of_different_tasks_or_primary_measures_are_not_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    books = {
        "sorting": write(tmp_path / "sorting.xlsx", rows=30),
        "macro": write(tmp_path / "macro.xlsx", rows=30, evaluation={"Primary measure": "macro F1"}),
        "asking": answers_to_questions(tmp_path / "asking.xlsx"),
    }
    for book in books.values():
        assert cli.main(["run", str(book)]) == 0
    capsys.readouterr()
    for one, other in permutations(books, 2):
        assert cli.main(["compare", str(tmp_path / f"{one}-run"), str(tmp_path / f"{other}-run")]) == 2
        assert "The runs answer different questions" in capsys.readouterr().err
    assert cli.main(["compare", str(tmp_path / "sorting-run"), str(tmp_path / "asking-run")]) == 2
    told = capsys.readouterr().err
    assert "classification by accuracy" in told
    assert "question answering by exact answer rate" in told
