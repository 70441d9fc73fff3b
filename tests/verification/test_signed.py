"""Copies of the PDFs that people signed: pyHanko signs, `verify --signed` says whose names hold for the sealed bytes."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from reportgen.cli import main
from reportgen.evidence.run_folder import RunFolder
from reportgen.problems import ExitCode
from reportgen.reports.pdf.process import Job
from reportgen.reports.pdf.renderers import render
from reportgen.verification import Check, Word
from reportgen.verification.signed import signed
from tests.loops import some
from tests.verification import runs
from tests.verification.authority import NOW, SIGNING, Held, issue, sign

REPORT = "recommendation-report.pdf"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return runs.make_run(tmp_path_factory.mktemp("run"))


PAGE = """<html lang="en"><head><title>A report</title></head><body><h1>Fit for use</h1>
<table><tr><td>Prepared by</td><td><input type="checkbox" name="signature-1" title="Prepared by"></td></tr>
<tr><td>Approved by</td><td><input type="checkbox" name="signature-2" title="Approved by: Bob"></td></tr></table>
</body></html>"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A folder with one page to sign in the place of the report, written by the same child: quick to check."""
    folder = tmp_path_factory.mktemp("small")
    render(Job(PAGE, "input { appearance: auto; width: 40mm; height: 8mm }", str(folder / REPORT)), REPORT)
    return RunFolder(folder)


@pytest.fixture(scope="module")
def root() -> Held:
    return issue("The house")


@pytest.fixture(scope="module")
def ada(root: Held) -> Held:
    return issue("Ada Byron", root, usage=SIGNING)


def annotated(content: bytes) -> bytes:
    """Return the document with a note on its first page, appended."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    note = generic.DictionaryObject(  # type: ignore[no-untyped-call]
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Square"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.FloatObject, (50, 50, 300, 300))),
        }
    )
    page = writer.root["/Pages"]["/Kids"][0]
    page.setdefault(pdf_name("/Annots"), generic.ArrayObject()).append(writer.add_object(note))
    writer.update_container(page)
    return written(writer)


def repainted(content: bytes) -> bytes:
    """Return the document with other content on its first page, appended."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    page = writer.root["/Pages"]["/Kids"][0]
    page[pdf_name("/Contents")] = writer.add_object(generic.StreamObject(stream_data=b"0 0 1 rg 0 0 500 500 re f"))
    writer.update_container(page)
    return written(writer)


