"""The versions that the Makefile installs: exact pins out of pip's report, or the lowest that pyproject.toml allows."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

HEAD = "# What `make` installs, exactly. Refreshed by `make pins`; the bounds stand in pyproject.toml.\n"


def pinned(report: Path) -> str:
    """Return constraints.txt for an installation that pip reported: one exact pin a line, no address."""
    installed = json.loads(report.read_text(encoding="utf-8"))["install"]
    found = [i["metadata"] for i in installed if i["metadata"]["name"] != "reportgen"]
    pins = sorted({(str(m["name"]).lower().replace("_", "-"), str(m["version"])) for m in found})
    return HEAD + "".join(f"{name}=={version}\n" for name, version in pins)


def lowest(project: Path) -> str:
    """Return the lower bounds of the package's own dependencies as exact pins."""
    bounds = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"]
    return "".join(f"{bound.replace('>=', '==')}\n" for bound in bounds)


def main() -> None:
    """Print the pins that the command line asks for: `pins REPORT`, `lowest`, or `newest`, which pins nothing."""
    match sys.argv[1:]:
        case ["pins", report]:
            sys.stdout.write(pinned(Path(report)))
        case ["lowest"]:
            sys.stdout.write(lowest(Path("pyproject.toml")))
        case ["newest"]:
            sys.stdout.write("")
        case other:
            raise SystemExit(f"unknown: {' '.join(other)}. Run: python -m tests.pins pins REPORT | lowest | newest")  # noqa: EM102, TRY003


if __name__ == "__main__":
    main()
