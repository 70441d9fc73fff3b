"""What is built is what is shipped: the wheel holds everything a run needs, and works away from the checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NEEDED = {
    "reportgen/cli.py",
    "reportgen/py.typed",
    *(
        f"reportgen/workbooks/{task}.xlsx"
        for task in ("classification", "extraction", "summarization", "question-answering")
    ),
    *(f"reportgen/samples/{task}.xlsx" for task in ("classification", "extraction", "summarization", "question-answering")),
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_what_a_run_needs_and_nothing_of_the_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert names >= NEEDED
    assert any(name.startswith("reportgen/templates/") and name.endswith(".html") for name in names)
    assert any(name.startswith("reportgen/templates/fonts/") and name.endswith(".ttf") for name in names)
    code = {name for name in names if name.endswith(".py")}
    assert {name.split("/")[0] for name in code} == {"reportgen"}
    assert not any(name.startswith(("tests/", "templates/", "workbooks/", "samples/")) for name in names)
    assert not any(name.startswith("reportgen/samples/") and name.endswith(".py") for name in names)
    modules = {p.relative_to(ROOT).as_posix() for p in (ROOT / "reportgen").rglob("*.py")}
    assert modules <= names


def test_the_wheel_runs_a_sample_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "installed"
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        str(target),
        str(wheel),
    ]
    subprocess.run(install, check=True, capture_output=True)
    environment = {**os.environ, "PYTHONPATH": str(target), "NO_COLOR": "1"}
    where = subprocess.run(
        [sys.executable, "-c", "import reportgen; print(reportgen.__file__)"],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
    )
    assert where.stdout.startswith(str(target))
    subprocess.run(
        [sys.executable, "-m", "reportgen.cli", "demo", "--out", "run"],
        check=True,
        capture_output=True,
        cwd=tmp_path,
        env=environment,
    )
    for name in ("comparison.xlsx", "recommendation-report.pdf", "readiness-checklist.pdf", "results.json"):
        assert (tmp_path / "run" / name).stat().st_size > 1000


def test_what_is_locked_with_hashes_is_what_is_pinned_and_all_that_the_package_names() -> None:
    pinned = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if "==" in line)
    text = (ROOT / "locked.txt").read_text("utf-8")
    locked = dict(re.findall(r"^([\w.-]+)==([^ ]+)(?: ;[^\n]*)? \\$", text, re.MULTILINE))
    elsewhere = {"brotlicffi", "colorama", "tzdata"}  # of other systems and other Pythons than those that `make pins` sees
    assert {name: version for name, version in locked.items() if pinned.get(name) != version}.keys() <= elsewhere
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = {re.split("[<>=]", bound)[0].replace("_", "-") for bound in project["dependencies"]}
    assert named <= locked.keys()
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) > len(locked)
