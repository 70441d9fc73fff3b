"""The run folder: where each file of a run lies, and how files get there without ever being half-written."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from reportgen.problems import StoppedEarlyError


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Names of the contract's section 4. Nothing is created by naming it."""

    path: Path

    @property
    def evidence(self) -> Path:
        """The folder of everything the figures come from."""
        return self.path / "evidence"

    @property
    def workbook(self) -> Path:
        """The workbook as received, byte for byte."""
        return self.evidence / "workbook.xlsx"

    @property
    def documents(self) -> Path:
        """Input files beside the workbook, in the same sub-folders."""
        return self.evidence / "documents"

    @property
    def plan(self) -> Path:
        """The rules, hashed before the first request."""
        return self.evidence / "plan.json"

    @property
    def split(self) -> Path:
        """Which example is in which split, with the holdout's commitments."""
        return self.evidence / "split.json"

    @property
    def responses(self) -> Path:
        """The journal of responses."""
        return self.evidence / "responses.jsonl"

    @property
    def scores(self) -> Path:
        """How each response was judged."""
        return self.evidence / "scores.jsonl"

    @property
    def prices(self) -> Path:
        """The prices used, with their source and date."""
        return self.evidence / "prices.json"

    @property
    def environment(self) -> Path:
        """Versions of everything that took part."""
        return self.evidence / "environment.json"

    @property
    def record(self) -> Path:
        """Run id, clock and hashes."""
        return self.evidence / "run.json"


def write_bytes(path: Path, content: bytes) -> None:
    """Write beside the target, then replace it. Raises StoppedEarlyError when the disk is full or the folder read-only."""
    draft = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error


def cannot_write(path: Path, error: OSError) -> StoppedEarlyError:
    """Return the error that says in a sentence why `path` cannot be written."""
    if error.errno == errno.ENOSPC:
        return StoppedEarlyError(f"The disk is full: {path} could not be written. Free some space and run again.")
    return StoppedEarlyError(f"{path} cannot be written ({error.strerror}). Choose another folder with --out.")


def write_json(path: Path, value: Any) -> None:  # noqa: ANN401 - any record that msgspec can encode
    """Write a record as readable JSON with sorted keys."""
    write_bytes(path, msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=1) + b"\n")


def write_json_lines(path: Path, records: Iterable[Any]) -> None:
    """Write one canonical line for each record."""
    encoder = msgspec.json.Encoder(order="sorted")
    write_bytes(path, encoder.encode_lines(list(records)))


def sha256_of(path: Path) -> str:
    """Return the hex SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
