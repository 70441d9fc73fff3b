"""The sheet Trend and the section of the report: there with a history, absent without, with the figures of the loop."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from reportgen.domain.records.comparison import Comparison
from reportgen.domain.records.measure import Unit
from reportgen.domain.records.monitoring import (
    Action,
    Canary,
    ChartPoint,
    ModelDrift,
    Monitoring,
    Noticed,
    PriceThenNow,
    Signal,
    TrafficDrift,
)
from reportgen.domain.records.plan import Task
from reportgen.domain.statistics.control_charts import Trend
from reportgen.reports.material import Material
from reportgen.reports.pdf import documents
from reportgen.reports.pdf.house_style import house_style
from reportgen.reports.view.build import build
from reportgen.reports.xlsx import workbook
from tests.builders import comparison_for

HOSTILE = "=1+1<script>"


def monitoring() -> Monitoring:
    points = [
        ChartPoint(
            f"run {i}",
            f"tickets-rerun-2026{i + 1:02}",
            f"2026-{i + 1:02}-05T06:00:00Z",
            92 if i < 7 else 70,
            100,
            None if i == 0 else 0.8,
            None if i == 0 else 0.85,
            Signal.BASELINE if i == 0 else Signal.WITHIN if i < 7 else Signal.OUTSIDE,
            0.00065,
            0.00095,
        )
        for i in range(8)
    ]
    return Monitoring(
        subject=HOSTILE,
        reference_run="run 0",
        reference_evidence_sha256="0" * 64,
        panel=100,
        left_panel=("E1",),
        fresh=25,
        challengers=(Noticed("Best", "rating 1480 on arena"),),
        passed_over=(Noticed("Dear", "rating 1490 on arena, but no price is known"),),
        points=tuple(points),
        trend=Trend(-0.03, -0.05, -0.01, 9.0, 0.0027),
        trend_note="",
        cusum_signal=False,
        drift=(
            ModelDrift(HOSTILE, "production", "accuracy", Unit.SHARE, 100, -0.22, -0.31, -0.15, 1e-6, "FAIL", None, "Tango"),
        ),
        traffic=TrafficDrift(20, 25, 70, 100, 0.4, 0.1, "No drift of traffic is shown."),
        prices=(PriceThenNow(HOSTILE, "run 0", "2026-01-05T06:00:00Z", 0.00065, 0.00095),),
        price_changes=(),
        snapshots=(),
        canaries=(Canary(HOSTILE, 40, 2, 9, 0.0195),),
        valid_until="2026-04-05",
        expired=(),
        false_alarm_rate=0.0047,
        action=Action.ACT,
        reasons=(f"{HOSTILE} on the frozen panel: 70 of 100 right, outside three sigma.",),
    )


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return comparison_for(Task.CLASSIFICATION, examples=40)


@pytest.fixture(scope="module")
def rerun(comparison: Comparison) -> Comparison:
    return replace(comparison, monitoring=monitoring())


def test_the_sheet_holds_every_run_and_two_native_charts(tmp_path: Path, rerun: Comparison) -> None:
    path = tmp_path / "comparison.xlsx"
    workbook.write(Material(rerun), path)
    sheet = openpyxl.load_workbook(path)["Trend"]
    cells = {c.value for row in sheet.iter_rows() for c in row if c.value is not None}
    assert {"× ACT", "tickets-rerun-202608", "outside three sigma", 0.00065, 0.00095, 0.8} <= cells
    assert 'IF(TODAY()>B7,"expired","valid")' in {str(c).lstrip("=") for c in cells}
    assert len(sheet._charts) == 2  # noqa: SLF001 - openpyxl has no public way
    assert all(c.data_type != "f" for row in sheet.iter_rows() for c in row if HOSTILE in str(c.value))


def test_without_a_history_there_is_no_trend(tmp_path: Path, comparison: Comparison) -> None:
    path = tmp_path / "comparison.xlsx"
    workbook.write(Material(comparison), path)
    assert "Trend" not in openpyxl.load_workbook(path, read_only=True).sheetnames
    assert build(comparison).trend is None
    html, _ = documents.page("recommendation.html", build(comparison), comparison.run.finished, house_style())
    assert 'id="trend"' not in html


def test_the_report_has_a_section_with_the_chart_and_the_words(rerun: Comparison) -> None:
    html, _ = documents.page("recommendation.html", build(rerun), rerun.run.finished, house_style())
    section = html.partition('<h2 id="trend">')[2].partition('<h2 id="method">')[0]
    assert "<svg" in section
    assert section.count("<circle") == 8
    assert "<script" not in section
    for words in ("ACT", "outside three sigma", "9 of 40 answers differ from the first run, 2 by nature, p 0.0195"):
        assert words in section
    assert "once in 213 months" in section.replace("\n", " ")
    assert "not asked, rating 1490 on arena, but no price is known" in section
