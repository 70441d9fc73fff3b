"""The record of limits: how many requests were under way at each endpoint, and why that changed, beside the answers.

Latencies depend on how much was asked at once, so the limits are part of the evidence. The file is appended to while the
run asks; a run in which nothing is asked leaves it as it is. A line torn by a crash can only be the last one and is cut off.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from reportgen.domain.records.response import LimitChange
from reportgen.evidence.run_folder import cannot_write


class LimitFile:
    """Appends changes to `evidence/limits.jsonl`; the file comes into being with the first one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._begun = False

    def __call__(self, changes: Sequence[LimitChange]) -> None:
        """Append changes. Raises StoppedEarlyError when they cannot be written; half a line is never left behind."""
        block = msgspec.json.Encoder(order="sorted").encode_lines(list(changes))
        try:
            if not self._begun and self._path.exists():
                _cut_torn_line(self._path)
            self._begun = True
            with self._path.open("ab", buffering=0) as file:
                _append_whole(file, block)
        except OSError as error:
            raise cannot_write(self._path, error) from error


def _append_whole(file: io.FileIO, block: bytes) -> None:
    start = file.seek(0, os.SEEK_END)
    try:
        written = 0
        while written < len(block):
            written += file.write(memoryview(block)[written:])
    except OSError:
        file.truncate(start)
        raise


def read_limits(path: Path) -> tuple[LimitChange, ...]:
    """Return the changes in the order in which they happened; empty where nothing was asked over the network."""
    if not path.exists():
        return ()
    raw = path.read_bytes()
    return tuple(msgspec.json.Decoder(LimitChange).decode_lines(raw[: raw.rfind(b"\n") + 1]))


def _cut_torn_line(path: Path) -> None:
    raw = path.read_bytes()
    whole = raw.rfind(b"\n") + 1
    if whole < len(raw):
        os.truncate(path, whole)
