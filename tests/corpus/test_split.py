"""The splits of formulas.md 5.2."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.corpus import ledger
from reportgen.corpus.split import assign, quotas
from reportgen.domain.records.corpus import HoldoutAccess
from reportgen.domain.records.plan import AnswerKey, EvaluationPlan, Example, Settings, Source, Split, Task
from reportgen.problems import NeedsMendingError
from tests.loops import some

SHARES = {Split.TRAIN: 0.7, Split.EVAL: 0.2, Split.HOLDOUT: 0.1}


def example(number: int, label: str = "a", *, segment: str = "", group: str = "", **more: object) -> Example:
    key = AnswerKey(label=label)
    return Example(f"E{number}", f"text {number}", key, f"Examples!A{number}", segment, group, **more)  # type: ignore[arg-type]


def plan_of(examples: list[Example], **settings: object) -> EvaluationPlan:
    chosen = Settings("t", Task.CLASSIFICATION, **settings)  # type: ignore[arg-type]
    return EvaluationPlan(Source("w.xlsx", "0" * 64), chosen, tuple(examples), (), (), {})


def six_hundred() -> list[Example]:
    rng = Random(3)
    labels = ["billing"] * 300 + ["technical"] * 180 + ["cancel"] * 85 + ["fraud"] * 34 + ["legal"]
    return [example(i, label, segment=rng.choice(["mail", "phone"])) for i, label in enumerate(labels)]


@pytest.mark.parametrize(
    ("units", "expected"),
    [(1, (0, 1, 0)), (2, (1, 1, 0)), (3, (1, 1, 1)), (10, (7, 2, 1)), (100, (70, 20, 10)), (0, (0, 0, 0))],
)
def test_quotas_are_those_of_the_design(units: int, expected: tuple[int, int, int]) -> None:
    counts = quotas(units, SHARES)
    assert (counts[Split.TRAIN], counts[Split.EVAL], counts[Split.HOLDOUT]) == expected


@given(st.integers(0, 400), st.integers(0, 20), st.integers(1, 20), st.integers(0, 20))
def test_quotas_always_sum_to_the_units_and_never_fall_below_zero(units: int, a: int, b: int, c: int) -> None:
    total = a + b + c
    counts = quotas(units, {Split.TRAIN: a / total, Split.EVAL: b / total, Split.HOLDOUT: c / total})
    assert sum(counts.values()) == units
    assert min(counts.values()) >= 0
    assert counts[Split.HOLDOUT] == 0 or c > 0


def test_adding_sixty_rows_moves_none_of_six_hundred() -> None:
    rows = six_hundred()
    before = assign(plan_of(rows), {})
    more = [example(1000 + i, "billing" if i % 2 else "legal") for i in range(60)]
    after = assign(plan_of(more + rows), before)
    assert {e.id: after[e.id] for e in rows} == before
    shares = Counter(after.values())
    assert 0.67 < shares[Split.TRAIN] / 660 < 0.73
    assert 0.08 < shares[Split.HOLDOUT] / 660 < 0.12


@given(st.randoms())
def test_row_order_changes_nothing(random: Random) -> None:
    rows = six_hundred()
    expected = assign(plan_of(rows), {})
    random.shuffle(rows)
    assert assign(plan_of(rows), {}) == expected


def test_every_label_is_split_in_its_own_shares() -> None:
    rows = six_hundred()
    splits = assign(plan_of(rows), {})
    for label, total in some(Counter(e.key.label for e in rows if e.key).items()):
        held = sum(1 for e in rows if e.key and e.key.label == label and splits[e.id] is Split.HOLDOUT)
        assert total < 3 or abs(held / total - 0.1) < 0.04


@given(st.lists(st.integers(0, 8), min_size=1, max_size=60))
def test_a_group_is_never_torn_apart(groups: list[int]) -> None:
    rows = [example(i, "ab"[i % 2], group=f"g{g}" if g else "") for i, g in enumerate(groups)]
    splits = assign(plan_of(rows), {})
    for g in set(groups) - {0}:
        assert len({splits[e.id] for e in rows if e.group == f"g{g}"}) == 1


def test_a_new_row_of_a_known_group_follows_its_group() -> None:
    rows = [example(i, group="g1" if i < 4 else "") for i in range(20)]
    before = assign(plan_of(rows), {})
    after = assign(plan_of([*rows, example(99, "b", group="g1")]), before)
    assert after["E99"] is before["E0"]


def test_known_failures_stand_outside_the_shares() -> None:
    rows = [*six_hundred(), example(700, known_failure="F1"), example(701, known_failure="F1", declared_split=Split.TRAIN)]
    splits = assign(plan_of(rows), {})
    assert splits["E700"] is splits["E701"] is Split.REGRESSION


def test_what_the_sheet_declares_holds() -> None:
    rows = [replace(e, declared_split=Split.EVAL) for e in six_hundred()]
    assert set(assign(plan_of(rows), {}).values()) == {Split.EVAL}


def test_a_zero_holdout_share_gives_no_holdout() -> None:
    splits = assign(plan_of(six_hundred(), train_share=0.8, holdout_share=0.0), {})
    assert Split.HOLDOUT not in splits.values()


def test_the_commitment_changes_with_a_holdout_label_but_not_with_row_order() -> None:
    rows = six_hundred()
    record = ledger.update(plan_of(rows), None, now="2026-01-01T00:00:00Z")
    again = ledger.update(plan_of(rows[::-1]), record, now="2026-02-01T00:00:00Z")
    assert again == record
    victim = next(i for i, e in enumerate(rows) if record.assigned[e.id] is Split.HOLDOUT)
    rows[victim] = replace(rows[victim], key=AnswerKey(label="fraud"))
    edited = ledger.update(plan_of(rows), record, now="2026-03-01T00:00:00Z")
    assert len(edited.commitments) == len(record.commitments) + 1


def test_the_corpus_gives_out_of_the_holdout_only_ids_and_commitment() -> None:
    rows = six_hundred()
    plan = plan_of(rows)
    corpus = ledger.corpus(plan, ledger.update(plan, None, now=""))
    held = set(corpus.holdout.example_ids)
    assert held
    assert held.isdisjoint(e.id for e in corpus.train + corpus.asked)
    assert [s.examples for s in corpus.summaries] == [len(corpus.train), len(corpus.eval), len(held), 0]


def test_an_example_that_leaves_the_holdout_is_on_record() -> None:
    rows = six_hundred()
    record = ledger.update(plan_of(rows), None, now="")
    victim = next(i for i, e in enumerate(rows) if record.assigned[e.id] is Split.HOLDOUT)
    rows[victim] = replace(rows[victim], declared_split=Split.EVAL)
    assert ledger.update(plan_of(rows), record, now="").moved == (rows[victim].id,)


OPENING = HoldoutAccess(1, "2026-02-01T00:00:00Z", "Ada", "to confirm the winner once", "A", "run")


def locked(record: ledger.SplitRecord) -> set[str]:
    return {name for name, split in record.assigned.items() if split is Split.HOLDOUT}


def test_rows_that_an_opening_showed_are_scored_once_new_rows_can_be_locked() -> None:
    rows = six_hundred()
    before = replace(ledger.update(plan_of(rows), None, now="2026-01-01T00:00:00Z"), openings=(OPENING,))
    assert ledger.update(plan_of(rows), before, now="") == before, "the same workbook is the same run"
    seen, more = locked(before), [replace(e, id=f"N{e.id}") for e in rows[:90]]
    after = ledger.update(plan_of([*rows, *more]), before, now="2026-03-01T00:00:00Z")
    assert {after.assigned[name] for name in seen} == {Split.EVAL}
    assert locked(after)
    assert locked(after) <= {e.id for e in more}
    assert (after.openings, after.moved) == ((), ())
    assert [(set(u.examples), u.openings) for u in after.used] == [(seen, (OPENING,))]
    assert [c.at for c in after.commitments] == ["2026-03-01T00:00:00Z"]
    told = ledger.corpus(plan_of([*rows, *more]), after).holdout
    assert [u.openings for u in told.used] == [(OPENING,)]


def test_rows_that_nobody_saw_or_that_the_sheet_keeps_locked_stay_so() -> None:
    rows = six_hundred()
    unseen = ledger.update(plan_of(rows), None, now="")
    more = [replace(e, id=f"N{e.id}") for e in rows[:90]]
    assert locked(unseen) < locked(ledger.update(plan_of([*rows, *more]), unseen, now=""))
    held = [replace(e, declared_split=Split.HOLDOUT) if e.id in locked(unseen) else e for e in rows]
    opened = replace(unseen, openings=(OPENING,))
    kept = ledger.update(plan_of([*held, *more]), opened, now="")
    assert locked(opened) < locked(kept)
    assert (kept.openings, kept.used) == ((OPENING,), ())


def test_another_opening_of_used_rows_is_counted_with_them() -> None:
    rows = six_hundred()
    before = replace(ledger.update(plan_of(rows), None, now=""), openings=(OPENING,))
    after = ledger.update(plan_of([*rows, *(replace(e, id=f"N{e.id}") for e in rows[:90])]), before, now="")
    again = replace(OPENING, number=2, at="2026-04-01T00:00:00Z")
    late = ledger.with_opening(after, sorted(locked(before)), (OPENING, again))
    assert (late.openings, late.used[0].openings) == ((), (OPENING, again))
    new = ledger.with_opening(after, sorted(locked(after)), (again,))
    assert (new.openings, new.used[0].openings) == ((again,), (OPENING,))


def test_the_record_comes_back_from_disk_as_it_was(tmp_path) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    record = ledger.update(plan_of(six_hundred()), None, now="2026-01-01T00:00:00Z")
    path = ledger.record_path(tmp_path / "my workbook.xlsx")
    assert path.name == "my workbook.reportgen.json"
    assert ledger.load(path) is None
    ledger.save(path, record)
    assert ledger.load(path) == record
    path.write_text("{")
    with pytest.raises(NeedsMendingError, match="damaged"):
        ledger.load(path)
