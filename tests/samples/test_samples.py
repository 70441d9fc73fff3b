from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from reportgen.corpus import ledger
from reportgen.domain.records.plan import CandidateKind, EvaluationPlan, Role, Split, Task
from reportgen.workbook.reading.parser import read_plan
from samples.common import Answer, Row, Sample, near_copies, record, with_splits, without_near_copies
from samples.make_samples import ROOT, SAMPLES, kept, write_sample
from tests.loops import some

EXPECTED = {
    "classification": (Task.CLASSIFICATION, 600, 3),
    "extraction": (Task.EXTRACTION, 550, 2),
    "summarization": (Task.SUMMARIZATION, 200, 2),
    "question-answering": (Task.QUESTION_ANSWERING, 280, 2),
}
"""Sample to task, least number of examples beside the known failures, and number of known failures."""

each_sample = pytest.mark.parametrize("name", SAMPLES)


@cache
def shipped(name: str) -> EvaluationPlan:
    return read_plan(ROOT / "samples" / f"{name}.xlsx")


@cache
def written(name: str) -> Sample:
    return SAMPLES[name]()


def rerun(sample: Sample, ids: set[str]) -> dict[tuple[str, str], Answer]:
    inputs = {key: text for key, text in sample.recorded_inputs.items() if key in ids}
    return {
        (candidate, key): program(text) for candidate, program in sample.programs.items() for key, text in inputs.items()
    }


@each_sample
def test_every_sample_is_read_without_a_problem_and_without_a_warning(name: str) -> None:
    assert shipped(name).warnings == ()


@each_sample
def test_every_sample_has_the_promised_task_examples_and_known_failures(name: str) -> None:
    plan, (task, least, failures) = shipped(name), EXPECTED[name]
    assert plan.settings.task is task
    assert sum(not e.known_failure for e in plan.examples) >= least
    assert len(plan.known_failures) == failures
    for failure in plan.known_failures:
        assert sum(e.known_failure == failure.id for e in plan.examples) >= 3


@each_sample
def test_every_sample_compares_five_candidates_one_of_them_in_production(name: str) -> None:
    candidates = shipped(name).candidates
    kinds = [c.kind for c in candidates]
    assert len(candidates) == 5
    assert [c.kind for c in candidates if c.role is Role.PRODUCTION] == [CandidateKind.RECORDED_OUTPUTS]
    assert kinds.count(CandidateKind.LOCAL_BASELINE) >= 2
    assert kinds.count(CandidateKind.RECORDED_OUTPUTS) >= 2


@each_sample
def test_every_sample_fills_in_the_costs_with_a_range_and_a_source(name: str) -> None:
    plan = shipped(name)
    assert len(plan.costs) == 11
    for row in plan.costs.values():
        assert row.low is not None
        assert row.high is not None
        assert row.low <= row.expected <= row.high
        assert row.source
    assert all(level.reason and level.agreed_by and level.agreed_on for level in plan.service_levels)


@each_sample
def test_the_shipped_examples_are_those_that_the_seed_gives(name: str) -> None:
    rows = {str(row["Example ID"]): row for row in written(name).sheets["Examples"]}
    assert [e.id for e in shipped(name).examples] == list(rows)
    assert {e.id: e.input for e in shipped(name).examples} == {key: row["Input"] for key, row in rows.items()}


@each_sample
def test_the_programs_give_the_recorded_answers_again(name: str) -> None:
    recorded = {(r.candidate, r.example_id): r for r in shipped(name).recorded_outputs}
    again = rerun(written(name), {e.id for e in shipped(name).examples})
    assert recorded.keys() == again.keys()
    for pair, answer in again.items():
        assert recorded[pair].output == answer.output, pair
        assert recorded[pair].confidence == (None if answer.confidence is None else round(answer.confidence, 4)), pair


@each_sample
def test_recorded_answers_carry_a_measured_time_a_day_and_no_tokens(name: str) -> None:
    outputs = shipped(name).recorded_outputs
    assert outputs
    for row in outputs:
        assert row.latency_s is not None
        assert 0 < row.latency_s < 1
        assert row.recorded_on
        assert row.input_tokens is None
        assert row.cost == 0


@each_sample
def test_recorded_candidates_answer_all_but_the_train_rows(name: str) -> None:
    plan = shipped(name)
    wanted = {e.id for e in plan.examples if e.declared_split is not Split.TRAIN}
    assert len(wanted) < len(plan.examples)
    for candidate in (c.name for c in plan.candidates if c.kind is CandidateKind.RECORDED_OUTPUTS):
        assert {r.example_id for r in plan.recorded_outputs if r.candidate == candidate} == wanted


@each_sample
def test_every_row_has_its_split_and_reportgen_adds_none(name: str) -> None:
    plan = shipped(name)
    assert all(e.declared_split is not None or e.known_failure for e in plan.examples)
    corpus = ledger.corpus(plan, ledger.update(plan, None, now="2026-11-24T00:00:00Z"))
    shares = (len(corpus.train), len(corpus.eval), len(corpus.holdout.example_ids))
    planned = (plan.settings.train_share, plan.settings.eval_share, plan.settings.holdout_share)
    for count, share in zip(shares, planned, strict=True):
        assert count / sum(shares) == pytest.approx(share, abs=0.02)
    assert shares[2] >= 30


