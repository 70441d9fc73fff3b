"""Documents that hold pictures, through the door: scans are asked of a server that sees, nobody is silently given less."""

from __future__ import annotations

import base64
import io
import json
import stat
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image, ImageDraw
from reportlab.lib.utils import ImageReader

from reportgen.checking import check_workbook
from reportgen.checking.seeing import shown
from reportgen.cli import main
from reportgen.domain.records.plan import Task
from reportgen.evaluation import Permissions, evaluate
from reportgen.workbook.reading.parser import read_plan
from tests.documents.pdf_files import drawn
from tests.fakes.model_server import ModelServer, Reply
from tests.loops import some
from tests.small_workbooks import TEXTS, baseline, tickets

COLOURS = {"refund": (200, 30, 30), "delivery": (30, 30, 200)}
MODEL: dict[str, object] = {
    "Kind": "API model",
    "Key variable": "OPENAI_API_KEY",
    "Role": "production",
    "Input price": 2,
    "Output price": 10,
}
KEY = {"OPENAI_API_KEY": "sk-very-secret-0123456789abcdef"}


def scan(label: str, number: int) -> bytes:
    """A scanned invoice: a PDF of one page that is a picture, its stamp in the colour of its label."""
    page = Image.new("RGB", (620, 877), "white")
    pen = ImageDraw.Draw(page)
    pen.text((60, 60), f"INVOICE {number}", fill="black")
    pen.rectangle((60, 200, 560, 700), fill=COLOURS[label])
    return drawn(lambda canvas: canvas.drawImage(ImageReader(page), 0, 0, 595, 842))


