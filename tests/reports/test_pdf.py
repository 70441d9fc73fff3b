"""The two PDFs: every page stamped, hostile text harmless, fonts ours, bytes repeatable."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from reportgen import assets
from reportgen.domain.records.comparison import Comparison, Status
from reportgen.domain.records.forecast import CandidateForecast, Forecast, Range
from reportgen.domain.records.plan import Attestation, Task
from reportgen.problems import NeedsMendingError
from reportgen.reports.data import results_bytes
from reportgen.reports.material import Material
from reportgen.reports.pdf import charts, documents, renderers
from reportgen.reports.pdf.glyph_coverage import Letters
from reportgen.reports.pdf.house_style import HouseStyle, house_style
from reportgen.reports.pdf.process import Job
from reportgen.reports.view.build import build
from reportgen.reports.view.chart_records import Tick
from tests.builders import comparison_for
from tests.loops import some
from tests.reports import figures

pikepdf = pytest.importorskip("pikepdf")
pypdf = pytest.importorskip("pypdf")

HOSTILE = (
    '<script>alert(1)</script> {{ 7 * 7 }} {% raw %} =HYPERLINK("http://x") </style><img src="http://127.0.0.1:9/x.png">'
    ' <a href="javascript:alert(1)">go</a> @import url(file:///etc/passwd) 漢字 \u202eevil 😀 \x07' + "w" * 3000
)


def hostile(comparison: Comparison) -> Comparison:
    """Put hostile text wherever a person or a model can write."""
    plan = comparison.plan
    settings = replace(plan.settings, title=HOSTILE, purpose=HOSTILE, confidentiality=HOSTILE, prepared_by=HOSTILE)
    decision = replace(comparison.decision, reasons=(HOSTILE,), conditions=(HOSTILE,))
    findings = tuple(replace(f, where=HOSTILE, what=HOSTILE, remedy=HOSTILE) for f in comparison.findings)
    return replace(comparison, plan=replace(plan, settings=settings), decision=decision, findings=findings)


def words(path: Path) -> list[str]:
    return [page.extract_text().replace("\u00a0", " ") for page in pypdf.PdfReader(path).pages]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder, comparison = tmp_path_factory.mktemp("pdf"), comparison_for(Task.CLASSIFICATION, examples=60)
    checklist, recommendation = folder / "readiness-checklist.pdf", folder / "recommendation-report.pdf"
    documents.write_checklist(Material(comparison), checklist)
    documents.write_recommendation(Material(comparison), recommendation)
    return checklist, recommendation


def test_every_page_names_document_run_evidence_and_its_place(written: tuple[Path, Path]) -> None:
    for path in some(written):
        pages = words(path)
        for number, text in some(enumerate(pages, 1)):
            assert "EV-2026-014" in text
            assert "Internal" in text
            assert "2026-04-01-9f2c4b7a" in text
            assert "ab12cd34ab12cd34…ab12cd34" in text
            assert f"Page {number} of {len(pages)}" in text


def test_page_one_alone_is_enough_for_a_decision(written: tuple[Path, Path]) -> None:
    view = build(comparison_for(Task.CLASSIFICATION, examples=60))
    first = " ".join(words(written[1])[0].split())
    for text in (
        view.headline.sentence,
        view.headline.status.word,
        "How sure",
        "What would change it",
        *view.headline.conditions,
    ):
        assert " ".join(text.replace("\u00a0", " ").split()) in first
    for row in view.matrix:
        for cell in (
            row.name,
            row.quality,
            row.latency,
            row.cost_per_task,
            row.cost_per_month,
            row.review,
            row.verdict.word,
        ):
            assert cell.replace("\u00a0", " ") in first


def test_page_one_holds_the_whole_decision_on_letter_paper_among_a_dozen_candidates(tmp_path: Path) -> None:
    comparison = comparison_for(Task.CLASSIFICATION, candidates=12, examples=30)
    long = "Label about 171 more examples, drawn from the rare segments in particular, by two people, and run again."
    comparison = replace(comparison, decision=replace(comparison.decision, conditions=(long,) * 4))
    path = tmp_path / "letter.pdf"
    documents.write_recommendation(Material(comparison), path, HouseStyle(paper="Letter"))
    with pikepdf.open(path) as document:
        assert [float(x) for x in document.pages[0].MediaBox] == pytest.approx([0, 0, 612, 792], abs=0.5)
    first, second, *later = (" ".join(text.split()) for text in words(path))
    for heading in ("How sure", "What would change it", "Conditions", "Manual work", "Valid once signed: section 9, page"):
        assert heading in first
    assert first.count(long) == 4
    assert "Contents and document control" in second
    assert all(row.name in " ".join(later) for row in build(comparison).matrix)


def test_the_checklist_shows_all_nine_points_with_their_status(written: tuple[Path, Path]) -> None:
    text = " ".join(" ".join(words(written[0])).split())
    for point in some(build(comparison_for(Task.CLASSIFICATION, examples=60)).checklist.points):
        assert point.item in text
        assert point.found in text
    for further in some(build(comparison_for(Task.CLASSIFICATION, examples=60)).checklist.further):
        assert further.check in text


def test_the_file_is_tagged_titled_and_carries_only_our_fonts(written: tuple[Path, Path]) -> None:
    for path in some(written):
        with pikepdf.open(path) as document:
            assert document.Root.MarkInfo.Marked
            assert document.Root.Lang == "en"
            metadata = document.open_metadata()
            assert metadata["{http://www.aiim.org/pdfa/ns/id/}part"] == "3"
            assert metadata["{http://www.aiim.org/pdfa/ns/id/}conformance"] == "A"
            assert metadata["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
            names = {
                str(o.BaseFont) for o in document.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/Font"
            }
            assert names
            assert all("Noto-Sans" in name for name in names)
            assert len(document.Root.Outlines.keys()) > 0


def test_the_same_comparison_gives_the_same_bytes(
    written: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setenv("LC_ALL", "C")
    again = tmp_path / "again.pdf"
    documents.write_checklist(Material(comparison_for(Task.CLASSIFICATION, examples=60)), again)
    assert again.read_bytes() == written[0].read_bytes()


def test_hostile_text_is_printed_as_text_and_fetches_nothing(tmp_path: Path) -> None:
    path = tmp_path / "hostile.pdf"
    documents.write_recommendation(Material(hostile(comparison_for(Task.EXTRACTION, examples=30))), path)
    text = " ".join(words(path))
    assert "<script>alert(1)</script>" in text.replace("\n", "")
    assert "{{ 7 * 7 }}" in text
    assert "[U+6F22]" in text
    with pikepdf.open(path) as document:
        assert b"javascript:" not in path.read_bytes()
        links = [a for p in document.pages for a in p.get("/Annots", [])]
        assert all("/A" not in a or a.A.get("/S") != "/URI" for a in links)


def test_the_figures_travel_with_the_document_as_its_source_named_once(written: tuple[Path, Path]) -> None:
    expected = results_bytes(comparison_for(Task.CLASSIFICATION, examples=60))
    for path in some(written):
        with pikepdf.open(path) as document:
            assert list(document.attachments) == ["results.json"]
            assert document.attachments["results.json"].relationship == "/Source"
            assert document.attachments["results.json"].get_file().read_bytes() == expected
            assert len(document.Root.AF) == 1


def test_qpdf_finds_no_fault(written: tuple[Path, Path]) -> None:
    qpdf = shutil.which("qpdf")
    if qpdf is None:
        pytest.skip("qpdf is not installed here")
    for path in some(written):
        done = subprocess.run([qpdf, "--check", str(path)], capture_output=True, check=False)
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()


PREFLIGHT = ("preflight", "pdfbox2", "xmpbox", "fontbox2", "commons-logging", "javax.activation", "jaxb-api")
FORBIDDEN_IN_A1_ALONE = {"1.2.7", "1.2.9", "1.4", "1.4.7", "2.2.1", "3.1.11"}
"""Filtered metadata, embedded files (in two places), cross-reference streams, transparency, fonts without a CIDSet."""


@pytest.mark.deep
def test_preflight_complains_of_nothing_but_what_pdf_a_1_alone_forbids(written: tuple[Path, Path]) -> None:
    jars = [Path("/usr/share/java") / f"{name}.jar" for name in PREFLIGHT]
    java = shutil.which("java")
    if java is None or not all(jar.exists() for jar in jars):
        pytest.skip("PDFBox Preflight (libpdfbox2-java, libjaxb-api-java, libactivation-java) is not installed here")
    validator = [java, "-cp", ":".join(map(str, jars)), "org.apache.pdfbox.preflight.Validator_A1b"]
    for path in some(written):
        said = subprocess.run([*validator, str(path)], capture_output=True, text=True, check=False).stdout
        assert f"The file {path.name} is not a valid PDF/A-1b file" in said
        assert set(re.findall(r"^([\d.]+) :", said, re.MULTILINE)) <= FORBIDDEN_IN_A1_ALONE, said


def test_every_figure_on_the_pages_is_one_of_results_json_or_an_input_of_the_workbook(written: tuple[Path, Path]) -> None:
    comparison = comparison_for(Task.CLASSIFICATION, examples=60)
    known = figures.known(comparison)
    for path in written:
        shown = figures.printed("\n".join(words(path)))
        assert len(shown) > 20
        assert [f for f in shown if not figures.is_known(f, known)] == []
    foreign = figures.printed("p95 93.21 s, at $77.13 a task, +61.7 points")
    assert [figures.is_known(f, known) for f in foreign] == [False] * 3


FORECAST = Forecast(
    60,
    (CandidateForecast("Ostrava", 60, Range(900, 1000, 1300), Range(80, 120, 900), Range(1.02, 1.37, 4.61), "workbook"),),
    (),
    Range(1.02, 1.37, 4.61),
    Range(3, 9, 40),
    (),
    "USD",
    None,
)


@pytest.mark.parametrize(
    "task",
    [
        Task.EXTRACTION,
        pytest.param(Task.SUMMARIZATION, marks=pytest.mark.deep),
        pytest.param(Task.QUESTION_ANSWERING, marks=pytest.mark.deep),
    ],
)
def test_every_figure_of_the_other_tasks_is_one_of_results_json_too(task: Task, tmp_path: Path) -> None:
    comparison = replace(comparison_for(task, examples=30), forecast=FORECAST)
    known = figures.known(comparison)
    for write, least in ((documents.write_recommendation, 20), (documents.write_checklist, 5)):
        path = tmp_path / f"{write.__name__}.pdf"
        write(Material(comparison), path)
        shown = figures.printed("\n".join(words(path)))
        assert len(shown) > least
        assert [f for f in shown if not figures.is_known(f, known)] == []
    assert "$1.37" in [f.text for f in shown], "what asking was expected to cost stands in the checklist"


@pytest.mark.parametrize("task", list(Task))
@pytest.mark.parametrize("template", ["checklist.html", "recommendation.html"])
def test_every_template_fills_for_every_task_without_a_winner(task: Task, template: str) -> None:
    comparison = comparison_for(task, status=Status.NO_CANDIDATE_QUALIFIES, examples=30)
    html, css = documents.page(template, build(comparison), comparison.run.finished, HouseStyle())
    assert html.count("<h1>") == 1
    assert "size: A4" in css
    assert "None" not in html.replace("None of", "").replace("None:", "")


def test_a_warning_of_the_layout_engine_is_a_failure_and_leaves_no_file(tmp_path: Path) -> None:
    target = tmp_path / "half.pdf"
    job = Job("<html lang=en><title>t</title><p>x", "p { no-such-property: 1 }", str(target))
    with pytest.raises(renderers.ReportError, match="no-such-property"):
        renderers.render(job, "half.pdf")
    assert not target.exists()


def test_the_fetcher_is_closed(tmp_path: Path) -> None:
    job = Job('<html lang=en><title>t</title><img alt=x src="file:///etc/hostname">', "", str(tmp_path / "x.pdf"))
    with pytest.raises(renderers.ReportError):
        renderers.render(job, "x.pdf")


def test_a_page_that_takes_too_long_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renderers, "TIME_LIMIT_S", 0.05)
    with pytest.raises(renderers.ReportError, match="took longer"):
        documents.write_checklist(Material(comparison_for(Task.CLASSIFICATION, examples=30)), tmp_path / "slow.pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_was_started_early_gives_the_same_bytes_and_none_is_left(
    written: tuple[Path, Path], tmp_path: Path
) -> None:
    with renderers.waiting(2):
        early = list(renderers._ready)  # noqa: SLF001 - whether a child is left cannot be seen from outside
        documents.write_recommendation(Material(comparison_for(Task.CLASSIFICATION, examples=60)), tmp_path / "again.pdf")
        assert len(renderers._ready) == 1  # noqa: SLF001 - as above
    assert (tmp_path / "again.pdf").read_bytes() == written[1].read_bytes()
    assert all(r._process.returncode is not None for r in early)  # noqa: SLF001 - as above


def test_a_house_style_takes_letter_paper_and_refuses_anything_that_is_no_colour(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text('organisation: "Example Ltd"\npaper: Letter\naccent: "#112233"\n', encoding="utf-8")
    bad.write_text('accent: "red; } @import url(x)"\n', encoding="utf-8")
    assert house_style(good).paper == "Letter"
    with pytest.raises(NeedsMendingError, match="expected a colour"):
        house_style(bad)
    assert house_style() == HouseStyle()


def test_the_list_of_characters_is_what_the_fonts_draw() -> None:
    ttlib = pytest.importorskip("fontTools.ttLib")

    def drawn(name: str) -> set[int]:
        with ttlib.TTFont(assets.folder("templates") / "fonts" / f"{name}.ttf", lazy=True) as font:
            return set(font.getBestCmap())

    sans = drawn("NotoSans-Regular") & drawn("NotoSans-Bold") & drawn("NotoSans-Italic")
    covered = sans | drawn("NotoSansMono-Regular")
    for code in (*range(0x20, 0x3000), 0x6F22, 0x1F600, 0xFFFD):
        assert (Letters().printable(chr(code)) == chr(code)) is (code in covered or code < 0x80)


def test_chart_names_are_escaped_and_nothing_leaves_the_picture() -> None:
    chart = build(comparison_for(Task.CLASSIFICATION, examples=60)).charts.scatter
    assert chart is not None
    evil = replace(chart, level=Tick(chart.quality_ticks[0].position, "<script>"))
    svg = str(charts.scatter(evil, Letters().printable))
    assert "<script>" not in svg
    assert "&lt;script&gt;" in svg
    assert "Ostrava &lt;mini&gt;" in svg


def test_each_line_of_the_sign_off_is_an_empty_signature_field_named_after_who_signs(tmp_path: Path) -> None:
    comparison = comparison_for(Task.CLASSIFICATION, examples=60)
    attesting = (
        Attestation("Drawn at random.", "Ada Byron", "Approver", "2026-01-01"),
        Attestation("Labelled by two.", "Bob Ünal", "Head of service", ""),
        Attestation("Covered by contract.", "Bob Ünal", "Data owner", ""),
        Attestation("Nobody says so.", "", "Reviewer", ""),
    )
    comparison = replace(comparison, plan=replace(comparison.plan, attestations=attesting))
    prepared = comparison.plan.settings.prepared_by
    documents.write_recommendation(Material(comparison), tmp_path / "r.pdf")
    documents.write_checklist(Material(comparison), tmp_path / "c.pdf")
    lines = {
        "r.pdf": [
            f"Prepared by: {prepared}",
            "Reviewed independently by",
            "Approved by: Ada Byron",
            "Head of service: Bob Ünal",
        ],
        "c.pdf": [
            f"Business owner: {comparison.plan.settings.business_owner}",
            "Owner of the data: Bob Ünal",
            f"Prepared by: {prepared}",
            "Approver: Ada Byron",
        ],
    }
    for name, expected in lines.items():
        with pikepdf.open(tmp_path / name) as document:
            fields = list(document.Root.AcroForm.Fields)
            assert [str(f.TU) for f in fields] == expected
            assert len({str(f["/T"]) for f in fields}) == len(fields)
            assert document.Root.AcroForm.SigFlags == 3
            assert "/NeedAppearances" not in document.Root.AcroForm
            forms = [o for o in document.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Form"]
            for field in fields:  # what PDF/A-3 6.3.3 and PDF/UA-1 7.18.4 ask of a widget
                assert (field.FT, field.Subtype, field.F) == ("/Sig", "/Widget", 4)
                assert "/V" not in field
                assert isinstance(field.AP.N, pikepdf.Stream)
                assert field.objgen in {form.K.Obj.objgen for form in forms}
                left, bottom, right, top = (float(x) for x in field.Rect)
                assert right - left > 60
                assert top - bottom > 15
                assert field.objgen in {a.objgen for a in field.P.Annots}
