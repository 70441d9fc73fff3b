"""The command line keeps its promises: exit codes, sentences instead of tracebacks, nothing written over."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from reportgen.cli import COMMANDS, main
from reportgen.commands import doctor
from reportgen.problems import ExitCode
from tests.loops import some


def test_every_command_has_a_help_with_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        with pytest.raises(SystemExit) as stopped:
            main([name, "--help"])
        assert stopped.value.code == 0
        assert "Example: reportgen" in capsys.readouterr().out


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from reportgen.cli import parser; parser().format_help();"
        "heavy = {'numpy', 'scipy', 'pandas', 'openpyxl', 'litellm', 'weasyprint', 'sklearn', 'aiohttp', 'xlsxwriter'};"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr


@pytest.mark.parametrize("task", ["classification", "extraction", "summarization", "question-answering"])
def test_new_writes_a_blank_that_check_finds_unfilled(task: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.xlsx"
    assert main(["new", str(path), "--task", task]) == ExitCode.DONE
    assert main(["check", str(path)]) == ExitCode.NEEDS_MENDING
    said = capsys.readouterr()
    assert "Evaluation!" in said.err
    assert "Traceback" not in said.err


def test_new_never_writes_over_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.xlsx"
    path.write_text("precious")
    assert main(["new", str(path), "--task", "extraction"]) == ExitCode.NEEDS_MENDING
    assert path.read_text() == "precious"
    assert "not written over" in capsys.readouterr().err


def test_new_with_fields_makes_their_columns(tmp_path: Path) -> None:
    import openpyxl  # noqa: PLC0415

    path = tmp_path / "mine.xlsx"
    assert main(["new", str(path), "--task", "extraction", "--fields", "Supplier, Due date"]) == ExitCode.DONE
    book = openpyxl.load_workbook(path)
    headers = [cell.value for cell in book["Examples"][1]]
    assert "Expected: Supplier" in headers
    assert "Expected: Due date" in headers
    book.close()


def test_fields_without_an_extraction_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["new", str(tmp_path / "a.xlsx"), "--task", "classification", "--fields", "Supplier"]
    assert main(command) == ExitCode.NEEDS_MENDING
    assert "Leave --fields out" in capsys.readouterr().err


def test_a_mistyped_file_name_is_answered_with_the_near_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tickets.xlsx").write_text("")
    assert main(["check", str(tmp_path / "tikets.xlsx")]) == ExitCode.NEEDS_MENDING
    assert "Did you mean" in capsys.readouterr().err


def test_a_key_permission_that_is_no_pair_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.xlsx"
    main(["new", str(path), "--task", "extraction"])
    assert main(["check", str(path), "--allow-key", "OPENAI_API_KEY"]) == ExitCode.NEEDS_MENDING
    assert "VARIABLE=HOST" in capsys.readouterr().err


def test_check_as_json_is_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.xlsx"
    main(["new", str(path), "--task", "classification"])
    capsys.readouterr()
    main(["check", str(path), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert all(problem["where"] and problem["what"] and problem["remedy"] for problem in some(found["problems"]))


def test_a_fault_of_ours_is_a_sentence_and_keeps_its_traceback_in_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> ExitCode:
        msg = "boom"
        raise ValueError(msg)

    monkeypatch.setattr(doctor, "run", broken)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    assert main(["doctor"]) == ExitCode.FAULT
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "boom" in next(tmp_path.glob("reportgen-fault-*")).read_text()


def test_an_interrupt_says_that_nothing_is_lost(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> ExitCode:
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "run", interrupted)
    assert main(["doctor"]) == ExitCode.INTERRUPTED
    assert "run it again" in capsys.readouterr().err


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.startswith("reportgen 0.")
