"""Page one of runs from every corner: nothing on it contradicts anything else, and its grammar and digits hold."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from reportgen.checking import check_workbook
from reportgen.domain.records.comparison import Comparison, Status
from reportgen.evaluation import Permissions, evaluate
from reportgen.reports.view.build import build
from reportgen.reports.view.records import View
from tests.reports.corners import CORNERS
from tests.small_workbooks import tickets

NOUNS = "example|input|task|row|candidate|document|service level"
SHARES = "schema-valid|invalid output|field|review|retry|failure|omission"
NEVER = {
    "a plural of one": rf"(?<![\d.,])1 (?:more )?(?:{NOUNS}|time)s\b(?! \d)",
    "a singular of many": rf"(?<![\d.,$€£])(?:[02-9]|\d[\d,]*\d) (?:{NOUNS})\b",
    "a verb of one behind many": rf"(?<![\d.,])1 (?:{NOUNS})s? (?:are|hold|have|do)\b|\d (?:{NOUNS})s (?:is|holds|has)\b",
    "a count of right ones of a share of wrong ones": rf"(?i)(?:{SHARES}) rate[^.;]{{0,40}}\b\d+ of \d+ right",
    "digits that say nothing": r"about \d,\d\d[1-9]\b|\d+\.\d{3,} times|\d{3,}\.\d+ times|\d\.\d{3,} (?:%|points)",
    "an interval of no width": r"\b([\d.,]+) to \1 (?:%|ms|s|points)(?![\w])|\$([\d.,]+) to \$\2(?![\d.])",
    "the statistician": r"\bHolm\b|\bp value|\bp =|commitment|SHA-256|bootstrap|Clopper",
    "a hole": r"\bNone\b(?!:| beyond| of )|\bnan\b|\{|\}|  ,|\(\)|\bcut;",
    "a doubled stop": r"\.\.|,,|;;|: \.",
}
PROSE = [what for what in NEVER if what.startswith(("a plural", "a singular", "a verb", "a count"))]
"""What can be told from the text of a whole document, tables and all."""
ROOT = Path(__file__).parents[2]


def said(view: View) -> str:
    head = view.headline
    facts = [f"{f.name}: {f.value} {f.note}" for f in head.cost]
    rows = [f"{r.name} {r.cost_per_task} {r.cost_note} {r.quality} {r.quality_note} {r.latency_note}" for r in view.matrix]
    told = [head.sentence, head.question, head.warning, *head.why, *facts, *head.sureness, *head.changes, *head.conditions]
    return "\n".join(t for t in (*told, *rows, *view.matrix_notes) if t).replace("\u00a0", " ")


def contradictions(found: Comparison, text: str) -> Iterator[str]:
    """Yield what stands on one page and cannot be true together."""
    status = found.decision.status
    if status is not Status.RECOMMEND and re.search(r"is proven to meet every required|Saved against", text):
        yield "proven or saved without a recommendation"
    if status is Status.RECOMMEND and re.search(r"the choice is unstable|not proven by", text):
        yield "recommended and unstable"
    if not found.decision.winner and re.search(r"(?m)^Choose (?!none)|the winner for it", text):
        yield "a winner that is none"
    if status is Status.NO_CANDIDATE_QUALIFIES and "where a verdict is open" in text:
        yield "an open verdict where all have failed"
    if not found.plan.service_levels and "qualif" in text:
        yield "qualified for nothing"
    if text.count("only priced candidate") and not found.unpriced:
        yield "the only priced one of those that all have a price"
    whys = text.split("\n")
    if len(set(whys)) < len([w for w in whys if w]):
        yield "the same sentence twice"


def read(name: str, folder: Path) -> tuple[Comparison, str]:
    comparison, _ = evaluate(CORNERS[name](folder / f"{name}.xlsx"))
    return comparison, said(build(comparison))


def complaints(found: Comparison, text: str) -> list[str]:
    grammar = [f"{what}: {m.group()!r}" for what, pattern in NEVER.items() if (m := re.search(pattern, text))]
    return [*grammar, *contradictions(found, text)]


QUICK = ("recommend", "pilot", "all_tie", "no_levels", "unbroken_names", "tiny", "every_field_there", "no_latency")


@pytest.mark.parametrize("name", [pytest.param(n, marks=() if n in QUICK else pytest.mark.deep) for n in CORNERS])
@pytest.mark.usefixtures("figures_only")
def test_page_one_of_a_corner_holds_no_contradiction_and_no_slip(name: str, tmp_path: Path) -> None:
    found, text = read(name, tmp_path)
    assert complaints(found, text) == [], text


def test_the_list_finds_what_it_names() -> None:
    bad = (
        "1 inputs hold it", "3 example", "1 input hold", "invalid output rate: 0 of 40 right", "about 3,527 more",
        "1.60 to 1.60 s", "adjusted (Holm)", "at None", "it.. is",
    )  # fmt: skip
    for text in bad:
        assert any(re.search(pattern, text) for pattern in NEVER.values()), text


@pytest.mark.usefixtures("figures_only")
def test_a_level_on_invented_values_that_no_document_can_test_does_not_apply_and_is_said(tmp_path: Path) -> None:
    book = CORNERS["every_field_there"](tmp_path / "invoices.xlsx")
    checked = check_workbook(book, Permissions())
    assert "does-not-apply" in {p.code for p in checked.problems}
    assert "never-proven" not in {p.code for p in checked.problems}
    found, _ = evaluate(book)
    assert found.decision.status is Status.RECOMMEND
    assert any("invented field rate does not apply" in c for c in build(found).headline.conditions)


@pytest.mark.usefixtures("figures_only")
def test_the_worst_segment_is_named_on_page_one(tmp_path: Path) -> None:
    _, text = read("worst_segment", tmp_path)
    assert re.search(r"It does worst in the segment (mail|chat): \d", text)


@pytest.mark.usefixtures("figures_only")
def test_more_examples_have_their_price_on_page_one(tmp_path: Path) -> None:
    found, text = read("pilot", tmp_path)
    assert found.decision.collect_more is not None
    # a review of 3 minutes at 40 an hour is 2.00
    label = f"about ${found.decision.collect_more * 2:,.0f} for labels, at the price of a review each"
    assert label in text


@pytest.mark.usefixtures("figures_only")
def test_long_names_stay_apart_where_they_are_short(tmp_path: Path) -> None:
    _, text = read("unbroken_names", tmp_path)
    short = set(re.findall(r"provider/very-\S*…\S*-v\d", text))
    assert {n[-2:] for n in short} >= {"v0", "v1"}
    assert all(len(n) <= 36 for n in short)


@pytest.mark.usefixtures("figures_only")
def test_check_says_before_the_run_that_locked_rows_have_answers(tmp_path: Path) -> None:
    answered = [{"Candidate": "Today", "Example ID": "M000", "Output": "refund"}]
    path = tmp_path / "seen.xlsx"
    rows = [
        {"Example ID": f"M{n:03d}", "Input": f"text {n}", "Expected": "refund", "Split": "eval" if n else "holdout"}
        for n in range(40)
    ]
    tickets(path, candidates=[{"Candidate": "Today", "Kind": "Recorded outputs"}], Examples=rows, Recorded_outputs=answered)
    found = {p.code: p for p in check_workbook(path, Permissions()).problems}
    assert found["holdout-answered"].what.startswith("1 row of the holdout has recorded answers of Today")
    comparison, _ = evaluate(path)
    assert comparison.checklist[6].status.value == "not met"


@pytest.mark.deep
@pytest.mark.parametrize("task", ["classification", "extraction", "summarization", "question-answering"])
def test_both_documents_of_a_sample_hold_no_slip(task: str, tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    _, folder = evaluate(Path(shutil.copy(ROOT / "samples" / f"{task}.xlsx", tmp_path)))
    for name in ("readiness-checklist.pdf", "recommendation-report.pdf"):
        pages = (page.extract_text() for page in pypdf.PdfReader(folder.path / name).pages)
        text = " ".join(" ".join(pages).replace("\u00a0", " ").split())
        slips = [(what, m.group()) for what, pattern in NEVER.items() if what in PROSE and (m := re.search(pattern, text))]
        assert slips == []
