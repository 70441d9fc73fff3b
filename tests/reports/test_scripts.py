"""Scripts that our fonts lack: drawn with fonts of the machine, kept as subsets with the run, told by check and doctor."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from reportgen.checking import check_workbook
from reportgen.doctor import examine
from reportgen.evaluation import Permissions, evaluate
from reportgen.problems import ExitCode, Severity
from reportgen.reports.pdf import machine_fonts
from reportgen.reports.pdf.glyph_coverage import Letters
from reportgen.verification import verify
from tests.reports.test_page_one import outputs
from tests.small_workbooks import tickets

ARABIC, CHINESE = "نموذج", "客户邮件"


@pytest.fixture
def no_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_fonts, "font_files", tuple)


def named(path: Path, name: str) -> Path:
    """Write a workbook with a candidate of this name."""
    rows = [{"Candidate": n, "Kind": "Recorded outputs", "Input price": 1, "Output price": 1} for n in ("Today", name)]
    recorded = [row for n in ("Today", name) for row in outputs(n, 2, count=60)]
    return tickets(path, candidates=rows, count=60, all_eval=True, Recorded_outputs=recorded)


def drawing(text: str) -> bool:
    """Whether this machine has a font for the text."""
    return all(not choice.lacking for choice in machine_fonts.choose(text))


@pytest.mark.usefixtures("no_fonts")
def test_without_a_font_check_names_the_script_and_the_command(tmp_path: Path) -> None:
    (found,) = [p for p in check_workbook(named(tmp_path / "w.xlsx", CHINESE), Permissions()).problems if "script" in p.code]
    assert (found.code, found.severity) == ("scripts-lacking", Severity.WARNING)
    assert "Chinese, Japanese or Korean (no font of this machine draws it)" in found.what
    assert found.remedy == "Run: sudo apt-get install --yes fonts-noto-cjk"
    assert any("fonts-noto-cjk" in line for line in examine()[0])


def test_a_workbook_that_our_fonts_draw_is_told_nothing(tmp_path: Path) -> None:
    for name in ("Größe ≥ 5", "Ελληνικά", "Русский", "Tiếng Việt"):
        path = named(tmp_path / "w.xlsx", name)
        assert not [p for p in check_workbook(path, Permissions()).problems if "script" in p.code], name
        path.unlink()


@pytest.mark.parametrize("name", [ARABIC, CHINESE])
def test_letters_are_printed_with_a_font_of_the_machine_that_the_run_keeps(name: str, tmp_path: Path) -> None:
    """Both PDFs printed [U+5BA2] for every letter, and nothing said so."""
    pypdf = pytest.importorskip("pypdf")
    if not drawing(name):
        pytest.skip(f"no font of this machine draws {name}")
    comparison, folder = evaluate(named(tmp_path / "w.xlsx", name))
    kept = folder.path / "evidence" / "house-style" / "machine"
    (record,) = [json.loads(p.read_text(encoding="utf-8")) for p in kept.glob("*.json")]
    assert (kept / record["file"]).stat().st_size < 300_000, "a subset, not the font"
    assert record["script"] == machine_fonts.script_of(name[0])
    text = "".join(p.extract_text() for p in pypdf.PdfReader(folder.path / "recommendation-report.pdf").pages)
    assert text.count("[U+") == 1, "only where the document explains it"
    if name == CHINESE:
        assert name in text.replace("\n", ""), "what is copied out is what was put in"
    assert comparison.decision.winner
    machine_fonts.font_files.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(machine_fonts, "font_files", tuple)
        found = verify(folder.path)
    assert found.exit_code is ExitCode.DONE, "drawn again from the kept fonts alone"


def test_pictures_have_their_names_and_their_joiners_say_nothing() -> None:
    shown = Letters()
    assert shown.printable("ok 👍 \u26a0\ufe0f") in {"ok [thumbs up sign] \u26a0", "ok [thumbs up sign] [warning sign]"}
    assert shown.printable("漢") == "[U+6F22]"


def test_a_letter_that_a_font_claims_and_does_not_draw_stands_as_its_code_point() -> None:
    """The engine takes U+0E33 apart into U+0E4D and U+0E32: where one part is not drawn, neither is the letter."""
    shown = Letters(without=frozenset({0x0E4D}))
    assert shown.printable("\u0e33").startswith("[U+")


def test_fontconfig_or_the_folders_of_the_system_are_looked_through(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine_fonts.font_files.cache_clear()
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(machine_fonts, "_folders", lambda: (tmp_path, tmp_path / "none"))
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "A.TTF").write_bytes(b"no font")
    (tmp_path / "readme.txt").write_bytes(b"")
    assert machine_fonts.font_files() == (tmp_path / "deep" / "A.TTF",)
    (choice,) = machine_fonts.choose("客")
    assert choice.face is None, "a file that is no font is passed over"
    machine_fonts.font_files.cache_clear()


def test_the_punctuation_of_a_script_is_sought_with_its_letters_and_nothing_else() -> None:
    assert {"，", "？", "「"} <= machine_fonts.letters_of("客户，好？「是」")
    assert {"،", "؟"} <= machine_fonts.letters_of("نعم، صحيح؟")
    assert machine_fonts.letters_of("plain “text” – 漢") == {"漢"}
    assert machine_fonts.script_of("「") == machine_fonts.HAN
