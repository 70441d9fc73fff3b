"""results.json holds exactly what the contract names, unrounded, and never an unexplained null."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from reportgen.domain.records.comparison import Comparison, Finding, Status
from reportgen.domain.records.plan import Task
from reportgen.problems import Severity
from reportgen.reports.data import ResultsData, results_bytes, write_results
from tests.builders import comparison_for
from tests.loops import some

NUMBER = {"type": ["number", "null"]}
TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}
WHOLE = {"type": ["integer", "null"]}
SHA = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def closed(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """An object with these properties and no others."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def many(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def by_name(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": item}


PARTIAL = closed({"value": NUMBER, "n": COUNT})
MEASUREMENT = {
    **closed(
        {
            "value": NUMBER,
            "low": NUMBER,
            "high": NUMBER,
            "bound": NUMBER,
            "n": COUNT,
            "unit": {"enum": ["share", "s", "USD"]},
            "method": TEXT,
            "basis": {"enum": ["measured", "assumed", "recorded"]},
            "reason": {"type": "string", "minLength": 1},
            "lenient": {"type": "number"},
            "unweighted": {"type": "number"},
            "answered_only": PARTIAL,
            "attempt": PARTIAL,
        },
        optional=("reason", "lenient", "unweighted", "answered_only", "attempt"),
    ),
    "if": {"properties": {"value": {"type": "null"}}},
    "then": {"required": ["reason"]},
    "else": {"properties": {"reason": False}},
}
LEVEL = closed(
    {
        "measure": {"type": "string", "pattern": "^[a-z0-9_()]+$"},
        "scope": TEXT,
        "comparison": {"enum": ["at least", "at most"]},
        "target": {"type": "number"},
        "value": NUMBER,
        "bound": NUMBER,
        "verdict": {"enum": ["PROVEN", "LIKELY", "UNLIKELY", "FAILED", "NOT TESTABLE"]},
        "importance": {"enum": ["must", "should"]},
    }
)
CANDIDATE = closed(
    {
        "name": TEXT,
        "kind": {"enum": ["API model", "Recorded outputs", "Local baseline", "Command"]},
        "role": {"enum": ["candidate", "production", "judge"]},
        "model": TEXT,
        "counts": closed(
            dict.fromkeys(("planned", "answered", "refused", "abstained", "invalid", "error", "timeout", "unscored"), COUNT)
        ),
        "measurements": {
            **by_name(MEASUREMENT),
            "propertyNames": {"pattern": r"^[a-z0-9_()]+(\[(label|field|segment): .+\])?$"},
        },
        "service_levels": many(LEVEL),
    }
)
PAIR = closed(
    {
        "a": TEXT,
        "b": TEXT,
        "measure": TEXT,
        "difference": NUMBER,
        "low": NUMBER,
        "high": NUMBER,
        "p": NUMBER,
        "p_adjusted": NUMBER,
        "method": TEXT,
    }
)
DECISION = closed(
    {
        "status": {"enum": [s.value for s in Status]},
        "winner": {"type": ["string", "null"]},
        "reasons": many(TEXT),
        "collect_more": WHOLE,
        "winner_probability": by_name({"type": "number", "minimum": 0, "maximum": 1}),
        "break_evens": many(
            closed({"assumption": TEXT, "current": NUMBER, "value": NUMBER, "unit": TEXT, "sentence": TEXT})
        ),
        "cheaper_but_unproven": many(
            closed(
                {
                    "candidate": TEXT,
                    "saving_per_task": {"type": "number"},
                    "saving_per_month": NUMBER,
                    "more_examples": WHOLE,
                    "sentence": TEXT,
                }
            )
        ),
    }
)
CHECK = closed(
    {
        "number": {"type": "integer", "minimum": 1, "maximum": 9},
        "item": TEXT,
        "status": {"enum": ["met", "partly", "not met"]},
        "found": TEXT,
        "needed": TEXT,
        "evidence": TEXT,
    }
)
SCHEMA = closed(
    {
        "format": {"const": "reportgen.results/1"},
        "evaluation": closed(
            {
                "title": TEXT,
                "task": {"enum": [t.value for t in Task]},
                "document_number": TEXT,
                "run_id": TEXT,
                "workbook_sha256": SHA,
                "evidence_sha256": SHA,
                "seed": {"type": "integer"},
                "confidence": {"type": "number"},
                "started": TEXT,
                "finished": TEXT,
                "version": TEXT,
            }
        ),
        "split": closed(
            dict.fromkeys(("train", "eval", "holdout", "regression"), closed({"examples": COUNT, "sha256": SHA}))
        ),
        "candidates": many(CANDIDATE),
        "comparisons": many(PAIR),
        "decision": DECISION,
        "checklist": {**many(CHECK), "minItems": 9, "maxItems": 9},
        "readiness": {"enum": ["READY", "READY WITH WARNINGS", "NOT READY"]},
        "findings": many(closed(dict.fromkeys(("code", "severity", "where", "what", "remedy"), TEXT))),
        "unpriced": many(TEXT),
    }
)


