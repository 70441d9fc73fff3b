"""Scoring again: stored responses, perhaps with the verdicts of reviewers, into a run folder that names its parent."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from reportgen.concluding.conclude import StoredRun
from reportgen.corpus import ledger
from reportgen.domain.records.comparison import Comparison
from reportgen.evaluation import environment_record, finish, read_run, utc_now
from reportgen.evidence.rerun import RERUN
from reportgen.evidence.reviews import Parent, Reviews, read_reviews
from reportgen.evidence.run_folder import RunFolder, cannot_write, sha256_of, write_bytes, write_json
from reportgen.evidence.seal import SEAL, holding_seal
from reportgen.problems import NeedsMendingError
from reportgen.reports.pdf.house_style import KEPT
from reportgen.workbook.reading.reviews import ReviewFile, read_review_file


def score_again(run: Path, out: Path, *, reviews: Path | None = None) -> tuple[Comparison, RunFolder]:
    """Score the stored responses of a sealed run into the new folder `out`; nothing is asked, nothing is written over.

    Args:
        run: the parent.
        out: a folder that does not exist yet, or is empty.
        reviews: a file of reviewers' verdicts and removals; those that the parent carries already are kept.

    Raises:
        NeedsMendingError: the parent is not sealed, `out` is taken, or the reviews have problems.
        BrokenSealError: the parent's evidence is not what was sealed.
        StoppedEarlyError: `out` cannot be written.
    """
    parent, child = RunFolder(run), RunFolder(out)
    seal = holding_seal(parent)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        msg = f"{out} is not empty, and a run is never written over. Choose another folder with --out."
        raise NeedsMendingError(msg)
    kept = read_run(run)
    now = utc_now()
    added = None if reviews is None else read_review_file(reviews, ledger.unlocked(kept.plan, kept.corpus))
    _copy_records(kept, child, seal.number)
    write_json(child.parent, Parent(seal.run_id, sha256_of(parent.evidence / SEAL), seal.evidence_sha256, now))
    merged = _merged(read_reviews(parent), added, now)
    if merged is not None:
        write_json(child.reviews, merged)
    write_json(child.environment, environment_record())
    return finish(read_unrecorded(child, kept), changed=True), child


def read_unrecorded(child: RunFolder, parent: StoredRun) -> StoredRun:
    """Return the stored records of a folder that has no record of its own yet, by way of its parent's."""
    write_bytes(child.record, parent.folder.record.read_bytes())
    kept = read_run(child.path)
    child.record.unlink()
    return kept


def _copy_records(kept: StoredRun, child: RunFolder, number: int) -> None:
    """Copy what scoring starts from, with the parent's seals and every opening of the holdout on the split record."""
    parent = kept.folder
    try:
        for path in (
            parent.workbook,
            parent.plan,
            parent.responses,
            parent.judge,
            parent.prices,
            parent.limits,
            parent.destinations,
            parent.changes,
            parent.harness,
            parent.evidence / RERUN,
        ):
            if path.exists():
                target = child.evidence / path.name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
        child.seals.mkdir(parents=True)
        for path in parent.seals.glob("*.json"):
            shutil.copyfile(path, child.seals / path.name)
        shutil.copyfile(parent.evidence / SEAL, child.seals / f"{number}.json")
        if parent.documents.is_dir():
            shutil.copytree(parent.documents, child.documents)
        if (parent.path / KEPT).is_dir():
            shutil.copytree(parent.path / KEPT, child.path / KEPT)
    except OSError as error:
        raise cannot_write(child.path, error) from error
    record = replace(kept.record, openings=kept.corpus.holdout.openings)
    write_bytes(child.split, ledger.encode(record))


def _merged(earlier: Reviews | None, added: ReviewFile | None, now: str) -> Reviews | None:
    """Return all reviews in the order in which they were given; the later of two on one part holds."""
    if added is None:
        return earlier
    removed = tuple(replace(r, where=f"{added.name}, {r.where}") for r in added.removed)
    verdicts = added.verdicts
    if earlier is not None:
        verdicts, removed = earlier.verdicts + verdicts, earlier.removed + removed
    return Reviews(added.name, added.sha256, now, verdicts, removed)
