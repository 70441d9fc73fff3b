"""The history of the monthly loop: one SQLite file beside the runs, which the run folders can always rebuild.

It holds marks, hashes, token counts and prices, never an input, a right answer or an answer.
"""

from __future__ import annotations

import hashlib
import math
import sqlite3
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import msgspec

from reportgen.candidates.prices import MILLION
from reportgen.concluding.conclude import StoredRun, read_prices, read_run
from reportgen.concluding.routes import views_of, with_routes
from reportgen.corpus.ledger import rows_sha256
from reportgen.domain.records.plan import Price
from reportgen.domain.records.response import Outcome, Response, group_by_candidate
from reportgen.domain.records.score import Score
from reportgen.evidence.rerun import read_rerun
from reportgen.evidence.run_folder import RunFolder, cannot_write
from reportgen.evidence.seal import SEAL, holding_seal
from reportgen.problems import NeedsMendingError

FORMAT = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS run (
    run_id TEXT PRIMARY KEY, folder TEXT NOT NULL, reference TEXT NOT NULL, started TEXT NOT NULL, finished TEXT NOT NULL,
    evidence_sha256 TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS candidate (
    run_id TEXT NOT NULL REFERENCES run ON DELETE CASCADE, name TEXT NOT NULL, place INTEGER NOT NULL, role TEXT NOT NULL,
    returned TEXT NOT NULL, price TEXT, price_source TEXT NOT NULL, tasks INTEGER NOT NULL, input_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, uncounted INTEGER NOT NULL, token_cost REAL,
    PRIMARY KEY (run_id, name));
CREATE TABLE IF NOT EXISTS answer (
    run_id TEXT NOT NULL REFERENCES run ON DELETE CASCADE, candidate TEXT NOT NULL, example_id TEXT NOT NULL,
    example_sha256 TEXT NOT NULL, right INTEGER, answer_sha256 TEXT NOT NULL,
    PRIMARY KEY (run_id, candidate, example_id));
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: whether it was right (None = not judged), and hashes of the example and of the answer."""

    example_sha256: str
    right: bool | None
    answer_sha256: str


@dataclass(frozen=True, slots=True)
class PastCandidate:
    """One candidate of one run. Token counts are totals over `tasks` answers of the eval split; `uncounted` have none."""

    name: str
    role: str
    returned: tuple[str, ...]
    price: Price | None
    price_source: str
    tasks: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    uncounted: int
    token_cost: float | None
    answers: Mapping[str, Answer]

    @property
    def cost_then(self) -> float | None:
        """Token cost a task at the prices of that run, None = not known."""
        return None if self.token_cost is None or not self.tasks else self.token_cost / self.tasks

    def cost_at(self, price: Price | None) -> float | None:
        """Return the token cost a task at another price, from the stored token counts; None = not known."""
        if price is None or not self.tasks or self.uncounted:
            return None
        if price == self.price:
            return self.cost_then
        return None if price.tiers or not self.told_by_totals else self._at(price)

    @property
    def told_by_totals(self) -> bool:
        """Whether its totals give the money of its own run: no request had a price by its length, none held sound."""
        then = self.cost_then
        if self.price is None or then is None:
            return True
        return not self.tasks or math.isclose(self._at(self.price), then, rel_tol=1e-9, abs_tol=1e-15)

    def _at(self, price: Price) -> float:
        cached = price.input if price.cached_input is None else price.cached_input
        fresh = self.input_tokens - self.cached_tokens
        total = fresh * price.input + self.cached_tokens * cached + self.output_tokens * price.output
        return total / MILLION / self.tasks


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run of the loop, the first one included: its `reference` is its own id."""

    run_id: str
    folder: str
    reference: str
    started: str
    finished: str
    evidence_sha256: str
    candidates: Mapping[str, PastCandidate]


def history_path(reference: Path) -> Path:
    """Return where the history of the loop of one run lies."""
    return reference.with_name(f"{reference.name}.history.sqlite")


def past_run(kept: StoredRun, scores: Sequence[Score], record: tuple[str, str, str, str], reference: str) -> PastRun:
    """Return what the history keeps of a run; `record` is its id, start, end and evidence hash."""
    prices = read_prices(kept.folder)
    examples = {e.id: rows_sha256([e]) for e in kept.corpus.eval}
    roles = {c.name: c.role.value for c in kept.plan.candidates}
    found = {}
    answered, scores = with_routes(kept.plan, kept.responses, scores)
    by_pair = {(s.candidate, s.example_id): s for s in scores}
    paid = views_of(kept.plan, answered, prices)
    for name, responses in group_by_candidate(answered).items():
        rows = [r for r in responses if r.example_id in examples]
        used = [r.usage for r in rows if r.usage is not None]
        costs = [paid[name].token_cost[r.example_id] for r in rows]
        known = [c for c in costs if c is not None]
        found[name] = PastCandidate(
            name,
            roles[name],
            tuple(sorted({r.model_returned for r in rows if r.model_returned})),
            prices[name].price if name in prices else None,
            paid[name].source,
            len(rows),
            sum(u.input for u in used),
            sum(u.cached_input for u in used),
            sum(u.output for u in used),
            sum(r.usage is None and r.outcome not in {Outcome.ERROR, Outcome.TIMEOUT} for r in rows),
            sum(known) if len(known) == len(costs) else None,
            {r.example_id: _answer(r, by_pair[name, r.example_id], examples[r.example_id]) for r in rows},
        )
    run_id, started, finished, evidence = record
    return PastRun(run_id, kept.folder.path.name, reference, started, finished, evidence, found)


def _answer(response: Response, score: Score, example_sha256: str) -> Answer:
    told = score.strict.label or response.text
    said = " ".join(unicodedata.normalize("NFKC", told).casefold().split())
    digest = hashlib.sha256(f"{response.outcome.value}|{said}".encode("utf-8", "replace")).hexdigest()
    return Answer(example_sha256, None if score.unscored else score.strict.right, digest)


def read_past(folder: RunFolder) -> PastRun:
    """Return what the history keeps of a sealed run folder. Raises NeedsMendingError when it is none."""
    seal = holding_seal(folder)
    kept = read_run(folder)
    lines = folder.scores.read_bytes().splitlines()
    scores = [msgspec.json.decode(line, type=Score) for line in lines]
    rerun = read_rerun(folder)
    reference = seal.run_id if rerun is None else rerun.reference_run
    return past_run(kept, scores, (seal.run_id, kept.rules.fixed_at, seal.sealed, seal.evidence_sha256), reference)


def bring_up_to_date(path: Path, reference: RunFolder) -> tuple[PastRun, ...]:
    """Return every run of the loop in order of time, the first run before all; what the file lacks is read from the folders.

    Raises:
        NeedsMendingError: the file is no history, or the first run is not sealed.
        StoppedEarlyError: the file cannot be written.
    """
    first = read_past(reference)
    with closing(_opened(path)) as base:
        kept = {run.run_id: run for run in _stored(base, first.run_id)}
        wanted = {first.run_id: first} | dict(_in_folders(reference, first.run_id, kept))
        for run in wanted.values():
            if kept.get(run.run_id) != run:
                _store(base, run, path)
        everything = kept | wanted
    later = sorted((r for r in everything.values() if r.run_id != first.run_id), key=lambda r: (r.started, r.run_id))
    return (first, *later)


def add(path: Path, run: PastRun) -> None:
    """Put one more run into the history. Raises StoppedEarlyError when the file cannot be written."""
    with closing(_opened(path)) as base:
        _store(base, run, path)


def _in_folders(reference: RunFolder, run_id: str, kept: Mapping[str, PastRun]) -> Iterator[tuple[str, PastRun]]:
    """Yield the sealed reruns beside the first run that the file does not hold as they are."""
    by_folder = {run.folder: run for run in kept.values()}
    for path in sorted(p for p in reference.path.parent.iterdir() if p.is_dir() and p != reference.path):
        folder = RunFolder(path)
        try:
            rerun = read_rerun(folder)
            if rerun is None or rerun.reference_run != run_id or not (folder.evidence / SEAL).exists():
                continue
            seal = holding_seal(folder)
        except NeedsMendingError:
            continue  # not a sealed run: it has no place in a history
        known = by_folder.get(path.name)
        if known is None or known.evidence_sha256 != seal.evidence_sha256:
            run = read_past(folder)
            yield run.run_id, run


def _opened(path: Path) -> sqlite3.Connection:
    base = sqlite3.connect(path)
    try:
        version = base.execute("PRAGMA user_version").fetchone()[0]
        _refuse_other(path, version)
        base.execute("PRAGMA foreign_keys = ON")
        with base:
            base.executescript(_TABLES)
            base.execute(f"PRAGMA user_version = {FORMAT}")
    except sqlite3.OperationalError as error:
        base.close()
        raise cannot_write(path, OSError(0, str(error))) from error
    except sqlite3.DatabaseError as error:
        base.close()
        msg = f"{path} is no history of reruns ({error}). Delete it: the run folders rebuild it."
        raise NeedsMendingError(msg) from error
    except NeedsMendingError:
        base.close()
        raise
    return base


def _refuse_other(path: Path, version: int) -> None:
    if version not in {0, FORMAT}:
        msg = f"{path} is a history of format {version}, expected {FORMAT}. Delete it: the run folders rebuild it."
        raise NeedsMendingError(msg)


def _store(base: sqlite3.Connection, run: PastRun, path: Path) -> None:
    try:
        with base:
            base.execute("DELETE FROM run WHERE run_id = ?", (run.run_id,))
            values = (run.run_id, run.folder, run.reference, run.started, run.finished, run.evidence_sha256)
            base.execute("INSERT INTO run VALUES (?, ?, ?, ?, ?, ?)", values)
            for place, c in enumerate(run.candidates.values()):
                _store_candidate(base, run.run_id, place, c)
    except sqlite3.OperationalError as error:
        raise cannot_write(path, OSError(0, str(error))) from error


def _store_candidate(base: sqlite3.Connection, run_id: str, place: int, c: PastCandidate) -> None:
    price = None if c.price is None else msgspec.json.encode(c.price).decode()
    returned = msgspec.json.encode(c.returned).decode()
    counts = (c.tasks, c.input_tokens, c.cached_tokens, c.output_tokens, c.uncounted, c.token_cost)
    values = (run_id, c.name, place, c.role, returned, price, c.price_source, *counts)
    base.execute("INSERT INTO candidate VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    base.executemany(
        "INSERT INTO answer VALUES (?, ?, ?, ?, ?, ?)",
        [(run_id, c.name, name, a.example_sha256, a.right, a.answer_sha256) for name, a in c.answers.items()],
    )


def _stored(base: sqlite3.Connection, reference: str) -> Iterator[PastRun]:
    query = "SELECT run_id, folder, reference, started, finished, evidence_sha256 FROM run WHERE reference = ?"
    for run_id, folder, first, started, finished, evidence in base.execute(query, (reference,)).fetchall():
        candidates = {c.name: c for c in _candidates(base, run_id)}
        yield PastRun(run_id, folder, first, started, finished, evidence, candidates)


def _candidates(base: sqlite3.Connection, run_id: str) -> Iterator[PastCandidate]:
    query = (
        "SELECT name, role, returned, price, price_source, tasks, input_tokens, cached_tokens, output_tokens, uncounted, "
        "token_cost FROM candidate WHERE run_id = ? ORDER BY place"
    )
    for row in base.execute(query, (run_id,)).fetchall():
        price = None if row[3] is None else msgspec.json.decode(row[3], type=Price)
        returned = msgspec.json.decode(row[2], type=tuple[str, ...])
        answers = dict(_answers(base, run_id, row[0]))
        source, tasks, used, cached, given, uncounted, cost = row[4:]
        yield PastCandidate(row[0], row[1], returned, price, source, tasks, used, cached, given, uncounted, cost, answers)


def _answers(base: sqlite3.Connection, run_id: str, candidate: str) -> Iterator[tuple[str, Answer]]:
    query = (
        "SELECT example_id, example_sha256, right, answer_sha256 FROM answer "
        "WHERE run_id = ? AND candidate = ? ORDER BY rowid"
    )
    for name, sha256, right, told in base.execute(query, (run_id, candidate)):
        yield name, Answer(sha256, None if right is None else bool(right), told)
