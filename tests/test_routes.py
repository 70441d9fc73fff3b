"""A route from the workbook to the documents, held against a plain loop over the same recorded outputs."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from reportgen.cli import main
from tests.small_workbooks import examples, tickets

EXAMPLES, SCORED = 150, 120
ROUTE = {
    "Candidate": "cascade",
    "Kind": "Route",
    "Settings": "first: cheap\nthen: dear\nwhen: low confidence, invalid output, refused, abstained\nthreshold: 80 %",
}
CHEAP = {"Candidate": "cheap", "Kind": "Recorded outputs", "Input price": 1, "Output price": 2}
DEAR = {"Candidate": "dear", "Kind": "Recorded outputs", "Input price": 5000, "Output price": 9000, "Role": "production"}


def outputs(*, confident: bool = True) -> list[dict[str, Any]]:
    """Return what both said: cheap is wrong, unsure, unreadable, silent or refused now and then, dear errs now and then."""
    other = {"refund": "delivery", "delivery": "refund"}
    rows: list[dict[str, Any]] = []
    for i, example in enumerate(examples(EXAMPLES)):
        said = {"Output": example["Expected"], "Confidence": 0.95, "Outcome": "answered"}
        if i % 4 == 1:
            said |= {
                "Confidence": 0.6 + 0.01 * (i % 8),
                "Output": other[example["Expected"]] if i % 3 else example["Expected"],
            }
        if i % 10 == 3:
            said |= {"Output": "I think it is about money"}
        if i % 20 == 7:
            said |= {"Output": "", "Outcome": "refused", "Confidence": None}
        if i % 20 == 12:
            said |= {"Output": "", "Outcome": "abstained", "Confidence": None}
        if i == 15:
            said |= {"Output": "", "Outcome": "timeout", "Confidence": None}
        if not confident:
            said |= {"Confidence": None}
        tokens = {"Input tokens": 100 + i, "Output tokens": 5 + i % 3, "Attempts": 1 + (i % 16 == 1)}
        rows.append(
            {"Candidate": "cheap", "Example ID": example["Example ID"], "Latency (s)": 0.2 + i / 100, **tokens, **said}
        )
        said = {"Output": example["Expected"] if i % 13 else other[example["Expected"]], "Outcome": "answered"}
        if i % 40 == 24 or i == 23:
            said = {"Output": "", "Outcome": "error"}
        tokens = {"Input tokens": 200 + i, "Output tokens": 9, "Attempts": 1}
        rows.append({"Candidate": "dear", "Example ID": example["Example ID"], "Latency (s)": 1 + i / 50, **tokens, **said})
    return rows


LEVELS = [
    {"Measure": "accuracy", "Comparison": "at least", "Target": 0.8, "Agreed by": "Ada"},
    {"Measure": "share sent on", "Comparison": "at most", "Target": 0.1, "Importance": "should", "Agreed by": "Ada"},
]
REQUIREMENTS = [{"Candidate": "dear", "Requirement": "data stays in the EU", "Importance": "should", "Met": "no"}]


def workbook(folder: Path, *, candidates: list[dict[str, Any]] | None = None) -> Path:
    """Write a workbook of two recorded candidates and a route; the last rows are locked."""
    splits = [{"Split": "eval" if i < SCORED else "holdout"} for i in range(EXAMPLES)]
    return tickets(
        folder / "t.xlsx",
        candidates=[CHEAP, DEAR, ROUTE] if candidates is None else candidates,
        count=EXAMPLES,
        columns=splits,
        Recorded_outputs=outputs(),
        Service_levels=LEVELS,
        Requirements=REQUIREMENTS,
    )


def by_hand(rows: list[dict[str, Any]], threshold: float = 0.8) -> dict[str, float]:
    """Return the route's figures by a loop of its own over the recorded rows: nothing of reportgen is used."""
    labels = {e["Example ID"]: e["Expected"] for e in examples(SCORED)}
    cheap = {r["Example ID"]: r for r in rows if r["Candidate"] == "cheap"}
    dear = {r["Example ID"]: r for r in rows if r["Candidate"] == "dear"}
    right = sent = failed = retried = 0
    money, latencies = 0.0, []
    for name, label in labels.items():
        one, two = cheap[name], dear[name]
        unsure = one["Outcome"] == "answered" and one["Output"] in labels.values() and one["Confidence"] < threshold
        unread = one["Outcome"] == "answered" and one["Output"] not in labels.values()
        on = unsure or unread or one["Outcome"] in {"refused", "abstained"}
        last = two if on else one
        sent += on
        right += last["Outcome"] == "answered" and last["Output"] == label
        broke = last["Outcome"] in {"error", "timeout"}
        failed += broke
        retried += one["Attempts"] > 1
        money += (one["Input tokens"] * 1 + one["Output tokens"] * 2) / 1e6
        money += (two["Input tokens"] * 5000 + two["Output tokens"] * 9000) / 1e6 if on else 0
        latencies.append(math.inf if broke else one["Latency (s)"] + (two["Latency (s)"] if on else 0))
    n = len(labels)
    place = sorted(latencies)[math.ceil(0.5 * n) - 1]
    return {
        "accuracy": right / n,
        "share_sent_on": sent / n,
        "failure_rate": failed / n,
        "retry_rate": retried / n,
        "token_cost_per_task": money / n,
        "p50_latency": place,
    }


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("routes")
    assert main(["run", str(workbook(folder)), "--out", str(folder / "run")]) == 0
    return folder / "run", json.loads((folder / "run" / "results.json").read_text(encoding="utf-8"))


