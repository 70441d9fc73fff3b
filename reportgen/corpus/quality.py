"""What is wrong with the examples: the best figure over copies, wrong labels or other traffic is worth nothing.

Pure: an example's split comes from the corpus; of the holdout only places are named, never texts. Only label conflicts in
many rows and right answers in a prompt stop a run. A copy that stands in two splits is a warning: it flatters those alone
that learn from train, and templates of an office make many; the finding stays in every report until the rows share a Group.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np

from reportgen.corpus.quality_copies import normalised, same_text
from reportgen.corpus.quality_duplicates import copies, like_copies, templates
from reportgen.corpus.quality_edges import edge_inputs
from reportgen.corpus.quality_labels import doubtful
from reportgen.corpus.quality_personal import Personal, find_personal
from reportgen.corpus.quality_prompts import answers_in_prompts, in_prompts
from reportgen.corpus.quality_rows import Rows, places_of, problem
from reportgen.corpus.quality_unseen import unseen_characters
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.plan import AnswerKey, Comparator, EvaluationPlan, Example, Split, Task
from reportgen.domain.statistics.agreement import gwet_ac1, kappa
from reportgen.domain.statistics.representativeness import compare_mix
from reportgen.domain.telling.sums import expected_differs
from reportgen.domain.wording.figures import counted, listed, percent
from reportgen.problems import Problem, Severity

MOST_CONFLICTS = 0.02
"""Share of rows in label conflicts above which nothing measured on them means anything (formulas.md 5.4)."""
FEWEST_BLOCKING = 5
SMALL_CLASS = 5
"""Eval examples below which a class is shown as counts (formulas.md 1.9)."""
_LEAST_P = 0.001
_DECIDE = "Decide which answer is right, and correct or delete the other rows; nothing was changed."
_SETTLE = {
    Task.CLASSIFICATION: f"{_DECIDE} If both labels are right, set Labels per example to several and keep one row with one "
    "label a line. If the answer depends on more than this text, put that into Input too.",
    Task.QUESTION_ANSWERING: f"{_DECIDE} If both answers are right, keep one row with one answer a line. If the answer "
    "depends on a document, put the question into Input and the document into Input file.",
    Task.EXTRACTION: f"{_DECIDE} If both values are right, keep one row with one value a line.",
    Task.SUMMARIZATION: f"{_DECIDE} Key facts of one text belong into one row, one a line.",
}
"""What to do about two right answers to one input."""
_HELD_TO_LABELS = frozenset({"accuracy", "macro F1", "weighted F1"})


_Check = Callable[[Rows], Iterator[Problem]]


def quality_problems(plan: EvaluationPlan, corpus: Corpus) -> tuple[Problem, ...]:
    """Return what is wrong with the examples, each finding with its cells, how grave it is and what to do about it."""
    rows = _rows(plan, corpus)
    return tuple(found for check in CHECKS for found in check(rows))


def blocking_problems(plan: EvaluationPlan, corpus: Corpus) -> tuple[Problem, ...]:
    """Return what stops a run: label conflicts, right answers in a prompt; cheap enough to ask before every run."""
    rows = _rows(plan, corpus)
    found = (p for check in (_conflicts, in_prompts, answers_in_prompts) for p in check(rows))
    return tuple(p for p in found if p.severity is Severity.ERROR)


def _rows(plan: EvaluationPlan, corpus: Corpus) -> Rows:
    split_of = dict.fromkeys(corpus.holdout.example_ids, Split.HOLDOUT)
    split_of.update({e.id: split for split, rows in _by_split(corpus) for e in rows})
    return Rows(plan, plan.examples, tuple(split_of[e.id] for e in plan.examples))


def small_classes(plan: EvaluationPlan, corpus: Corpus) -> tuple[Problem, ...]:
    """Return the labels with too few eval examples; a run finds them by itself, `check` says them before."""
    if plan.settings.task is not Task.CLASSIFICATION:
        return ()
    keys = [e.key for e in corpus.eval if e.key is not None]
    found = Counter(name for key in keys for name in (key.labels or ((key.label,) if key.label else ())))
    small = [f"{label.name} ({found[label.name]})" for label in plan.labels if found[label.name] < SMALL_CLASS]
    if not small:
        return ()
    return (
        problem(
            "small-class",
            Severity.WARNING,
            ("Labels",),
            f"fewer than {SMALL_CLASS} eval examples: {listed(small)}. Their figures will be counts, and macro F1 unstable.",
            "Add examples of them.",
        ),
    )


def _by_split(corpus: Corpus) -> tuple[tuple[Split, tuple[Example, ...]], ...]:
    return (Split.TRAIN, corpus.train), (Split.EVAL, corpus.eval), (Split.REGRESSION, corpus.regression)


def _mix(rows: Rows) -> Iterator[Problem]:
    """Compare the segments with the production mix; known failures are no sample of production (formulas.md 5.1)."""
    shares = rows.plan.production_mix
    sampled = Counter(e.segment for e in rows.examples if not e.known_failure)
    if not shares or not any(sampled[name] for name, share in shares.items() if share > 0):
        return
    found = compare_mix(sampled, shares, seed=rows.plan.settings.seed)
    if found.grade == "close":
        return
    far = found.grade == "far"
    chance = "below 0.001" if found.chi_square_p < _LEAST_P else f"{found.chi_square_p:.2g}"
    stability = (
        ""
        if found.psi is None
        else f", population stability index {found.psi:.3f}, in a fair sample of {found.n} below {found.psi_limit:.3f}"
    )
    missing = f" Without any example: {listed(found.missing)}." if found.missing else ""
    yield problem(
        "unlike-production",
        Severity.WARNING if far else Severity.NOTE,
        ("Production mix",),
        f"{percent(found.total_variation)} of the examples would have to be of another segment for the sample to look like "
        f"production.{missing} Figures are weighted by the production mix, which sets this right. "
        f"(Statistics: {found.method} p {chance}{stability}.)",
        "Draw further examples of the rare segments with `reportgen sample`, or confirm that the oversampling is meant.",
    )


def _conflicts(rows: Rows) -> Iterator[Problem]:
    """Name rows with the same input and different answers; too many of them stop the run (formulas.md 5.4)."""
    places: list[int] = []
    for group in same_text(rows.plain):
        keys = {_comparable(key) for i in group if (key := rows.examples[i].key) is not None}
        if len(keys) > 1:
            places.extend(i for i in group if rows.examples[i].key is not None)
    if not places:
        return
    share = len(places) / len(rows.examples)
    stops = share > MOST_CONFLICTS and len(places) >= FEWEST_BLOCKING
    limit = f", more than {percent(MOST_CONFLICTS)}" if stops else ""
    yield problem(
        "label-conflict",
        Severity.ERROR if stops else Severity.WARNING,
        places_of(rows, sorted(places)),
        f"{counted(len(places), 'row')} ({percent(share)} of all{limit}) have the same input as another row but a different "
        "right answer.",
        _SETTLE[rows.plan.settings.task],
    )


def _comparable(key: AnswerKey) -> object:
    fields = tuple(sorted((name, tuple(map(normalised, k.values))) for name, k in key.fields.items() if k.labelled))
    lines = (frozenset(map(normalised, key.answers)), frozenset(map(normalised, key.key_facts)))
    return normalised(key.label or ""), *lines, normalised(key.reference), fields


def _totals(rows: Rows) -> Iterator[Problem]:
    """Name rows whose expected line items do not add up to the expected total: one of them is mistyped."""
    found = {i: names for i, e in enumerate(rows.examples) if (names := expected_differs(rows.plan, e))}
    if found:
        fields = dict.fromkeys(name for names in found.values() for name in names)
        yield problem(
            "sum-differs",
            Severity.WARNING,
            places_of(rows, list(found)),
            f"in {counted(len(found), 'row')} the expected rows on the sheet Records do not add up to {listed(fields)}.",
            "Correct the rows or the total; nothing was changed.",
        )


def _second_labels(rows: Rows) -> Iterator[Problem]:
    """Say how far two people agree: the ceiling of every quality figure (formulas.md 5.4)."""
    pairs = [
        (i, normalised(e.key.label), normalised(e.second_label))
        for i, e in enumerate(rows.examples)
        if e.key is not None and e.key.label and e.second_label
    ]
    names = sorted({name for _, a, b in pairs for name in (a, b)})
    if not pairs:
        return
    differ = [i for i, a, b in pairs if a != b]
    share = 1 - len(differ) / len(pairs)
    chance = ""
    if len(names) > 1:
        table = np.zeros((len(names), len(names)))
        for _, a, b in pairs:
            table[names.index(a), names.index(b)] += 1
        found, even = kappa(table, rows.plan.settings.confidence), gwet_ac1(table, rows.plan.settings.confidence)
        said = f"kappa {found.value:.2f}, {found.low:.2f} to {found.high:.2f}; " if found is not None else ""
        chance = f" (Agreement beyond chance, at most 1: {said}AC1 {even.value:.2f}, {even.low:.2f} to {even.high:.2f}.)"
    above = [
        f"{level.measure} at {level.where}"
        for level in rows.plan.service_levels
        if level.measure in _HELD_TO_LABELS and level.comparator is Comparator.AT_LEAST and level.target > share
    ]
    ceiling = f" Set higher than that, so that it cannot be shown: {listed(above)}." if above else ""
    yield problem(
        "label-agreement",
        Severity.WARNING if above else Severity.NOTE,
        places_of(rows, differ) if differ else ("Examples",),
        f"two people agree on {percent(share)} of the {counted(len(pairs), 'example')} that have a Second label.{chance} "
        f"No candidate can show a higher agreement with such labels than people have with one another.{ceiling}",
        "Settle the rows on which they differ." if differ else "Nothing to do.",
    )


def _doubtful_labels(rows: Rows) -> Iterator[Problem]:
    """Name rows whose label a simple learner doubts, for people to look at; nothing is changed (formulas.md 5.4)."""
    if rows.plan.settings.task is not Task.CLASSIFICATION or rows.plan.settings.several_labels:
        return
    labels = {i: e.key.label for i, e in enumerate(rows.examples) if e.key is not None and e.key.label and e.input.strip()}
    labelled = list(labels)
    found = doubtful([rows.examples[i].input for i in labelled], list(labels.values()), rows.plan.settings.seed)
    if found:
        yield problem(
            "doubtful-label",
            Severity.NOTE,
            places_of(rows, [labelled[i] for i in found]),
            f"{counted(len(found), 'row')} of {len(labelled):,} have a label that a simple learner that had not seen them "
            "would have given otherwise; some are mistakes, others merely hard.",
            "Look at these labels once more; nothing was changed.",
        )


def _personal(rows: Rows) -> Iterator[Problem]:
    """Name the rows that hold personal data, a finding for each kind with a masked sample (formulas.md 5.5)."""
    places: dict[str, list[int]] = {}
    samples: dict[str, Personal] = {}
    finds: Counter[str] = Counter()
    for i, example in enumerate(rows.examples):
        kinds = set()
        for found in find_personal(example.input):
            finds[found.kind] += 1
            kinds.add(found.kind)
            samples.setdefault(found.kind, found)
        for kind in kinds:
            places.setdefault(kind, []).append(i)
    for kind, count in sorted(finds.items()):
        many = counted(count, kind, f"{kind}es" if kind.endswith("s") else f"{kind}s")
        yield problem(
            "personal-data",
            Severity.WARNING,
            places_of(rows, places[kind]),
            f"{counted(len(places[kind]), 'input holds', 'inputs hold')} "
            f"what looks like {many} (for example {samples[kind].masked}); they "
            "are sent to every candidate and kept in the evidence.",
            "Replace them by made-up values, or confirm on the sheet Attestations that they may leave the house.",
        )


CHECKS: tuple[_Check, ...] = (
    _mix,
    _conflicts,
    copies,
    like_copies,
    templates,
    _totals,
    _second_labels,
    _doubtful_labels,
    in_prompts,
    answers_in_prompts,
    edge_inputs,
    unseen_characters,
    _personal,
)
"""Every check of the examples, in the order in which it is said. Adding one is one function and one line here."""
