"""The baseline: an accepted run in one small file, so that a later run is judged on the very same rows.

The file holds figures, marks and hashes, never an input, an expected value or an answer, since it lies in a repository. It
moves by `reportgen accept` alone, which keeps every earlier acceptance on record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from reportgen.corpus.ledger import rows_sha256
from reportgen.domain.records.comparison import CandidateResult, Comparison
from reportgen.domain.records.measure import Measurement, Observation, Sample
from reportgen.domain.records.plan import Example, Role, Split
from reportgen.domain.records.response import Response
from reportgen.domain.records.score import Part, Reading, RowPair, Score
from reportgen.domain.wording.figures import listed
from reportgen.evidence.run_folder import RunFolder, write_bytes
from reportgen.evidence.seal import holding_seal
from reportgen.problems import NeedsMendingError

FORMAT = "reportgen.baseline/1"


@dataclass(frozen=True, slots=True)
class Row:
    """How one example went: its hash says whether it is still the same example, the score how it was judged."""

    example_id: str
    example_sha256: str
    split: Split
    score: Score
    latency_s: float | None = None
    attempts: int | None = None
    token_cost: float | None = None
    review: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement as it stood; None = not measured."""

    value: float | None
    low: float | None
    high: float | None
    bound: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """One candidate of the accepted run: production, winner, or both."""

    name: str
    role: Role
    model: str
    price_source: str
    figures: dict[str, Figure]
    levels: tuple[tuple[str, str, str], ...]
    """Measure, scope and verdict."""
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Who made which run the baseline, and when."""

    by: str
    at: str
    run_id: str
    evidence_sha256: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """The content of a baseline file. `sha256` covers everything else in it."""

    accepted: Acceptance
    title: str
    task: str
    primary_measure: str
    seed: int
    confidence: float
    workbook_sha256: str
    plan_sha256: str
    eval_sha256: str
    version: str
    reference: str
    """The candidate that later runs are held against: production, else the winner."""
    candidates: tuple[Accepted, ...]
    earlier: tuple[Acceptance, ...] = ()
    format: str = FORMAT
    sha256: str = ""

    @property
    def held_against(self) -> Accepted:
        """The candidate that later runs are held against."""
        return next(c for c in self.candidates if c.name == self.reference)


def accept(
    comparison: Comparison, folder: RunFolder, *, by: str, at: str, to: Path, candidate: str | None = None
) -> Baseline:
    """Make a run the baseline and write it; an earlier baseline in the same file goes on record as replaced.

    Later runs are held against `candidate`; None = the one in production, else the winner.

    Raises:
        BrokenSealError: the run changed after it was sealed.
        NeedsMendingError: nobody is named, it has neither a production candidate nor a
            winner, or `to` holds something else.
    """
    if not by.strip():
        msg = '--by: a baseline is accepted by a person. Write your name, for example --by "Ann Smith".'
        raise NeedsMendingError(msg)
    holding_seal(folder)
    chosen = _chosen(comparison, candidate)
    earlier = read_baseline(to) if to.exists() else None
    run = comparison.run
    made = Baseline(
        accepted=Acceptance(by.strip(), at, run.run_id, run.evidence_sha256),
        title=comparison.plan.settings.title,
        task=comparison.plan.settings.task.value,
        primary_measure=comparison.primary_measure,
        seed=comparison.plan.settings.seed,
        confidence=comparison.plan.settings.confidence,
        workbook_sha256=run.workbook_sha256,
        plan_sha256=run.plan_sha256,
        eval_sha256=next(s.sha256 for s in comparison.corpus.summaries if s.split is Split.EVAL),
        version=run.version,
        reference=chosen[0].spec.name,
        candidates=tuple(_accepted(result) for result in chosen),
        earlier=() if earlier is None else (*earlier.earlier, earlier.accepted),
    )
    made = replace(made, sha256=_digest(made))
    write_bytes(to, msgspec.json.format(msgspec.json.encode(made, order="sorted"), indent=1) + b"\n")
    return made


def read_baseline(path: Path) -> Baseline:
    """Return the baseline. Raises NeedsMendingError when it is none, or was changed by hand."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Baseline)
    except (OSError, msgspec.DecodeError) as error:
        msg = f"{path} is not a baseline file. Make one with: reportgen accept RUN --by NAME --to {path}"
        raise NeedsMendingError(msg) from error
    if found.format != FORMAT or found.reference not in {c.name for c in found.candidates}:
        msg = f"{path} has the format {found.format!r}, expected {FORMAT!r}. Accept a run anew with this reportgen."
        raise NeedsMendingError(msg)
    if _digest(found) != found.sha256:
        msg = (
            f"{path} was changed after it was accepted: a baseline moves by `reportgen accept` alone. "
            "Put the accepted file back."
        )
        raise NeedsMendingError(msg)
    return found


