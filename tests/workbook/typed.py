"""LibreOffice at the keyboard: types into workbooks as a person does, one entry a cell, and saves them as .xlsx."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest

from reportgen.workbook.rows.values import clean

Entries = Mapping[str, Mapping[str, str]]
"""Sheet to cell (`B2`) to what is typed there."""

_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">{code}
</script:module>
"""
_CODE = """Sub Main
{calls}
  StarDesktop.terminate()
End Sub
Function Opened(place As String)
  Dim options(0) As New com.sun.star.beans.PropertyValue
  options(0).Name = "Hidden"
  options(0).Value = True
  Opened = StarDesktop.loadComponentFromURL(place, "_blank", 0, options())
End Function
Sub Kept(book, place As String)
  Dim options(0) As New com.sun.star.beans.PropertyValue
  options(0).Name = "FilterName"
  options(0).Value = "Calc MS Excel 2007 XML"
  book.storeToURL(place, options())
  book.close(True)
End Sub
Sub Typed(book, sheet As String, cell As String, words As String)
  book.Sheets.getByName(sheet).getCellRangeByName(cell).FormulaLocal = words
End Sub
{parts}"""
_ENTRIES_A_PART = 200
"""A procedure of StarBasic has a largest size."""


def typed(blanks: Mapping[Path, Entries], out: Path) -> None:
    """Fill in each workbook and save it under its name in `out`; the test skips, visibly, without LibreOffice."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    profile = out / "profile"
    office = ["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{profile}"]
    subprocess.run([*office, "--terminate_after_init"], check=True, capture_output=True, timeout=120)
    module = profile / "user" / "basic" / "Standard" / "Module1.xba"  # there once the profile has been set up
    module.write_text(_MODULE.format(code=escape(_program(blanks, out))), encoding="utf-8")
    subprocess.run([*office, "macro:///Standard.Module1.Main"], check=True, capture_output=True, timeout=240)


def at(path: Path, table: Mapping[str, list[Mapping[str, str]]]) -> dict[str, dict[str, str]]:
    """Turn rows of {header: entry} into the cells of a blank, the first of them in row 2."""
    book = openpyxl.load_workbook(path)
    entries: dict[str, dict[str, str]] = {}
    for sheet, rows in table.items():
        letters = {clean(str(c.value)): c.column_letter for c in book[sheet][1] if c.value}
        entries[sheet] = {f"{letters[h]}{i}": text for i, row in enumerate(rows, 2) for h, text in row.items()}
    return entries


def _program(blanks: Mapping[Path, Entries], out: Path) -> str:
    calls: list[str] = []
    parts: list[str] = []
    for path, sheets in blanks.items():
        calls.append(f"  book = Opened({_quoted(f'file://{path}')})")
        lines = [
            f"  Typed(book, {_quoted(sheet)}, {_quoted(cell)}, {_quoted(text)})"
            for sheet, cells in sheets.items()
            for cell, text in cells.items()
        ]
        for start in range(0, len(lines), _ENTRIES_A_PART):
            name = f"Part{len(parts)}"
            parts.append("\n".join([f"Sub {name}(book)", *lines[start : start + _ENTRIES_A_PART], "End Sub"]))
            calls.append(f"  {name}(book)")
        calls.append(f"  Kept(book, {_quoted(f'file://{out / path.name}')})")
    return _CODE.format(calls="\n".join(calls), parts="\n".join(parts))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""').replace("\n", '" & Chr(10) & "') + '"'
