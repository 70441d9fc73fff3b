"""The split record beside the workbook: which row is in which split, the salt, and the holdout's commitments.

`NAME.reportgen.json` is written at the first check or run and only ever grows, so that splits never move and a holdout that
was edited later shows. The rows themselves stand in the owner's own workbook: locked means kept out by code and on record.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from reportgen.corpus.split import assign
from reportgen.domain.records.corpus import (
    NOT_KNOWN,
    Corpus,
    HoldoutAccess,
    HoldoutCommitment,
    LastSaved,
    SealedHoldout,
    SplitSummary,
    UsedRows,
)
from reportgen.domain.records.plan import AnswerKey, EvaluationPlan, Example, Split, first_id
from reportgen.problems import NeedsMendingError

FORMAT = "reportgen.split/1"


@dataclass(frozen=True, slots=True)
class Commitment:
    """What the holdout was at one time: SHA-256 over its canonical rows and the salt; `saved` is the workbook's own word."""

    sha256: str
    examples: int
    at: str
    saved: LastSaved = NOT_KNOWN


@dataclass(frozen=True, slots=True)
class UsedHoldout:
    """Rows that were locked, were opened, and are scored since new rows came in; their commitments, their openings."""

    examples: tuple[str, ...]
    commitments: tuple[Commitment, ...]
    openings: tuple[HoldoutAccess, ...]


@dataclass(frozen=True, slots=True)
class SplitRecord:
    """The content of `NAME.reportgen.json`. `salt` is 32 random bytes in hex."""

    salt: str
    assigned: dict[str, Split]
    commitments: tuple[Commitment, ...] = ()
    format: str = FORMAT
    moved: tuple[str, ...] = field(default=())
    """Examples that left the holdout because the sheet said so after they had been sealed."""
    openings: tuple[HoldoutAccess, ...] = ()
    """Every time the rows that are locked now were opened, in whichever run."""
    used: tuple[UsedHoldout, ...] = ()
    """Holdouts of earlier decisions, oldest first."""
    renewed: bool = False
    """The record was lost after a run: this split is a new one, and its holdout may have been seen."""


def record_path(workbook: Path) -> Path:
    """Return where the split record of `workbook` is kept."""
    return workbook.with_name(f"{workbook.stem}.reportgen.json")


