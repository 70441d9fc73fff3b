"""The holdout: unseen before it is opened, opened once, numbered and printed, and never to raise a decision."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from scipy.stats import binomtest

from reportgen import evaluation
from reportgen.cli import main
from reportgen.confirmation import Confirmation, confirm
from reportgen.domain.records.comparison import HoldoutVerdict, Status
from reportgen.evidence.access_log import read_entries
from reportgen.evidence.run_folder import RunFolder
from reportgen.evidence.seal import BrokenSealError
from reportgen.problems import ExitCode, NeedsMendingError
from reportgen.verification import Word, check_hashes, verify
from reportgen.verification.documents import PDFS
from reportgen.verification.pages import page_texts
from tests.conftest import results_alone
from tests.small_workbooks import examples, tickets
from tests.verification import runs


def results(folder: RunFolder) -> dict[str, object]:
    """Return results.json without hashes, clock and commitment, which follow from the workbook's bytes."""
    found: dict[str, object] = msgspec.json.decode((folder.path / "results.json").read_bytes())
    return {key: found[key] for key in ("candidates", "comparisons", "decision", "readiness")}


@pytest.mark.usefixtures("figures_only")
def test_other_labels_in_the_holdout_change_nothing_before_it_is_opened(tmp_path: Path) -> None:
    found = []
    for name, relabelled in (("a", False), ("b", True)):
        (tmp_path / name).mkdir()
        _, folder = evaluation.evaluate(runs.write(tmp_path / name / "t.xlsx", relabelled=relabelled), environment={})
        found.append((results(folder), folder))
    assert found[0][0] == found[1][0]
    verdicts = [confirm(folder.path, by="Ada").opening.result for _, folder in found]
    assert [v.verdict for v in verdicts if v is not None] == [HoldoutVerdict.CONFIRMED, HoldoutVerdict.CONTRADICTED]


@pytest.mark.usefixtures("figures_only")
def test_a_winner_that_the_locked_rows_rule_out_loses_its_recommendation_and_exit_code_10_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = runs.make_run(tmp_path, wrong_locked=20)
    before = results(folder)["decision"]
    assert main(["confirm", str(folder.path), "--by", "Ada"]) == ExitCode.CONTRADICTED
    assert "CONTRADICTED on 40 locked rows; right there 20 of 40" in capsys.readouterr().out
    after = results(folder)
    assert before["status"] == Status.RECOMMEND.value  # type: ignore[index]
    assert after["decision"]["status"] == Status.NOT_ENOUGH_EVIDENCE.value  # type: ignore[index]
    assert not after["decision"]["winner"]  # type: ignore[index]
    with pytest.raises(NeedsMendingError):
        confirm(folder.path, by="Ada")


@pytest.mark.usefixtures("figures_only")
def test_a_few_misses_are_consistent_and_change_nothing(tmp_path: Path) -> None:
    folder = runs.make_run(tmp_path, wrong_locked=6)
    before = results(folder)["decision"]
    found = confirm(folder.path, by="Ada").opening.result
    assert found is not None
    bounds = binomtest(34, 40).proportion_ci(0.9, "exact")  # one-sided 95 % either way
    assert bounds.low < 0.8 < bounds.high
    assert (found.verdict, found.right, found.rows) == (HoldoutVerdict.CONSISTENT, 34, 40)
    assert results(folder)["decision"] == before


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunFolder, Confirmation, Confirmation, str]:
    """A run whose holdout was opened, refused, and opened again with a reason; the last opening writes the documents."""
    with results_alone():
        folder = runs.make_run(tmp_path_factory.mktemp("run"), wrong_locked=1)
        first = confirm(folder.path, by="Ada Byron")
        with pytest.raises(NeedsMendingError) as refused:
            confirm(folder.path, by="Ada Byron")
    return folder, first, confirm(folder.path, by="Bob", again="the first letter was lost"), str(refused.value)


def test_a_second_opening_is_refused_without_a_reason(
    twice: tuple[RunFolder, Confirmation, Confirmation, str],
) -> None:
    _, first, second, refused = twice
    assert "opened before (opening 1" in refused
    assert "--again" in refused
    assert (first.opening.access.number, second.opening.access.number) == (1, 2)


