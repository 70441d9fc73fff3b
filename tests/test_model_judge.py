"""A model asked as a judge: once, without a name, on record, replayed, and believed only after people were asked too."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from reportgen import evaluation
from reportgen.domain.records.plan import Task
from reportgen.evidence.run_folder import RunFolder
from reportgen.verification import verify
from reportgen.verification.checks import Word
from reportgen.workbook.blank.workbooks import write_workbook
from tests.fakes.model_server import ModelServer, Reply

ROWS = 140
CANDIDATES = ("Short notes", "Long notes")


def covers(number: int, candidate: str) -> bool:
    """Whether a summary really holds its fact: two in three."""
    return (number + len(candidate)) % 3 > 0


def erring(number: int) -> bool:
    """Whether the judge errs on a summary: one in twenty."""
    return number % 20 == 7


def script(_number: int, body: dict[str, Any]) -> Reply:
    """Judge by the words, but err now and then."""
    text = body["messages"][-1]["content"]
    if "<key fact>" not in text:
        sentence = re.search(r"<sentence>\n(.*?)\n</sentence>", text, re.DOTALL)
        return Reply(json.dumps({"verdict": "yes", "quote": sentence[1].split(",")[0] if sentence else ""}))
    number = int(re.findall(r"valve (\d+)", text)[0])
    good = "leaks" in text.partition("<summary>")[2]
    said = good != erring(number)
    return Reply(json.dumps({"verdict": "yes" if said else "no", "quote": f"report on valve {number}" if said else ""}))


def summary(number: int, candidate: str) -> str:
    return f"A report on valve {number}, which {'leaks' if covers(number, candidate) else 'was seen'}."


def write(path: Path, url: str, *, labelled: int, target: float = 0.5) -> Path:
    texts = [
        f"A report on valve {n}, which was seen. The valve {n} leaks. A report on valve {n}, which leaks."
        for n in range(ROWS)
    ]
    verdicts = [
        {"Candidate": c, "Example ID": f"E{n}", "Part": "fact 1", "Judge kind": "person", "Judged by": "Ada"}
        | {"Verdict": "covered" if covers(n, c) else "omitted"}
        for c in CANDIDATES
        for n in range(labelled)
    ]
    rows: dict[str, Any] = {
        "Examples": [
            {"Example ID": f"E{n}", "Input": text, "Key facts": f"valve {n} drips all day", "Split": "eval"}
            for n, text in enumerate(texts)
        ],
        "Candidates": [{"Candidate": c, "Kind": "Recorded outputs"} for c in CANDIDATES]
        + [
            {
                "Candidate": "Referee", "Kind": "API model", "Model": "openai/small-model", "Role": "judge",
                "Key variable": "OPENAI_API_KEY", "Endpoint": url, "Input price": 1, "Output price": 2,
            }
        ],
        "Recorded outputs": [
            {"Candidate": c, "Example ID": f"E{n}", "Output": summary(n, c), "Cost": 0.001, "Latency (s)": 1}
            for c in CANDIDATES
            for n in range(ROWS)
        ],
        "Service levels": [
            {"Measure": "key-fact recall", "Comparison": "at least", "Target": target, "Agreed by": "Ada"},
        ],
        "Costs": [{"Assumption": "Tasks per month", "Expected": 100}],
    }  # fmt: skip
    if verdicts:
        rows["Recorded verdicts"] = verdicts
    write_workbook(path, Task.SUMMARIZATION, evaluation={"Title": "Valves"}, rows=rows)
    return path


def run(path: Path) -> tuple[dict[str, Any], RunFolder]:
    _, folder = evaluation.evaluate(path, environment={"OPENAI_API_KEY": "sk-judge-0123456789"})
    return json.loads((folder.path / "results.json").read_text(encoding="utf-8")), folder


def finding(result: dict[str, Any], code: str, where: str = "") -> dict[str, Any]:
    return next(f for f in result["findings"] if f["code"] == code and where in f["where"])


@pytest.mark.usefixtures("figures_only")
def test_a_calibrated_judge_decides_and_its_figure_is_corrected(tmp_path: Path) -> None:
    with ModelServer(script) as server:
        result, folder = run(write(tmp_path / "v.xlsx", server.url, labelled=60))
        asked = len(server.books)
        again, _ = run(tmp_path / "v.xlsx")
        assert len(server.books) == asked, "what was judged is never judged again"
    assert again == result
    told = finding(result, "judge-calibration", "fact")
    assert "It is calibrated" in told["what"]
    found = result["candidates"][0]["measurements"]["key_fact_recall"]
    assert found["method"].startswith(
        "prediction-powered (PPI++): 60 answers judged by people and by the judge, 80 by the judge"
    )
    truth = sum(covers(n, CANDIDATES[0]) for n in range(ROWS)) / ROWS
    assert found["low"] < truth < found["high"]
    assert result["candidates"][0]["service_levels"][0]["verdict"] == "PROVEN"
    assert {c["name"] for c in result["candidates"]} == set(CANDIDATES)
    words = {c.name: c.word for c in verify(folder.path).checks}
    assert {words[name] for name in ("Seal", "Chain", "Coverage", "Scores", "Figures")} == {Word.SAME}


@pytest.mark.usefixtures("figures_only")
def test_without_people_a_judge_makes_nothing_more_than_likely(tmp_path: Path) -> None:
    with ModelServer(script) as server:
        result, _ = run(write(tmp_path / "v.xlsx", server.url, labelled=0))
    assert result["candidates"][0]["service_levels"][0]["verdict"] == "LIKELY"
    assert "no person judged any" in finding(result, "judge-calibration", "fact")["what"]
    assert "asked" in finding(result, "judge", "Referee")["what"]
    assert result["checklist"][1]["status"] == "partly"


@pytest.mark.usefixtures("figures_only")
def test_the_question_names_no_candidate_and_a_yes_without_its_words_is_no_verdict(tmp_path: Path) -> None:
    def made_up(_number: int, _body: dict[str, Any]) -> Reply:
        return Reply('{"verdict": "yes", "quote": "words that stand nowhere in the text"}')

    with ModelServer(made_up) as server:
        result, _ = run(write(tmp_path / "v.xlsx", server.url, labelled=0))
        texts = json.dumps([seen.body for seen in server.books])
    assert not any(name in texts for name in CANDIDATES)
    assert "could not be used" in finding(result, "judge", "Referee")["what"]
    assert "the rule stands in" in finding(result, "judge", "Referee")["what"]
