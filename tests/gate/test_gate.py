"""The gate from command line to exit code; worked cases and bounds are those of formulas.md 1.10."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from junitparser import Error, Failure, JUnitXml

from reportgen import cli, evaluation
from reportgen.gate.assess import default_margin, non_inferior
from reportgen.gate.verdict import GateResult
from tests.gate.books import PRODUCTION, ROWS, write

pytestmark = pytest.mark.usefixtures("figures_only")


@pytest.fixture(autouse=True)
def _no_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the documents of a run out: the gate reads stored records, and PDFs take seconds."""
    monkeypatch.setattr(evaluation, "write_all", lambda *_: None)


@pytest.fixture(scope="module")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run whose production model is wrong on the first ten rows, and its baseline, made once."""
    folder = tmp_path_factory.mktemp("accepted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "write_all", lambda *_: None)
        evaluation.evaluate(write(folder / "then.xlsx", wrong=range(10)), out=folder / "then")
    accept(folder, folder / "then")
    return folder


@pytest.fixture
def baseline(tmp_path: Path, accepted: Path) -> Path:
    """Return a copy of the accepted baseline; the run it was made of lies beside it as `then`."""
    shutil.copytree(accepted / "then", tmp_path / "then")
    return Path(shutil.copy(accepted / "baseline.json", tmp_path))


def accept(folder: Path, run: Path, by: str = "Ann Smith") -> Path:
    path = folder / "baseline.json"
    assert cli.main(["accept", str(run), "--by", by, "--to", str(path)]) == 0
    return path


def gate(baseline: Path, book: Path, *more: str) -> tuple[int, dict[str, Any]]:
    out = book.with_suffix(".gate")
    code = cli.main(["gate", str(book), "--baseline", str(baseline), "--out", str(out), *more])
    return code, json.loads((out / "gate.json").read_text(encoding="utf-8"))


def check(record: dict[str, Any], name: str) -> dict[str, Any]:
    return next(c for c in record["checks"] if name in c["name"])


@pytest.mark.parametrize(
    ("better", "worse", "low", "high", "code"),
    [(2, 2, -0.0279, None, 0), (5, 5, -0.0384, None, 0), (5, 8, -0.0637, 0.0213, 11), (3, 10, -0.0914, -0.0079, 10)],
)
def test_the_worked_cases_end_to_end(  # noqa: PLR0917 - a case and its figures
    tmp_path: Path, baseline: Path, better: int, worse: int, low: float, high: float | None, code: int
) -> None:
    wrong = [*range(better, 10), *range(10, 10 + worse)]
    found, record = gate(baseline, write(tmp_path / "now.xlsx", wrong=wrong))
    difference = record["difference"]
    assert found == record["exit_code"] == code
    assert (difference["rows"], difference["margin"]) == (ROWS, 0.05)
    assert difference["difference"] == pytest.approx((better - worse) / ROWS, abs=1e-12)
    assert difference["low"] == pytest.approx(low, abs=5e-5)
    if high is not None:
        assert difference["high"] == pytest.approx(high, abs=5e-5)


def test_a_declared_margin_takes_the_place_of_the_default(tmp_path: Path, baseline: Path) -> None:
    book = write(tmp_path / "now.xlsx", wrong=[*range(5, 10), *range(10, 18)], evaluation={"Regression margin": 0.07})
    code, record = gate(baseline, book)
    assert (code, record["difference"]["margin"]) == (0, 0.07)


def test_the_default_margin_narrows_from_300_rows_on() -> None:
    assert (default_margin(299), default_margin(300)) == (0.05, 0.03)


def test_worse_for_sure_but_inside_the_margin_passes() -> None:
    assert non_inferior(-0.04, -0.01, 0.05) is GateResult.PASS
    assert non_inferior(-0.05, -0.01, 0.05) is GateResult.FAIL


def test_one_known_failure_that_is_back_fails_the_gate_by_mode_and_severity(tmp_path: Path, baseline: Path) -> None:
    code, record = gate(baseline, write(tmp_path / "now.xlsx", wrong=range(10), failing=["K2"]))
    found = check(record, "late (high)")
    assert code == 10
    assert found["result"] == "FAIL"
    assert found["detail"][0].startswith("K2:")
    assert check(record, "double (low)")["result"] == "PASS"
    assert check(record, "accuracy")["result"] == "PASS"


def test_a_missing_example_is_never_green(tmp_path: Path, baseline: Path) -> None:
    code, record = gate(baseline, write(tmp_path / "now.xlsx", wrong=range(10), left_out=[3]))
    assert code == 10
    assert check(record, "missing examples")["detail"] == ["E3"]
    assert record["difference"]["rows"] == ROWS - 1


def test_a_changed_example_is_not_compared_and_never_green(tmp_path: Path, baseline: Path) -> None:
    code, record = gate(baseline, write(tmp_path / "now.xlsx", wrong=range(10), changed=[7]))
    assert code == 11
    assert check(record, "changed examples")["detail"] == ["E7"]
    assert record["difference"]["rows"] == ROWS - 1


def test_an_example_without_an_answer_is_never_green(tmp_path: Path, baseline: Path) -> None:
    code, record = gate(baseline, write(tmp_path / "now.xlsx", wrong=range(10), unrecorded=[149]))
    assert code == 11
    assert check(record, "errors")["detail"] == ["E149: not recorded"]


def test_an_example_that_was_copied_to_fill_the_sheet_is_never_green(tmp_path: Path, baseline: Path) -> None:
    book = write(tmp_path / "now.xlsx", wrong=range(10))
    copy = {"Example ID": "E150", "Input": "case 3", "Expected": "no", "Split": "eval"}
    rows = [
        {"Example ID": f"E{i}", "Input": f"case {i}", "Expected": ("yes", "no")[i % 2], "Split": "eval"} for i in range(150)
    ]
    write(book, wrong=range(10), further={"Examples": [*rows, copy, *_known()]})
    code, record = gate(baseline, book)
    assert code == 10
    assert set(check(record, "doubled")["detail"]) == {"E3", "E150"}


def _known() -> list[dict[str, str]]:
    modes = {"K1": "late", "K2": "late", "K3": "double"}
    return [{"Example ID": k, "Input": f"known {k}", "Expected": "yes", "Known failure": m} for k, m in modes.items()]


def test_a_failed_service_level_fails_and_an_unproven_one_is_inconclusive(tmp_path: Path, baseline: Path) -> None:
    failed, _ = gate(baseline, write(tmp_path / "a.xlsx", wrong=range(10), level=0.99))
    unproven, _ = gate(baseline, write(tmp_path / "b.xlsx", wrong=range(10), level=0.92))
    assert (failed, unproven) == (10, 11)


def test_a_baseline_never_moves_by_itself(tmp_path: Path, baseline: Path) -> None:
    before = baseline.read_bytes()
    gate(baseline, write(tmp_path / "now.xlsx", wrong=()))
    assert baseline.read_bytes() == before


def test_accepting_again_keeps_the_earlier_acceptance_on_record(tmp_path: Path, baseline: Path) -> None:
    first = json.loads(baseline.read_text(encoding="utf-8"))["accepted"]
    accept(tmp_path, tmp_path / "then", by="Bo Lee")
    second = json.loads(baseline.read_text(encoding="utf-8"))
    assert second["accepted"]["by"] == "Bo Lee"
    assert second["earlier"] == [first]


def test_a_baseline_holds_no_text_of_the_workbook_and_none_of_the_answers(baseline: Path) -> None:
    text = baseline.read_text(encoding="utf-8")
    assert "case 1" not in text
    assert '"expected": "yes"' not in text


def test_a_baseline_changed_by_hand_is_refused(tmp_path: Path, baseline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = baseline.read_text(encoding="utf-8")
    baseline.write_text(text.replace('"title": "Gate"', '"title": "Other"'), encoding="utf-8")
    assert cli.main(["gate", str(tmp_path / "then"), "--baseline", str(baseline)]) == 2
    assert "changed after it was accepted" in capsys.readouterr().err


def test_a_run_changed_after_its_seal_can_neither_be_accepted_nor_gated(tmp_path: Path, baseline: Path) -> None:
    with (tmp_path / "then" / "evidence" / "environment.json").open("a", encoding="utf-8") as file:
        file.write(" ")
    run = str(tmp_path / "then")
    assert cli.main(["accept", run, "--by", "Ann", "--to", str(tmp_path / "other.json")]) == 10
    assert cli.main(["gate", run, "--baseline", str(baseline)]) == 10
    assert not (tmp_path / "other.json").exists()


def test_nobody_accepts_nothing(tmp_path: Path, baseline: Path) -> None:
    del baseline
    assert cli.main(["accept", str(tmp_path / "then"), "--by", "  ", "--to", str(tmp_path / "x.json")]) == 2


def test_a_challenger_is_judged_when_it_is_named(tmp_path: Path, baseline: Path) -> None:
    book = write(tmp_path / "now.xlsx", wrong=range(10), candidates={"new": range(30, 60)})
    code, record = gate(baseline, book, "--candidate", "new")
    assert (code, record["candidate"], record["held_against"]) == (10, "new", PRODUCTION)
    assert record["difference"]["difference"] == pytest.approx(-20 / ROWS, abs=1e-12)
    runs = sorted(tmp_path.glob("now-run*"))
    assert cli.main(["gate", str(book), "--baseline", str(baseline), "--candidate", "none"]) == 2
    assert sorted(tmp_path.glob("now-run*")) == runs  # refused before anything is asked


def test_the_junit_file_counts_failures_and_errors_and_survives_hostile_text(tmp_path: Path, baseline: Path) -> None:
    known = [
        {"Failure ID": "late", "Description": "</testcase><script>|`@all", "Severity": "high"},
        {"Failure ID": "double", "Description": "Doubled orders", "Severity": "low"},
        {"Failure ID": "never", "Description": "Stands on no example", "Severity": "low"},
    ]
    book = write(tmp_path / "now.xlsx", wrong=range(10), failing=["K1"], unrecorded=[5], further={"Known failures": known})
    _, record = gate(baseline, book)
    path = book.with_suffix(".gate") / "gate-junit.xml"
    suites = list(JUnitXml.fromfile(str(path)))
    cases = [case for suite in suites for case in suite]
    assert len(cases) == len(record["checks"])
    results = [type(entry) for case in cases for entry in case.result]
    assert (results.count(Failure), results.count(Error)) == (1, 2)
    whole = JUnitXml.fromfile(str(path))
    stated = whole.tests, whole.failures, whole.errors, whole.skipped
    whole.update_statistics()  # type: ignore[no-untyped-call]
    assert stated == (whole.tests, whole.failures, whole.errors, whole.skipped) == (len(cases), 1, 2, 0)
    assert {suite.name for suite in suites} == {check["group"] for check in record["checks"]}
    assert any("</testcase><script>" in str(case.name) for case in cases)
    page = (book.with_suffix(".gate") / "gate.md").read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "@all" not in page
    assert "| known failures | late (high): \\</testcase\\>\\<script\\>\\|\\`@\N{ZERO WIDTH SPACE}all | ❌ FAIL |" in page
    assert check(record, "never")["sentence"] == "no example stands for it."
