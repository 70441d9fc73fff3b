"""The queue of answers that a person should judge, and the file that their verdicts are kept in, one at a time."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.desk.answers import expected_of
from reportgen.domain.records.plan import Task
from reportgen.domain.records.response import Outcome
from reportgen.domain.records.score import JudgeKind, Mark
from reportgen.evidence.run_folder import write_bytes

if TYPE_CHECKING:
    from reportgen.desk.finished import Finished
    from reportgen.domain.records.measure import Observation
    from reportgen.domain.records.score import Part

COLUMNS = ("Candidate", "Example ID", "Part", "Verdict", "Judge kind", "Judged by", "Judged on", "Reason")
"""Those of the sheet Recorded verdicts, which `reportgen score --reviews` reads."""
SAMPLE = 30
"""Answers drawn by chance beside those that need a judgement, so that the rules themselves are judged."""
CALIBRATION = 50
NO_COMMENT = "judged at the desk, without a comment"
_FIELD = (Mark.CORRECT, Mark.WRONG, Mark.MISSING, Mark.INVENTED)
_VERDICTS = {
    Task.CLASSIFICATION: (Mark.CORRECT, Mark.WRONG),
    Task.QUESTION_ANSWERING: (Mark.CORRECT, Mark.WRONG),
    Task.EXTRACTION: _FIELD,
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to judge; `candidate` is never shown."""

    candidate: str
    example_id: str
    part: str
    why: str
    input: str
    expected: str
    given: str
    verdicts: tuple[str, ...]
    ours: str
    """What the rule or the model said; shown only at the end."""

    @property
    def key(self) -> tuple[str, str, str]:
        """What a verdict is kept under."""
        return self.candidate, self.example_id, self.part


@dataclass(frozen=True, slots=True)
class Given:
    """One verdict of a person."""

    candidate: str
    example_id: str
    part: str
    verdict: str
    by: str
    on: str
    reason: str

    @property
    def key(self) -> tuple[str, str, str]:
        """As of the item."""
        return self.candidate, self.example_id, self.part


def queue(finished: Finished) -> tuple[Item, ...]:
    """Return what should be judged: unreadable answers, rows of two labels, the judge's calibration, a random sample.

    Candidates and examples are mixed by the seed, so that nothing shows whose answer it is.
    """
    comparison = finished.comparison
    task, seed = comparison.plan.settings.task, comparison.plan.settings.seed
    observed = [
        (result.spec.name, observation)
        for result in comparison.candidates
        if result.spec.route is None  # its answers are those of two others, judged there
        for observation in result.sample.observations
    ]
    observed.sort(key=lambda pair: _drawn(seed, pair[1].example.id, pair[0]))
    found: dict[tuple[str, str, str], Item] = {}
    for why, pairs, most in _reasons(observed):
        added = 0
        for name, observation, part in pairs:
            item = _item(name, observation, part, why, task)
            if item is not None and item.key not in found and added < most:
                found[item.key] = item
                added += 1
    return tuple(found.values())


def _reasons(
    observed: Sequence[tuple[str, Observation]],
) -> Iterator[tuple[str, Iterator[tuple[str, Observation, Part]], int]]:
    everything = len(observed) * 100
    yield (
        "the rule could not read this answer",
        (
            (n, o, p)
            for n, o in observed
            if o.score.strict.outcome is Outcome.INVALID and o.response.text
            for p in _parts(o)[:1]
        ),
        everything,
    )
    yield (
        "two people gave this example different labels",
        ((n, o, p) for n, o in observed if _two_labels(o) for p in _parts(o)),
        everything,
    )
    yield (
        "to calibrate the model that judges",
        ((n, o, p) for n, o in observed for p in _parts(o) if p.judged_by is JudgeKind.MODEL),
        CALIBRATION,
    )
    yield (
        "drawn by chance, so that the rules are judged too",
        ((n, o, p) for n, o in observed if o.score.strict.outcome is Outcome.ANSWERED for p in _parts(o)[:1]),
        SAMPLE,
    )


def _parts(observed: Observation) -> tuple[Part, ...]:
    return observed.score.strict.parts


def _two_labels(observed: Observation) -> bool:
    key, second = observed.example.key, observed.example.second_label
    return bool(second) and key is not None and key.label is not None and key.label.casefold() != second.casefold()


def _item(name: str, observed: Observation, part: Part, why: str, task: Task) -> Item | None:
    if part.judged_by is JudgeKind.PERSON:
        return None
    verdicts = _VERDICTS.get(task)
    if verdicts is None:
        verdicts = (Mark.COVERED, Mark.OMITTED) if part.name.startswith("fact") else (Mark.SUPPORTED, Mark.UNSUPPORTED)
    alone = task in {Task.CLASSIFICATION, Task.QUESTION_ANSWERING}
    return Item(
        name,
        observed.example.id,
        part.name,
        why,
        observed.example.input,
        expected_of(observed.example.key) if alone else part.expected,
        observed.response.text if alone or not part.found else part.found,
        tuple(v.value for v in verdicts),
        part.mark.value,
    )


def _drawn(seed: int, example: str, candidate: str) -> bytes:
    return hashlib.sha256(f"review|{seed}|{example}|{candidate}".encode()).digest()


def file_of(run: Path) -> Path:
    """Return where the verdicts on a run are kept: beside it, in the form that `score --reviews` takes."""
    return run.with_name(f"{run.name}-reviews.csv")


def read(path: Path) -> list[Given]:
    """Return the verdicts so far, in the order in which they were given."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return []
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return [Given(*(row.get(name) or "" for name in COLUMNS if name != "Judge kind")) for row in rows]


def write(path: Path, given: Sequence[Given]) -> None:
    """Keep the verdicts; the file is whole at any moment."""
    if not given:
        path.unlink(missing_ok=True)
        return
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for g in given:
        writer.writerow([g.candidate, g.example_id, g.part, g.verdict, JudgeKind.PERSON.value, g.by, g.on, g.reason])
    write_bytes(path, b"\xef\xbb\xbf" + out.getvalue().encode())


def judged(item: Item, verdict: str, by: str, comment: str) -> Given:
    """Return one verdict of today."""
    return Given(*item.key, verdict, by, date.today().isoformat(), " ".join(comment.split()) or NO_COMMENT)  # noqa: DTZ011


def agreement(items: Sequence[Item], given: Sequence[Given]) -> tuple[int, int]:
    """Return how many of the verdicts are those of the rule or the model, and of how many; empty as right counts alike."""
    ours = {item.key: item.ours for item in items}
    pairs = [(ours[g.key], g.verdict) for g in given if g.key in ours and ours[g.key] != Mark.UNSCORED.value]
    same = {Mark.CORRECT_EMPTY.value: Mark.CORRECT.value}
    return sum(same.get(a, a) == b for a, b in pairs), len(pairs)
