"""What a forger changes is found; what nobody changed verifies, from a folder and from a bundle."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import openpyxl
import pytest

from reportgen import evaluation
from reportgen.evidence.bundle import write_bundle
from reportgen.evidence.run_folder import RunFolder, json_bytes
from reportgen.evidence.signing import make_keys, private_key
from reportgen.evidence.timestamp import request
from reportgen.problems import ExitCode, NeedsMendingError
from reportgen.verification import Verification, Word, check_hashes, figures, verify
from tests.verification import runs
from tests.verification.authority import issue, reply


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return runs.make_run(tmp_path_factory.mktemp("run"))


@pytest.fixture
def forged(sealed: RunFolder, tmp_path: Path) -> Iterator[RunFolder]:
    """A copy to be changed."""
    shutil.copytree(sealed.path, tmp_path / "t-run")
    yield RunFolder(tmp_path / "t-run")
    shutil.rmtree(tmp_path / "t-run")


@pytest.fixture(scope="module")
def bundled(sealed: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A signed and time-stamped bundle, and the public key; the certificate to trust lies beside it."""
    folder = tmp_path_factory.mktemp("bundle")
    make_keys(folder / "a.key", folder / "a.key.pub")
    root = issue("A root")
    (folder / "root.pem").write_bytes(root.pem)
    stamp = reply(request((sealed.evidence / "seal.json").read_bytes()), issue("An authority", root))
    made = write_bundle(sealed, folder / "t-run.bundle.zip", private_key(folder / "a.key"), stamp)
    return made, folder / "a.key.pub"


def words(found: Verification) -> dict[str, Word]:
    return {c.name: c.word for c in found.checks}


def test_an_untouched_signed_and_stamped_bundle_verifies_in_every_check(bundled: tuple[Path, Path]) -> None:
    found = verify(bundled[0], key=bundled[1], trust=bundled[0].with_name("root.pem"))
    assert set(words(found).values()) == {Word.SAME}, [c for c in found.checks if c.word is not Word.SAME]
    assert found.exit_code is ExitCode.DONE
    assert len(found.checks) == 23


def test_verifying_changes_nothing(sealed: RunFolder) -> None:
    before = {p: p.read_bytes() for p in runs.files(sealed)}
    verify(sealed.path)
    assert {p: p.read_bytes() for p in runs.files(sealed)} == before


def flip(path: Path, draw: random.Random) -> None:
    """Turn one bit."""
    content = bytearray(path.read_bytes())
    content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    path.write_bytes(content)


def flipped_folder(forged: RunFolder, draw: random.Random) -> Verification:
    """Flip one bit in one file of the folder, check the hashes, and put the file back."""
    path = draw.choice([p for p in runs.files(forged) if p.stat().st_size])
    kept = path.read_bytes()
    flip(path, draw)
    found = check_hashes(forged.path)
    path.write_bytes(kept)
    return found


def flipped_bundle(bundle: Path, place: Path, draw: random.Random) -> Verification:
    target = place / bundle.name
    shutil.copyfile(bundle, target)
    flip(target, draw)
    return check_hashes(target)


@pytest.mark.parametrize("seed", [1])
def test_the_hash_stage_finds_each_of_50_bits_flipped_in_a_folder(forged: RunFolder, seed: int) -> None:
    draw = random.Random(seed)
    assert {flipped_folder(forged, draw).exit_code for _ in range(50)} == {ExitCode.CONTRADICTED}
    assert check_hashes(forged.path).exit_code is ExitCode.DONE


def test_the_hash_stage_finds_each_of_50_bits_flipped_anywhere_in_a_bundle(
    bundled: tuple[Path, Path], tmp_path: Path
) -> None:
    draw = random.Random(2)
    assert {flipped_bundle(bundled[0], tmp_path, draw).exit_code for _ in range(50)} == {ExitCode.CONTRADICTED}


@pytest.mark.deep
def test_the_hash_stage_finds_2000_flipped_bits_and_verify_20_of_them(
    forged: RunFolder, bundled: tuple[Path, Path], tmp_path: Path
) -> None:
    draw = random.Random(3)
    missed = [n for n in range(1000) if flipped_folder(forged, draw).exit_code is not ExitCode.CONTRADICTED]
    missed += [n for n in range(1000) if flipped_bundle(bundled[0], tmp_path, draw).exit_code is not ExitCode.CONTRADICTED]
    assert missed == []
    for _ in range(20):
        target = tmp_path / "one.bundle.zip"
        shutil.copyfile(bundled[0], target)
        flip(target, draw)
        assert verify(target).exit_code is ExitCode.CONTRADICTED


