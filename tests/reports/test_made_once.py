"""The words and the figures of a run are made once, whatever number of documents prints them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from reportgen.domain.records.plan import Task
from reportgen.reports import interface, material
from reportgen.reports.material import PARQUET
from reportgen.reports.pdf import documents
from reportgen.reports.pdf.process import Job
from tests.builders import comparison_for


def test_four_documents_share_one_view_and_one_results_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Counter[str]()

    def counted(name: str) -> None:
        real = getattr(material, name)

        def once(comparison: object) -> object:
            made[name] += 1
            return real(comparison)

        monkeypatch.setattr(material, name, once)

    counted("build")
    counted("results_bytes")
    jobs: list[Job] = []

    def rendered(job: Job, *_: object) -> None:
        jobs.append(job)
        Path(job.target).write_bytes(b"%PDF")

    monkeypatch.setattr(documents, "render", rendered)
    monkeypatch.setattr(interface, "drawable", lambda: interface.REPORTS)
    paths = interface.write_all(comparison_for(Task.CLASSIFICATION, examples=30), tmp_path)
    assert [p.name for p in paths] == [name for name in interface.REPORTS if name != PARQUET]
    assert made == {"build": 1, "results_bytes": 1}
    attached = [a.content for job in jobs for a in job.attached]
    assert attached == [(tmp_path / "results.json").read_bytes()] * 2
