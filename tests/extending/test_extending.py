"""A package beside the project, installed from its own wheel, adds a kind, a metric and a document without a fork."""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import reportgen
from reportgen.problems import NeedsMendingError
from tests.small_workbooks import baseline, tickets

PACKAGE = Path(__file__).parent / "package"
RULES = "money = refund; refund = refund; parcel = delivery; delivery = delivery"
LEVEL = {"Measure": "bare label rate", "Comparison": "at least", "Target": 0.9, "Agreed by": "Ada"}


def workbook(path: Path) -> Path:
    """Write a workbook that names the kind and the metric."""
    rules = {"Candidate": "Rules", "Kind": "Keyword rules", "Model": RULES}
    levels = [{"Measure": "accuracy", "Comparison": "at least", "Target": 0.6, "Agreed by": "Ada"}, LEVEL]
    with added():
        return tickets(path, candidates=[rules, baseline("majority", Role="production")], Service_levels=levels)


def package() -> ModuleType:
    spec = importlib.util.spec_from_file_location("keyword_rules", PACKAGE / "keyword_rules.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def added(**other: Any) -> Any:  # noqa: ANN401 - as `reportgen.adding`
    module = package()
    given: dict[str, Any] = {
        "kinds": {"Keyword rules": module.KeywordRules},
        "metrics": [module.BARE_LABEL_RATE],
        "reports": {"answers.csv": module.write_answers},
    }
    return reportgen.adding(**(given | other))


def command(where: Path, *words: str, packages: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "200"}
    if packages is not None:
        environment["PYTHONPATH"] = str(packages)
    call = [sys.executable, "-m", "reportgen.cli", *words]
    return subprocess.run(call, check=False, capture_output=True, text=True, cwd=where, env=environment)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package installed from its own wheel, in a folder of its own."""
    built, target = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("installed")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(built), str(PACKAGE)]
    subprocess.run(build, check=True, capture_output=True)
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*install, str(next(built.glob("*.whl")))], check=True, capture_output=True)
    return target


@pytest.fixture(scope="module")
def run(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a workbook that names what the package adds."""
    folder = tmp_path_factory.mktemp("run")
    workbook(folder / "tickets.xlsx")
    done = command(folder, "run", "tickets.xlsx", packages=installed)
    assert done.returncode == 0, done.stderr
    assert 'the package keyword-rules 1.2 sends what its kind "Keyword rules" is asked' in done.stdout + done.stderr
    return folder / "tickets-run"


def test_a_package_adds_a_kind_a_metric_and_a_document(run: Path) -> None:
    found = json.loads((run / "results.json").read_text())
    rules = next(c for c in found["candidates"] if c["name"] == "Rules")
    assert rules["kind"] == "Keyword rules"
    assert rules["measurements"]["bare_label_rate"]["value"] == pytest.approx(1)
    assert rules["measurements"]["accuracy"]["value"] == pytest.approx(1)
    assert "bare_label_rate" in {level["measure"] for level in rules["service_levels"]}
    assert rules["measurements"]["token_cost_per_task"]["value"] == 0
    answers = list(csv.DictReader((run / "answers.csv").read_text("utf-8").splitlines()))
    assert {row["answer"] for row in answers} == {"refund", "delivery"}


def test_its_run_verifies_where_it_is_installed_and_cannot_be_checked_where_it_is_not(run: Path, installed: Path) -> None:
    there = command(run.parent, "verify", run.name, packages=installed)
    assert there.returncode == 0, there.stdout
    assert "answers.csv" in there.stdout
    elsewhere = command(run.parent, "verify", run.name)
    assert elsewhere.returncode == 11, elsewhere.stdout
    assert "keyword-rules 1.2" in elsewhere.stdout


def test_a_changed_document_of_a_package_is_a_difference(run: Path, installed: Path, tmp_path: Path) -> None:
    import shutil  # noqa: PLC0415 - here alone

    copy = Path(shutil.copytree(run, tmp_path / "run"))
    (copy / "answers.csv").write_text("candidate,example,answer\n")
    assert command(tmp_path, "verify", "run", packages=installed).returncode == 10


def test_without_the_package_its_names_are_refused_by_cell(run: Path) -> None:
    refused = command(run.parent, "check", "tickets.xlsx")
    assert refused.returncode == 2
    assert "Candidates!B2" in refused.stdout + refused.stderr
    assert "bare label rate" in refused.stdout + refused.stderr


def test_check_says_what_the_examples_can_prove_of_an_added_measure(run: Path, installed: Path) -> None:
    said = command(run.parent, "check", "tickets.xlsx", packages=installed)
    assert said.returncode == 0, said.stderr
    assert "bare label rate" in said.stdout


def test_the_same_from_python_for_one_call(tmp_path: Path, figures_only: None) -> None:
    del figures_only
    module, path = package(), workbook(tmp_path / "tickets.xlsx")
    kinds, metrics = {"Keyword rules": module.KeywordRules}, [module.BARE_LABEL_RATE]
    plan = reportgen.read_workbook(path, kinds=kinds, metrics=metrics)
    comparison = reportgen.run(plan, kinds=kinds, metrics=metrics, reports={"answers.csv": module.write_answers})
    rules = next(c for c in comparison.candidates if c.spec.name == "Rules")
    assert rules.measurements["bare_label_rate"].value == pytest.approx(1)
    assert (tmp_path / "tickets-run" / "answers.csv").is_file()
    with pytest.raises(NeedsMendingError, match="Candidates!B2"):
        reportgen.read_workbook(path)


@pytest.mark.parametrize(
    ("figure", "told"), [(1.5, "gave 1.5, expected 0 to 1"), (float("nan"), "gave nan"), (None, "ZeroDivisionError")]
)
@pytest.mark.usefixtures("figures_only")
def test_a_metric_that_gives_no_share_is_told_with_the_example(tmp_path: Path, figure: float | None, told: str) -> None:
    def score(example: object, answer: str) -> float:
        del example, answer
        return 1 / 0 if figure is None else figure

    path, metrics = workbook(tmp_path / "tickets.xlsx"), [replace(package().BARE_LABEL_RATE, score=score)]
    kinds = {"Keyword rules": package().KeywordRules}
    plan = reportgen.read_workbook(path, kinds=kinds, metrics=metrics)
    with pytest.raises(NeedsMendingError, match=told) as error:
        reportgen.run(plan, kinds=kinds, metrics=metrics)
    assert "example M0" in str(error.value)


@pytest.mark.usefixtures("figures_only")
def test_a_document_that_cannot_be_written_is_told_with_its_name(tmp_path: Path) -> None:
    def fails(comparison: object, folder: Path) -> Path:
        del comparison
        return folder.with_name("nowhere") / folder.rename(folder / "inside itself")

    path = tickets(tmp_path / "tickets.xlsx")
    plan = reportgen.read_workbook(path)
    with pytest.raises(NeedsMendingError, match=r"answers\.csv could not be written by the call from Python: OSError"):
        reportgen.run(plan, reports={"answers.csv": fails})


@pytest.mark.parametrize("name", ["evidence", "evidence/plan.json", "../answers.csv", ".hidden"])
def test_a_document_has_a_plain_name(tmp_path: Path, name: str) -> None:
    plan = reportgen.read_workbook(tickets(tmp_path / "tickets.xlsx"))
    with pytest.raises(NeedsMendingError, match="is no plain file name"):
        reportgen.run(plan, reports={name: package().write_answers})


def test_two_that_add_the_same_and_names_of_ours_are_refused(tmp_path: Path) -> None:
    module, path = package(), tickets(tmp_path / "tickets.xlsx")
    with added(), pytest.raises(NeedsMendingError, match='"Keyword rules" is added twice'), added():
        pass
    with pytest.raises(NeedsMendingError, match=r'"API model".*is a name of ours'):
        reportgen.read_workbook(path, kinds={"API model": module.KeywordRules})
    with pytest.raises(NeedsMendingError, match=r'"accuracy".*is a name of ours'):
        reportgen.read_workbook(path, metrics=[replace(module.BARE_LABEL_RATE, name="accuracy")])
    with pytest.raises(NeedsMendingError, match=r'"results\.json".*is a name of ours'):
        reportgen.run(reportgen.read_workbook(path), reports={"results.json": module.write_answers})
