"""What happens to a batch at its provider, step by step, as it goes on record before the next step is taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from reportgen.domain.records.response import Attempt


class BatchStep(StrEnum):
    """What was reached. INTENDED goes on record before anything is sent, so that nothing is ever submitted twice."""

    INTENDED = "intended"
    UPLOADED = "uploaded"
    CREATED = "created"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """One step of one batch, by its `uid`; each step holds what the ones before it had not; `at` is UTC, ISO 8601."""

    at: str
    uid: str
    candidate: str
    step: BatchStep
    custom_ids: tuple[str, ...] = ()
    """Of an intended batch: its requests in their order."""
    file_id: str = ""
    batch_id: str = ""
    reason: str = ""
    """Of a closed batch: how it ended."""
    failed: Mapping[str, Attempt] = field(default_factory=dict)
    """Of a closed batch: the attempts that are to be followed by another one, by their custom id."""


def open_batches(records: Iterable[BatchRecord], candidate: str) -> list[BatchRecord]:
    """Return the batches of a candidate that may still be at work, each with all that is on record of it."""
    found: dict[str, BatchRecord] = {}
    for one in records:
        if one.candidate != candidate:
            continue
        if one.step is BatchStep.CLOSED:
            found.pop(one.uid, None)
            continue
        known = found.get(one.uid, one)
        found[one.uid] = replace(
            one,
            custom_ids=known.custom_ids or one.custom_ids,
            file_id=one.file_id or known.file_id,
            batch_id=one.batch_id or known.batch_id,
        )
    return list(found.values())


def failed_attempts(records: Iterable[BatchRecord], candidate: str) -> dict[str, Attempt]:
    """Return the attempts of closed batches that are to be followed by another one, by custom id, in their order."""
    found: dict[str, Attempt] = {}
    for one in records:
        if one.candidate == candidate:
            found |= one.failed
    return found
