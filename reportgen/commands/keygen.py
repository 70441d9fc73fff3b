"""`reportgen keygen`: a pair of keys to sign bundles with."""

from __future__ import annotations

import argparse
from pathlib import Path

from reportgen.commands.common import say
from reportgen.problems import ExitCode

EXAMPLE = "reportgen keygen --out quality-office.key"


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the options."""
    sub.add_argument(
        "--out",
        type=Path,
        default=Path("reportgen.key"),
        help="the private key; the public one gets .pub (default: %(default)s)",
    )


def run(options: argparse.Namespace) -> ExitCode:
    """Write both keys and say what to do with them."""
    from reportgen.evidence.signing import make_keys  # noqa: PLC0415

    public = options.out.with_name(f"{options.out.name}.pub")
    key = make_keys(options.out, public)
    say(f"{options.out}: the private key. Keep it to yourself; whoever holds it signs in your name.")
    say(f"{public}: the public key. Give it to those who verify, by a way they trust.")
    say(f"Its id: {key}")
    return ExitCode.DONE
