"""`reportgen bundle`: one file of a run folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from reportgen.commands.common import existing, say
from reportgen.problems import ExitCode

EXAMPLE = "reportgen bundle tickets-run --sign quality-office.key"


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the options."""
    sub.add_argument("folder", type=Path, metavar="RUN", help="the run folder")
    sub.add_argument("--sign", type=Path, default=None, metavar="KEY", help="the private key of `reportgen keygen`")


def run(options: argparse.Namespace) -> ExitCode:
    """Write the bundle beside the run folder."""
    from reportgen.evidence.bundle import write_bundle  # noqa: PLC0415
    from reportgen.evidence.run_folder import RunFolder  # noqa: PLC0415
    from reportgen.evidence.signing import key_id, private_key  # noqa: PLC0415

    folder = existing(options.folder).resolve()
    key = None if options.sign is None else private_key(existing(options.sign))
    if key is not None and (refused := _not_verified(folder)) is not ExitCode.DONE:
        return refused
    made = write_bundle(RunFolder(folder), folder.with_name(f"{folder.name}.bundle.zip"), key)
    signed = "not signed" if key is None else f"signed with the key {key_id(key.public_key())}"
    say(f"{made}: {made.stat().st_size:,} bytes, {signed}.")
    say(f"Anyone can check it with: reportgen verify {made.name}" + ("" if key is None else " --key PUBLIC.key.pub"))
    return ExitCode.DONE


def _not_verified(folder: Path) -> ExitCode:
    """Verify a run before a name is put to it; where it does not hold, say so and return how it ended."""
    from reportgen.commands.verify import as_text  # noqa: PLC0415
    from reportgen.verification import verify  # noqa: PLC0415

    found = verify(folder)
    if found.exit_code is not ExitCode.DONE:
        say(as_text(found), error=True)
        remedy = "Put the sealed folder back."
        if found.exit_code is ExitCode.INCONCLUSIVE:
            remedy = f"Write its documents with this reportgen first: reportgen report {folder.name}"
        say(f"{folder} was not signed: only what verifies is. {remedy}", error=True)
    return found.exit_code