def test_every_opening_is_printed_in_both_documents_and_stands_in_the_log(
    twice: tuple[RunFolder, Confirmation, Confirmation, str],
) -> None:
    folder, *_ = twice
    for name in PDFS:
        text = " ".join(" ".join(page_texts(folder.path / name)).split())
        assert "Opening 1," in text, name
        assert "by Ada Byron" in text, name
        assert "Opening 2," in text, name
        assert "the first letter was lost" in text, name
        assert "has not been opened" not in text, name
    assert [e.event.value for e in read_entries(folder.access_log)] == ["opened", "answered"] * 2


def test_a_run_with_two_openings_verifies_and_counts_against_point_7(
    twice: tuple[RunFolder, Confirmation, Confirmation, str],
) -> None:
    folder, _, second, _ = twice
    found = verify(folder.path)
    assert found.exit_code is ExitCode.DONE, [c for c in found.checks if c.word is Word.DIFFERENT]
    point = next(p for p in second.comparison.checklist if p.number == 7)
    assert point.status.value == "not met"


def test_an_opening_taken_out_of_the_log_is_found(
    twice: tuple[RunFolder, Confirmation, Confirmation, str],
) -> None:
    folder, *_ = twice
    kept = folder.access_log.read_bytes()
    try:
        folder.access_log.write_bytes(b"".join(kept.splitlines(keepends=True)[2:]))
        assert check_hashes(folder.path).exit_code is ExitCode.CONTRADICTED
        with pytest.raises(BrokenSealError, match="is not what was sealed"):
            confirm(folder.path, by="Eve", again="it never happened")
    finally:
        folder.access_log.write_bytes(kept)


@pytest.mark.usefixtures("figures_only")
def test_rows_that_leave_the_holdout_after_being_locked_are_told(tmp_path: Path) -> None:
    import openpyxl  # noqa: PLC0415

    runs.make_run(tmp_path)
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    sheet = book["Examples"]
    header = next(r for r in sheet.iter_rows() if any(c.value == "Split" for c in r))
    column = next(c.column for c in header if c.value == "Split")
    cell = next(r[column - 1] for r in sheet.iter_rows() if r[column - 1].value == "holdout")
    cell.value = "train"
    book.save(tmp_path / "t.xlsx")
    comparison, _ = evaluation.evaluate(tmp_path / "t.xlsx", environment={})
    told = {f.code: f.what for f in comparison.findings}
    assert "1 row left the holdout after being locked" in told["holdout-moved"]
    assert "with 40 rows and, after the workbook changed, again" in told["holdout-changed"]


@pytest.mark.usefixtures("figures_only")
def test_the_next_decision_is_confirmed_on_rows_that_nobody_saw(tmp_path: Path) -> None:
    book = write_tickets(tmp_path, 200)
    _, first = evaluation.evaluate(book, environment={})
    assert confirm(first.path, by="Ada").opening.access.number == 1
    with pytest.raises(NeedsMendingError, match="opened before"):
        confirm(first.path, by="Ada")
    comparison, second = evaluation.evaluate(write_tickets(tmp_path, 300), environment={})
    told = {f.code: f.what for f in comparison.findings}
    assert "that opening 1 of" in told["holdout-used"]
    assert "holdout-moved" not in told
    assert "holdout-changed" not in told
    assert "opened once" not in next(p for p in comparison.checklist if p.number == 7).found
    assert confirm(second.path, by="Bob").opening.access.number == 2
    for run in (first, second):
        with pytest.raises(NeedsMendingError, match="opened before"):
            confirm(run.path, by="Eve")
    assert not [c for c in verify(second.path).checks if c.word is Word.DIFFERENT]


def write_tickets(folder: Path, count: int) -> Path:
    """Write a workbook of so many tickets, none with a declared split, and one recorded candidate that is always right."""
    rows = examples(count)
    outputs = [runs.output(runs.WINNER, row, wrong=False) for row in rows]
    recorded = {"Candidate": runs.WINNER, "Kind": "Recorded outputs", "Role": "production", "Input price": 1}
    levels = [{"Measure": "accuracy", "Comparison": "at least", "Target": 0.8, "Agreed by": "Ada"}]
    labels = [{"Label": "refund"}, {"Label": "delivery"}]
    return tickets(
        folder / "t.xlsx",
        Examples=rows,
        candidates=[{**recorded, "Output price": 2}],
        Recorded_outputs=outputs,
        Service_levels=levels,
        Labels=labels,
    )
