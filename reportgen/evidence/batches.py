"""The record of batches beside a journal: what was meant to be sent before it was, and where the provider keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reportgen.domain.records.batch import BatchRecord
from reportgen.evidence.appended_lines import LineFile, read_lines_of


def batches_beside(journal: Path) -> Path:
    """Return where the batches of a journal are on record: `responses-batches.jsonl` beside `responses.jsonl`."""
    return journal.with_name(f"{journal.stem}-batches.jsonl")


class BatchFile:
    """The batches of one journal, and those of earlier runs, which may be at work still and serve this one as well."""

    def __init__(self, journal: Path, earlier: Sequence[Path] = ()) -> None:
        path = batches_beside(journal)
        self._file = LineFile(path)
        self._records = [*read_lines_of(path, BatchRecord)]
        self._earlier = [one for other in earlier for one in read_lines_of(batches_beside(other), BatchRecord)]

    @property
    def records(self) -> Sequence[BatchRecord]:
        """Every step of this journal's batches."""
        return self._records

    @property
    def earlier(self) -> Sequence[BatchRecord]:
        """Every step of batches that earlier runs sent."""
        return self._earlier

    def append(self, record: BatchRecord) -> None:
        """Put one step on disk; when this returns it is durable. Raises StoppedEarlyError where it cannot be written."""
        self._file.append([record], durable=True)
        self._records.append(record)
