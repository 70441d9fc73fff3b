"""The rules before the run, and what shows where they were changed after answers were known."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from reportgen import evaluation
from reportgen.cli import main
from reportgen.domain.records.comparison import Comparison, Finding
from reportgen.domain.records.corpus import LastSaved
from reportgen.evaluation import evaluate, recall, split_corpus
from reportgen.evidence.changes import read_changes
from reportgen.evidence.rules import plan_sha256, read_rules
from reportgen.evidence.run_folder import RunFolder
from reportgen.problems import ExitCode, Severity
from reportgen.verification import records
from reportgen.verification.checks import Word
from reportgen.workbook.opening.last_saved import last_saved
from reportgen.workbook.reading.parser import read_plan
from tests.conftest import results_alone
from tests.small_workbooks import examples, tickets

LEVELS = [{"Measure": "accuracy", "Comparison": "at least", "Target": 0.6, "Agreed by": "Ada"}]


def saved_by(path: Path, who: str, when: str) -> Path:
    """Write into the file what Excel writes when somebody saves it."""
    with zipfile.ZipFile(path) as old:
        parts = {info: old.read(info) for info in old.infolist()}
    with zipfile.ZipFile(path, "w") as new:
        for info, data in parts.items():
            new.writestr(info, _signed(data.decode(), who, when) if info.filename == "docProps/core.xml" else data)
    return path


def _signed(core: str, who: str, when: str) -> str:
    named = re.sub("<cp:lastModifiedBy>.*?</cp:lastModifiedBy>|<cp:lastModifiedBy/>", "", core)
    named = named.replace("</cp:coreProperties>", f"<cp:lastModifiedBy>{who}</cp:lastModifiedBy></cp:coreProperties>")
    return re.sub("(<dcterms:modified[^>]*>)[^<]*", rf"\g<1>{when}", named)


def told(comparison: Comparison) -> list[Finding]:
    """Return the findings on changed rules."""
    return [f for f in comparison.findings if f.code == "rules-changed"]


def test_openpyxl_reads_the_same_name_and_time_as_we_do(tmp_path: Path) -> None:
    path = saved_by(tickets(tmp_path / "t.xlsx"), "Ada Byron", "2026-11-20T08:00:00Z")
    properties = openpyxl.load_workbook(path).properties
    assert properties.lastModifiedBy == "Ada Byron"
    assert last_saved(path) == LastSaved("Ada Byron", "2026-11-20T08:00:00Z")
    assert f"{properties.modified:%Y-%m-%dT%H:%M:%SZ}" == last_saved(path).at


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off"])
def test_a_file_that_says_nothing_was_saved_by_nobody_known(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(content)
    assert last_saved(path) == last_saved(tmp_path) == last_saved(tmp_path / "none.xlsx") == LastSaved()
    assert not LastSaved().words


def with_damaged_properties(path: Path) -> Path:
    """Overwrite what the file says of itself with bytes that do not unpack."""
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("docProps/core.xml")
    assert entry.compress_type == zipfile.ZIP_DEFLATED
    begin = entry.header_offset + 30 + len(entry.filename)
    data = path.read_bytes()
    path.write_bytes(data[:begin] + b"\xff" * entry.compress_size + data[begin + entry.compress_size :])
    return path


def test_a_file_whose_properties_are_damaged_was_saved_by_nobody_known(tmp_path: Path) -> None:
    path = with_damaged_properties(saved_by(tickets(tmp_path / "t.xlsx"), "Ada Byron", "2026-11-20T08:00:00Z"))
    assert last_saved(path) == LastSaved()
    assert main(["check", str(path)]) == 2  # a sentence with its remedy, no fault of ours


def test_the_hash_of_the_plan_follows_every_row_and_not_the_place_of_the_file(tmp_path: Path) -> None:
    plan = read_plan(tickets(tmp_path / "t.xlsx"))
    corpus, _ = split_corpus(plan, tmp_path / "t.xlsx")
    elsewhere = replace(plan, source=replace(plan.source, path="/elsewhere/t.xlsx", name="other.xlsx"))
    assert plan_sha256(elsewhere, corpus) == plan_sha256(plan, corpus)
    first = plan.examples[0]
    changed = {
        "an input": replace(plan, examples=(replace(first, input="other"), *plan.examples[1:])),
        "a level": replace(plan, service_levels=(replace(plan.service_levels[0], target=0.61), *plan.service_levels[1:])),
        "a setting": replace(plan, settings=replace(plan.settings, confidence=0.9)),
        "a candidate": replace(plan, candidates=plan.candidates[:1]),
        "the bytes": replace(plan, source=replace(plan.source, sha256="0" * 64)),
    }
    hashes = {name: plan_sha256(other, corpus) for name, other in changed.items()}
    assert len({plan_sha256(plan, corpus), *hashes.values()}) == 1 + len(changed), hashes


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Comparison, RunFolder, Comparison, RunFolder]:
    """A run, and one after a level was lowered and the file saved by somebody else."""
    folder = tmp_path_factory.mktemp("changed")
    path = saved_by(tickets(folder / "t.xlsx", Service_levels=LEVELS), "Ada Byron", "2026-11-20T08:00:00Z")
    with results_alone():
        first, first_folder = evaluate(path, environment={})
        tickets(path, Service_levels=[LEVELS[0] | {"Target": 0.4}])
        saved_by(path, "Bob Hope", "2026-11-25T17:30:00Z")
        second, second_folder = evaluate(path, environment={})
    return first, first_folder, second, second_folder


def test_rules_splits_and_workbook_are_on_disk_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class AskedError(Exception):
        """Somebody was asked."""

    def asked(*_: object, **__: object) -> None:
        raise AskedError

    monkeypatch.setattr(evaluation, "ask", asked)
    path = tickets(tmp_path / "t.xlsx")
    with pytest.raises(AskedError):
        evaluate(path, environment={})
    folder = RunFolder(tmp_path / "t-run")
    rules, plan = read_rules(folder), read_plan(path)
    assert rules is not None
    assert (rules.service_levels, rules.settings) == (plan.service_levels, plan.settings)
    assert rules.plan_sha256 == plan_sha256(plan, split_corpus(plan, path)[0])
    assert folder.workbook.read_bytes() == path.read_bytes()
    assert folder.split.exists()
    assert read_changes(folder) is not None


def test_a_first_run_has_changed_nothing_and_keeps_who_saved_the_workbook(
    changed: tuple[Comparison, RunFolder, Comparison, RunFolder],
) -> None:
    comparison, folder, *_ = changed
    kept = read_changes(folder)
    assert kept is not None
    assert (kept.saved, kept.earlier) == (LastSaved("Ada Byron", "2026-11-20T08:00:00Z"), ())
    assert told(comparison) == []


def test_a_level_changed_after_answers_were_known_is_told_with_who_and_when(
    changed: tuple[Comparison, RunFolder, Comparison, RunFolder], capsys: pytest.CaptureFixture[str]
) -> None:
    _, first, comparison, second = changed
    assert (first.path.name, second.path.name) == ("t-run", "t-run-2")
    (found,) = told(comparison)
    assert found.severity is Severity.WARNING
    assert "what the sheet Service levels says differs" in found.what
    assert "last saved by Bob Hope at 2026-11-25T17:30:00Z" in found.what
    assert told(recall(second.path)[0]) == [found], "the same from the records alone"
    assert records.rules(records.Sources(second)).word is Word.SAME
    assert main(["compare", str(first.path), str(second.path)]) == ExitCode.DONE
    said = capsys.readouterr().out
    assert "last saved by Ada Byron at 2026-11-20T08:00:00Z" in said
    assert "last saved by Bob Hope at 2026-11-25T17:30:00Z" in said


@pytest.mark.usefixtures("figures_only")
def test_one_candidate_more_is_a_note_and_a_changed_label_of_the_holdout_names_who_saved_it(tmp_path: Path) -> None:
    path = tickets(tmp_path / "t.xlsx")
    evaluate(path, environment={})
    rows: list[dict[str, Any]] = examples(60)
    names = ["majority", "nearest example", "tf-idf logistic regression"]
    candidates = [{"Candidate": n, "Kind": "Local baseline", "Model": n} for n in names]
    candidates[1]["Role"] = "production"
    tickets(path, candidates=candidates)
    comparison, _ = evaluate(path, environment={})
    assert [f.severity for f in told(comparison)] == [Severity.NOTE]
    victim = comparison.corpus.holdout.example_ids[0]
    for row in rows:
        row["Expected"] = "refund" if row["Example ID"] == victim and row["Expected"] == "delivery" else row["Expected"]
        if row["Example ID"] == victim:
            row["Input"] += " changed"
    tickets(path, candidates=candidates, Examples=rows)
    saved_by(path, "Eve", "2026-11-26T10:00:00Z")
    comparison, _ = evaluate(path, environment={})
    (found,) = [f for f in comparison.findings if f.code == "holdout-changed"]
    assert "the workbook was last saved by Eve at 2026-11-26T10:00:00Z" in found.what
    assert "sheet Examples says differs" in told(comparison)[0].what
