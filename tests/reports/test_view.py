"""The view: complete for each task and status, worded once, honest about what is missing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace

import pytest

from reportgen.domain.records.comparison import Finding, HoldoutOpening, Readiness, Status, Verdict
from reportgen.domain.records.corpus import HoldoutAccess
from reportgen.domain.records.plan import OVERALL, Attestation, CandidateKind, Comparator, Prompt, Rule, Task
from reportgen.domain.records.response import Outcome
from reportgen.domain.records.score import Mark, Part, Reading
from reportgen.domain.wording.text import clean, line, merged
from reportgen.problems import Severity
from reportgen.reports.view.build import build
from reportgen.reports.view.chart_records import LatencyChart
from reportgen.reports.view.method import places
from tests.builders import comparison_for
from tests.loops import some

EVERY = [(task, status) for task in Task for status in Status]


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from texts(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts(getattr(value, field.name))


@pytest.mark.parametrize(("task", "status"), EVERY)
def test_no_worded_text_holds_a_bare_none_nan_or_control_character(task: Task, status: Status) -> None:
    found = list(texts(build(comparison_for(task, status=status, examples=40))))
    assert len(found) > 200
    for text in found:
        assert text not in {"None", "nan", "inf"}
        assert not any(ord(c) < 32 and c != "\n" for c in text)
        assert not any(c in "\u202e\u2066\u200e" for c in text)


def test_a_point_that_only_a_person_can_confirm_is_met_by_a_name_and_open_without() -> None:
    comparison = comparison_for(Task.CLASSIFICATION, examples=60)
    for signed, word in ((("A. Okafor",), "met"), ((), "not met"), (("A. Okafor", ""), "partly")):
        attested = tuple(Attestation("Drawn at random from March.", confirmed_by=name) for name in signed)
        view = build(replace(comparison, plan=replace(comparison.plan, attestations=attested)))
        point = next(p for p in view.checklist.further if p.check.startswith("People attest"))
        assert point.mark.word == word
        assert bool(point.remedy) is (word != "met")


def test_what_differed_from_the_plan_is_told_with_its_effect() -> None:
    comparison = comparison_for(Task.CLASSIFICATION, examples=60)
    failed = {Outcome.ERROR, Outcome.TIMEOUT}
    failing = next(c for c in comparison.candidates if any(c.counts.by_outcome.get(o, 0) for o in failed))
    told = [d.what for d in build(comparison).deviations]
    assert any(failing.spec.name in what and "failed or timed out" in what for what in told)
    assert not any("split" in what for what in told)
    renewed = replace(comparison, corpus=replace(comparison.corpus, renewed=True))
    assert any("split" in d.what for d in build(renewed).deviations)


@pytest.mark.parametrize("status", list(Status))
def test_the_sentence_names_the_winner_only_when_there_is_one(status: Status) -> None:
    comparison = comparison_for(Task.CLASSIFICATION, status=status, examples=40)
    view = build(comparison)
    assert view.headline.status.word == status.word
    assert ("Kestrel 3 small" in view.headline.sentence) is bool(comparison.decision.winner)
    assert [row.chosen for row in view.matrix].count(True) == bool(comparison.decision.winner)


def test_manual_work_is_the_last_row_of_the_matrix_and_production_is_marked() -> None:
    view = build(comparison_for(Task.EXTRACTION, examples=40))
    assert view.matrix[-1].manual
    assert view.matrix[-1].cost_per_task == "$4.50"
    assert [r.name for r in view.matrix if r.production] == ["Production (Heron 2)"]


def test_an_unpriced_candidate_has_no_price_in_words_and_no_cost_per_month() -> None:
    row = next(r for r in build(comparison_for(Task.CLASSIFICATION, examples=40)).matrix if r.name == "Unpriced newcomer")
    assert row.cost_per_task == "no price"
    assert row.cost_per_month == "–"


def test_a_percentile_that_falls_on_a_failure_is_not_reached_and_says_why() -> None:
    row = next(r for r in build(comparison_for(Task.CLASSIFICATION)).matrix if r.name == "Flaky host")
    assert row.latency == "not reached"
    assert "failed" in row.latency_note


def test_the_verdict_of_a_row_is_its_worst_required_one() -> None:
    comparison = comparison_for(Task.CLASSIFICATION, status=Status.RECOMMEND)
    row = build(comparison).matrix[0]
    musts = [v.verdict for v in comparison.candidates[0].levels if v.level.importance.value == "must"]
    assert (row.verdict.word == Verdict.PROVEN.value) is all(v is Verdict.PROVEN for v in musts)


def test_the_point_estimate_rule_carries_its_warning_on_page_one() -> None:
    comparison = comparison_for(Task.CLASSIFICATION, examples=40)
    settings = replace(comparison.plan.settings, rule=Rule.POINT_ESTIMATE)
    warned = build(replace(comparison, plan=replace(comparison.plan, settings=settings)))
    assert "one in two" in warned.headline.warning
    assert build(comparison).headline.warning == ""


def test_the_nine_points_come_in_order_with_what_to_do_first() -> None:
    view = build(comparison_for(Task.SUMMARIZATION, examples=40))
    assert [p.number for p in view.checklist.points] == list(range(1, 10))
    assert view.checklist.first_actions[0].startswith("Point 4")
    assert {p.mark.word for p in view.checklist.points} <= {"met", "partly", "not met"}


def test_errors_shown_are_few_and_of_different_kinds() -> None:
    view = build(comparison_for(Task.CLASSIFICATION, examples=400))
    by = Counter(e.candidate for e in view.quality.errors)
    assert 1 <= by.pop(view.lead) <= 6
    assert set(by.values()) <= {1, 2}, "the runner-up and production follow, two each at most"
    assert len({e.kind for e in view.quality.errors}) > 1


def test_more_examples_do_not_make_the_tables_longer() -> None:
    def rows(examples: int) -> int:
        view = build(comparison_for(Task.EXTRACTION, examples=examples))
        return len(view.quality.parts.rows) + len(view.quality.segments.rows) + len(view.checklist.coverage)

    assert rows(60) == rows(240)


def test_seventy_seven_labels_are_all_in_the_table() -> None:
    view = build(comparison_for(Task.CLASSIFICATION, labels=77, examples=1000))
    assert len(view.quality.parts.rows) == 77
    assert view.charts.parts is not None
    assert len(view.charts.parts.points) == 77


def test_every_assumption_carries_its_cell_or_is_measured() -> None:
    for row in some(build(comparison_for(Task.CLASSIFICATION, examples=40)).costs.assumptions):
        assert row.where or row.basis.word in {"measured", "recorded"}


def test_cleaning_shows_what_was_hidden_and_says_what_was_cut() -> None:
    assert clean("a\u202eb\x07c\ud800") == "a\ufffdb\ufffdc\ufffd"
    assert clean("x" * 40_000, 100).endswith("[cut; 100 of 40,000 characters shown]")
    assert clean("one\r\n\r\n\r\n\r\ntwo\t three") == "one\n\ntwo three"
    assert clean("👩\u200d💻") == "👩\u200d💻"
    assert line("a\nb" * 60, 20) == "a ba ba ba ba ba ba…"


def test_what_the_choice_hangs_on_is_told_with_who_would_be_chosen_instead() -> None:
    comparison = comparison_for(Task.CLASSIFICATION, examples=40)
    found = build(comparison).sensitivity
    winner, other = comparison.decision.winner, comparison.decision.runner_up
    assert found.tornado is not None
    assert [b.turns for b in found.tornado.bars] == [True, False, False]
    assert (found.tornado.bars[0].text, found.tornado.bars[1].text) == ("$28.80 to $43.20", "× 0.8 to × 1.2")
    assert f"{other} can become cheaper than {winner} by: Reviewer cost per hour." in found.tornado_note
    assert found.slack.rows[0].cells[0].text.endswith(f": {winner}; above that: nobody is proven")
    assert found.uncertainty == "Knowing more is worth at most $201.60 a year."


def test_a_decision_without_a_winner_has_no_tornado() -> None:
    found = build(comparison_for(Task.CLASSIFICATION, status=Status.NO_CANDIDATE_QUALIFIES, examples=40)).sensitivity
    assert (found.tornado, found.tornado_note, found.uncertainty) == (None, "", "")


def test_findings_with_one_remedy_share_a_row_and_cells_name_their_sheet_once() -> None:
    comparison = comparison_for(Task.CLASSIFICATION, examples=30)
    warned = [
        Finding("review-finds-nothing", Severity.WARNING, "Review rules", f"{name} is reviewed in vain.", "Choose others.")
        for name in ("North", "South")
    ]
    copies = Finding("near-copies", Severity.NOTE, ", ".join(f"Examples!A{n}" for n in (14, 18, 23, 29, 31)), "x", "y")
    shown = build(replace(comparison, findings=(*warned, copies))).findings
    assert [row.where for row in shown] == ["Review rules", "Examples!A14, A18, A23 and 2 more"]
    assert (
        places("Examples!A14, Examples!A18, Examples!A23, Examples!A29 and 87 more") == "Examples!A14, A18, A23 and 88 more"
    )
    assert places("Review rules and more") == "Review rules and more"
    assert shown[0].what == "North is reviewed in vain.\nSouth is reviewed in vain."


def test_a_level_far_above_every_latency_is_named_beside_the_chart_and_not_drawn() -> None:
    comparison = comparison_for(Task.CLASSIFICATION, examples=30)
    level = replace(comparison.plan.service_levels[0], measure="p95 latency", scope=OVERALL, comparator=Comparator.AT_MOST)

    def chart(target: float) -> LatencyChart:
        plan = replace(comparison.plan, service_levels=(replace(level, target=target),))
        found = build(replace(comparison, plan=plan)).charts.latency
        assert found is not None
        return found

    near, far = chart(1.0), chart(1e6)
    assert near.level is not None
    assert near.far_level == ""
    assert far.level is None
    assert "far right of this chart" in far.far_level
    assert far.end < 1e5


def test_an_opening_of_the_holdout_makes_a_revision_of_its_own() -> None:
    comparison = comparison_for(Task.CLASSIFICATION, examples=30)
    assert [r.name for r in build(comparison).document.revisions] == ["1"]
    assert build(comparison).document.edition == "revision 1 · Draft until signed"
    opened = HoldoutOpening(HoldoutAccess(1, "2026-12-01T10:00:00Z", "Ada", "confirm", "Ostrava mini", "run"), None)
    later = build(replace(comparison, holdout_openings=(opened,))).document
    assert [r.name for r in later.revisions] == ["1", "2"]
    assert later.revisions[1].value.replace("\u00a0", " ") == "1 December 2026"
    assert later.edition == "revision 2 · Draft until signed"


def test_sentences_that_differ_in_a_few_words_become_one() -> None:
    told = [f"{name}: {n} % of the answers are reviewed, and the review finds no error." for name, n in (("A", 7), ("B", 9))]
    assert merged(told, alike=0.8, least=8) == [
        "A: 7 and B: 9 % of the answers are reviewed, and the review finds no error."
    ]
    assert merged(["a word", "another word"], alike=0.5, least=8) == ["a word", "another word"]
    assert merged(["the rows of A;", "the rows of B;", "the rows of C;"], alike=0.5, least=2) == ["the rows of A, B and C;"]
    assert merged(["so it is, in all", "in all so it is,"], alike=0.1, least=1) == ["so it is, in all", "in all so it is,"]


def test_a_label_of_very_few_examples_is_charted_as_a_count() -> None:
    comparison = comparison_for(Task.CLASSIFICATION, examples=40, labels=12)
    points = build(comparison).charts.parts.points  # type: ignore[union-attr]
    few = [p for p in points if int(p.note.split()[0]) < 5]
    assert few
    assert all(re.fullmatch(r"\d of [0-4]", p.text) and p.low is None for p in few)


def test_how_many_candidates_were_scored_on_the_examples_is_a_limit() -> None:
    comparison = comparison_for(Task.CLASSIFICATION, examples=40)
    told = " ".join(build(comparison).limitations).replace("\u00a0", " ")
    assert f"{len(comparison.candidates)} candidates scored on these examples are allowed for" in told


def test_what_was_tested_is_printed_with_its_prompt_and_each_segment_has_a_sentence() -> None:
    comparison = comparison_for(Task.CLASSIFICATION, examples=60)
    lead = build(comparison).lead
    asked = tuple(
        replace(
            c,
            spec=replace(
                c.spec,
                kind=CandidateKind.API_MODEL,
                prompt=Prompt("p", "Sort {input} by {labels}.", "You sort mail."),
                temperature=0.2,
            ),
        )
        if c.spec.name == lead
        else c
        for c in comparison.candidates
    )
    plan = replace(comparison.plan, production_mix={"phone": 0.5})
    view = build(replace(comparison, candidates=asked, plan=plan))
    told = {f.name: f.value for f in view.tested}
    assert told["User message"] == "Sort {input} by {labels}."
    assert (told["System message"], told["Temperature"]) == ("You sort mail.", "0.2")
    assert "phone: not tested, though the production mix names it." in view.quality.segment_statements
    many = Counter(e.segment for e in comparison.corpus.eval)
    tested = [s for s in view.quality.segment_statements if ": tested on " in s]
    assert len(tested) == len([name for name in many if name])
    without = replace(comparison.corpus, eval=tuple(replace(e, segment="") for e in comparison.corpus.eval))
    assert build(replace(comparison, corpus=without)).quality.segment_statements[0].startswith("No segment is named")


def test_an_error_of_classification_gives_label_names_not_json() -> None:
    comparison = comparison_for(Task.CLASSIFICATION, examples=60)
    lead = comparison.result(build(comparison).lead)
    wrong = next(o for o in lead.sample.observations if o.example.key is not None and not o.score.unscored)
    taken = Part("label", Mark.WRONG, "complaint", "refund")
    score = replace(wrong.score, strict=Reading(Outcome.ANSWERED, (taken,), label="refund"))
    said = replace(wrong, response=replace(wrong.response, text='{"label": "Money back"}'), score=score)
    sample = replace(lead.sample, observations=(said,))
    candidates = tuple(replace(c, sample=sample) if c is lead else c for c in comparison.candidates)
    shown = build(replace(comparison, candidates=candidates))
    assert shown.quality.errors[0].found == 'refund (written: {"label": "Money back"})'


def test_every_word_that_we_coin_stands_in_the_glossary() -> None:
    told = " ".join(f.name for f in build(comparison_for(Task.CLASSIFICATION, examples=30)).glossary).casefold()
    statuses = [s.word for s in Status] + [r.value for r in Readiness]
    coined = statuses + [v.value for v in Verdict] + [o.value for o in Outcome]
    terms = (
        "holdout", "evaluation split", "train", "regression", "segment", "baseline", "seal", "hash", "commitment", "Holm",
        "p value",
        "known failure", "interval", "bound", "service level", "review rate", "retry rate", "failure rate", "break-even",
        "production mix", "draws", "strictly", "evidence", "candidate", "cost per task", "p95 latency", "unscored",
    )  # fmt: skip
    assert [w for w in (*coined, *terms) if w.casefold() not in told] == []
