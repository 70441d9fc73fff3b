"""The tables of the documentation, made from the code that they describe; `python -m tests.readme_tables` writes them."""

from __future__ import annotations

import argparse
import ast
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

from reportgen.candidates.wire.provider_library import CREDENTIALS
from reportgen.cli import COMMANDS, module_of, parser
from reportgen.domain.measures import MEASURES
from reportgen.domain.records.model_settings import OWN_SETTINGS, PASSED_ON
from reportgen.domain.records.providers import PROVIDERS
from reportgen.problems import ExitCode
from reportgen.workbook.layout.sheets import SHEETS
from reportgen.workbook.reading.routes import ROUTE_LINES

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"


def commands() -> str:
    """Return one row for each command with its example."""
    rows = ["| command | does | example |", "|---|---|---|"]
    rows += [f"| `{name}` | {what} | `{module_of(name).EXAMPLE}` |" for name, what in COMMANDS.items()]
    return "\n".join(rows)


def every_argument() -> list[tuple[str, argparse.Action]]:
    """Return every argument and option of every command with the command's name, without `--help`."""
    found = []
    for name in COMMANDS:
        top = _choices(parser([name]))[name]
        ways = _choices(top) or {"": top}
        found += [(f"{name} {way}".strip(), action) for way, sub in ways.items() for action in sub._actions]  # noqa: SLF001
    return [(name, action) for name, action in found if action.dest != "help"]


def _choices(of: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the parsers under a parser by their names."""
    nested = [a.choices for a in of._actions if isinstance(a, argparse._SubParsersAction)]  # noqa: SLF001
    return dict(nested[0]) if nested else {}


def spelled(action: argparse.Action) -> str:
    """Return an argument as a user types it, with what follows it."""
    if not action.option_strings:
        return str(action.metavar or action.dest.upper())
    values = "" if action.nargs == 0 else f" {action.metavar or _listed(action)}"
    return f"{action.option_strings[-1]}{values}"


def _listed(action: argparse.Action) -> str:
    return "|".join(action.choices) if action.choices else action.dest.upper()


def _said(action: argparse.Action) -> str:
    text = (action.help or "").replace("%(default)s", str(action.default)).replace("|", "\\|")
    return text + (" (required)" if action.required and action.option_strings else "")


def options() -> str:
    """Return one row for each argument and option; one that several commands have alike stands once, below."""
    every = every_argument()
    alike = Counter((spelled(a), _said(a)) for _, a in every if a.option_strings)
    rows = ["| command | argument or option | what it is |", "|---|---|---|"]
    for name, action in every:
        if alike[spelled(action), _said(action)] < 2 and (action.option_strings or action.help):
            rows.append(f"| `{name}` | `{_escaped(action)}` | {_said(action)} |")
    for (option, said), times in alike.items():
        if times > 1:
            names = ", ".join(f"`{name}`" for name, a in every if (spelled(a), _said(a)) == (option, said))
            rows.append(f"| {names} | `{option.replace('|', _PIPE)}` | {said} |")
    return "\n".join(rows)


_PIPE = "\\|"


def _escaped(action: argparse.Action) -> str:
    return spelled(action).replace("|", _PIPE)


def exit_codes() -> str:
    """Return one row for each exit code."""
    words = _attribute_docs(ROOT / "reportgen/problems.py", "ExitCode")
    rows = ["| exit code | means |", "|---|---|"]
    return "\n".join([*rows, *(f"| {int(code)} | {words[code.name]} |" for code in ExitCode)])


def settings() -> str:
    """Return one row for each line that the column Settings may hold."""
    words = _attribute_docs(ROOT / "reportgen/domain/records/model_settings.py", "OwnSetting")
    rows = ["| line in `Settings` | values | what it does |", "|---|---|---|"]
    rows += [f"| `{own.value}` | {', '.join(values)} | {words[own.name]} |" for own, values in OWN_SETTINGS.items()]
    passed, route = (", ".join(f"`{name}`" for name in names) for names in (PASSED_ON, ROUTE_LINES))
    rows.append(f"| {passed} | as the provider has them | passed on to the model |")
    rows.append(f"| {route} | see [the contract](contract.md) | what a Route is made of; a Route has no other line |")
    return "\n".join(rows)


def keys() -> str:
    """Return one row for each provider that is known by its host, with the variables that its key may be in."""
    head = "| `Model` begins with | key goes to | key is read from | or, where `Key variable` names it |"
    rows = [head, "|---|---|---|---|"]
    for name, provider in PROVIDERS.items():
        first, *others = [f"`{v}`" for v in provider.variables] or ["none needed"]
        rows.append(f"| `{name}/` | {provider.host} | {first} | {', '.join(others)} |")
    for name, variables in CREDENTIALS.items():
        rows.append(f"| `{name}/` | where its library has it | besides the key {', '.join(f'`{v}`' for v in variables)} | |")
    return "\n".join(rows)


def _attribute_docs(file: Path, of: str) -> dict[str, str]:
    """Return what stands under each member of a class, on one line, by the member's name."""
    body = next(n.body for n in ast.parse(file.read_text("utf-8")).body if isinstance(n, ast.ClassDef) and n.name == of)
    found = {}
    for member, under in pairwise(body):
        if isinstance(member, ast.Assign) and isinstance(member.targets[0], ast.Name) and isinstance(under, ast.Expr):
            assert isinstance(under.value, ast.Constant)
            found[member.targets[0].id] = " ".join(str(under.value.value).split())
    return found


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
    "docs/commands.md": {"commands": commands, "options": options, "exit codes": exit_codes, "keys": keys},
    "docs/workbook.md": {"workbook": workbook, "settings": settings},
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
