"""A machine without Pango gets everything but the PDFs, one thing to do, and the PDFs later without asking again."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen.cli import main
from reportgen.reports.pdf import libraries
from tests.small_workbooks import tickets

PDFS = ("readiness-checklist.pdf", "recommendation-report.pdf")


def test_everything_but_the_pdfs_and_those_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "tickets-run"
    with monkeypatch.context() as without:
        without.setattr(libraries, "absent", lambda: ["libpango-1.0-0"])
        assert main(["run", str(tickets(tmp_path / "tickets.xlsx"))]) == 0
        said = capsys.readouterr().out
        assert "this machine lacks Pango" in said
        assert f"reportgen report {run}" in said
        assert not any((run / name).exists() for name in PDFS)
        assert (run / "comparison.xlsx").stat().st_size > 1000
        assert (run / "evidence" / "seal.json").exists()
    answers = (run / "evidence" / "responses.jsonl").read_bytes()
    assert main(["report", str(run)]) == 0
    assert all((run / name).stat().st_size > 1000 for name in PDFS)
    assert (run / "evidence" / "responses.jsonl").read_bytes() == answers
    assert main(["verify", str(run)]) == 0