def written(comparison: Comparison, folder: Path) -> dict[str, Any]:
    write_results(results_bytes(comparison), folder / "results.json")
    parsed: dict[str, Any] = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return parsed


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("task", list(Task))
def test_the_file_has_the_names_of_the_contract_and_no_others(task: Task, status: Status, tmp_path: Path) -> None:
    jsonschema.validate(written(comparison_for(task, status=status, examples=60), tmp_path), SCHEMA)


def test_figures_are_unrounded_and_under_the_keys_of_the_measures(tmp_path: Path) -> None:
    comparison = comparison_for(Task.CLASSIFICATION)
    found = written(comparison, tmp_path)["candidates"][0]["measurements"]
    expected = comparison.candidates[0].measurements
    assert list(found) == sorted(expected)
    assert found["f1[label: refund]"]["value"] == expected["f1[label: refund]"].value
    assert found["macro_f1"]["bound"] == expected["macro_f1"].bound


def test_a_latency_that_falls_on_a_failure_is_null_with_its_reason_and_keeps_the_answered_figures(tmp_path: Path) -> None:
    flaky = written(comparison_for(Task.CLASSIFICATION), tmp_path)["candidates"][4]["measurements"]["p95_latency"]
    assert flaky["value"] is None
    assert flaky["reason"] == "more than 5 % of requests failed"
    assert flaky["answered_only"]["n"] < flaky["n"]


def test_outcomes_sum_to_planned(tmp_path: Path) -> None:
    for candidate in some(written(comparison_for(Task.EXTRACTION), tmp_path)["candidates"]):
        counts = candidate["counts"]
        outcomes = ("answered", "refused", "abstained", "invalid", "error", "timeout")
        assert sum(counts[name] for name in outcomes) == counts["planned"] == 120


def test_no_winner_is_null(tmp_path: Path) -> None:
    decision = written(comparison_for(Task.CLASSIFICATION, status=Status.NO_CANDIDATE_QUALIFIES), tmp_path)["decision"]
    assert decision["winner"] is None
    assert decision["status"] == "NO CANDIDATE QUALIFIES"


def test_the_same_comparison_gives_the_same_bytes_with_sorted_keys(tmp_path: Path) -> None:
    first = written(comparison_for(Task.SUMMARIZATION), tmp_path)
    before = (tmp_path / "results.json").read_bytes()
    written(comparison_for(Task.SUMMARIZATION), tmp_path)
    assert (tmp_path / "results.json").read_bytes() == before
    assert list(first) == sorted(first)
    assert [p.name for p in tmp_path.iterdir()] == ["results.json"]


def test_a_lone_surrogate_and_an_infinity_do_not_cost_the_file(tmp_path: Path) -> None:
    comparison = comparison_for(Task.CLASSIFICATION, candidates=1)
    result = comparison.candidates[0]
    slow = replace(result.measurements["p99_latency"], high=math.inf)
    odd = Finding("odd", Severity.NOTE, "Examples!B2", "a lone \ud83d half", "Look.")
    changed = replace(
        comparison,
        findings=(odd,),
        candidates=(replace(result, measurements={**result.measurements, "p99_latency": slow}),),
    )
    parsed = written(changed, tmp_path)
    assert parsed["findings"][0]["what"] == "a lone ? half"
    assert parsed["candidates"][0]["measurements"]["p99_latency"]["high"] is None


def test_what_was_written_can_be_read_back_as_the_same_records(tmp_path: Path) -> None:
    written(comparison_for(Task.QUESTION_ANSWERING), tmp_path)
    again = msgspec.json.decode((tmp_path / "results.json").read_bytes(), type=ResultsData)
    assert len(again.candidates) == 5
