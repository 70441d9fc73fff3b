"""Rows added to a copy of a workbook: what was there stays byte for byte, what is new is read as it was given."""

from __future__ import annotations

import re
import tracemalloc
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree

from reportgen.domain.records.plan import Task
from reportgen.problems import NeedsMendingError
from reportgen.workbook.marking.appended_rows import appended
from reportgen.workbook.opening.package import MAIN
from reportgen.workbook.opening.xlsx import read_cells
from reportgen.workbook.reading.parser import read_plan
from tests.exchange.books import ASKED, write
from tests.workbook.filled import sheets

EXAMPLES = 300
HOSTILE = ("=1+1", "  two\nlines ", "<b>&amp;</b>", "00042", "a\rb", "_x0041_", "3 April", "https://example.com")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("append") / "mail.xlsx"
    filled: dict[str, Any] = {"Examples": _examples(), "Recorded outputs": []}
    return write(path, Task.CLASSIFICATION, mix=False, **filled)


def outputs(texts: list[str]) -> dict[str, list[dict[str, str]]]:
    new = [{"Candidate": "new", "Example ID": f"X{n}", "Output": text} for n, text in enumerate(texts)]
    return {"Candidates": [{"Candidate": "new", "Kind": "Recorded outputs"}], "Recorded outputs": new}


def test_rows_go_below_the_filled_ones_and_tables_grow_with_them(book: Path, tmp_path: Path) -> None:
    texts = [*HOSTILE, *(f"answer {n}" for n in range(EXAMPLES - len(HOSTILE)))]
    rows = outputs(texts) | {
        "Recorded outputs": [{"Candidate": ASKED, "Example ID": f"X{n}", "Output": t} for n, t in enumerate(texts)]
    }
    copy = tmp_path / "copy.xlsx"
    copy.write_bytes(appended(book.read_bytes(), read_cells(book), rows))
    plan = read_plan(copy)
    assert [c.name for c in plan.candidates] == [ASKED, "new"]
    found = [r.output for r in plan.recorded_outputs if r.candidate == ASKED]
    assert found[len(HOSTILE) :] == texts[len(HOSTILE) :]
    assert [t.replace("\r", "\n").strip() for t in found[: len(HOSTILE)]] == [t.replace("\r", "\n").strip() for t in HOSTILE]
    table = openpyxl.load_workbook(copy)["Recorded outputs"].tables["tblRecordedOutputs"]
    assert table.ref == f"A1:M{EXAMPLES + 1}"


def _examples() -> list[dict[str, str]]:
    return [{"Example ID": f"X{n}", "Input": f"more {n}", "Expected": "other", "Split": "eval"} for n in range(EXAMPLES)]


def test_every_other_part_of_the_file_keeps_its_bytes(book: Path) -> None:
    before = book.read_bytes()
    after = appended(before, read_cells(book), {"Candidates": [{"Candidate": "new", "Kind": "Recorded outputs"}]})
    parts = [{n: z.read(n) for n in z.namelist()} for z in (zipfile.ZipFile(BytesIO(b)) for b in (before, after))]
    assert list(parts[0]) == list(parts[1])
    changed = [name for name in parts[0] if parts[0][name] != parts[1][name]]
    assert len([name for name in changed if "/worksheets/" in name]) == 1
    assert all("/worksheets/" in name or "/tables/" in name for name in changed)


def test_a_sheet_that_is_missing_is_added_for_workbooks_that_others_made(tmp_path: Path) -> None:
    path = tmp_path / "plain.xlsx"
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, lines in sheets(Task.CLASSIFICATION).items():
        page = made.create_sheet(name)
        for line in lines:
            page.append(line)
    made.save(path)
    new = {"Screening": [{"Model": "m", "Board": "b", "Rating": "12.5", "As of": "2026-04-03"}]}
    path.write_bytes(appended(path.read_bytes(), read_cells(path), new))
    (row,) = read_plan(path).screening
    assert (row.model, row.rating, row.as_of, row.high) == ("m", 12.5, "2026-04-03", None)


def test_what_a_cell_cannot_hold_and_a_column_that_is_not_there_are_named(book: Path) -> None:
    cells, data = read_cells(book), book.read_bytes()
    with pytest.raises(NeedsMendingError, match="40,000 characters, and a cell holds 32,767"):
        appended(data, cells, outputs(["x" * 40_000]))
    with pytest.raises(NeedsMendingError, match="has no column Colour"):
        appended(data, cells, {"Candidates": [{"Candidate": "new", "Colour": "red"}]})


def test_rows_follow_where_a_program_writes_its_tags_with_a_prefix(book: Path, tmp_path: Path) -> None:
    whole = {name: zipfile.ZipFile(BytesIO(book.read_bytes())).read(name) for name in zipfile.ZipFile(book).namelist()}
    for name in [n for n in whole if n.startswith("xl/worksheets/sheet")]:
        root = etree.fromstring(whole[name])
        spelt = etree.tostring(root).decode().replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')
        whole[name] = re.sub(r"<(/?)(?=[A-Za-z]+[ />])(?![A-Za-z0-9]+:)", r"<\1x:", spelt).encode()
    path = tmp_path / "prefixed.xlsx"
    with zipfile.ZipFile(path, "w") as target:
        for name, content in whole.items():
            target.writestr(name, content)
    rows = outputs(["refund", *HOSTILE]) | {"Candidates": [{"Candidate": "new", "Kind": "Recorded outputs"}]}
    path.write_bytes(appended(path.read_bytes(), read_cells(path), rows))
    found = next(s for s in read_cells(path).sheets if s.name == "Recorded outputs")
    texts = [row[2] for _, row in found.rows if row[0] == "new"]
    assert [str(t).strip() for t in texts] == [t.replace("\r", "\n").strip() for t in ("refund", *HOSTILE)]


def test_many_rows_go_in_without_being_held(book: Path) -> None:
    """Blocks of a thousand: what lies in memory does not grow with the rows."""

    class Many:
        def __len__(self) -> int:
            return 20_000

        def __iter__(self) -> Iterator[dict[str, str]]:
            for n in range(20_000):
                yield {"Candidate": "new", "Example ID": f"X{n}", "Output": "answer " * 20}

    data, cells = book.read_bytes(), read_cells(book)
    tracemalloc.start()
    after = appended(data, cells, {"Recorded outputs": Many()})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000
    with zipfile.ZipFile(BytesIO(after)) as archive:
        part = next(name for name in archive.namelist() if b"X19999" in archive.read(name))
    assert part.startswith("xl/worksheets/")
