"""The tables of the documentation, made from the code that they describe; `python -m tests.readme_tables` writes them."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from reportgen.cli import COMMANDS, module_of
from reportgen.domain.measures import MEASURES
from reportgen.workbook.layout.sheets import SHEETS

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"


def commands() -> str:
    """Return one row for each command with its example."""
    rows = ["| command | does | example |", "|---|---|---|"]
    rows += [f"| `{name}` | {what} | `{module_of(name).EXAMPLE}` |" for name, what in COMMANDS.items()]
    return "\n".join(rows)


def workbook() -> str:
    """Return one row for each sheet with its columns, items and cost rows."""
    rows = ["| sheet | columns | what it is for |", "|---|---|---|"]
    for sheet in SHEETS:
        columns = ", ".join(f"{c.header}{'*' if c.required else ''}" for c in sheet.columns)
        items = ", ".join(f"{i.name}{'*' if i.required else ''}" for i in sheet.items)
        lines = ", ".join(r.name for r in sheet.rows)
        more = "".join(f"; {kind}: {names}" for kind, names in (("items", items), ("rows", lines)) if names)
        absent = f" Without it: {sheet.absent}." if sheet.absent else ""
        rows.append(f"| {sheet.name}{'*' if sheet.required else ''} | {columns}{more} | {sheet.help}{absent} |")
    return "\n".join(rows)


def measures() -> str:
    """Return one row for each measure."""
    rows = ["| measure | in plain words | better | tasks |", "|---|---|---|---|"]
    for measure in MEASURES.values():
        tasks = "all" if len(measure.tasks) == 4 else ", ".join(sorted(t.value for t in measure.tasks))
        rows.append(f"| {measure.name} | {measure.words} | {measure.better.value} | {tasks} |")
    return "\n".join(rows)


def rooms() -> str:
    """Return one row for each room, floor by floor as import-linter holds them, with the room's own first line."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    floors = {c["containers"][0]: c["layers"] for c in contracts if c["type"] == "layers"}
    rows = ["| floor | room | what may live in it |", "|---|---|---|"]
    rows += [f"| {floor} | `{place}` | {said} |" for floor, place, said in _floors("reportgen", floors, "")]
    return "\n".join(rows)


def _first(file: Path) -> str:
    """Return the first paragraph of a module's docstring on one line."""
    return (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").split("\n\n")[0].replace("\n", " ")


def _floors(container: str, floors: dict[str, list[str]], above: str) -> Iterator[tuple[str, str, str]]:
    layers = floors[container]
    for number, layer in zip(range(len(layers), 0, -1), layers, strict=True):
        for name in (part.strip(" ()") for part in layer.split("|")):
            path = ROOT / container.replace(".", "/") / name
            file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
            place = file.parent if path.is_dir() else file
            yield f"{above}{number}", f"{place.relative_to(ROOT)}{'/' if path.is_dir() else ''}", _first(file)
            if f"{container}.{name}" in floors:
                yield from _floors(f"{container}.{name}", floors, f"{above}{number}.")
            else:
                for inner in sorted(path.glob("*/__init__.py")):
                    yield f"{above}{number}.1", f"{inner.parent.relative_to(ROOT)}/", _first(inner)


TABLES: dict[str, dict[str, Callable[[], str]]] = {
    "docs/commands.md": {"commands": commands},
    "docs/workbook.md": {"workbook": workbook},
    "docs/measures.md": {"measures": measures},
    "CONTRIBUTING.md": {"rooms": rooms},
}
"""The page to its tables, by the name in its marks."""


def filled(page: str) -> str:
    """Return a page with its tables as they should be."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for name, table in TABLES[page].items():
        start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        before, found, rest = text.partition(start)
        assert found, f"{page} has no mark {start}"
        text = f"{before}{start}\n{table()}\n{end}{rest.partition(end)[2]}"
    return text


if __name__ == "__main__":
    for page in TABLES:
        (ROOT / page).write_text(filled(page), encoding="utf-8")
