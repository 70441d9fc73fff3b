"""The record stage: the workbook read again, every response scored again, every figure and the decision computed again."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property

import msgspec

from reportgen import evaluation, extensions
from reportgen.candidates.ask import stored
from reportgen.candidates.interface import specs_asked
from reportgen.candidates.prices import PriceFound, find_price
from reportgen.concluding.conclude import (
    StoredRun,
    conclude,
    read_prices,
    read_run,
    score,
    workbook_plan,
)
from reportgen.corpus import ledger
from reportgen.domain.records.comparison import Comparison, RunRecord
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.plan import EvaluationPlan, first_id
from reportgen.domain.records.response import Basis, Response, group_by_candidate
from reportgen.domain.records.score import Score
from reportgen.domain.wording.figures import counted
from reportgen.evidence.access_log import read_entries
from reportgen.evidence.destinations import destinations
from reportgen.evidence.journal import read_lines
from reportgen.evidence.reviews import read_reviews
from reportgen.evidence.rules import Rules, read_rules, rules_of
from reportgen.evidence.run_folder import RunFolder, json_bytes, sha256_of
from reportgen.evidence.seal import evidence_sha256, record_names
from reportgen.problems import NeedsMendingError
from reportgen.verification.checks import Check, Word, compared, note, same


class Sources:
    """What the run started from, read again from the folder, once for all checks."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder

    @cached_property
    def rules(self) -> Rules:
        """The rules as they are kept. Raises NeedsMendingError when there are none."""
        found = read_rules(self.folder)
        if found is None:
            msg = "evidence/plan.json is missing."
            raise NeedsMendingError(msg)
        return found

    @cached_property
    def record(self) -> ledger.SplitRecord:
        """The split record. Raises NeedsMendingError when there is none."""
        found = ledger.load(self.folder.split)
        if found is None:
            msg = "evidence/split.json is missing."
            raise NeedsMendingError(msg)
        return found

    @cached_property
    def plan(self) -> EvaluationPlan:
        """The workbook as it reads now, before any review."""
        return workbook_plan(self.folder, self.rules)

    @cached_property
    def corpus(self) -> Corpus:
        """Its examples by split."""
        return ledger.corpus(self.plan, self.record)

    @cached_property
    def responses(self) -> tuple[Response, ...]:
        """Every stored response, in the order of the journal."""
        return tuple(line.response for line in read_lines(self.folder.responses)[0])

    @cached_property
    def same_program(self) -> bool:
        """Whether the very program that made the run, with all that other packages added to it, is checking it."""
        build = "reportgen build"
        same_build = self.environment.get(build) == evaluation.environment_record()[build]
        return same_build and extensions.of_environment(self.environment) == extensions.in_use()

    @cached_property
    def environment(self) -> dict[str, str]:
        """Program, libraries and machine that made the run."""
        return msgspec.json.decode(self.folder.environment.read_bytes(), type=dict[str, str])


@dataclass(frozen=True, slots=True)
class Recomputed:
    """A run computed again from its records.

    `same_build` = by the very program that made it, `same_libraries` = beside the same Python and libraries, too.
    """

    kept: StoredRun
    scores: tuple[Score, ...]
    comparison: Comparison
    same_build: bool
    same_libraries: bool = True


def recompute(of: Sources) -> Recomputed:
    """Return the run computed again. Raises NeedsMendingError when its records cannot be read."""
    folder = of.folder
    kept = read_run(folder, plan=of.plan, answers=of.responses)
    record = msgspec.json.decode(folder.record.read_bytes(), type=RunRecord)
    record = replace(record, evidence_sha256=evidence_sha256(folder))
    scores = score(kept.plan, kept.corpus, kept.responses)
    same_libraries = of.environment == evaluation.environment_record()
    return Recomputed(kept, scores, conclude(kept, scores, record), of.same_program, same_libraries)


