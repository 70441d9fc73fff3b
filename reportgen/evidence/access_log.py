"""The access log of the holdout: every opening on record before a locked row is asked, in an append-only chain of hashes."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from reportgen.domain.records.corpus import HoldoutAccess
from reportgen.evidence.journal import FIRST
from reportgen.evidence.run_folder import RunFolder, cannot_write, sha256_of, write_bytes
from reportgen.evidence.seal import MANIFEST, SEAL
from reportgen.problems import NeedsMendingError


class Event(StrEnum):
    OPENED = "opened"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened: an opening was begun, or every locked row was answered.

    `seal_sha256` is the seal that was in force, so that the decision was on record before; `commitment` names the rows.
    """

    event: Event
    access: HoldoutAccess
    at: str
    plan_sha256: str
    seal_sha256: str
    commitment: str


@dataclass(frozen=True, slots=True)
class AccessLine:
    """One line of `evidence/holdout/access-log.jsonl`; `prev` is the SHA-256 of the line before."""

    seq: int
    prev: str
    entry: Entry


def read_entries(path: Path) -> tuple[Entry, ...]:
    """Return the entries of a log whose chain holds, none where there is no log.

    Raises NeedsMendingError when a line was changed, removed or added out of turn.
    """
    if not path.exists():
        return ()
    entries: list[Entry] = []
    prev = FIRST
    lines = path.read_bytes().split(b"\n")
    for text in lines[:-1]:
        try:
            line = msgspec.json.decode(text, type=AccessLine)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise _broken(path, len(entries) + 1) from error
        if line.prev != prev or line.seq != len(entries) or msgspec.json.encode(line, order="sorted") != text:
            raise _broken(path, len(entries) + 1)
        prev = hashlib.sha256(text).hexdigest()
        entries.append(line.entry)
    if lines[-1]:
        raise _broken(path, len(entries) + 1)
    return tuple(entries)


def append(folder: RunFolder, entry: Entry) -> None:
    """Put one entry on disk behind those that stand there. Raises StoppedEarlyError when it cannot be written."""
    path = folder.access_log
    done = read_entries(path)
    prev = hashlib.sha256(path.read_bytes().split(b"\n")[-2]).hexdigest() if done else FIRST
    line = msgspec.json.encode(AccessLine(len(done), prev, entry), order="sorted") + b"\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise cannot_write(path, error) from error


def keep_seal(folder: RunFolder, number: int) -> str:
    """Keep the seal and manifest that stand before opening `number`, and return that seal's SHA-256."""
    kept = folder.earlier_seal(number)
    for name in (SEAL, MANIFEST):
        if not (kept / name).exists():
            write_bytes(kept / name, (folder.evidence / name).read_bytes())
    return sha256_of(kept / SEAL)


def accesses(entries: tuple[Entry, ...]) -> tuple[HoldoutAccess, ...]:
    """Return the openings of a log, in order."""
    return tuple(e.access for e in entries if e.event is Event.OPENED)


def _broken(path: Path, number: int) -> NeedsMendingError:
    msg = (
        f"{path}, line {number}, was changed after it was written, so it is not known how often the holdout was opened. "
        "Put the last good copy of the run folder back."
    )
    return NeedsMendingError(msg)