@each_sample
def test_fewer_than_one_in_a_hundred_examples_is_nearly_the_same_as_one_in_another_split(name: str) -> None:
    examples = shipped(name).examples
    pairs = near_copies([e.input for e in examples], 0.95)
    across = {j for i, j in pairs if examples[i].declared_split != examples[j].declared_split}
    assert len(across) < 0.01 * len(examples)


@each_sample
def test_every_sample_stays_small_enough_to_ship(name: str) -> None:
    assert (ROOT / "samples" / f"{name}.xlsx").stat().st_size < 600_000


@each_sample
def test_the_segments_of_the_mix_are_those_of_the_examples(name: str) -> None:
    plan = shipped(name)
    assert set(plan.production_mix) == {e.segment for e in plan.examples}
    assert sum(plan.production_mix.values()) == pytest.approx(1)


def test_the_tickets_have_two_rare_labels_and_second_opinions_that_sometimes_differ() -> None:
    plan = shipped("classification")
    counts = {
        label.name: sum(e.key is not None and e.key.label == label.name for e in plan.examples) for label in plan.labels
    }
    assert len(counts) == 8
    assert sum(count < 50 for count in counts.values()) == 2
    doubled = [e for e in plan.examples if e.second_label and e.key is not None]
    different = sum(e.second_label != e.key.label for e in doubled if e.key is not None)
    assert len(doubled) >= 50
    assert 0.02 < different / len(doubled) < 0.2


def test_the_evidence_of_an_invoice_stands_in_its_text() -> None:
    found = 0
    for example in shipped("extraction").examples:
        for name, key in (example.key.fields if example.key is not None else {}).items():
            if key.evidence:
                found += 1
                assert key.evidence in example.input, (example.id, name)
    assert found > 2000


def test_some_fields_of_the_invoices_are_rightly_absent() -> None:
    fields = [e.key.fields for e in shipped("extraction").examples if e.key is not None]
    for name in ("Amount due", "VAT treatment", "Purchase orders"):
        assert 10 < sum(not f[name].values for f in fields) < len(fields) / 2


def test_the_notes_have_four_to_seven_key_facts() -> None:
    counts = [len(e.key.key_facts) for e in shipped("summarization").examples if e.key is not None and not e.known_failure]
    assert min(counts) == 4
    assert max(counts) == 7


def test_accepted_answers_stand_in_the_paragraph_or_are_said_not_to() -> None:
    for example in some(shipped("question-answering").examples):
        assert example.key is not None
        first = example.key.answers[0]
        number = first.split()[0].casefold()
        assert first == "not stated" or number in {"yes", "no"} or number in example.input.casefold(), example.id


def test_an_answer_is_recorded_with_its_own_time_and_the_first_one_is_asked_before() -> None:
    asked: list[str] = []

    def program(text: str) -> Answer:
        asked.append(text)
        return Answer(text.upper(), 0.5)

    rows = record("Upper", program, {"1": "a", "2": "b"})
    assert asked == ["a", "a", "b"]
    assert [(r["Example ID"], r["Output"], r["Confidence"], r["Outcome"]) for r in rows] == [
        ("1", "A", 0.5, "answered"),
        ("2", "B", 0.5, "answered"),
    ]


def test_a_known_failure_is_left_without_a_split() -> None:
    rows: list[Row] = [{"Example ID": str(n), "Input": f"text {n}", "Expected": "x"} for n in range(20)]
    rows.append({"Example ID": "K", "Input": "k", "Expected": "x", "Known failure": "KF"})
    split = with_splits(Task.CLASSIFICATION, rows, seed=1, shares=(0.5, 0.3, 0.2))
    counts = {name: sum(row.get("Split") == name for row in split) for name in ("train", "eval", "holdout")}
    assert counts == {"train": 10, "eval": 6, "holdout": 4}
    assert "Split" not in split[-1]


def test_a_grammar_that_is_too_poor_is_refused() -> None:
    from random import Random  # noqa: PLC0415 - only here

    with pytest.raises(RuntimeError, match="needs more sentences"):
        without_near_copies(Random(1), 3, lambda _, __: "always the same words", str)


def test_the_maker_runs_as_a_file_as_well(tmp_path: Path) -> None:
    script = ROOT / "samples" / "make_samples.py"
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), "question-answering"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "question-answering.xlsx").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["question-answering.xlsx"]


def test_the_sheets_around_the_recorded_answers_are_those_of_today(tmp_path: Path) -> None:
    """One stands for all: `python -m samples.make_samples --keep` makes them anew and leaves the answers as measured."""
    name = "question-answering"
    path = write_sample(name, tmp_path, keep=True)
    assert path.read_bytes() == (ROOT / "samples" / f"{name}.xlsx").read_bytes()


def test_recorded_answers_of_another_sample_are_not_kept() -> None:
    with pytest.raises(ValueError, match="leave --keep out"):
        kept(ROOT / "samples" / "summarization.xlsx", written("question-answering"))
