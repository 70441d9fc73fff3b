"""The holdout, opened once for the winner: on record before the first locked row is asked, and never to raise a decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from reportgen.candidates.ask import ask
from reportgen.candidates.interface import Progress
from reportgen.concluding.conclude import StoredRun, for_holdout, judge, score
from reportgen.concluding.model_judge import Way, consult, open_questions
from reportgen.corpus import ledger
from reportgen.domain.deciding.holdout import sentence
from reportgen.domain.records.comparison import Comparison, HoldoutOpening
from reportgen.domain.records.corpus import HoldoutAccess
from reportgen.domain.records.plan import Split
from reportgen.domain.wording.figures import counted
from reportgen.evaluation import Permissions, finish, read_run, stored_record, utc_now
from reportgen.evidence.access_log import Entry, Event, append, keep_seal, read_entries
from reportgen.evidence.journal import FileJournal
from reportgen.evidence.run_folder import RunFolder, write_bytes
from reportgen.evidence.seal import holding_seal, opening_begun
from reportgen.problems import NeedsMendingError

FIRST_PURPOSE = "to confirm the winner once"
NOTHING_ALLOWED = Permissions()


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What one opening showed. `counted_beside` is the workbook's own split record, None where it was not found."""

    comparison: Comparison
    folder: RunFolder
    opening: HoldoutOpening
    counted_beside: Path | None


