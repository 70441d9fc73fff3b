"""Records that are appended while a run asks, a JSON line each; half a line is never left behind."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from reportgen.evidence.run_folder import cannot_write

T = TypeVar("T")


class LineFile:
    """Appends records to a file that comes into being with the first one; a line torn by a crash is cut off first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._begun = False

    def append(self, records: Sequence[Any], *, durable: bool = False) -> None:
        """Append records; `durable` = a power cut cannot lose them. Raises StoppedEarlyError when they cannot be written."""
        block = msgspec.json.Encoder(order="sorted").encode_lines(list(records))
        try:
            if not self._begun and self._path.exists():
                _cut_torn_line(self._path)
            self._begun = True
            with self._path.open("ab", buffering=0) as file:
                _append_whole(file, block)
                if durable:
                    os.fsync(file.fileno())
        except OSError as error:
            raise cannot_write(self._path, error) from error


def read_lines_of(path: Path, kind: type[T]) -> tuple[T, ...]:
    """Return the whole lines of a file in their order; empty where there is no such file."""
    if not path.exists():
        return ()
    raw = path.read_bytes()
    return tuple(msgspec.json.Decoder(kind).decode_lines(raw[: raw.rfind(b"\n") + 1]))


def _append_whole(file: io.FileIO, block: bytes) -> None:
    start = file.seek(0, os.SEEK_END)
    try:
        written = 0
        while written < len(block):
            written += file.write(memoryview(block)[written:])
    except OSError:
        file.truncate(start)
        raise


def _cut_torn_line(path: Path) -> None:
    raw = path.read_bytes()
    whole = raw.rfind(b"\n") + 1
    if whole < len(raw):
        os.truncate(path, whole)
