"""What points from one sheet to another, and what a workbook may not do by itself."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from reportgen.domain.records.plan import (
    RecordedOutput,
    RecordedVerdict,
    Task,
)
from tests.workbook.filled import check, errors, sheets

CLASSIFICATION, EXTRACTION = Task.CLASSIFICATION, Task.EXTRACTION
SUMMARIZATION, QUESTIONS = Task.SUMMARIZATION, Task.QUESTION_ANSWERING


def _with_recorded(*rows: list[str | float | None]) -> dict[str, list[list[str | bool | float | dt.date | None]]]:
    made = sheets(CLASSIFICATION)
    for row in made["Examples"]:
        row[4] = None
    header = [
        "Candidate",
        "Example ID",
        "Output",
        "Confidence",
        "Latency (s)",
        "Outcome",
        "Input tokens",
        "Cached input tokens",
    ]
    made["Recorded outputs"] = [[*header]]
    made["Recorded outputs"].extend([*row] for row in rows)
    return made


def test_recorded_rows_are_read_and_gaps_are_said(tmp_path: Path) -> None:
    made = _with_recorded(
        ["KEPT", "a1", "refund", "90 %", "800 ms", "OK", 10, 2], ["kept", "A2", None, None, None, "timed out"]
    )
    plan, problems = check(made, tmp_path)
    assert plan is not None, problems
    assert plan.recorded_outputs == (
        RecordedOutput("kept", "A1", "refund", 0.9, 0.8, 10, 2, outcome="answered", where="Recorded outputs!A2"),
        RecordedOutput("kept", "A2", outcome="timeout", where="Recorded outputs!A3"),
    )
    assert [str(p) for p in problems] == [
        (
            "Recorded outputs: kept has no recorded output for 1 of 3 examples: A3. "
            "Each of them that is asked counts as an error (not recorded). "
            'Put its answers on a sheet Recorded outputs, or on the sheet Examples in a column "Output: kept".'
        )
    ]


def test_recorded_rows_that_point_nowhere_or_stand_twice_are_refused(tmp_path: Path) -> None:
    made = _with_recorded(
        ["kept", "A1", "refund"], ["kept", "A1", "order"], ["kept", "A9", "x"], ["ketp", "A2", "x"], ["small", "A1", "x"]
    )
    found = errors(made, tmp_path)
    assert [f.split(":")[0] for f in found] == [
        "Recorded outputs!B3", "Recorded outputs!B4", "Recorded outputs!A5", "Recorded outputs!A6",
    ]  # fmt: skip
    assert "Repeat 2" in found[0]


def test_a_row_and_a_column_for_one_pair_are_two_rows(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    made["Recorded outputs"] = [["Candidate", "Example ID", "Output"], ["kept", "A1", "order"]]
    (found,) = errors(made, tmp_path)
    assert found.startswith("Examples!E2: kept has an output for A1 already in Recorded outputs!A2")


def test_verdicts_are_read_part_by_part_and_held_to_the_words_of_the_task(tmp_path: Path) -> None:
    made = sheets(SUMMARIZATION)
    made["Recorded verdicts"] = [
        ["Candidate", "Example ID", "Part", "Verdict", "Judge kind", "Judged by"],
        ["kept", "A1", "Fact 2", "covered", "person", "Ann"],
        ["kept", "A1", "sentence 1", "not supported", None, None],
    ]
    plan, problems = check(made, tmp_path)
    assert plan is not None, problems
    assert plan.recorded_verdicts == (
        RecordedVerdict("kept", "A1", "fact 2", "covered", "person", "Ann", where="Recorded verdicts!D2"),
        RecordedVerdict("kept", "A1", "sentence 1", "unsupported", "model", where="Recorded verdicts!D3"),
    )
    made["Recorded verdicts"] += [
        ["kept", "A1", "fact 3", "covered"], ["kept", "A1", "fact 1", "supported"], ["kept", "A1", None, "covered"],
        ["kept", "A1", "fact 2", "omitted", "person", "Ann"],
    ]  # fmt: skip
    found = errors(made, tmp_path)
    assert [f.split(":")[0] for f in found] == [f"Recorded verdicts!{a}" for a in ("C4", "D5", "C6", "D7")]


def test_an_input_file_is_read_from_beside_the_workbook_only(tmp_path: Path) -> None:
    made = sheets(SUMMARIZATION)
    made["Examples"][0].append("Input file")
    made["Examples"][1][1] = None
    made["Examples"][1].append("long.txt")
    (tmp_path / "long.txt").write_text("x" * 300_000)
    plan, problems = check(made, tmp_path)
    assert plan is not None, problems
    assert plan.examples[0].input == "x" * 300_000
    assert plan.examples[0].document is not None
    assert plan.examples[0].document.characters == 300_000
    made["Examples"][1][-1] = "../long.txt"
    made["Examples"][2].append("long.txt")
    found = errors(made, tmp_path)
    assert len(found) == 1
    assert "not inside the workbook's folder" in found[0]


def test_a_command_stands_only_where_the_command_line_allows_it(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    made["Candidates"].append(["mine", "Command", "python answer.py --fast"])
    (found,) = errors(made, tmp_path)
    assert "--allow-commands" in found
    assert errors(made, tmp_path, allow_commands=True) == []


@pytest.mark.parametrize(
    ("model", "endpoint", "variable", "allowed", "word"),
    [
        ("openai/gpt-4o-mini", None, "OPENAI_API_KEY", {}, ""),
        ("openai/gpt-4o-mini", "https://api.openai.com/v1", "OPENAI_API_KEY", {}, ""),
        ("openai/gpt-4o-mini", "https://evil.example/v1", "OPENAI_API_KEY", {}, "--allow-key OPENAI_API_KEY=evil.example"),
        ("openai/x", "https://evil.example/v1", "OPENAI_API_KEY", {"OPENAI_API_KEY": "evil.example"}, ""),
        ("openai/x", "https://api.openai.com.evil.example", "OPENAI_API_KEY", {}, "api.openai.com.evil.example"),
        ("openai/x", "https://api.openai.com@evil.example", "OPENAI_API_KEY", {}, "user name"),
        ("openai/x", "http://models.example/v1", "OPENAI_API_KEY", {}, "https"),
        ("openai/x", "http://127.0.0.1:8000/v1", "ANY_KEY", {}, ""),
        ("openai/x", None, "DATABASE_PASSWORD", {}, "--allow-key DATABASE_PASSWORD=api.openai.com"),
        ("openai/x", None, "ANTHROPIC_API_KEY", {}, "api.openai.com"),
        ("somewhere/x", None, "SOME_KEY", {}, "host is not known"),
        ("openai/x", None, "sk-abcdefghijklmnopqrstuvwxyz12", {}, "held a key or a password"),
        ("openai/x", "ftp://x", "OPENAI_API_KEY", {}, "no web address"),
    ],
)
def test_a_key_goes_to_its_own_host_only(  # noqa: PLR0917 - pytest hands over a column each
    tmp_path: Path, model: str, endpoint: str | None, variable: str, allowed: dict[str, str], word: str
) -> None:
    made = sheets(CLASSIFICATION)
    made["Candidates"] = [
        ["Candidate", "Kind", "Model", "Endpoint", "Key variable"],
        ["a", "API model", model, endpoint, variable],
        ["kept", "Recorded outputs"],
    ]
    found = errors(made, tmp_path, allowed_keys=allowed, allowed_hosts={"evil.example", "somewhere"})
    assert bool(found) == bool(word), found
    assert word in " ".join(found)
    assert "abcdefghijklmnop" not in " ".join(found)


def test_settings_carry_neither_keys_nor_hosts(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    made["Candidates"][0].append("Settings")
    made["Candidates"][1].append("top_p: 0.5\napi_base: https://evil.example\nApi-Key: x")
    found = errors(made, tmp_path)
    assert len(found) == 2
    assert "api_base" in found[0]
    assert "Api-Key" in found[1]


def test_what_looks_like_a_key_is_refused_and_not_repeated(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    key = "sk-" + "a1B2" * 8
    made["Candidates"][0].append("Notes")
    made["Candidates"][1].append(f"use {key}")
    (found,) = errors(made, tmp_path)
    assert "key" in found
    assert key not in found
