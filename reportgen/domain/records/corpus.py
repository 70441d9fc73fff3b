"""The corpus after the split: what may be learned from, what is scored, and what stays locked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from reportgen.domain.records.plan import Example, Split, repeat_id

_PARTS = re.compile(r"(\D*)(\d*)")


@dataclass(frozen=True, slots=True)
class HoldoutAccess:
    """One opening of the holdout, numbered over all runs of its workbook. `at` is UTC, ISO 8601."""

    number: int
    at: str
    by: str
    purpose: str
    candidate: str
    run_id: str


@dataclass(frozen=True, slots=True)
class LastSaved:
    """Who last saved a workbook, and when, as the file says of itself; empty = it does not say."""

    by: str = ""
    at: str = ""

    @property
    def words(self) -> str:
        """Return `last saved by Ada at 2026-11-26T09:00:00Z`, as far as it is known; empty where nothing is."""
        by, at = f" by {self.by}" if self.by else "", f" at {self.at}" if self.at else ""
        return f"last saved{by}{at}" if by or at else ""


NOT_KNOWN = LastSaved()


@dataclass(frozen=True, slots=True)
class HoldoutCommitment:
    """When the holdout was committed to, how many rows it had then, and who had last saved the workbook."""

    at: str
    rows: int
    saved: LastSaved = NOT_KNOWN


@dataclass(frozen=True, slots=True)
class UsedRows:
    """Rows of an earlier holdout that were opened, and are scored since new rows came in; the openings that showed them."""

    example_ids: tuple[str, ...]
    openings: tuple[HoldoutAccess, ...]


@dataclass(frozen=True, slots=True)
class SealedHoldout:
    """The holdout as the run sees it: which rows, and a salted commitment to their content; neither inputs nor labels.

    `commitment` is SHA-256 over the canonical JSON of the rows and the salt (formulas.md 5.6); the salt stays in the split
    record beside the workbook.
    """

    example_ids: tuple[str, ...]
    commitment: str
    openings: tuple[HoldoutAccess, ...] = ()
    """Every opening of these rows on record, this run's and those of earlier runs of the workbook, by number."""
    moved: tuple[str, ...] = ()
    """Rows that left the holdout after they had been locked, because the workbook said so."""
    committed: tuple[HoldoutCommitment, ...] = ()
    """More than one entry = it was changed after it was first committed to."""
    used: tuple[UsedRows, ...] = ()
    """Holdouts of earlier decisions, oldest first."""


def repeated(examples: Iterable[Example], repeats: int) -> tuple[Example, ...]:
    """Return each example as often as it is asked, its repeats behind it; each repeat is a row under an id of its own."""
    if repeats == 1:
        return tuple(examples)
    return tuple(
        e if n == 1 else replace(e, id=repeat_id(e.id, n), repeat=n) for e in examples for n in range(1, repeats + 1)
    )


def in_order(examples: Iterable[Example]) -> tuple[Example, ...]:
    """Return examples by their ids, numbers in them as numbers: resamples must not depend on how a sheet is sorted."""
    return tuple(sorted(examples, key=lambda e: (_natural(e.id), e.id)))


def _natural(text: str) -> list[tuple[str, int]]:
    return [(letters, int(digits or 0)) for letters, digits in _PARTS.findall(text)]


@dataclass(frozen=True, slots=True)
class SplitSummary:
    """One line of `split` in results.json."""

    split: Split
    examples: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """Examples by split. `declared` = the user assigned every row; `renewed` = the record of the first split was lost."""

    train: tuple[Example, ...]
    eval: tuple[Example, ...]
    regression: tuple[Example, ...]
    holdout: SealedHoldout
    summaries: tuple[SplitSummary, ...]
    declared: bool = False
    renewed: bool = False
    repeats: int = 1
    """How often each example of eval and regression is asked."""

    @property
    def asked(self) -> tuple[Example, ...]:
        """What `run` asks: eval first, then the known failures, each as often as the workbook says."""
        return repeated(self.eval + self.regression, self.repeats)


@dataclass(frozen=True, slots=True)
class RemovedExample:
    """An example that a reviewer took out of the scoring, with who, when, why and in which cell; its responses stay."""

    example_id: str
    by: str
    on: str
    reason: str
    where: str
