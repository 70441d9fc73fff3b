"""A batch goes out as files and comes back as recorded outputs: nothing locked leaves, nothing foreign comes in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reportgen.candidates.interface import specs_asked
from reportgen.exchange.batch import export_batch
from reportgen.exchange.batch_import import import_batch
from reportgen.problems import NeedsMendingError
from reportgen.workbook.reading.parser import read_plan
from tests.fakes.model_server import Reply, openai_body
from tests.small_workbooks import tickets

MODELS: list[dict[str, Any]] = [
    {"Candidate": "Small", "Kind": "API model", "Model": "openai/gpt-4o-mini", "Key variable": "OPENAI_API_KEY"},
    {"Candidate": "Own", "Kind": "API model", "Model": "mistral/m", "Input price": 2, "Output price": 6},
    {"Candidate": "Other", "Kind": "API model", "Model": "anthropic/claude-x"},
]


def exported(tmp_path: Path) -> tuple[Path, list[dict[str, Any]]]:
    path = tickets(tmp_path / "t.xlsx", candidates=MODELS, count=60)
    made = export_batch(path, tmp_path / "out")
    assert made.left_out == ("Other",)
    assert made.locked > 0
    lines = [json.loads(line) for name in made.files for line in (tmp_path / "out" / name).read_text().splitlines()]
    return path, lines


def answer(request: dict[str, Any], text: str = "refund", status: int = 200) -> dict[str, Any]:
    body = openai_body(Reply(text, status=status, input_tokens=90, cached_tokens=10, output_tokens=3), request["body"])
    return {
        "id": "batch_req_1",
        "custom_id": request["custom_id"],
        "response": {"status_code": status, "request_id": "r", "body": body},
        "error": None,
    }


def put(folder: Path, name: str, lines: list[Any]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return folder


def test_requests_are_what_a_run_would_send_and_locked_rows_stay(tmp_path: Path) -> None:
    _, lines = exported(tmp_path)
    assert {tuple(sorted(line)) for line in lines} == {("body", "custom_id", "method", "url")}
    assert {(line["method"], line["url"]) for line in lines} == {("POST", "/v1/chat/completions")}
    assert {line["body"]["model"] for line in lines} == {"gpt-4o-mini", "m"}
    assert len({line["custom_id"] for line in lines}) == len(lines)


def test_answers_come_back_as_recorded_outputs_at_the_batch_price(tmp_path: Path) -> None:
    path, lines = exported(tmp_path)
    small = [line for line in lines if line["body"]["model"] == "gpt-4o-mini"]
    gone = {"code": "batch_expired", "message": "expired"}
    expired = {"custom_id": small[1]["custom_id"], "response": None, "error": gone}
    back = put(tmp_path / "back", "a.jsonl", [answer(small[0]), answer({"custom_id": "x", "body": small[0]["body"]})])
    put(back, "errors.jsonl", [expired, answer(small[2], "too long", 400)])
    put(back, "second.jsonl", [answer(small[0]), *(answer(line, "delivery") for line in small[4:])])
    made = import_batch(back, path)
    notes = " ".join(made.notes)
    assert made.answers == {"Small": len(small) - 1}
    assert "1 answers belong to other requests" in notes
    assert f"1 of {len(small)} requests have no answer" in notes
    assert "2 requests failed; the first: expired" in notes
    plan = read_plan(Path(made.workbook), allow_commands=False, allowed_keys={})
    spec = next(s for s in specs_asked(plan) if s.name == "Small (batch)")
    assert spec.price is not None
    assert (spec.price.input, spec.price.output) == pytest.approx((0.075, 0.3)), "half of gpt-4o-mini's 0.15 and 0.6"
    rows = {r.outcome: r for r in plan.recorded_outputs}
    good = rows["answered"]
    assert (good.input_tokens, good.cached_input_tokens, good.output_tokens, good.latency_s) == (90, 10, 3, None)
    assert set(rows) == {"answered", "error"}


def test_two_different_answers_and_answers_to_another_version_are_refused(tmp_path: Path) -> None:
    path, lines = exported(tmp_path)
    back = put(tmp_path / "back", "a.jsonl", [answer(lines[0]), answer(lines[0], "delivery")])
    with pytest.raises(NeedsMendingError, match="second, different answer"):
        import_batch(back, path)
    foreign = put(tmp_path / "foreign", "a.jsonl", [answer({"custom_id": "x", "body": lines[0]["body"]})])
    with pytest.raises(NeedsMendingError, match="exported again"):
        import_batch(foreign, path)