def seen(_: int, body: dict[str, Any]) -> Reply:
    """A model that sees: the label by the colour of the stamp, tokens by the pixels that came in."""
    pictures = [part["image_url"]["url"] for part in body["messages"][-1]["content"] if part["type"] == "image_url"]
    tokens, label = 0, "nothing to see"
    for address in pictures:
        picture = Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))).convert("RGB")
        tokens += picture.width * picture.height // 750
        middle = picture.crop((picture.width // 2, picture.height // 2, picture.width // 2 + 1, picture.height // 2 + 1))
        red, _, blue = middle.tobytes()
        label = "refund" if red > blue else "delivery"
    return Reply(label, input_tokens=tokens)


def scans(folder: Path, count: int, **candidate: object) -> Path:
    """A workbook whose examples are scans, asked of a model on loopback, beside a local baseline."""
    columns: list[dict[str, Any]] = []
    for number in range(count):
        label = list(TEXTS)[number % 2]
        (folder / f"scan {number}.pdf").write_bytes(scan(label, number))
        columns.append({"Input": None, "Input file": f"scan {number}.pdf"})
    asked = [{**MODEL, "Candidate": "Eyes", "Model": "openai/eyes", **candidate}, baseline("majority")]
    return tickets(folder / "scans.xlsx", candidates=asked, count=count, columns=columns, all_eval=True)


@pytest.mark.parametrize("transport", ["direct", "litellm"])
def test_a_scan_is_asked_of_a_model_that_sees_and_its_tokens_are_paid(tmp_path: Path, transport: str) -> None:
    with ModelServer(seen) as server:
        settings = f"documents: pictures\ntransport: {transport}"
        workbook = scans(tmp_path, 6, Endpoint=server.url, Settings=settings)
        comparison, folder = evaluate(workbook, environment=KEY, permissions=Permissions())
    found = comparison.result("Eyes")
    assert found.measurements["accuracy"].value == 1
    books = server.billed
    assert len(books) == 6
    paid = sum(s.reply.input_tokens * 2 + s.reply.output_tokens * 10 for s in books) / 1e6
    assert found.measurements["token_cost_per_task"].value == pytest.approx(paid / 6)
    assert all(s.reply.input_tokens > 1000 for s in books)
    assert {p.name for p in folder.documents.iterdir()} == {f"scan {n}.pdf" for n in range(6)}
    assert folder.responses.read_text(encoding="utf-8").count("only API models are given pictures") == 6


def test_who_cannot_take_what_examples_hold_is_named_with_the_count(tmp_path: Path) -> None:
    workbook = scans(tmp_path, 4)
    told = {p.code: p.what for p in check_workbook(workbook, Permissions(), KEY).problems}
    assert "4 of 4 examples" in told["cannot see"]
    problems = [p for p in check_workbook(workbook, Permissions(), KEY).problems if p.code == "cannot see"]
    assert [p.what.split(" cannot ")[0] for p in problems] == ["Eyes", "majority"]
    assert any(p.code == "picture page" for p in check_workbook(workbook, Permissions(), KEY).problems)


def test_a_check_shows_one_example_as_candidates_see_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workbook = scans(tmp_path, 4, Settings="documents: pictures")
    assert main(["check", str(workbook), "--show", "m001"]) == 0
    told = capsys.readouterr().out
    assert "From scan 1.pdf, 1 page, 0 characters of text." in told
    assert "Eyes: 1 page as pictures (about" in told
    assert "majority: is not asked" in told
    assert main(["check", str(workbook), "--show", "nobody"]) == 2


def test_a_cell_and_a_file_are_a_question_and_its_document(tmp_path: Path) -> None:
    (tmp_path / "lease.txt").write_text("The rent is 1250 EUR.", encoding="utf-8")
    columns = [{"Input": f"Question {n}?", "Input file": "lease.txt"} for n in range(4)]
    model = {**MODEL, "Candidate": "A", "Model": "openai/gpt-4o"}
    own = {**model, "Candidate": "B", "Prompt": "own", "Role": None}
    prompts = [{"Prompt": "own", "User message": "Q: {input}\nD: {document}\nL: {labels}"}]
    book = tickets(tmp_path / "w.xlsx", candidates=[model, own], count=4, columns=columns, Prompts=prompts)
    plan = read_plan(book)
    assert plan.settings.task is Task.CLASSIFICATION
    assert plan.examples[1].input == "The rent is 1250 EUR.\n\nQuestion 1?"
    told = shown(plan, "M001")
    assert "Text:\nThe rent is 1250 EUR.\n\nQuestion 1?" in told
    assert "Q: Question 1?\nD: The rent is 1250 EUR.\nL:" in told


def test_text_recognition_reads_pages_that_are_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin" / "tesseract"
    program.parent.mkdir()
    program.write_text(
        '#!/bin/sh\n[ "$1" = --list-langs ] && printf "List\\neng\\n" && exit\ncat > /dev/null\necho "INVOICE 4711"\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    workbook = scans(tmp_path, 2, Settings="documents: recognised")
    told = {p.code for p in check_workbook(workbook, Permissions(), KEY).problems}
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    plan = read_plan(workbook)
    assert plan.examples[0].input == "INVOICE 4711"
    assert plan.examples[0].document is not None
    assert plan.examples[0].document.recognised
    if "recognised" not in told:  # without the program the same workbook says that it cannot be given
        assert "cannot see" in told
    with ModelServer() as server:
        workbook = scans(tmp_path, 2, Settings="documents: recognised", Endpoint=server.url)
        _, folder = evaluate(workbook, environment=KEY, permissions=Permissions())
    assert all("INVOICE 4711" in seen.asked for seen in server.billed)
    monkeypatch.setenv("PATH", "/nowhere")
    assert main(["verify", str(folder.path)]) == 0


def test_a_file_is_sent_whole_where_the_settings_say_so(tmp_path: Path) -> None:
    asked: list[list[dict[str, Any]]] = []

    def script(_: int, body: dict[str, Any]) -> Reply:
        asked.append(body["messages"][-1]["content"])
        return Reply("refund")

    with ModelServer(script) as server:
        workbook = scans(tmp_path, 2, Endpoint=server.url, Settings="documents: file")
        evaluate(workbook, environment=KEY, permissions=Permissions())
    for parts in some(asked):
        file = next(part["file"] for part in parts if part["type"] == "file")
        with pikepdf.open(io.BytesIO(base64.b64decode(file["file_data"].partition(",")[2]))) as pdf:
            assert len(pdf.pages) == 1
        assert json.dumps(parts).count("image_url") == 0


def test_one_question_of_many_documents_and_many_of_one_are_as_many_cases(tmp_path: Path) -> None:
    columns: list[dict[str, Any]] = []
    for number in range(4):
        (tmp_path / f"scan {number}.pdf").write_bytes(scan(list(TEXTS)[number % 2], number))
        columns.append(
            {"Input": "Which stamp?", "Input file": f"scan {number}.pdf", "Output: kept": list(TEXTS)[number % 2]}
        )
    kept = {"Candidate": "kept", "Kind": "Recorded outputs", "Role": "production"}
    workbook = tickets(tmp_path / "w.xlsx", candidates=[kept], count=4, columns=columns, all_eval=True)
    told = {p.code for p in check_workbook(workbook, Permissions(), KEY).problems}
    assert not told & {"copies", "near-copies", "cannot see", "conflicts"}
    comparison, _ = evaluate(workbook)
    assert comparison.result("kept").measurements["accuracy"].value == 1
    (tmp_path / "lease.txt").write_text("The rent is 1250 EUR.", encoding="utf-8")
    asked = [c | {"Input": f"Question {n}, and no other?", "Input file": "lease.txt"} for n, c in enumerate(columns)]
    comparison, _ = evaluate(tickets(tmp_path / "q.xlsx", candidates=[kept], count=4, columns=asked, all_eval=True))
    assert comparison.checklist[0].found.startswith("4 ")


def test_a_batch_holds_the_pictures_and_the_harness_says_that_it_cannot(tmp_path: Path) -> None:
    workbook = scans(tmp_path, 2, Settings="documents: pictures")
    assert main(["batch", "export", str(workbook), str(tmp_path / "out")]) == 0
    lines = [json.loads(line) for file in (tmp_path / "out").glob("*.jsonl") for line in file.read_text().splitlines()]
    kinds = [[part["type"] for part in line["body"]["messages"][-1]["content"]] for line in lines]
    assert kinds == [["image_url", "text"]] * 2
    assert main(["lm-eval", "export", str(workbook), str(tmp_path / "harness")]) == 2
    (tmp_path / "blind").mkdir()
    assert main(["batch", "export", str(scans(tmp_path / "blind", 2)), str(tmp_path / "none")]) == 2