def test_the_whole_of_verify_finds_two_flipped_bits(bundled: tuple[Path, Path], tmp_path: Path) -> None:
    draw = random.Random(4)
    for _ in range(2):
        target = tmp_path / "one.bundle.zip"
        shutil.copyfile(bundled[0], target)
        flip(target, draw)
        assert verify(target).exit_code is ExitCode.CONTRADICTED


def test_a_changed_response_is_found_although_every_hash_fits_again(forged: RunFolder) -> None:
    runs.forge_response(forged, 0, text="delivery")
    runs.reseal(forged)
    found = words(verify(forged.path))
    assert found["Seal"] is Word.SAME
    assert found["Chain"] is Word.SAME
    assert found["Scores"] is Word.DIFFERENT
    assert found["Figures"] is Word.DIFFERENT
    assert found["comparison.xlsx"] is Word.DIFFERENT
    assert found["recommendation-report.pdf"] is Word.DIFFERENT
    assert found["Printed hash"] is Word.DIFFERENT


def test_a_changed_figure_cell_price_and_page_are_found_and_named(forged: RunFolder) -> None:
    _change_figure(forged.path / "results.json")
    place, given = _change_cell(forged.path / "comparison.xlsx")
    forged.prices.write_bytes(forged.prices.read_bytes().replace(b'"input": 1.0', b'"input": 0.1', 1))
    (forged.path / "recommendation-report.pdf").write_bytes(_other_page(forged.path / "recommendation-report.pdf"))
    runs.reseal(forged)
    checks = {c.name: c for c in verify(forged.path).checks}
    assert checks["Seal"].word is Word.SAME
    assert checks["Figures"].word is Word.DIFFERENT
    assert any("candidates[hasty].measurements.accuracy.value is 0.75" in d for d in checks["Figures"].differences)
    assert checks["Prices"].word is Word.DIFFERENT
    assert checks["comparison.xlsx"].word is Word.DIFFERENT
    assert checks["recommendation-report.pdf"].word is Word.DIFFERENT
    assert any(d.startswith("page ") for d in checks["recommendation-report.pdf"].differences)
    assert place
    assert given


def _change_figure(path: Path) -> None:
    results = msgspec.json.decode(path.read_bytes())
    results["candidates"][1]["measurements"]["accuracy"]["value"] = 0.75
    path.write_bytes(msgspec.json.format(msgspec.json.encode(results, order="sorted"), indent=2) + b"\n")


def _change_cell(path: Path) -> tuple[str, object]:
    book = openpyxl.load_workbook(path)
    cell = next(c for row in book["Measures"].iter_rows() for c in row if isinstance(c.value, float))
    cell.value = 0.987654
    book.save(path)
    return cell.coordinate, cell.value


