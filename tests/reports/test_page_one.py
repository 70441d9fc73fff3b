"""Page one says what is known and no more: a pilot is no recommendation, and nothing on it contradicts anything else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

from reportgen.checking import check_workbook
from reportgen.commands.common import say_result
from reportgen.domain.records.comparison import Comparison
from reportgen.domain.wording.figures import named
from reportgen.evaluation import Permissions, evaluate
from reportgen.reports.view.build import build
from reportgen.reports.view.records import View
from tests.reports.corners import CORNERS, book, erring
from tests.small_workbooks import examples, tickets

ROWS = 250
CASES = Path(__file__).parents[2].parent / "shared" / "cases" / "files"


def outputs(name: str, wrong: int, *, seconds: float = 1.0, count: int = ROWS) -> list[dict[str, Any]]:
    """Return recorded answers of which the first `wrong` take one label for the other."""
    swapped = {"refund": "delivery", "delivery": "refund"}
    return [
        {
            "Candidate": name,
            "Example ID": row["Example ID"],
            "Output": swapped[row["Expected"]] if n < wrong else row["Expected"],
            "Outcome": "answered",
            "Latency (s)": seconds,
            "Attempts": 1,
            "Input tokens": 1000,
            "Output tokens": 10,
        }
        for n, row in enumerate(examples(count))
    ]


def level(measure: str, comparison: str, target: float) -> dict[str, Any]:
    return {"Measure": measure, "Comparison": comparison, "Target": target, "Agreed by": "Ada"}


OF_90 = (level("accuracy", "at least", 0.9), level("p95 latency", "at most", 5), level("cost per task", "at most", 4))


def race(
    path: Path,
    wrong: dict[str, int],
    *levels: dict[str, Any],
    prices: dict[str, float] | None = None,
    **more: Any,  # noqa: ANN401 - rows of any sheet
) -> Path:
    """Write a workbook whose candidates err so often; the first is in production, the others cheaper in their order."""
    rows = [
        {"Candidate": name, "Kind": "Recorded outputs", "Role": "candidate" if n else "production"}
        | (
            {}
            if prices is not None and name not in prices
            else {"Input price": (prices or {}).get(name, 30.0 - n), "Output price": 1}
        )
        for n, name in enumerate(wrong)
    ]
    recorded = [row for name, many in wrong.items() for row in outputs(name, many)]
    return tickets(
        path, candidates=rows, count=ROWS, all_eval=True, Recorded_outputs=recorded, Service_levels=levels or OF_90, **more
    )


def told(path: Path) -> tuple[Comparison, View]:
    comparison, _ = evaluate(path)
    return comparison, build(comparison)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.usefixtures("figures_only")
def test_what_is_not_proven_is_a_pilot_and_says_first_why_and_how_easily_it_got_so_far(tmp_path: Path) -> None:
    """Four candidates that miss 90 % by one point in truth: 76 of 90 runs said RECOMMEND PROVISIONALLY, with a saving."""
    comparison, view = told(race(tmp_path / "pilot.xlsx", {"Today": 60, "A": 24, "B": 23, "C": 22}))
    head = view.headline
    assert (head.status.word, comparison.decision.status.value) == ("PILOT", "RECOMMEND PROVISIONALLY")
    assert head.sentence.startswith("Not proven.")
    assert head.why[0].startswith("Accuracy: 228 of 250 right"), "why it is only that stands before why it was chosen"
    assert not any("proven to meet every" in reason for reason in head.why)
    one = stats.binom(ROWS, 0.89).sf(224)
    found = comparison.decision.near_miss
    assert found is not None
    assert (found.one, found.any_of) == pytest.approx((one, 1 - (1 - one) ** 4))
    assert plain(head.sureness[0]) == (
        "A candidate that in truth misses the level of at least 90 % (accuracy) by one point would get this far in about "
        f"{one:.0%} of samples of 250 examples; of 4 such candidates at least one would in up to {1 - (1 - one) ** 4:.0%}."
    ).replace("%", " %").replace("  %", " %")
    names = [fact.name for fact in head.cost]
    assert "Saved against manual work" not in names
    # a review of 3 minutes at 40 an hour is 2.00; every answer is checked
    assert names[0] == "Cost per task in the pilot"
    assert comparison.decision.pilot_cost == pytest.approx(2.0 + 0.02701)
    assert any(
        c.startswith("Start as a pilot in which a person checks every answer; a task then costs $2.03")
        for c in head.conditions
    )
    assert "pilot" in view.statement
    assert view.lead_words == "the candidate for the pilot"


@pytest.mark.usefixtures("figures_only")
def test_what_a_person_cannot_check_is_not_asked_to_be_checked(tmp_path: Path) -> None:
    path = race(tmp_path / "late.xlsx", {"A": 5, "B": 5}, prices={"A": 1, "B": 2}, Candidates=[
        {"Candidate": name, "Kind": "Recorded outputs", "Input price": 1, "Output price": 1} for name in ("A", "B")
    ])  # fmt: skip
    comparison, view = told(path)
    assert view.headline.status.word == "PILOT"
    assert view.headline.why[0].startswith("The model in production was not evaluated")
    assert not any("checks every answer" in condition for condition in view.headline.conditions)
    assert comparison.decision.pilot_cost is None


@pytest.mark.usefixtures("figures_only")
def test_without_a_level_on_right_answers_nothing_is_recommended(tmp_path: Path) -> None:
    levels = (
        level("invalid output rate", "at most", 0.05),
        level("p95 latency", "at most", 5),
        level("cost per task", "at most", 4),
    )
    path = race(tmp_path / "wrong.xlsx", {"Today": 250, "A": 250}, *levels)
    comparison, view = told(path)
    assert view.headline.status.word == "PILOT"
    assert view.headline.why[0].startswith("No required level asks how many answers are right")
    assert comparison.checklist[1].status.value == "not met"
    assert "no-quality-level" in {f.code for f in comparison.findings}
    assert "no-quality-level" in {p.code for p in check_workbook(path, Permissions()).problems}


@pytest.mark.skipif(not CASES.is_dir(), reason="../shared is missing")
@pytest.mark.usefixtures("figures_only")
def test_the_case_of_a_model_without_one_exact_match(tmp_path: Path) -> None:
    path = tmp_path / "no-quality-level.xlsx"
    path.write_bytes((CASES / "no-quality-level.xlsx").read_bytes())
    assert "no-quality-level" in {p.code for p in check_workbook(path, Permissions()).problems}
    _, view = told(path)
    assert view.headline.status.word != "RECOMMEND"


@pytest.mark.usefixtures("figures_only")
def test_what_fails_by_its_cost_alone_is_told_so(tmp_path: Path) -> None:
    costs = {"Tasks per month": 1000, "Minutes per review": 3, "Reviewer cost per hour": 40, "Manual cost per task": 0.02}
    rows = [{"Assumption": name, "Expected": value} for name, value in costs.items()]
    _, view = told(race(tmp_path / "dear.xlsx", {"Today": 5, "A": 5}, Costs=rows))
    assert view.headline.status.word == "NO CANDIDATE QUALIFIES"
    assert view.headline.sentence == (
        "Choose none of these candidates: A and Today do what was asked for, but at too high a cost."
    )
    assert view.headline.why[0] == "Only the cost speaks against A and Today. What follows is about A, the cheapest."
    assert "doing it by hand costs $0.02" in plain(view.headline.why[1])


def test_the_console_and_the_page_say_pilot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pypdf = pytest.importorskip("pypdf")
    comparison, folder = evaluate(race(tmp_path / "pilot.xlsx", {"Today": 60, "A": 22}))
    say_result(comparison, folder.path, as_json=False)
    out = capsys.readouterr().out
    assert out.startswith("PILOT: Not proven. Try A as a pilot only")
    last = out[out.index("Readiness: NOT READY") :].splitlines()
    assert "4 not met: lm-evaluation-harness" in "".join(last), "the last lines say why it is not ready"
    assert "Three steps" in "".join(last)
    first = " ".join(pypdf.PdfReader(folder.path / "recommendation-report.pdf").pages[0].extract_text().split())
    assert "PILOT" in first
    assert "RECOMMEND PROV" not in first
    assert not [word for word in ("Holm", "commitment", "SHA-256", "p = ") if word in first]
    assert "Saved against" not in first
    found = json.loads((folder.path / "results.json").read_text(encoding="utf-8"))["decision"]
    assert found["status"] == "RECOMMEND PROVISIONALLY"


@pytest.mark.usefixtures("figures_only")
def test_unpriced_candidates_are_ranked_by_quality_with_one_reason_and_no_contradiction(tmp_path: Path) -> None:
    comparison, view = told(race(tmp_path / "free.xlsx", {"Today": 5, "A": 2}, prices={}))
    assert view.headline.sentence == "Do not decide yet: nobody knows what a task costs with A and Today."
    assert len(comparison.decision.reasons) == 1
    assert comparison.decision.reasons[0].startswith("No price: nothing that was required speaks against A and Today")


@pytest.mark.usefixtures("figures_only")
def test_short_of_evidence_the_page_says_how_many_more_examples_and_what_they_cost(tmp_path: Path) -> None:
    levels = (level("accuracy", "at least", 0.99), level("cost per task", "at most", 4))
    comparison, view = told(race(tmp_path / "few.xlsx", {"Today": 0, "A": 0}, *levels))
    assert view.headline.status.word == "NOT ENOUGH EVIDENCE"
    # 299 without an error prove 99 % (0.99 ** 299 < 0.05); 250 are there
    assert "At least 49 more examples without an error" in view.headline.why[1]
    assert "for labels, at the price of a review each" in view.headline.why[1]
    assert comparison.decision.collect_more is not None


@pytest.mark.usefixtures("figures_only")
def test_short_of_times_the_page_says_how_many_more_examples(tmp_path: Path) -> None:
    levels = (level("accuracy", "at least", 0.8), level("p99 latency", "at most", 5))
    comparison, view = told(race(tmp_path / "few.xlsx", {"Today": 0, "A": 0}, *levels))
    # 299 in time prove a p99 (0.99 ** 299 < 0.05); 250 are there
    assert "At least 49 more examples without a slow answer" in view.headline.why[1]
    assert "of a candidate that is fast enough on 99.5 %" in plain(view.headline.why[1])
    assert comparison.decision.collect_more is not None
    assert view.headline.changes == ("What is named under Why; more examples.",)


@pytest.mark.usefixtures("figures_only")
def test_what_would_change_it_is_what_is_lacking_and_nothing_that_would_not_help(tmp_path: Path) -> None:
    """Seen: "more examples" where a price and a latency were lacking, or where more examples "will hardly help"."""
    _, view = told(CORNERS["neither_price_nor_time"](tmp_path / "unknown.xlsx"))
    assert view.headline.changes == ("What is named under Why; figures for p95 latency and cost per task.",)
    _, view = told(race(tmp_path / "near.xlsx", {"Today": 27, "A": 26}))
    assert view.headline.changes == (
        "What is named under Why; a candidate, prompt or setting that meets the levels.",
    )  # fmt: skip
    _, view = told(CORNERS["cost_level_alone"](tmp_path / "dear.xlsx"))
    assert view.headline.changes == (
        "A lower price or less review for what meets the other levels, or a level that allows a higher cost.",
    )


@pytest.mark.usefixtures("figures_only")
def test_a_cost_that_is_not_given_is_not_said_to_be_in_the_figures(tmp_path: Path) -> None:
    _, view = told(race(tmp_path / "free.xlsx", {"Today": 5, "A": 5}, OF_90[0], Costs=[]))
    assert (
        "Cost: with failures and fixed costs; review and errors that nobody notices are left out, their cost is not given"
        in view.matrix_notes[0]
    )


@pytest.mark.usefixtures("figures_only")
def test_sentences_stand_whatever_a_candidate_is_called(tmp_path: Path) -> None:
    """Seen: Should only do this classification task ..."""
    _, view = told(race(tmp_path / "names.xlsx", {"Today": 5, "no model": 4, "only": 3}))
    head = view.headline
    assert head.sentence.startswith("Choose “only” at ")
    assert head.why[0] == "“only” is proven to meet every required level."
    assert all("“only”" in change for change in head.changes if "only" in change)
    _, view = told(race(tmp_path / "alone.xlsx", {"only": 3}))
    assert view.headline.question.startswith("Should “only” do this classification task")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("only", "“only”"), ("The best", "“The best”"), ("A", "A"), ("gpt-small", "gpt-small"), ("Today", "Today"), ("", ""),
        ("Ask people first!", "“Ask people first!”"), ("Please do not buy this.", "“Please do not buy this.”"),
        ("Never use the other", "“Never use the other”"), ("Claude Sonnet 4.5", "Claude Sonnet 4.5"),
        ("tf-idf logistic regression", "tf-idf logistic regression"), ("anchors and patterns", "anchors and patterns"),
    ],
)  # fmt: skip
def test_a_name_that_reads_as_our_words_is_quoted(name: str, said: str) -> None:
    assert named(name) == said


@pytest.mark.usefixtures("figures_only")
@pytest.mark.parametrize(("segments", "those"), [(2, "both segments"), (3, "all 3 segments")])
def test_segments_that_do_alike_are_both_or_all_of_them(tmp_path: Path, segments: int, those: str) -> None:
    right = {"Today": erring(0), "Newer": erring(0)}
    _, view = told(book(tmp_path / "alike.xlsx", right, rows=60, failures=False, segment=lambda n: f"Branch {n % segments}"))
    assert f"It does alike in {those} that have 5 examples or more." in view.headline.sureness
