"""A full disk, a read-only folder, a folder that is deleted: a sentence, exit code 3, and nothing corrupt."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from reportgen import evaluation
from reportgen.cli import main
from reportgen.evidence.journal import read_lines
from reportgen.problems import ExitCode
from tests.fakes.model_server import ModelServer, Reply, always
from tests.small_workbooks import tickets

COUNT = 24


@pytest.fixture(autouse=True)
def _no_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the three documents away: they take seconds and are tested elsewhere."""
    monkeypatch.setattr(evaluation, "write_all", lambda *_: None)


def workbook(folder: Path, server: ModelServer) -> Path:
    model = {"Candidate": "A", "Kind": "API model", "Model": "openai/m", "Endpoint": server.url}
    return tickets(folder / "t.xlsx", candidates=[model], count=COUNT, all_eval=True, at_once=2)


def run_again(path: Path, server: ModelServer) -> None:
    """Run to the end and see that every example was kept once."""
    assert main(["run", str(path)]) == ExitCode.DONE
    lines = read_lines(path.with_name("t-run") / "evidence" / "responses.jsonl")[0]
    assert sorted(line.response.example_id for line in lines) == [f"M{n:03d}" for n in range(COUNT)]
    assert len(server.books) >= COUNT


def test_a_disk_that_is_full_while_asking_stops_with_3_and_the_next_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real, calls = os.fsync, iter(range(1000))

    def full_after_five(file: int) -> None:
        if next(calls) >= 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(file)

    with ModelServer(always(Reply(latency_s=0.01))) as server:
        path = workbook(tmp_path, server)
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full_after_five)
            assert main(["run", str(path)]) == ExitCode.STOPPED_EARLY
        said = capsys.readouterr().err
        assert "The disk is full" in said
        assert "Traceback" not in said
        kept = len(read_lines(tmp_path / "t-run" / "evidence" / "responses.jsonl")[0])
        assert 5 <= kept < COUNT
        asked = len(server.books)
        run_again(path, server)
        assert len(server.books) == asked + COUNT - kept


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
@pytest.mark.parametrize("name", ["t.reportgen.json.part", "plan.json.part", "prices.json.part", "scores.jsonl.part"])
def test_wherever_writing_fails_it_is_a_sentence_and_the_next_run_ends(
    number: int, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = Path.open

    def failing(path: Path, *how: Any, **more: Any) -> Any:  # noqa: ANN401 - as Path.open
        if path.name == name:
            raise OSError(number, os.strerror(number))
        return real(path, *how, **more)

    with ModelServer() as server:
        path = workbook(tmp_path, server)
        with monkeypatch.context() as patched:
            patched.setattr(Path, "open", failing)
            assert main(["run", str(path)]) == ExitCode.STOPPED_EARLY
        said = capsys.readouterr().err
        assert name.removesuffix(".part") in said
        assert ("disk is full" in said) == (number == errno.ENOSPC)
        assert "Traceback" not in said
        assert not list(tmp_path.rglob("*.part"))
        if number == errno.ENOSPC:
            run_again(path, server)
            assert len(server.books) == COUNT


def test_a_run_folder_that_is_no_folder_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with ModelServer() as server:
        path = workbook(tmp_path, server)
        (tmp_path / "file").write_text("precious")
        assert main(["run", str(path), "--out", str(tmp_path / "file" / "run")]) == ExitCode.STOPPED_EARLY
        assert server.books == []
    assert "cannot be written" in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "precious"


def test_a_folder_that_is_deleted_while_asking_stops_the_run_and_leaves_no_half_of_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "t-run"

    def script(number: int, _body: dict[str, object]) -> Reply:
        if number == 10:
            shutil.rmtree(gone)
        return Reply(latency_s=0.01)

    with ModelServer(script) as server:
        path = workbook(tmp_path, server)
        assert main(["run", str(path)]) == ExitCode.STOPPED_EARLY
        said = capsys.readouterr().err
        assert "deleted or replaced" in said or "cannot be written" in said
        assert "Traceback" not in said
        assert not (gone / "results.json").exists()
        run_again(path, server)
