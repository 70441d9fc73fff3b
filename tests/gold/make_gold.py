"""Makes the bundle that must verify for ever; only for a change of format that cannot be read any more, and on purpose.

python -m tests.gold.make_gold
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from reportgen.confirmation import confirm
from reportgen.evidence.bundle import write_bundle
from reportgen.evidence.signing import make_keys, private_key
from tests.verification import runs

BUNDLE = Path(__file__).with_name("t-run.bundle.zip")
PUBLIC = Path(__file__).with_name("gold.key.pub")


def main() -> None:
    """Run a small workbook, open its holdout once, sign the bundle, and forget the private key."""
    with tempfile.TemporaryDirectory() as name:
        folder = runs.make_run(Path(name), wrong_locked=1)
        confirm(folder.path, by="Ada Byron")
        private, public = Path(name) / "gold.key", Path(name) / "gold.key.pub"
        make_keys(private, public)
        write_bundle(folder, BUNDLE, private_key(private))
        PUBLIC.write_bytes(public.read_bytes())


if __name__ == "__main__":
    main()