def test_every_figure_of_a_route_is_that_of_a_plain_loop(ran: tuple[Path, dict[str, Any]]) -> None:
    folder, found = ran
    route = next(c for c in found["candidates"] if c["name"] == "cascade")
    wanted = by_hand(outputs())
    measured = {name: route["measurements"][name]["value"] for name in wanted}
    assert measured == pytest.approx(wanted, rel=1e-12)
    assert 0 < wanted["share_sent_on"] < 1
    assert wanted["failure_rate"] > 0
    assert route["kind"] == "Route"
    assert route["route"] == {
        "first": "cheap",
        "then": "dear",
        "when": ["low confidence", "invalid output", "abstained", "refused"],
        "threshold": 0.8,
    }
    others = {c["name"]: c["measurements"]["share_sent_on"]["value"] for c in found["candidates"]}
    assert others == {"cheap": 0, "dear": 0, "cascade": wanted["share_sent_on"]}
    assert route["counts"]["planned"] == SCORED
    # Nothing of a route is on record: whoever verifies makes it again.
    assert "cascade" not in (folder / "evidence" / "responses.jsonl").read_text(encoding="utf-8")
    assert main(["verify", str(folder)]) == 0


def test_a_route_has_levels_and_the_requirements_of_both(ran: tuple[Path, dict[str, Any]]) -> None:
    folder, found = ran
    verdicts = {c["name"]: c["service_levels"][1]["verdict"] for c in found["candidates"]}
    assert verdicts == {"cheap": "PROVEN", "dear": "PROVEN", "cascade": "FAILED"}
    book = openpyxl.load_workbook(folder / "comparison.xlsx", data_only=True)
    levels = [[c.value for c in row] for row in book["Service levels"].iter_rows()]
    assert {row[4] for row in levels if REQUIREMENTS[0]["Requirement"] in row} == {"dear", "cascade"}
    cells = [[c.value for c in row] for row in book["Matrix"].iter_rows()]
    head = next(row for row in cells if "Sent on" in row)
    row = next(row for row in cells if row[0] == "cascade")
    route = next(c for c in found["candidates"] if c["name"] == "cascade")
    assert row[head.index("Sent on")] == pytest.approx(route["measurements"]["share_sent_on"]["value"])
    assert any("cascade: output" in map(str, (c.value for c in row)) for row in book["Responses"].iter_rows())
    assert any("cascade" in str(c.value) for row in book["What-if"].iter_rows() for c in row)


