"""The journal of responses: every answer is on disk before it counts, in an append-only chain of hashes.

One JSON line a response, `{"prev", "response", "seq"}`, where `prev` is the SHA-256 of the line before. A line that was torn
by a crash can only be the last one; it is cut off, and its answer is asked again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
from filelock import FileLock, Timeout

from reportgen.domain.records.response import Basis, Outcome, Response
from reportgen.evidence.batches import BatchFile
from reportgen.evidence.rules import read_rules
from reportgen.evidence.run_folder import RunFolder, cannot_write
from reportgen.problems import NeedsMendingError, StoppedEarlyError

FIRST = "0" * 64
"""What the first line names as the hash of the line before it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of `evidence/responses.jsonl`."""

    seq: int
    prev: str
    response: Response


class FileJournal:
    """Responses by their content key, durable when `append` returns.

    `earlier` are journals of earlier runs: an answer found there is copied into this one with the day on which it was asked,
    so that what was paid for once is never asked again. A failure found there is asked again: nothing was paid for, and a
    longer timeout or a mended connection is often why the workbook was changed.

    Raises NeedsMendingError when another process holds the journal or its chain is broken, StoppedEarlyError when it cannot
    be written.
    """

    def __init__(self, path: Path, *, earlier: Sequence[Path] = ()) -> None:
        self.appended = 0
        self._path = path
        self._lock = FileLock(path.with_name(f"{path.name}.lock"), timeout=0)
        self._encoder = msgspec.json.Encoder(order="sorted")
        self._known: dict[str, Response] = {}
        self._earlier: dict[str, Response] = {}
        self._seq = 0
        self._prev = FIRST
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout as error:
            msg = f"Another reportgen is working in {path.parent.parent}. Wait until it is done, or stop it."
            raise NeedsMendingError(msg) from error
        except OSError as error:
            raise cannot_write(path, error) from error
        try:
            self.batches = BatchFile(path, earlier)
            self._take_up()
            for other in earlier:
                if other.exists():
                    self._earlier |= _answers_of(other)
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            self._lock.release()
            raise cannot_write(path, error) from error
        except BaseException:
            self._lock.release()
            raise

    def _take_up(self) -> None:
        if not self._path.exists():
            return
        lines, length = read_lines(self._path)
        if length < self._path.stat().st_size:
            os.truncate(self._path, length)
        for line in lines:
            self._known[line.response.key] = line.response
        if lines:
            self._seq = lines[-1].seq + 1
            # The bytes as they stand: an older version may have written fewer fields.
            last = self._path.read_bytes().rstrip(b"\n").rpartition(b"\n")[2]
            self._prev = hashlib.sha256(last).hexdigest()

    def get(self, key: str) -> Response | None:
        """Return the response with this content key, from this run or an earlier one, None where it was never given."""
        found = self._known.get(key)
        if found is None and (found := self._earlier.get(key)) is not None:
            self._write([found])
        return found

    def holds(self, key: str) -> bool:
        """Whether this very run gave the response with this content key, and so paid for it."""
        return key in self._known

    def append(self, response: Response) -> None:
        """Put one response on disk. When this returns, a crash or a power cut cannot lose it."""
        self.append_all([response])

    def append_all(self, responses: Sequence[Response]) -> None:
        """Put several responses on disk with one flush."""
        self._write(responses)
        self.appended += len(responses)

    def _write(self, responses: Sequence[Response]) -> None:
        seq, prev = self._seq, self._prev
        block = bytearray()
        for response in responses:
            line = self._encoder.encode(Line(seq, prev, response))
            seq, prev = seq + 1, hashlib.sha256(line).hexdigest()
            block += line + b"\n"
        start = self._file.seek(0, os.SEEK_END)
        try:
            written = 0
            while written < len(block):
                written += self._file.write(memoryview(block)[written:])
            os.fsync(self._file.fileno())
            self._still_there()
        except OSError as error:
            os.ftruncate(self._file.fileno(), start)
            raise cannot_write(self._path, error) from error
        self._seq, self._prev = seq, prev
        self._known |= {response.key: response for response in responses}

    def _still_there(self) -> None:
        """Raise StoppedEarlyError where the file was deleted or replaced: what is written to it then is kept nowhere."""
        try:
            if os.path.samestat(self._path.stat(), os.fstat(self._file.fileno())):
                return
        except FileNotFoundError:
            pass
        msg = f"{self._path} was deleted or replaced while the run was writing to it. Run again; what is missing is asked."
        raise StoppedEarlyError(msg)

    def close(self) -> None:
        """Close the file and let other processes in."""
        self._file.close()
        self._lock.release()
        self._path.with_name(f"{self._path.name}.lock").unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> None:
        self.close()


def _answers_of(journal: Path) -> dict[str, Response]:
    """Return the answers of an earlier run by their content key, each with the day it was asked on."""
    rules = read_rules(RunFolder(journal.parent.parent))
    day = rules.fixed_at[:10] if rules is not None else ""
    return {
        line.response.key: _dated(line.response, day)
        for line in read_lines(journal)[0]
        if line.response.outcome not in {Outcome.ERROR, Outcome.TIMEOUT}
    }


def _dated(response: Response, day: str) -> Response:
    if response.recorded_on or response.basis is not Basis.MEASURED:
        return response
    return replace(response, recorded_on=response.log[0].started[:10] if response.log else day)


def read_lines(path: Path) -> tuple[list[Line], int]:
    """Return the lines of a journal whose chain holds, and how many bytes they take; a torn last line is left out.

    Raises NeedsMendingError when a line in the middle is damaged or does not follow the one before.
    """
    decoder = msgspec.json.Decoder(Line)
    lines: list[Line] = []
    prev, length = FIRST, 0
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        for number, whole in enumerate(file, start=1):
            if not whole.endswith(b"\n"):
                break
            text = whole[:-1]
            try:
                line = decoder.decode(text)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                if length + len(whole) == size:
                    break
                raise _broken(path, number) from error
            if line.prev != prev or line.seq != len(lines):
                raise _broken(path, number)
            prev = hashlib.sha256(text).hexdigest()
            length += len(whole)
            lines.append(line)
    return lines, length


def _broken(path: Path, number: int) -> NeedsMendingError:
    msg = (
        f"{path}, line {number}, was changed after it was written, so the answers after it cannot be trusted. "
        "Put the last good copy of the run folder back, or run again with another --out."
    )
    return NeedsMendingError(msg)