def packages(of: Sources) -> Check:
    """Look whether what other packages added to the run is here as well."""
    name, then, now = "Packages", extensions.of_environment(of.environment), extensions.in_use()
    if then == now:
        return same(name, f"{counted(len(now), 'part')} of other packages, as in the run." if now else "None but reportgen.")
    told = [f"{what} of {origin}: in the run alone" for what, origin in then.items() if now.get(what) != origin]
    told += [f"{what} of {origin}: here alone" for what, origin in now.items() if then.get(what) != origin]
    return Check(name, Word.UNCHECKED, "Other packages add not the same as in the run. Install the same.", tuple(told))


def program(of: Sources) -> Check:
    """Say who checks: the build decides what is compared, and what it compares never hangs on a library's version."""
    name, now = "Program", evaluation.environment_record()
    other = [
        f"{part}: {of.environment.get(part, 'not told')!s:.20}, here {found:.20}"
        for part, found in now.items()
        if of.environment.get(part) != found
    ]
    if not of.same_program:
        told = "Another build of reportgen made the run: what it words or reckons otherwise could not be checked here."
        return note(name, told, other)
    if other:
        return note(name, "The very build that made the run checks it, beside another Python, machine or library.", other)
    return same(name, "The very build and libraries that made the run check it.")


def rules(of: Sources) -> Check:
    """Compare the rules with the workbook and the splits, and their time with that of the first request."""
    name, kept = "Rules", of.rules
    again = rules_of(of.plan, of.corpus, now=kept.fixed_at, version=kept.version)
    parts = [f.name for f in fields(Rules) if f.name != "plan_sha256"]
    differences = [f"{p} is not what the workbook says" for p in parts if not _equal(getattr(kept, p), getattr(again, p))]
    asked_here = [r for r in of.responses if r.basis is Basis.MEASURED and not r.recorded_on]
    first = min((attempt.started for r in asked_here for attempt in r.log), default="")
    if first and first[:19] < kept.fixed_at[:19]:
        differences.append(f"the first request went out at {first}, before the rules were fixed at {kept.fixed_at}")
    if of.corpus.holdout.example_ids:
        try:
            ledger.opened(of.plan, of.record)
        except NeedsMendingError as error:
            differences.append(str(error))
    if not differences and kept.plan_sha256 != again.plan_sha256:
        if not of.same_program:
            told = "The workbook reads as the rules say; their hash is of another build and could not be checked."
            return Check(name, Word.UNCHECKED, told)
        differences.append("the plan's hash is not that of the workbook and its splits")
    good = f"Workbook, splits and service levels are those fixed at {kept.fixed_at}, before the first request."
    return compared(name, good, "The rules are not those of the workbook.", differences)


def _equal(a: object, b: object) -> bool:
    return msgspec.json.encode(a, order="sorted") == msgspec.json.encode(b, order="sorted")


def run_record(of: Sources, again: Recomputed) -> Check:
    """Compare the run record with what the evidence gives: its hashes, its times, its programs and its list of records."""
    folder, rules = of.folder, of.rules
    given = msgspec.json.decode(folder.record.read_bytes(), type=RunRecord)
    wanted = replace(
        given,
        run_id=evaluation.run_id_of(folder, rules),
        workbook_sha256=sha256_of(folder.workbook),
        plan_sha256=rules.plan_sha256,
        started=rules.fixed_at,
        rules_fixed_at=rules.fixed_at,
        answers_recorded_before=evaluation.recorded_before(again.kept.plan, again.kept.responses),
        software=of.environment,
        records=record_names(folder),
        evidence_sha256=evidence_sha256(folder),
    )
    name, earlier = "Run record", given.records is None
    skipped = {"records", "evidence_sha256", *(() if given.software else ("software",))} if earlier else set()
    differences = [
        f"{f.name} is {getattr(given, f.name)!r:.120}, must be {getattr(wanted, f.name)!r:.120}"
        for f in fields(RunRecord)
        if f.name not in skipped and getattr(given, f.name) != getattr(wanted, f.name)
    ]
    if given.program and folder.record.read_bytes() != json_bytes(given):
        differences.append("evidence/run.json is not in its canonical form: it holds more than is read of it")
    if folder.destinations.exists():
        went = json_bytes(destinations(of.plan, of.responses))
        if folder.destinations.read_bytes() != went:
            differences.append("evidence/destinations.json is not what the responses give")
    if earlier and of.same_program:
        differences.append("it does not say which records exist")
    if earlier and not differences:
        told = "An earlier version did not say in it which records exist: whether one is missing could not be checked."
        return Check(name, Word.UNCHECKED, told)
    return compared(
        name, "Hashes, times, programs and records are those of the evidence.", "It is not that of the run.", differences
    )


