"""Make the environments of the peers; this downloads a few hundred megabytes."""

from __future__ import annotations

import subprocess
import sys
import venv

from tests.benchmarks.peers.environments import NEEDS, python_of


def main() -> None:
    """Install every peer that is missing."""
    for name, packages in NEEDS.items():
        python = python_of(name)
        if not python.exists():
            venv.create(python.parents[1], with_pip=True)
        sys.stdout.write(f"{name}: {python.parents[1]}\n")
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)


if __name__ == "__main__":
    main()
