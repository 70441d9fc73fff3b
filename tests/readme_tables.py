"""The tables of the README, made from the code that they describe; `python -m tests.readme_tables` writes them."""

from __future__ import annotations

from pathlib import Path

from reportgen.cli import COMMANDS, module_of
from reportgen.domain.measures import MEASURES
from reportgen.workbook.layout.sheets import SHEETS

README = Path(__file__).resolve().parents[1] / "README.md"


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


def filled(text: str) -> str:
    """Return the README with its tables as they should be."""
    for name, table in (("commands", commands()), ("workbook", workbook()), ("measures", measures())):
        start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        before, _, rest = text.partition(start)
        text = f"{before}{start}\n{table}\n{end}{rest.partition(end)[2]}"
    return text


if __name__ == "__main__":
    README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")
