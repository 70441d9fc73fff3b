"""The whole program with a real model: three candidates, 58 examples, tokens and latencies as the model's server has them.

`make test-real-model` builds its environment; without that the test skips, visibly.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reportgen.cli import main
from reportgen.domain.records.response import Outcome
from reportgen.evidence.journal import read_lines
from tests.real_model import served, weights
from tests.small_workbooks import baseline, tickets

EXAMPLES = 58
ASKED = EXAMPLES * 2

pytestmark = [
    pytest.mark.deep,
    pytest.mark.skipif(weights() is None, reason="no real model here: make test-real-model builds one in ten minutes"),
]


def test_a_real_model_goes_through_the_whole_program(tmp_path: Path) -> None:
    with served(tmp_path / "server.log") as url:
        model: dict[str, Any] = {"Kind": "API model", "Model": "openai/smollm2", "Endpoint": url}
        model |= {"Input price": 0.01, "Output price": 0.02, "Temperature": 0, "Most output tokens": 8}
        candidates = [
            model | {"Candidate": "SmolLM2", "Settings": "seed: 1"},
            model | {"Candidate": "SmolLM2 in words", "Prompt": "plain", "Settings": "seed: 1"},
            baseline("majority", Role="production"),
        ]
        prompt = "Is this about a refund or a delivery? Answer with the one word refund or delivery.\n\n{input}"
        rows = [{"Split": "train"}] * 20 + [{"Split": "eval"}] * EXAMPLES
        path = tickets(
            tmp_path / "t.xlsx",
            candidates=candidates,
            count=20 + EXAMPLES,
            columns=rows,
            at_once=1,
            Prompts=[{"Prompt": "plain", "User message": prompt}],
        )
        assert main(["run", str(path)]) == 0
    run = tmp_path / "t-run"
    lines, _ = read_lines(run / "evidence" / "responses.jsonl")
    asked = [line.response for line in lines if line.response.candidate.startswith("SmolLM2")]
    assert len(asked) == ASKED
    assert {r.outcome for r in asked} == {Outcome.ANSWERED}
    assert all(r.usage and r.usage.input > 20 and 0 < r.usage.output <= 9 and r.latency_s for r in asked)
    assert not any(a.doubt for r in asked for a in r.log)
    candidates = json.loads((run / "results.json").read_text(encoding="utf-8"))["candidates"]
    assert [c["counts"]["planned"] for c in candidates] == [EXAMPLES] * 3
    assert all(c["measurements"]["p95_latency"]["value"] > 0 for c in candidates[:2])
    assert all((run / name).stat().st_size for name in ("comparison.xlsx", "recommendation-report.pdf"))
    assert main(["verify", str(run)]) == 0
