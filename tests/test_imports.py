"""Imports stand at the top of a module; inside a function stands what is late on purpose, by one of the two lists here.

So that `--help` answers in a tenth of a second and a page of the desk does not wait for litellm, and so that a reader who
meets an import inside a function knows why without asking.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CODE = {file.relative_to(ROOT / "reportgen").as_posix(): file for file in sorted((ROOT / "reportgen").rglob("*.py"))}

LATE = {
    "PIL": "20 ms; only documents that are pictures",
    "asn1crypto": "only time stamps and signatures",
    "babel": "16 ms, and half a second for its tables; only dates, months and units in words",
    "cryptography": "only keys and signatures",
    "fontTools": "40 ms; only which letters a font draws",
    "httpx": "130 ms; comes with litellm",
    "jinja2": "50 ms; only pages and PDFs",
    "json_repair": "33 ms; only answers that are no JSON",
    "jsonschema": "85 ms; only extraction",
    "litellm": "2.8 s; only providers of another protocol than OpenAI's",
    "olefile": "16 ms; only .msg",
    "openpyxl": "180 ms; only verify, and rare kinds of dates",
    "pandas": "360 ms; only Comparison.to_frame()",
    "pydyf": "only PDFs",
    "pyhanko": "400 ms; only signatures",
    "pyhanko_certvalidator": "only signatures",
    "pypdfium2": "50 ms; only PDFs as input, and verify",
    "rapidfuzz": "19 ms; only near matches",
    "rfc8785": "12 ms; only what is signed",
    "scipy.optimize": "430 ms; only lists and line items",
    "scipy.sparse": "100 ms; only resampling",
    "scipy.stats": "740 ms; only a confirmation and a rerun",
    "sklearn": "1.2 s; only local baselines and near copies",
    "threadpoolctl": "22 ms; beside sklearn",
    "weasyprint": "380 ms; only PDFs",
}
"""Libraries that are imported by the function that uses them, wherever it is: CPU time of the import, and who needs it."""

DOORS = {
    "__init__.py": "the package's front: `import reportgen` loads what is asked of it",
    "cli.py": "`--help` loads no command",
    "commands/": "a command loads what its way needs, and `--help` none of it",
    "desk/": "the first page is there before the rooms behind it",
    "documents/pdf_process.py": "the limits of the process stand before anything reads the file",
    "reports/interface.py": "a document's room is loaded when it is written",
    "verification/documents.py": "pyarrow is loaded where a run has a table of its answers",
    "workbook/layout/sheets.py": "the layout is read without numpy, which the measures load",
}
"""Modules that may import any room inside a function, and why."""

ELSEWHERE = {
    ("child_processes.py", "ctypes"): "only on Windows",
    ("documents/pdf_process.py", "resource"): "not on Windows",
    ("exchange/task_code.py", "datasets"): "runs inside lm-evaluation-harness, which brings it",
}
"""What a system may not have."""

CHILD = ("documents/pdf_annotations.py", "documents/pdf_pages.py", "documents/pdf_places.py")
"""Loaded in the process that reads PDFs alone: its library stands at the top."""


def names(node: ast.Import | ast.ImportFrom) -> list[str]:
    """Return the modules that an import loads; `from scipy import stats` loads scipy.stats."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    module = node.module or ""
    return [f"{module}.{alias.name}" for alias in node.names] if module == "scipy" else [module]


def is_late(name: str) -> bool:
    return any(name == late or name.startswith(f"{late}.") for late in LATE)


def inside_functions(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom))


def at_the_top(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    yield from (node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom))


def test_what_is_imported_inside_a_function_is_late_on_purpose() -> None:
    stray, seen = [], 0
    for place, file in CODE.items():
        door = any(place == name or (name.endswith("/") and place.startswith(name)) for name in DOORS)
        for node in inside_functions(ast.parse(file.read_text(encoding="utf-8"))):
            seen += 1
            if not door and not all(is_late(name) or (place, name) in ELSEWHERE for name in names(node)):
                stray.append(f"{place}:{node.lineno} {ast.unparse(node)}")
    assert seen > 100
    assert not stray, "to the top with it, or onto one of the lists with its reason"


def test_what_is_late_is_late_everywhere() -> None:
    early = [
        f"{place}:{node.lineno}"
        for place, file in CODE.items()
        for node in at_the_top(ast.parse(file.read_text(encoding="utf-8")))
        if place not in CHILD and any(is_late(name) for name in names(node))
    ]
    assert not early


def test_nothing_stands_on_the_lists_that_no_function_imports() -> None:
    trees = {place: ast.parse(file.read_text(encoding="utf-8")) for place, file in CODE.items()}
    found = {place: {name for node in inside_functions(tree) for name in names(node)} for place, tree in trees.items()}
    every = set().union(*found.values())
    assert not {late for late in LATE if not any(name == late or name.startswith(f"{late}.") for name in every)}
    assert not {door for door in DOORS if not any(found[p] for p in found if p == door or p.startswith(door))}
    assert not {(place, name) for place, name in ELSEWHERE if name not in found[place]}


def test_help_loads_none_of_what_is_late() -> None:
    code = "import sys; from reportgen.cli import parser; parser(['run']); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout.split()
    assert "argparse" in loaded
    assert not [name for name in loaded if is_late(name)]
