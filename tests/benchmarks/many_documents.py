"""An evaluation on forty documents of 2 MB: text files, Word files and PDFs in turn, every word of them text."""

from __future__ import annotations

import json
import random
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from reportgen.domain.records.plan import FieldSpec, FieldType, Task
from reportgen.workbook.blank.workbooks import write_workbook
from tests.documents.word_files import paragraph, run, word_file
from tests.small_workbooks import baseline
from tests.workbook.spoilt.documents import pdf

FILES = 40
BYTES = 2_000_000
_LINES_A_PAGE = 60
_PACKED = 2.08
"""Bytes of text that stand in one byte of a Word file, which is packed."""


def workbook(folder: Path, files: int = FILES, size: int = BYTES) -> Path:
    """Write the workbook of an extraction and its documents of so many bytes; seeded, the same files every time.

    Three candidates have answered, with a citation for each value; a fourth is a local baseline.
    """
    makers = {"txt": _text, "docx": _word, "pdf": _pdf}
    examples: list[dict[str, Any]] = []
    outputs: list[dict[str, Any]] = []
    for number in range(files):
        ending = list(makers)[number % len(makers)]
        example, name, sum_due = f"D{number:02d}", f"contract-{number:02d}.{ending}", f"{number * 137 + 1000}"
        cited = f"The amount due under this contract is {sum_due} dollars."
        text = _paragraphs(number, int(size * (_PACKED if ending == "docx" else 1)), cited)
        (folder / name).write_bytes(makers[ending](text))
        examples.append({"Example ID": example, "Input file": name, "Split": "eval", "Expected: Amount due": sum_due})
        for c in range(3):
            said = sum_due if (number + c) % (8 + c) else "1"
            answer = json.dumps({"Amount due": {"value": said, "quote": cited}})
            outputs.append({"Candidate": f"Model {c}", "Example ID": example, "Output": answer, "Attempts": 1})
    path = folder / "documents.xlsx"
    write_workbook(
        path,
        Task.EXTRACTION,
        fields=[FieldSpec("Amount due", FieldType.NUMBER, citation_required=True)],
        evaluation={"Title": "Large documents"},
        rows={
            "Examples": examples,
            "Candidates": [
                *({"Candidate": f"Model {c}", "Kind": "Recorded outputs"} for c in range(3)),
                baseline("anchors and patterns", Role="production"),
            ],
            "Recorded outputs": outputs,
            "Service levels": [
                {"Measure": "field accuracy", "Comparison": "at least", "Target": 0.6, "Agreed by": "Ada"},
                {"Measure": "citation accuracy", "Comparison": "at least", "Target": 0.6, "Agreed by": "Ada"},
            ],
        },
    )
    return path


def _paragraphs(number: int, size: int, cited: str) -> list[str]:
    """Return paragraphs of so many bytes in all, the cited sentence three quarters in."""
    rng = random.Random(number)
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(2, 10))) for _ in range(5_000)]
    found, length = [], 0
    while length < size:
        found.append(" ".join(rng.choices(words, k=100)).capitalize() + ".")
        length += len(found[-1]) + 1
    found.insert(len(found) * 3 // 4, cited)
    return found


def _text(paragraphs: list[str]) -> bytes:
    return "\n".join(paragraphs).encode()


def _word(paragraphs: list[str]) -> bytes:
    return word_file("".join(paragraph(run(text)) for text in paragraphs))


def _pdf(paragraphs: list[str]) -> bytes:
    """Return the pages as a word processor prints them: a line of text after the other, one font."""
    lines = [line for text in paragraphs for line in textwrap.wrap(text, 95)]
    pages = [lines[at : at + _LINES_A_PAGE] for at in range(0, len(lines), _LINES_A_PAGE)]
    kids = b" ".join(b"%d 0 R" % (4 + 2 * n) for n in range(len(pages)))
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *(made for n, page in enumerate(pages) for made in _page(5 + 2 * n, page)),
    )


def _page(contents: int, lines: Iterable[str]) -> tuple[bytes, bytes]:
    drawn = b"BT /F 10 Tf 12 TL 60 770 Td " + b" ".join(b"(%s) Tj T*" % line.encode() for line in lines) + b" ET"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F 3 0 R >> >> >>"
    return page % contents, b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn)