def sample_of(rows: Sequence[Row], candidate: str, like: Sample, examples: Sequence[Example]) -> Sample:
    """Return the accepted rows as a sample over `examples`, which are the same ones by their hashes."""
    by_id = {row.example_id: row for row in rows}
    return replace(like, observations=tuple(_observation(by_id[e.id], candidate, e) for e in examples))


def example_sha256(example: Example) -> str:
    """Return the hash of what an example says, its id left out: input, what is right for it, segment and group."""
    return rows_sha256([replace(example, id="")])


def _observation(row: Row, candidate: str, example: Example) -> Observation:
    response = Response(
        candidate, row.example_id, "", row.score.strict.outcome, latency_s=row.latency_s, attempts=row.attempts
    )
    return Observation(example, response, row.score, row.token_cost, row.review)


def _chosen(comparison: Comparison, candidate: str | None) -> list[CandidateResult]:
    """Return the one that was asked for, production, and the winner; the first is what later runs are held against."""
    found = [c for c in comparison.candidates if c.spec.name == candidate]
    if candidate is not None and not found:
        names = listed([c.spec.name for c in comparison.candidates])
        msg = f'--candidate "{candidate}": this run has no such candidate. It has {names}.'
        raise NeedsMendingError(msg)
    found += [c for c in comparison.candidates if c.spec.role is Role.PRODUCTION and c not in found]
    found += [c for c in comparison.candidates if c.spec.name == comparison.decision.winner and c not in found]
    if not found:
        msg = (
            "This run has neither a candidate with the role production nor a winner, so there is nothing to hold later runs "
            "against. Give a candidate the role production on the sheet Candidates, and run again."
        )
        raise NeedsMendingError(msg)
    return found


def _accepted(result: CandidateResult) -> Accepted:
    rows = [_row(o, Split.EVAL) for o in result.sample.observations]
    rows += [_row(o, Split.REGRESSION) for o in result.regression.observations]
    return Accepted(
        name=result.spec.name,
        role=result.spec.role,
        model=result.spec.model,
        price_source=result.price_source,
        figures={key: _figure(m) for key, m in result.measurements.items()},
        levels=tuple((v.level.measure, str(v.level.scope), v.verdict.value) for v in result.levels),
        rows=tuple(rows),
    )


def _figure(found: Measurement) -> Figure:
    return Figure(found.value, found.low, found.high, found.bound, found.n)


def _row(of: Observation, split: Split) -> Row:
    score = replace(of.score, strict=_bare(of.score.strict), lenient=_bare(of.score.lenient))
    return Row(
        of.example.id,
        example_sha256(of.example),
        split,
        score,
        of.response.latency_s,
        of.response.attempts,
        of.token_cost,
        of.review,
    )


def _bare_row(row: RowPair) -> RowPair:
    return RowPair(None if row.expected is None else (), None if row.given is None else (), row.marks)


def _bare(reading: Reading) -> Reading:
    """Return a reading without any text of workbook or model: marks and the predicted label are enough to measure."""
    parts = tuple(
        Part(
            p.name,
            p.mark,
            judged_by=p.judged_by,
            rule_mark=p.rule_mark,
            citation=p.citation,
            items=p.items,
            rows=tuple(_bare_row(row) for row in p.rows),
        )
        for p in reading.parts
    )
    return replace(reading, parts=parts, reason="")


def _digest(baseline: Baseline) -> str:
    return hashlib.sha256(msgspec.json.encode(replace(baseline, sha256=""), order="sorted")).hexdigest()
