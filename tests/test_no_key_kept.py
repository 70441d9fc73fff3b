"""The key is nowhere in a run folder, though the provider repeats it in every spelling: not in a zip, not in a PDF."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pikepdf
import pypdfium2
import pytest

from reportgen import evaluation
from tests.candidates.plans import KEY
from tests.fakes.model_server import ModelServer, Reply, in_turn
from tests.small_workbooks import tickets

SPELLINGS = (
    KEY,
    base64.b64encode(KEY.encode()).decode(),
    base64.b64encode(f"user:{KEY}".encode()).decode(),
    base64.urlsafe_b64encode(f"me:{KEY}\n".encode()).decode(),
    quote(KEY, safe=""),
    KEY.encode().hex(),
    KEY.encode().hex().upper(),
)


def traces() -> list[bytes]:
    """Return what no file may hold: the key in every encoding, a part of its Base64 where its place is not known."""
    raw = KEY.encode()
    coded = [base64.b64encode(bytes(shift) + raw)[4 : (shift + len(raw)) * 8 // 6] for shift in range(3)]
    wide = [KEY.encode(name) for name in ("utf-16-le", "utf-16-be")]
    return [raw, raw.hex().encode(), raw.hex().upper().encode(), *wide, *coded, *(w.hex().encode() for w in wide)]


def layers(raw: bytes) -> Iterator[bytes]:
    """Yield the bytes of a file, and those of everything packed in it."""
    yield raw
    if raw.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            for name in packed.namelist():
                yield name.encode()
                yield from layers(packed.read(name))
    if raw.startswith(b"%PDF"):
        for sheet in pypdfium2.PdfDocument(raw):
            yield "".join(sheet.get_textpage().get_text_range().split()).encode()
        with pikepdf.open(io.BytesIO(raw)) as document:
            for part in document.objects:
                yield part.unparse()
                if isinstance(part, pikepdf.Stream):
                    yield part.read_bytes(pikepdf.StreamDecodeLevel.generalized)


def test_the_search_finds_a_key_that_is_there() -> None:
    for spelling in SPELLINGS:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as inner:
            inner.writestr("a.xml", spelling)
        assert any(trace in layer for layer in layers(packed.getvalue()) for trace in traces()), spelling


def test_no_file_of_a_run_folder_holds_the_key_in_any_encoding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_LOOPBACK", KEY)
    told = [Reply(f"refund {spelling}") for spelling in SPELLINGS]
    failed = [Reply(f"bad key {spelling}", status=400) for spelling in SPELLINGS]
    with ModelServer(in_turn(*told, *failed, Reply("refund"))) as server:
        model = {"Candidate": "A", "Kind": "API model", "Model": "openai/m", "Endpoint": server.url}
        row = model | {"Key variable": "MY_LOOPBACK", "Input price": 1, "Output price": 2}
        path = tickets(tmp_path / "t.xlsx", candidates=[row], count=24, all_eval=True, at_once=1)
        _, folder = evaluation.evaluate(path, environment={"MY_LOOPBACK": KEY})
        assert {seen.key for seen in server.books} == {KEY}
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {file.name for file in files} >= {
        "comparison.xlsx",
        "recommendation-report.pdf",
        "responses.jsonl",
        "results.json",
    }
    assert "[key removed]" in (folder.path / "evidence" / "responses.jsonl").read_text(encoding="utf-8")
    found = [
        (file.name, trace) for file in files for layer in layers(file.read_bytes()) for trace in traces() if trace in layer
    ]
    assert found == []
