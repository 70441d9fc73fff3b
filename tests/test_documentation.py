"""What the pages say of commands, words and code is so: nothing documented that is not there, nothing there undocumented."""

from __future__ import annotations

import argparse
import ast
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import reportgen
from reportgen.cli import COMMANDS, parser
from reportgen.domain.measures import MEASURES
from reportgen.domain.records.model_settings import SETTING_NAMES
from reportgen.gate.run import CI_SYSTEMS
from reportgen.problems import ExitCode
from reportgen.workbook.layout.schema import Sheet
from reportgen.workbook.layout.sheets import SHEETS
from reportgen.workbook.opening import preflight
from reportgen.workbook.reading.routes import ROUTE_LINES
from tests.extending.test_extending import package
from tests.readme_tables import README, ROOT, every_argument
from tests.small_workbooks import tickets

PAGES = sorted([README, ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
CONTRACT = (ROOT / "docs/contract.md").read_text(encoding="utf-8")
CODE = sorted((ROOT / "reportgen").rglob("*.py"))
OF_A_PROXY = {"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"}
"""Read by aiohttp, where `trust_env` says so."""


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def table(text: str, header: str) -> list[list[str]]:
    """Return the cells of the rows under the line that begins with `header`."""
    rows = text.partition(header)[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


def command_lines() -> Iterator[tuple[Path, str]]:
    """Yield every line of a page's indented blocks that calls reportgen, without what is said behind it."""
    for page in PAGES:
        for line in re.findall(r"(?m)^    (?:~/\.local/bin/)?reportgen (.+)$", text_of(page)):
            yield page, re.sub(r" {2,}.*", "", line)
    for example in re.findall(r"\| `reportgen ([^`]+)` \|$", text_of(ROOT / "docs/commands.md"), re.MULTILINE):
        yield ROOT / "docs/commands.md", example


def test_every_command_line_of_a_page_is_one_that_the_program_takes(capsys: pytest.CaptureFixture[str]) -> None:
    found = list(command_lines())
    assert len(found) > 20
    for page, line in found:
        words = shlex.split(line)
        try:
            parser(words).parse_args(words)
        except SystemExit:
            pytest.fail(f"{page.name}: reportgen {line}: {capsys.readouterr().err}")


def test_every_option_that_a_page_names_beside_a_command_is_one_of_it() -> None:
    options: dict[str, set[str]] = {name: {"--help"} for name in COMMANDS}
    for name, action in every_argument():
        options[name.split()[0]] |= set(action.option_strings)
    spans = [(p.name, s) for p in PAGES for s in re.findall(r"`reportgen ([^`]+)`", text_of(p))]
    spans += [(p.name, s) for p in PAGES for s in re.findall(rf"`((?:{'|'.join(COMMANDS)}) [^`]*--[^`]*)`", text_of(p))]
    named = [(page, span, word) for page, span in spans for word in re.findall(r"--[a-z-]+", span)]
    assert len(named) > 20
    assert not [found for found in named if found[2] not in options.get(found[1].split()[0], {"--help"})]


def test_the_contract_has_every_command_and_no_other() -> None:
    told = " ".join(row[0] for row in table(CONTRACT, "| command | does |"))
    assert set(re.findall(r"`reportgen ([a-z-]+)", told)) == set(COMMANDS)


def test_the_exit_codes_of_the_contract_are_those_of_the_program() -> None:
    told = CONTRACT.partition("Exit codes: ")[2].partition("What could not run")[0]
    assert {int(code) for code in re.findall(r"(?:^|·)\s*(\d+)\s", told)} == set(ExitCode)
    named = {int(code) for page in PAGES for code in re.findall(r"exit code (\d+)", text_of(page))}
    assert named <= set(ExitCode)
    assert len(named) > 3


def read_from_the_environment() -> set[str]:
    """Return each variable that code reads by its name."""
    names = set(CI_SYSTEMS)
    for file in CODE:
        for node in ast.walk(ast.parse(text_of(file))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"os.environ.get", "os.getenv", "environment.get"}:
                key = node.args[0]
            elif isinstance(node, ast.Subscript) and ast.unparse(node.value) in {"os.environ", "environment"}:
                key = node.slice
            else:
                continue
            names |= {key.value} if isinstance(key, ast.Constant) and isinstance(key.value, str) else set()
    return names


def test_the_environment_variables_of_the_page_are_those_that_are_read() -> None:
    page = text_of(ROOT / "docs/commands.md")
    told = {name for row in table(page, "| variable | for |") for name in re.findall("`([A-Z_]+)`", row[0])}
    assert told == read_from_the_environment() | OF_A_PROXY


def names_in(cell: str) -> set[str]:
    """Return the names of a row of the contract's table, without what is said of them in brackets or behind them."""
    bare = re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", re.sub("[`*<>]", "", cell)))
    named = re.split(r"\s+— (?:absent|blank)|: what|: the exp|\. ", bare)[0]
    parts = re.split(r", | or | and | for each | — items: | — rows: ", named.replace("; beside it", ","))
    return {part.strip(" .;") for part in parts if part[:1].isupper()}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_the_contract_has_every_column_item_and_row_of_a_sheet_and_no_other(sheet: Sheet) -> None:
    rows = {row[0].rstrip("*"): row[1] for row in table(CONTRACT, "| sheet | columns |")}
    assert rows.keys() - {"Start"} == {s.name for s in SHEETS}
    names = [c.header for c in sheet.columns] + [i.name for i in sheet.items] + [r.name for r in sheet.rows]
    there, told = {re.sub("[*<>]", "", name) for name in names}, re.sub("[`*<>]", "", rows[sheet.name])
    assert not {name for name in there if name not in told}
    assert not names_in(told) - {re.sub(r"\s*\(.*", "", name) for name in there}


def test_the_contract_has_every_measure() -> None:
    told = CONTRACT.partition("Measure names (")[2].partition("Primary measure by default")[0]
    words = {" ".join(part.split()) for part in re.split("[·,.]", re.sub(r"\(.*?\)", "", told.partition("):")[2]))}
    assert not MEASURES.keys() - words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_line_of_settings_that_a_page_names_may_stand_there(page: Path) -> None:
    values = "yes|no|text|pictures|file|recognised|direct|litellm|NAME|0\\.8"
    named = re.findall(rf"`([a-z][a-z_ ]+): (?:{values})[^`]*`", text_of(page))
    assert set(named) <= {*SETTING_NAMES, *ROUTE_LINES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    named = re.findall(r"`((?:reportgen|tests|samples|templates|docs|\.github|workbooks)/[\w./-]*)`", text_of(page))
    assert not [name for name in named if not (ROOT / name).exists()]


def examples_in_python() -> list[str]:
    """Return the blocks of docs/extending.md that are Python."""
    blocks = re.findall(r"(?m)(?:^    .+\n|^\n(?=    ))+", text_of(ROOT / "docs/extending.md"))
    return [re.sub(r"(?m)^    ", "", block) for block in blocks if "reportgen." in block and "[project" not in block]


def test_the_examples_in_python_run_as_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tickets(tmp_path / "tickets.xlsx")
    monkeypatch.chdir(tmp_path)
    added = package()
    known = {"reportgen": reportgen} | {n: getattr(added, n) for n in ("KeywordRules", "BARE_LABEL_RATE", "write_answers")}
    examples = examples_in_python()
    assert len(examples) == 2
    for example in examples:
        exec(compile(example, "docs/extending.md", "exec"), known)  # noqa: S102 - our own page
    assert isinstance(known["comparison"].to_frame(), pd.DataFrame)


def test_the_entry_points_of_the_page_are_those_of_the_package_that_tests_install() -> None:
    page = text_of(ROOT / "docs/extending.md")
    block = page.partition("    [project.entry-points")
    told = tomllib.loads(re.sub(r"(?m)^    ", "", block[1] + block[2].partition("\n\n`")[0]))
    project = tomllib.loads(text_of(ROOT / "tests/extending/package/pyproject.toml"))
    assert told["project"]["entry-points"] == project["project"]["entry-points"]


CITED = re.compile(r"formulas(?:\.md)?[ ,]+(\d+(?:\.\d+)?)(?:(?: and |, )(\d+\.\d+))?")
"""As the code cites docs/formulas.md: `formulas.md 1.2 and 2.1`."""


def sections(page: str) -> set[str]:
    """Return the numbers of the headings of a page under docs."""
    text = text_of(ROOT / "docs" / page)
    principles = text.partition("## 0. Principles")[2].partition("## 1.")[0]
    headings = re.findall(r"(?m)^#+ (\d+(?:\.\d+)?)\.? ", text)
    return {*headings, *(f"0.{number}" for number in re.findall(r"(?m)^(\d+)\. ", principles))}


def test_every_section_that_is_cited_is_there() -> None:
    files = [*CODE, *(ROOT / "tests").rglob("*.py"), *(ROOT / "samples").rglob("*.py"), *PAGES]
    formulas, contract = sections("formulas.md"), sections("contract.md")
    texts = {str(f): text_of(f).replace("](formulas.md)", "") for f in files}
    cited = [(name, n) for name, text in texts.items() for found in CITED.findall(text) for n in found if n]
    assert len(cited) > 100
    assert not [found for found in cited if found[1] not in formulas]
    of_contract = [(f.name, n) for f in files for n in re.findall(r"contract, section (\d+)", text_of(f))]
    assert len(of_contract) > 3
    assert not [found for found in of_contract if found[1] not in contract]


def test_every_formula_is_cited_by_the_code_that_stands_on_it() -> None:
    cited = {n for f in CODE for found in CITED.findall(text_of(f)) for n in found if n}
    told = {section for section in sections("formulas.md") if section[0] not in "09"}  # principles and properties
    whole = {section.partition(".")[0] for section in cited}
    assert not {section for section in told - cited if "." in section or section not in whole}


def test_no_page_is_cited_that_a_clone_does_not_have() -> None:
    elsewhere = re.compile(r"\b(?:figures|design|brief|mission)\.md\b|shared/design")
    assert not [str(f.relative_to(ROOT)) for f in [*CODE, *PAGES] if elsewhere.search(text_of(f))]


def test_every_argument_has_words() -> None:
    bare = {(name, *action.option_strings) for name, action in every_argument() if action.option_strings and not action.help}
    assert not bare
    assert isinstance(parser(["run"]), argparse.ArgumentParser)


def test_the_largest_file_that_is_read_stands_in_the_contract() -> None:
    told = " ".join(CONTRACT.split())
    unpacked = f"{preflight.PART_LIMIT // 2**20} MB in one part and {preflight.TOTAL_LIMIT // 2**20} MB in all"
    assert f"holds {preflight.CELL_LIMIT:,} filled cells over all its sheets and unpacks to {unpacked}" in told