def test_the_holdout_is_opened_for_a_route_by_asking_its_two(
    ran: tuple[Path, dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran[1]["decision"]["winner"] == "cascade"
    folder = shutil.copytree(ran[0], tmp_path / "run")
    assert main(["confirm", str(folder), "--by", "Ada"]) in {0, 10, 11}
    assert "for cascade" in capsys.readouterr().out
    lines = (folder / "evidence" / "holdout" / "opening-1.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2 * (EXAMPLES - SCORED)
    assert {json.loads(line)["response"]["candidate"] for line in lines} == {"cheap", "dear"}
    assert main(["verify", str(folder)]) == 0


def test_a_review_of_a_route_is_a_review_of_the_candidate_that_answered(
    ran: tuple[Path, dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "reviews.csv"
    head = "Candidate,Example ID,Part,Verdict,Judged by,Judged on,Reason\n"
    file.write_text(f"{head}cascade,M001,,wrong,Ada,2026-11-02,clearly\n", encoding="utf-8")
    assert main(["score", str(ran[0]), "--out", str(tmp_path / "again"), "--reviews", str(file)]) == 2
    assert "cascade is a Route" in " ".join("".join(capsys.readouterr()).split())


def test_a_first_candidate_that_states_no_confidence_is_told_by_check_and_in_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tickets(
        tmp_path / "t.xlsx",
        candidates=[CHEAP, DEAR, ROUTE],
        count=EXAMPLES,
        all_eval=True,
        Recorded_outputs=outputs(confident=False),
    )
    assert main(["check", str(path)]) == 0
    told = " ".join("".join(capsys.readouterr()).split())
    assert "cascade sends on below a confidence, and cheap states none with" in told
    assert main(["run", str(path), "--out", str(tmp_path / "run")]) == 0
    found = json.loads((tmp_path / "run" / "results.json").read_text(encoding="utf-8"))["findings"]
    assert [f["what"] for f in found if f["code"] == "route-without-confidence"]


@pytest.mark.parametrize(
    ("route", "said", "remedy"),
    [
        ({"Settings": "first: cheep\nthen: dear\nwhen: refused"}, 'no candidate "cheep"', 'Did you mean "cheap"?'),
        ({"Settings": "first: cheap\nthen: other\nwhen: refused"}, "names under then, is a Route itself", "that answer"),
        ({"Settings": "first: cheap\nthen: cheap\nwhen: refused"}, "from cheap on to cheap itself", "another candidate"),
        ({"Settings": "first: cheap\nthen: dear"}, "does not say when", "when: low confidence"),
        ({"Settings": "first: cheap\nthen: dear\nwhen: unsure"}, '"unsure", which is no reason', "low confidence"),
        ({"Settings": "first: cheap\nthen: dear\nwhen: low confidence"}, "does not say which", "threshold: 0.8"),
        ({"Settings": "first: cheap\nthen: dear\nwhen: refused\nthreshold: 0.8"}, "it would decide nothing", "delete"),
        ({"Settings": "first: cheap\nthen: dear\nwhen: low confidence\nthreshold: 80"}, 'threshold is "80"', "80 %"),
        ({"Settings": "first: cheap\nthen: left out\nwhen: refused"}, "left out, which the Route names", "Include"),
        ({"Settings": "first: cheap\nthen: dear\nwhen: refused\nbatch: yes"}, 'no setting "batch"', "first, then, when"),
        ({"Role": "judge"}, "a judge is an API model or a command", "Choose one of the two"),
    ],
)  # fmt: skip
def test_what_a_route_leaves_open_is_said_by_cell(
    tmp_path: Path, route: dict[str, Any], said: str, remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    other = {"Candidate": "other", "Kind": "Route", "Settings": "first: cheap\nthen: dear\nwhen: refused"}
    out = CHEAP | {"Candidate": "left out", "Include": "no"}
    assert main(["check", str(workbook(tmp_path, candidates=[CHEAP, DEAR, other, out, ROUTE | route]))]) == 2
    told = " ".join("".join(capsys.readouterr()).split())
    assert all(part in told for part in ("Candidates!", said, remedy)), told