def load(path: Path) -> SplitRecord | None:
    """Return the record, or None where there is none. Raises NeedsMendingError when it cannot be read."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        return msgspec.json.decode(raw, type=SplitRecord)
    except msgspec.DecodeError as error:
        msg = (
            f"{path.name} is damaged, so it is not known which examples are locked in the holdout. "
            "Put its last good copy back, or delete it: a new split is then made and every report says so."
        )
        raise NeedsMendingError(msg) from error


def save(path: Path, record: SplitRecord) -> None:
    """Write the record beside its target, then replace it, so that a crash leaves the old one."""
    draft = path.with_name(f"{path.name}.part")
    draft.write_bytes(encode(record))
    draft.replace(path)


def encode(record: SplitRecord) -> bytes:
    """Return the canonical bytes of the record."""
    return msgspec.json.format(msgspec.json.encode(record, order="sorted"), indent=1) + b"\n"


def update(
    plan: EvaluationPlan,
    earlier: SplitRecord | None,
    *,
    now: str,
    lost: bool = False,
    saved: LastSaved = NOT_KNOWN,
) -> SplitRecord:
    """Return the record with every example of the plan assigned and the holdout committed to.

    Args:
        plan: the workbook as it was read.
        earlier: the record so far.
        now: the time of a new commitment.
        lost: there is no earlier record although there was a run.
        saved: who last saved the workbook.
    """
    record = _retired(plan, earlier) if earlier else SplitRecord(salt=secrets.token_hex(32), assigned={}, renewed=lost)
    assigned = assign(plan, record.assigned)
    moved = tuple(
        example_id
        for example_id, split in record.assigned.items()
        if split is Split.HOLDOUT and assigned.get(example_id, Split.HOLDOUT) is not Split.HOLDOUT
    )
    record = replace(
        record,
        assigned={**record.assigned, **assigned},
        moved=tuple(dict.fromkeys(record.moved + moved)),
    )
    holdout = [e for e in plan.examples if assigned[e.id] is Split.HOLDOUT]
    digest = rows_sha256(holdout, salt=record.salt)
    if holdout and (not record.commitments or record.commitments[-1].sha256 != digest):
        record = replace(record, commitments=(*record.commitments, Commitment(digest, len(holdout), now, saved)))
    return record


def _retired(plan: EvaluationPlan, record: SplitRecord) -> SplitRecord:
    """Return the record in which rows that an opening showed are scored from now on, where new rows can take their place.

    Rows that were seen confirm nothing more (formulas.md 5.6). They stay locked, and openings go on counting, as long as no
    new row came in, or where the column Split keeps any of them in the holdout.
    """
    locked = {name for name, split in record.assigned.items() if split is Split.HOLDOUT}
    fresh = any(e.id not in record.assigned and not e.known_failure for e in plan.examples)
    held = any(e.id in locked and e.declared_split is Split.HOLDOUT for e in plan.examples)
    if not record.openings or not locked or not fresh or held:
        return record
    used = UsedHoldout(tuple(sorted(locked)), record.commitments, record.openings)
    return replace(
        record,
        assigned={**record.assigned, **dict.fromkeys(locked, Split.EVAL)},
        commitments=(),
        openings=(),
        used=(*record.used, used),
    )


def with_opening(record: SplitRecord, rows: Sequence[str], known: Sequence[HoldoutAccess]) -> SplitRecord:
    """Return the record with every opening of `rows` that is known on it, also where they were used up meanwhile."""

    def merged(openings: Sequence[HoldoutAccess]) -> tuple[HoldoutAccess, ...]:
        found = {(a.run_id, a.number): a for a in (*openings, *known)}
        return tuple(sorted(found.values(), key=lambda a: (a.number, a.at)))

    if all(record.assigned.get(name) is Split.HOLDOUT for name in rows):
        return replace(record, openings=merged(record.openings))
    used = (replace(u, openings=merged(u.openings)) if set(rows) & set(u.examples) else u for u in record.used)
    return replace(record, used=tuple(used))


def corpus(plan: EvaluationPlan, record: SplitRecord) -> Corpus:
    """Return the examples by split; of the holdout only ids and commitment leave this function."""
    by_split: dict[Split, list[Example]] = {split: [] for split in Split}
    for example in plan.examples:
        by_split[record.assigned[example.id]].append(example)
    holdout = by_split[Split.HOLDOUT]
    commitment = record.commitments[-1].sha256 if holdout and record.commitments else ""
    summaries = tuple(
        SplitSummary(split, len(rows), commitment if split is Split.HOLDOUT else rows_sha256(rows))
        for split, rows in by_split.items()
    )
    return Corpus(
        train=tuple(by_split[Split.TRAIN]),
        eval=tuple(by_split[Split.EVAL]),
        regression=tuple(by_split[Split.REGRESSION]),
        holdout=SealedHoldout(
            tuple(e.id for e in holdout),
            commitment,
            record.openings,
            moved=record.moved,
            committed=tuple(HoldoutCommitment(c.at, c.examples, c.saved) for c in record.commitments),
            used=tuple(UsedRows(u.examples, u.openings) for u in record.used),
        ),
        summaries=summaries,
        declared=all(e.declared_split is not None for e in plan.examples if not e.known_failure),
        renewed=record.renewed,
        repeats=plan.settings.repeats,
    )


def unlocked(plan: EvaluationPlan, corpus: Corpus) -> EvaluationPlan:
    """Return the plan without the locked rows and whatever is recorded for them: all that asking and scoring may see."""
    locked = frozenset(corpus.holdout.example_ids)
    return replace(
        plan,
        examples=tuple(e for e in plan.examples if e.id not in locked),
        recorded_outputs=tuple(r for r in plan.recorded_outputs if first_id(r.example_id) not in locked),
        recorded_verdicts=tuple(v for v in plan.recorded_verdicts if first_id(v.example_id) not in locked),
    )


def opened(plan: EvaluationPlan, record: SplitRecord) -> tuple[Example, ...]:
    """Return the locked rows, the only door to them; who calls this has put the opening on record.

    Raises NeedsMendingError when there are none, or when they are not those that were committed to.
    """
    rows = tuple(e for e in plan.examples if record.assigned.get(e.id) is Split.HOLDOUT)
    if not rows or not record.commitments:
        msg = "There is no holdout: no example was locked away before the run, so the winner cannot be confirmed."
        raise NeedsMendingError(msg)
    if rows_sha256(rows, salt=record.salt) != record.commitments[-1].sha256:
        msg = (
            "The holdout rows are not those that were locked before the run: they or the split record were changed. "
            "Put the sealed run folder back."
        )
        raise NeedsMendingError(msg)
    return rows


def rows_sha256(examples: Sequence[Example], *, salt: str = "") -> str:
    """Return SHA-256 over the canonical JSON of the rows (sorted keys, NFC, LF, UTF-8), order-free, and the salt."""
    rows = sorted(
        msgspec.json.encode(
            {
                "id": e.id,
                "input": _canonical(e.input),
                "key": key_record(e.key),
                "segment": e.segment,
                "group": e.group,
            }
            | ({"document": e.document.sha256} if e.document is not None and e.document.unread_pages else {}),
            order="sorted",
        )
        for e in examples
    )
    return hashlib.sha256(b"\n".join([*rows, salt.encode()])).hexdigest()


def key_record(key: AnswerKey | None) -> dict[str, Any] | None:
    """Return everything that is right for an example, for hashes and data files.

    What came later, several labels and rows of records, stands in it only where an example has them: the key of an example
    without them stays what it was, and so do commitments and exports of an earlier day.
    """
    if key is None:
        return None
    found: dict[str, Any] = msgspec.to_builtins(key)
    if found["labels"] is None:
        del found["labels"]
    for of_field in found["fields"].values():
        if not of_field["rows"]:
            del of_field["rows"]
    return found


def _canonical(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
