"""Turn pip's report of an installation into constraints.txt: one exact pin a line, no address. Run by `make pins`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

HEAD = "# What `make` installs, exactly. Refreshed by `make pins`; the bounds stand in pyproject.toml.\n"


def main() -> None:
    """Write the pins of the report named first into the file named second."""
    report, constraints = Path(sys.argv[1]), Path(sys.argv[2])
    installed = json.loads(report.read_text(encoding="utf-8"))["install"]
    found = [i["metadata"] for i in installed if i["metadata"]["name"] != "reportgen"]
    pins = sorted({(str(m["name"]).lower().replace("_", "-"), str(m["version"])) for m in found})
    constraints.write_text(HEAD + "".join(f"{name}=={version}\n" for name, version in pins), encoding="utf-8")


if __name__ == "__main__":
    main()
