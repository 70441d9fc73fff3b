"""`reportgen verify`: seal, chain, hashes, and every figure computed again."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.commands.common import add_json, add_progress, existing, run_of, say, shown_as
from reportgen.problems import ExitCode

if TYPE_CHECKING:
    from reportgen.verification import Verification

EXAMPLE = "reportgen verify tickets-run.bundle.zip --key quality-office.key.pub"
MOST_SHOWN = 12


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the options."""
    sub.add_argument("target", type=Path, metavar="RUN or BUNDLE")
    sub.add_argument("--key", type=Path, default=None, metavar="FILE", help="the public key of the person who signed")
    sub.add_argument(
        "--trust",
        type=Path,
        default=None,
        metavar="FILE",
        help="certificates (PEM) that you trust: of the time stamp authority, of those who signed a PDF",
    )
    sub.add_argument(
        "--signed",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a copy of one of the PDFs that was signed in a PDF reader; may be given again",
    )
    add_progress(sub)
    add_json(sub)


def run(options: argparse.Namespace) -> ExitCode:
    """Check everything and say it, one line a check."""
    from reportgen.verification import verify  # noqa: PLC0415

    key = None if options.key is None else existing(options.key)
    trust = None if options.trust is None else existing(options.trust)
    with shown_as(options):
        found = verify(_target(options.target), key=key, trust=trust, copies=[existing(p) for p in options.signed])
    say(as_json(found) if options.json else as_text(found))
    return found.exit_code


def _target(path: Path) -> Path:
    """Return a bundle or the folder of a run, or say what was named instead."""
    return path if path.suffix.casefold() == ".zip" and path.is_file() else run_of(path)


def as_text(found: Verification) -> str:
    """Return one line a check, its differences below it."""
    lines = []
    for check in found.checks:
        lines.append(f"{check.word.value:<16} {check.name}: {check.sentence}")
        lines += [f"{'':<16}   {difference}" for difference in check.differences[:MOST_SHOWN]]
        if (more := len(check.differences) - MOST_SHOWN) > 0:
            lines.append(f"{'':<16}   and {more:,} more; --json names them all")
    lines.append(f"{found.result}: {found.target}" + (f", run {found.run_id}" if found.run_id else ""))
    lines.append(
        "This shows that nothing was changed and that the figures follow from the stored responses; it cannot show that a "
        "provider was called."
    )
    return "\n".join(_shown(line) for line in lines)


def as_json(found: Verification) -> str:
    """Return the result for machines."""
    import msgspec  # noqa: PLC0415 - only for --json

    record = {"target": found.target, "run_id": found.run_id, "result": found.result, "checks": found.checks}
    return msgspec.json.format(msgspec.json.encode(record, order="sorted"), indent=2).decode()


def _shown(line: str) -> str:
    """Return a line without anything that would steer a terminal: names may come from a forged file."""
    return "".join(c if c.isprintable() else "\ufffd" for c in line)