def moved(content: bytes) -> bytes:
    """Return the document with a field of the sign-off drawn over the whole page, appended."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    field = writer.root["/AcroForm"]["/Fields"][0]
    field[pdf_name("/Rect")] = generic.ArrayObject(map(generic.FloatObject, (0, 0, 600, 800)))
    writer.update_container(field)
    return written(writer)


def own_field(content: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    append_signature_field(writer, SigFieldSpec("Another", on_page=0, box=(50, 50, 200, 100)))
    return written(writer)


def written(writer: IncrementalPdfFileWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def saved_anew(content: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        document.save(out)
    return out.getvalue()


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def told(run: RunFolder, content: bytes, place: Path, *trust: Held, name: str = "copy.pdf") -> Check:
    (place / name).write_bytes(content)
    return signed(run, place / name, tuple(held.asn1 for held in trust) or None)


def test_a_copy_signed_by_two_is_told_at_the_door_with_their_fields_and_pdfsig_and_qpdf_agree(
    run: RunFolder, root: Held, ada: Held, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sealed, bob = (run.path / REPORT).read_bytes(), issue("Bob Moss", root, usage=SIGNING)
    copy, trust = tmp_path / "signed.pdf", tmp_path / "root.pem"
    copy.write_bytes(sign(sign(sealed, ada, "signature-1"), bob, "signature-3"))
    trust.write_bytes(root.pem)
    assert main(["verify", str(run.path), "--signed", str(copy), "--trust", str(trust)]) == ExitCode.DONE
    line = next(t for t in capsys.readouterr().out.splitlines() if "Signed signed.pdf" in t)
    assert line.startswith("ok ")
    assert "Ada Byron (Prepared by); Bob Moss (Approved by)" in line
    assert "Not signed: Reviewed independently by." in line
    for program, words in (("pdfsig", ["-nocert"]), ("qpdf", ["--check"])):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed here")
        done = subprocess.run([program, *words, str(copy)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        if program == "pdfsig":
            assert done.stdout.count("Signature is Valid.") == 2
            assert done.stdout.count("Signer Certificate Common Name: Ada Byron") == 1
            assert "Signature Field Name: signature-3" in done.stdout


def test_who_signed_is_told_without_certificates_too_and_that_nobody_vouches_for_them(
    run: RunFolder, ada: Held, tmp_path: Path
) -> None:
    found = told(run, sign((run.path / "readiness-checklist.pdf").read_bytes(), ada, "signature-2"), tmp_path)
    assert found.word is Word.NOTE
    assert "readiness-checklist.pdf, byte for byte as sealed, is signed by Ada Byron (Owner of the data)" in found.sentence
    assert "Who they are was not checked" in found.sentence


def test_whatever_is_not_the_sealed_document_with_signatures_behind_it_is_a_difference(
    small: RunFolder, root: Held, ada: Held, tmp_path: Path
) -> None:
    sealed, bob = (small.path / REPORT).read_bytes(), issue("Bob Moss", root, usage=SIGNING)
    once = sign(sealed, ada, "signature-1")
    wrong: dict[str, tuple[bytes, str]] = {
        "unsigned": (sealed, "nobody has signed it"),
        "a field and no signature": (own_field(sealed), "nobody has signed it"),
        "changed before signing": (sign(flipped(sealed, 3000), ada, "signature-1"), "byte 3,000 is another one"),
        "saved anew before signing": (sign(saved_anew(sealed), ada, "signature-1"), "it is not the sealed"),
        "saved anew after signing": (saved_anew(once), "it is not the sealed"),
        "noted before signing": (sign(annotated(sealed), ada, "signature-1"), "more than signatures"),
        "noted after signing": (annotated(once), "more than signatures"),
        "noted between two": (sign(annotated(once), bob, "signature-2"), "more than signatures"),
        "page repainted before signing": (sign(repainted(sealed), ada, "signature-1"), "more than signatures"),
        "page repainted after signing": (repainted(once), "more than signatures"),
        "field moved before signing": (sign(moved(sealed), ada, "signature-1"), "more than signatures"),
        "signature changed": (flipped(once, once.rindex(b"/Contents <") + 900), ""),
        "signed part changed": (flipped(once, len(sealed) + 40), ""),
        "bytes behind the last signature": (once + b"\n% more\n", "behind its end"),
        "another document behind it": (sealed + sign(saved_anew(sealed), ada, "signature-1"), ""),
        "torn": (once[:-200], ""),
        "another run's": (sign(other_document(), ada, "Signature"), "it is not the sealed"),
        "no PDF": (b"hello", "it is not the sealed"),
        "empty": (b"", "it is not the sealed"),
    }
    for name, (content, why) in some(wrong.items()):
        found = told(small, content, tmp_path, root)
        assert found.word is Word.DIFFERENT, (name, found)
        assert any(why in difference for difference in found.differences), (name, found)


def other_document() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(out)
    writer = IncrementalPdfFileWriter(io.BytesIO(out.getvalue()))
    append_signature_field(writer, SigFieldSpec("Signature"))
    return written(writer)


def test_who_signed_is_judged_by_the_given_certificates(small: RunFolder, root: Held, ada: Held, tmp_path: Path) -> None:
    sealed = (small.path / REPORT).read_bytes()
    stranger = issue("Ada Byron", issue("The house"), usage=SIGNING)
    found = told(small, sign(sign(sealed, ada, "signature-1"), stranger, "signature-2"), tmp_path, root)
    assert found.word is Word.DIFFERENT
    assert [d.split(":")[0] for d in found.differences] == ["Ada Byron (Approved by"]
    over = issue("Old Ada", root, usage=SIGNING, ends=NOW - timedelta(days=30))
    found = told(small, sign(sealed, over, "signature-1"), tmp_path, root)
    assert found.word is Word.DIFFERENT, "it had ended when the signature says it was made"


def test_a_signature_in_a_field_of_their_own_is_told_as_such(small: RunFolder, ada: Held, tmp_path: Path) -> None:
    sealed = (small.path / REPORT).read_bytes()
    found = told(small, sign(own_field(sealed), ada, "Another"), tmp_path)
    assert "Ada Byron (a field of their own, Another)" in found.sentence
    assert "Not signed: Prepared by; Approved by: Bob." in found.sentence


def test_a_bundle_is_verified_with_a_signed_copy_as_a_folder_is_and_a_difference_ends_in_10(
    run: RunFolder, ada: Held, tmp_path: Path
) -> None:
    assert main(["bundle", str(run.path)]) == ExitCode.DONE
    bundle = run.path.with_name("t-run.bundle.zip")
    (tmp_path / "a.pdf").write_bytes(sign((run.path / REPORT).read_bytes(), ada, "signature-1"))
    assert main(["verify", str(bundle), "--signed", str(tmp_path / "a.pdf")]) == ExitCode.DONE
    (tmp_path / "b.pdf").write_bytes((run.path / REPORT).read_bytes())
    words = ["verify", str(bundle), "--signed", str(tmp_path / "a.pdf"), "--signed", str(tmp_path / "b.pdf")]
    assert main(words) == ExitCode.CONTRADICTED
