"""Sealed quota assignment: splits that are stratified, keep groups together, and never move a row (formulas.md 5.2).

Pure: the record of earlier assignments comes in as a value and goes out as a value; `corpus.ledger` keeps it on disk.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reportgen.domain.records.plan import EvaluationPlan, Example, Settings, Split

SMALLEST_CELL = 10
"""A label in a segment with fewer units is stratified by its label alone, else tiny cells would distort the shares."""

SAMPLED = (Split.TRAIN, Split.EVAL, Split.HOLDOUT)


@dataclass(frozen=True, slots=True)
class Unit:
    """What is assigned as one: a group of examples, or an example without a group."""

    id: str
    examples: tuple[Example, ...]
    order: int
    """The first 8 bytes of SHA-256 over seed and id: a stable random place, whatever the order of the rows."""


def assign(plan: EvaluationPlan, earlier: Mapping[str, Split]) -> dict[str, Split]:
    """Return the split of every example id, in the order of the sheet.

    Known failures are in `regression`. What the sheet declares holds; what was assigned earlier stays; the rest fills the
    quotas of its stratum (largest remainder, at least one eval and one holdout from three units on).
    """
    fixed = {e.id: Split.REGRESSION if e.known_failure else (e.declared_split or earlier.get(e.id)) for e in plan.examples}
    units = _units(plan.examples, plan.settings.seed)
    for unit in units:
        known = [fixed[e.id] for e in unit.examples if fixed[e.id] in SAMPLED]
        if known:
            for example in unit.examples:
                fixed[example.id] = fixed[example.id] or known[0]
    shares = _shares(plan.settings)
    for stratum in _strata(units).values():
        _fill(stratum, fixed, shares)
    return {e.id: fixed[e.id] or Split.EVAL for e in plan.examples}


def _units(examples: Sequence[Example], seed: int) -> list[Unit]:
    members: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        if not example.known_failure:
            members[f"group {example.group}" if example.group else f"example {example.id}"].append(example)
    return [Unit(name, tuple(rows), _place(seed, name)) for name, rows in members.items()]


def _place(seed: int, name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}|{name}".encode()).digest()[:8], "big")


def _strata(units: Iterable[Unit]) -> dict[tuple[str, str], list[Unit]]:
    """Group units by label and segment; a group of several strata belongs to its rarest."""
    units = list(units)
    keys = (e.key for unit in units for e in unit.examples)
    common = Counter(name for key in keys if key is not None for name in key.labels or ())
    cells = Counter(_cell(e, common) for unit in units for e in unit.examples)
    strata: dict[tuple[str, str], list[Unit]] = defaultdict(list)
    for unit in units:
        label, segment = min((_cell(e, common) for e in unit.examples), key=lambda cell: (cells[cell], cell))
        strata[label, segment if cells[label, segment] >= SMALLEST_CELL else ""].append(unit)
    return strata


def _cell(example: Example, common: Mapping[str, int]) -> tuple[str, str]:
    """Return label and segment; of several labels the rarest stands for the example."""
    key = example.key
    label = key.label if key is not None else "?"
    if key is not None and key.labels:
        label = min(key.labels, key=lambda name: (common[name], name))
    return label or "", example.segment


def _shares(settings: Settings) -> dict[Split, float]:
    return {
        Split.TRAIN: settings.train_share,
        Split.EVAL: settings.eval_share,
        Split.HOLDOUT: settings.holdout_share,
    }


def _fill(stratum: Sequence[Unit], fixed: dict[str, Split | None], shares: Mapping[Split, float]) -> None:
    ordered = sorted(stratum, key=lambda unit: (unit.order, unit.id))
    fresh = [unit for unit in ordered if fixed[unit.examples[0].id] is None]
    have = Counter(fixed[unit.examples[0].id] for unit in ordered)
    if not fresh:
        return
    if len(fresh) == len(ordered):
        wanted = quotas(len(fresh), shares)
        plan = [split for split in SAMPLED for _ in range(wanted[split])]
    else:
        plan = []
        for _ in fresh:
            split = _neediest(have, shares)
            have[split] += 1
            plan.append(split)
    for unit, split in zip(fresh, plan, strict=True):
        for example in unit.examples:
            fixed[example.id] = split


def _neediest(have: Mapping[Split | None, int], shares: Mapping[Split, float]) -> Split:
    """Return the split with the largest relative deficit once one more unit is there."""
    total = sum(have[split] for split in SAMPLED) + 1
    wanting = [split for split in SAMPLED if shares[split] > 0]
    return max(wanting, key=lambda split: (total * shares[split] - have[split]) / (total * shares[split]))


def quotas(units: int, shares: Mapping[Split, float]) -> dict[Split, int]:
    """Return how many of `units` go to each split: largest remainder, with the minimums of formulas.md 5.2.

    One unit goes to eval, two to eval and train; from three on eval and holdout get at least one each where their share is
    above zero. 10 units at 70/20/10 % give 7/2/1.
    """
    wanted = {split: share > 0 for split, share in shares.items()}
    exact = {split: units * share for split, share in shares.items()}
    counts = {split: int(value + 1e-9) for split, value in exact.items()}
    by_remainder = sorted((s for s in SAMPLED if wanted[s]), key=lambda s: (counts[s] - exact[s], SAMPLED.index(s)))
    for split in by_remainder[: units - sum(counts.values())]:
        counts[split] += 1
    first = [s for s in (Split.EVAL, Split.TRAIN, Split.HOLDOUT) if wanted[s]]
    least = (Split.EVAL, Split.HOLDOUT) if units > len(SAMPLED) - 1 else tuple(first[:units])
    for split in least:
        if wanted[split] and counts[split] == 0:
            donor = max(SAMPLED, key=lambda s: (counts[s] - (s in least), s is Split.TRAIN))
            counts[donor] -= 1
            counts[split] += 1
    return counts