def confirm(
    run: Path,
    *,
    by: str,
    again: str = "",
    workbook: Path | None = None,
    permissions: Permissions = NOTHING_ALLOWED,
    environment: Mapping[str, str] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Confirmation:
    """Ask the winner of a sealed run for the locked rows, judge it there, write the documents again and seal anew.

    Args:
        run: the run folder.
        by: who opens the holdout; stands in the log and in both PDFs.
        again: the reason of a second opening; without one it is refused.
        workbook: where the workbook lies, when not beside the run folder; its split record counts the openings of all runs.
        permissions: as for a run.
        environment: where keys come from.
        progress: told how far it is.

    Raises:
        NeedsMendingError: no winner, no holdout, no seal, or a second opening without a reason.
        BrokenSealError: the evidence is not what was sealed.
        StoppedEarlyError: the winner could not be asked to the end; the same command takes the opening up again.
    """
    who = " ".join(by.split())
    if not who:
        msg = "--by is empty. Write the name of the person who opens the holdout."
        raise NeedsMendingError(msg)
    folder = RunFolder(run)
    holding_seal(folder, begun=True)
    kept = read_run(run)
    with FileJournal(folder.responses):  # no other process works on this run meanwhile
        winner = _winner(kept)
        ledger.opened(kept.plan, kept.record)
        beside = _record_beside(kept, workbook)
        begun = read_entries(folder.access_log)[-1].access if opening_begun(folder) else None
        access = begun or _begin(kept, winner, who, again, beside)
        book = workbook or folder.path.resolve().parent / kept.rules.workbook
        keys = permissions.keys_for(book).environment if environment is None else environment
        _answer(kept, access, permissions, keys, progress)
    kept = read_run(run)
    comparison = finish(kept, changed=False)
    opening = next(o for o in comparison.holdout_openings if o.access == access)
    return Confirmation(comparison, folder, opening, beside)


def _winner(kept: StoredRun) -> str:
    """Return who won before any opening. Raises NeedsMendingError when nobody did."""
    record = stored_record(kept.folder)
    comparison = judge(kept, score(kept.plan, kept.corpus, kept.responses), record)
    if not comparison.decision.winner:
        msg = (
            f"This run recommends nobody ({comparison.decision.status.word}), so there is no winner to confirm. "
            "The holdout stays locked."
        )
        raise NeedsMendingError(msg)
    return comparison.decision.winner


def _record_beside(kept: StoredRun, workbook: Path | None) -> Path | None:
    """Return the workbook's own split record, found by its salt. Raises NeedsMendingError when `workbook` is another one."""
    path = ledger.record_path(workbook or kept.folder.path.parent / kept.rules.workbook)
    found = ledger.load(path)
    if found is not None and found.salt == kept.record.salt:
        return path
    if workbook is not None:
        msg = f"{path} is not the split record of this run. Name the workbook that the run was made from."
        raise NeedsMendingError(msg)
    return None


def _begin(kept: StoredRun, winner: str, by: str, again: str, beside: Path | None) -> HoldoutAccess:
    """Put a new opening on record, in the run and beside the workbook, before any locked row is asked."""
    record = ledger.load(beside) if beside is not None else None
    known = (*kept.corpus.holdout.openings, *(_of_these_rows(kept, record) if record is not None else ()))
    reason = " ".join(again.split())
    if known and not reason:
        last = max(known, key=lambda a: a.number)
        msg = (
            f"The holdout was opened before (opening {last.number}, {last.at}, by {last.by}, for {last.candidate}). "
            "Rows that were seen confirm nothing more; lock new rows for the next decision. If it must be opened again, "
            'give the reason with --again "REASON"; every report will show it.'
        )
        raise NeedsMendingError(msg)
    earlier = [a for r in (kept.record, record) if r is not None for u in r.used for a in u.openings]
    number = 1 + max((a.number for a in (*known, *earlier)), default=0)
    run_id = stored_record(kept.folder).run_id
    access = HoldoutAccess(number, utc_now(), by, reason or FIRST_PURPOSE, winner, run_id)
    seal = keep_seal(kept.folder, number)
    append(kept.folder, _entry(kept, Event.OPENED, access, seal))
    if beside is not None and record is not None:
        rows = kept.corpus.holdout.example_ids
        write_bytes(beside, ledger.encode(ledger.with_opening(record, rows, (*known, access))))
    return access


def _of_these_rows(kept: StoredRun, record: ledger.SplitRecord) -> tuple[HoldoutAccess, ...]:
    """Return the openings, in whichever run, of the rows that are locked in this one."""
    rows = set(kept.corpus.holdout.example_ids)
    used = (a for u in record.used if rows & set(u.examples) for a in u.openings)
    locked = record.openings if any(record.assigned.get(name) is Split.HOLDOUT for name in rows) else ()
    return (*used, *locked)


def _entry(kept: StoredRun, event: Event, access: HoldoutAccess, seal: str) -> Entry:
    commitment = kept.corpus.holdout.commitment
    return Entry(event, access, utc_now(), kept.rules.plan_sha256, seal, commitment)


def _answer(
    kept: StoredRun,
    access: HoldoutAccess,
    permissions: Permissions,
    environment: Mapping[str, str],
    progress: Callable[[Progress], None] | None,
) -> None:
    """Ask the winner for every locked row into a journal of this opening's own."""
    plan, corpus = for_holdout(kept, access.candidate)
    way = Way(environment, permissions.commands, permissions.keys or {}, progress, None, permissions.hosts)
    with FileJournal(kept.folder.opening(access.number)) as journal:
        answers = ask(
            plan,
            corpus,
            journal,
            environment=way.environment,
            progress=way.progress,
            allow_commands=way.allow_commands,
            allowed_keys=way.allowed_keys,
            allowed_hosts=way.allowed_hosts,
        )
    consult(plan, open_questions(plan, corpus, answers), answers, kept.folder.judged_opening(access.number), (), way)
    append(kept.folder, _entry(kept, Event.ANSWERED, access, keep_seal(kept.folder, access.number)))


def told(confirmation: Confirmation) -> list[str]:
    """Return what the opening showed, line by line, for the console."""
    opening = confirmation.opening
    lines = [sentence(opening)]
    if opening.result is not None:
        lines += [f"  {v.verdict.value}: {v.sentence}" for v in opening.result.levels]
    lines.append(f"Decision: {confirmation.comparison.decision.status.word}")
    openings = len(confirmation.comparison.holdout_openings)
    if confirmation.counted_beside is None:
        lines.append("The workbook's split record was not found beside the run: openings of its other runs are not counted.")
    stand = "it stands" if openings == 1 else "all stand"
    lines.append(f"{counted(openings, 'opening')} on record; {stand} in both PDFs.")
    return lines