def _other_page(path: Path) -> bytes:
    """Return the PDF with one figure on its first page overwritten in place."""
    import io  # noqa: PLC0415

    import pikepdf  # noqa: PLC0415

    out = io.BytesIO()
    with pikepdf.open(path) as pdf:
        content = pdf.pages[0].Contents.read_bytes()
        pdf.pages[0].Contents.write(content.replace(b"] TJ", b"] TJ 0 Tr", 1).replace(b"TJ", b"Tj", 0)[: len(content) // 2])
        pdf.save(out)
    return out.getvalue()


def test_a_cell_that_was_changed_is_named_with_both_values(forged: RunFolder, tmp_path: Path) -> None:
    from reportgen.verification.cells import other_cells, other_measures  # noqa: PLC0415

    shutil.copyfile(forged.path / "comparison.xlsx", tmp_path / "comparison.xlsx")
    place, _ = _change_cell(forged.path / "comparison.xlsx")
    books = forged.path / "comparison.xlsx", tmp_path / "comparison.xlsx"
    assert any(f"Measures!{place} is 0.987654, must be " in d for d in other_cells(*books))
    assert any(" is 0.987654, must be " in d for d in other_measures(*books))


def test_a_run_of_another_version_verifies_by_its_figures_and_a_changed_one_is_found(forged: RunFolder) -> None:
    record = msgspec.json.decode(forged.environment.read_bytes(), type=dict[str, str])
    forged.environment.write_bytes(json_bytes(record | {"reportgen build": "0" * 64}))
    runs.software(forged, record | {"reportgen build": "0" * 64})
    runs.reseal(forged)
    evaluation.report(forged.path)
    found = verify(forged.path)
    assert found.exit_code is ExitCode.DONE, [c for c in found.checks if c.word is Word.DIFFERENT]
    assert words(found)["Program"] is Word.NOTE
    _change_figure(forged.path / "results.json")
    _change_cell(forged.path / "comparison.xlsx")
    runs.reseal(forged)
    found = verify(forged.path)
    told = {c.name: c for c in found.checks}
    assert told["Figures"].differences[0].startswith("candidates[hasty].measurements.accuracy.value is 0.75")
    assert told["comparison.xlsx"].word is Word.DIFFERENT
    assert told["Attachment"].word is Word.DIFFERENT


def test_another_version_may_word_and_reckon_bounds_otherwise_but_not_decide_otherwise(sealed: RunFolder) -> None:
    given = msgspec.json.decode((sealed.path / "results.json").read_bytes())
    now = msgspec.json.decode((sealed.path / "results.json").read_bytes())
    now["candidates"][0]["measurements"]["accuracy"] |= {"method": "a better interval", "low": 0.5}
    now["decision"]["reasons"][0] = "Said in other words."
    now["findings"].append({"code": "new", "severity": "note", "where": "", "what": "", "remedy": ""})
    found = list(figures.unlike(given, now, "", same_build=False))
    assert {u.decides for u in found} == {False}
    assert [u.told.split(" ")[0] for u in found] == [
        "candidates[steady].measurements.accuracy:",
        "decision.reasons[0]",
        "findings",
    ]
    now["candidates"][0]["measurements"]["accuracy"]["value"] = 0.5
    now["candidates"][1]["service_levels"][0]["verdict"] = "PROVEN"
    now["decision"]["winner"] = runs.OTHER
    places = [u.told.split(" is ")[0] for u in figures.unlike(given, now, "", same_build=False) if u.decides]
    assert places == [
        "candidates[steady].measurements.accuracy.value",
        "candidates[hasty].service_levels[accuracy].verdict",
        "decision.winner",
    ]


def test_a_key_in_an_answer_is_told_in_the_documents_before_the_run_is_sealed(forged: RunFolder) -> None:
    key = "sk-" + "a1B2" * 8
    runs.forge_response(forged, 0, reason=f"Bearer {key}")
    runs.reseal(forged)
    comparison, _ = evaluation.report(forged.path)
    told = next(f for f in comparison.findings if f.code == "key-in-evidence")
    assert told.where == "evidence/responses.jsonl, line 1"
    assert key not in told.what


def test_another_key_and_a_stripped_signature_are_found(
    sealed: RunFolder, bundled: tuple[Path, Path], tmp_path: Path
) -> None:
    make_keys(tmp_path / "b.key", tmp_path / "b.key.pub")
    assert words(check_hashes(bundled[0], key=tmp_path / "b.key.pub"))["Signature"] is Word.DIFFERENT
    bare = write_bundle(sealed, tmp_path / "t-run.bundle.zip")
    assert words(check_hashes(bare, key=bundled[1]))["Signature"] is Word.DIFFERENT
    assert words(check_hashes(bare))["Signature"] is Word.NOTE


def test_a_run_forged_and_rendered_again_is_found_by_its_signature_alone(
    forged: RunFolder, bundled: tuple[Path, Path], tmp_path: Path
) -> None:
    runs.forge_response(forged, 0, text="delivery")
    runs.reseal(forged)
    evaluation.report(forged.path)
    make_keys(tmp_path / "forger.key", tmp_path / "forger.pub")
    made = write_bundle(forged, tmp_path / "f" / "t-run.bundle.zip", private_key(tmp_path / "forger.key"))
    assert check_hashes(made).exit_code is ExitCode.DONE
    assert words(check_hashes(made, key=bundled[1]))["Signature"] is Word.DIFFERENT


def test_what_is_neither_run_nor_bundle_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    with pytest.raises(NeedsMendingError, match="neither a run folder nor a bundle"):
        verify(tmp_path / "notes.txt")


def test_records_that_cannot_be_read_are_never_verified(forged: RunFolder) -> None:
    forged.workbook.write_bytes(b"not a workbook")
    runs.reseal(forged)
    found = verify(forged.path)
    assert found.exit_code is ExitCode.INCONCLUSIVE
    assert words(found)["Figures"] is Word.UNCHECKED


def test_a_replay_from_the_journal_and_a_rendering_give_the_same_bytes(forged: RunFolder) -> None:
    before = {p: p.read_bytes() for p in runs.files(forged)}
    for name in ("results.json", "comparison.xlsx", "recommendation-report.pdf", "readiness-checklist.pdf"):
        (forged.path / name).unlink()
    evaluation.report(forged.path)
    assert {p: p.read_bytes() for p in runs.files(forged)} == before
