"""An honest run made beside another Python, or beside other libraries, ends in 0 here, and one made here ends in 0 there.

python -m tests.verification.apart python3.13 pandas==3.1.0 numpy==2.4.5     (or: make apart)

Each environment is made of the wheel and the pins of constraints.txt; it takes some minutes, and the registry.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TASKS = ("classification", "extraction")


def environment(place: Path, python: str, wheel: Path, others: Sequence[str] = ()) -> Path:
    """Make an environment with the wheel and what is pinned, but for `others`, and return its `reportgen`."""
    apart = {other.split("==")[0]: other for other in others}
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    place.with_suffix(".txt").write_text("\n".join(apart.get(pin.split("==")[0], pin) for pin in pins), encoding="utf-8")
    subprocess.run([python, "-m", "venv", str(place)], check=True)
    words = ["-m", "pip", "install", "--quiet", str(wheel), "--constraint", str(place.with_suffix(".txt"))]
    subprocess.run([str(place / "bin" / "python"), *words], check=True)
    return place / "bin" / "reportgen"


def made(program: Path, task: str, folder: Path) -> Path:
    """Run the demo of a task and return its run folder."""
    subprocess.run([str(program), "demo", "--task", task, "--out", str(folder)], check=True, capture_output=True)
    return folder


def main(python: str, others: Sequence[str]) -> int:
    """Make the environments, run, verify crosswise, say each result, and return how many were not 0."""
    failed = 0
    with tempfile.TemporaryDirectory(prefix="reportgen-apart-") as name:
        scratch = Path(name)
        build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(scratch), str(ROOT)]
        subprocess.run(build, check=True, capture_output=True)
        wheel = next(scratch.glob("*.whl"))
        here = environment(scratch / "here", sys.executable, wheel)
        there = {
            python: environment(scratch / "python", python, wheel),
            " ".join(others): environment(scratch / "libraries", sys.executable, wheel, others),
        }
        for task in TASKS:
            own = made(here, task, scratch / f"{task}-here")
            for number, (words, program) in enumerate(there.items()):
                other = made(program, task, scratch / f"{task}-{number}")
                for said, by, run in (("made beside", here, other), ("verified beside", program, own)):
                    done = subprocess.run([str(by), "verify", str(run)], capture_output=True, text=True, check=False)
                    failed += done.returncode != 0
                    sys.stdout.write(f"{task}, {said} {words}: exit code {done.returncode}\n")
                    if done.returncode:
                        sys.stdout.write(done.stdout)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