def coverage(of: Sources, again: Recomputed) -> Check:
    """Check that each candidate has exactly one response to each example, no more and no less, also in the openings."""
    asked, specs = again.kept.corpus.asked, specs_asked(again.kept.plan)
    wanted = {(s.name, e.id) for s in specs for e in asked}
    reviews = read_reviews(of.folder)
    gone = {r.example_id for r in reviews.removed} if reviews is not None else set()
    seen: set[tuple[str, str]] = set()
    unasked: set[tuple[str, str]] = set()
    differences = []
    for response in of.responses:
        pair = (response.candidate, response.example_id)
        if response.unasked and pair in wanted:
            unasked.add(pair)
            continue
        if pair in seen:
            differences.append(f"{pair[0]} answers {pair[1]} twice")
        elif pair not in wanted and first_id(pair[1]) not in gone:
            differences.append(f"{pair[0]} answers {pair[1]}, which was not to be asked")
        seen.add(pair)
    differences += [f"{name} has no response to {example}" for name, example in sorted(wanted - seen - unasked)]
    good = f"{len(specs)} candidates, {len(asked):,} examples, one response to each."
    return compared("Coverage", good, "Responses are missing, doubled or too many.", differences)


def prices(of: Sources) -> Check:
    """Compare the prices with those of the workbook; a price table that has moved on since is no difference."""
    kept, plan = read_prices(of.folder), of.plan
    by_candidate = group_by_candidate(stored(plan, of.corpus, of.responses))
    differences, moved = [], []
    here = f"litellm {evaluation.environment_record()['litellm']} "
    asked = {spec.name for spec in specs_asked(plan)}
    specs = [c for c in plan.candidates if c.name in asked or c.name in kept]  # older runs kept no price of the judge
    for spec in specs:
        found = find_price(spec, by_candidate.get(spec.name, []), plan.settings.currency)
        have = kept.get(spec.name)
        if have == found:
            continue
        if have is not None and spec.price is None and _other_table(have, here):
            moved.append(f"{spec.name}: {have.source} is not the table of this machine")
        else:
            differences.append(f"{spec.name}: {_shown(have)} is kept, {_shown(found)} is what the workbook gives")
    differences += [f"{name} is no candidate" for name in kept if name not in {s.name for s in specs}]
    if moved and not differences:
        return Check("Prices", Word.UNCHECKED, "Prices from a list could not be looked up again.", tuple(moved))
    return compared(
        "Prices", f"{len(specs)} prices, as the workbook gives them.", "Prices are not those of the workbook.", differences
    )


def _other_table(have: PriceFound, here: str) -> bool:
    return have.source.startswith("litellm ") and not have.source.startswith(here)


def _shown(found: object) -> str:
    return "none" if found is None else msgspec.json.encode(found, order="sorted").decode()[:120]


def openings(folder: RunFolder, again: Recomputed) -> Check:
    """Check that every opening on record was for the winner of this run, under its rules and its commitment."""
    entries = read_entries(folder.access_log)
    if not entries:
        return same("Holdout", f"{len(again.kept.corpus.holdout.example_ids)} rows locked as committed, not opened here.")
    kept = again.kept
    differences = []
    for entry in entries:
        if entry.plan_sha256 != kept.rules.plan_sha256:
            differences.append(f"opening {entry.access.number} was made under other rules")
        if entry.commitment != kept.corpus.holdout.commitment:
            differences.append(f"opening {entry.access.number} was of other rows")
        if entry.access.run_id != again.comparison.run.run_id:
            differences.append(f"opening {entry.access.number} was of run {entry.access.run_id}")
    told = [
        f"opening {o.access.number}: {o.result.verdict.value if o.result else 'not answered to the end'}"
        for o in again.comparison.holdout_openings
    ]
    return compared("Holdout", f"Judged again; {'; '.join(told)}.", "The log of openings does not fit the run.", differences)
