"""`reportgen bundle`: one file of a run folder."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.commands.common import existing, run_of, say
from reportgen.problems import ExitCode, NeedsMendingError, StoppedEarlyError

if TYPE_CHECKING:
    from reportgen.evidence.run_folder import RunFolder

EXAMPLE = "reportgen bundle tickets-run --sign quality-office.key"


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the options."""
    sub.add_argument("folder", type=Path, metavar="RUN", help="the run folder")
    sub.add_argument("--sign", type=Path, default=None, metavar="KEY", help="the private key of `reportgen keygen`")
    sub.add_argument(
        "--timestamp",
        type=Path,
        default=None,
        metavar="FILE",
        help="the reply of a time stamp authority (RFC 3161) over the seal; where it is not there, its request is written",
    )


def run(options: argparse.Namespace) -> ExitCode:
    """Write the bundle beside the run folder."""
    from reportgen.evidence.bundle import write_bundle  # noqa: PLC0415
    from reportgen.evidence.run_folder import RunFolder  # noqa: PLC0415
    from reportgen.evidence.signing import key_id, private_key  # noqa: PLC0415

    folder = run_of(options.folder).resolve()
    stamp = None if options.timestamp is None else _stamp(RunFolder(folder), options.timestamp)
    key = None if options.sign is None else private_key(existing(options.sign))
    if key is not None and (refused := _not_verified(folder)) is not ExitCode.DONE:
        return refused
    made = write_bundle(RunFolder(folder), folder.with_name(f"{folder.name}.bundle.zip"), key, stamp)
    signed = "not signed" if key is None else f"signed with the key {key_id(key.public_key())}"
    say(f"{made}: {made.stat().st_size:,} bytes, {signed}.")
    say(f"Anyone can check it with: reportgen verify {made.name}" + ("" if key is None else " --key PUBLIC.key.pub"))
    return ExitCode.DONE


def _stamp(folder: RunFolder, reply: Path) -> bytes:
    """Return the reply of the authority after reading it; where there is none yet, write the request for it and stop.

    Raises StoppedEarlyError once the request is written, NeedsMendingError for a reply that does not stamp this seal.
    """
    from reportgen.evidence import timestamp  # noqa: PLC0415 - only those who stamp pay the import
    from reportgen.evidence.run_folder import write_bytes  # noqa: PLC0415
    from reportgen.evidence.seal import SEAL, holding_seal  # noqa: PLC0415

    holding_seal(folder, whole=True)
    sealed, request = (folder.evidence / SEAL).read_bytes(), reply.with_suffix(timestamp.REQUEST)
    reply = reply.with_suffix(timestamp.REPLY) if reply == request else reply
    if not reply.exists():
        write_bytes(request, timestamp.request(sealed), remedy="Name another place with --timestamp.")
        msg = (
            f"{request} is written: the request for a time stamp over the seal; no bundle was made yet. Send it to an "
            f"authority that you trust, keep its answer as {reply}, and give the same command again. For example: curl "
            "--header 'Content-Type: application/timestamp-query' "
            f"--data-binary @{request} --output {reply} ADDRESS-OF-THE-AUTHORITY"
        )
        raise StoppedEarlyError(msg)
    raw = reply.read_bytes()
    try:
        found = timestamp.read_stamp(raw, sealed)
    except timestamp.StampError as error:
        msg = f"{reply} does not stamp this run: {error}. Take it away and give the command again for a new request."
        raise NeedsMendingError(msg) from error
    say(f"Time-stamped at {found.at:%Y-%m-%d %H:%M:%S} UTC by {found.authority}; `verify --trust` checks by whom.")
    return raw


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
