"""Clean workbooks give exactly their plan, found by name whatever their order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reportgen.domain.records.plan import (
    AnswerKey,
    Assumption,
    CandidateKind,
    CandidateSpec,
    Comparator,
    Example,
    FieldKey,
    FieldSpec,
    FieldType,
    Importance,
    Label,
    Price,
    RecordedOutput,
    Role,
    Scope,
    ScopeKind,
    ServiceLevel,
    Settings,
    Task,
)
from tests.workbook.filled import check, errors, sheets, warnings

CLASSIFICATION, EXTRACTION = Task.CLASSIFICATION, Task.EXTRACTION
SUMMARIZATION, QUESTIONS = Task.SUMMARIZATION, Task.QUESTION_ANSWERING


def test_a_clean_classification_gives_exactly_its_plan(tmp_path: Path) -> None:
    plan, problems = check(sheets(CLASSIFICATION), tmp_path)
    assert problems == ()
    assert plan is not None
    assert plan.settings == Settings("A classification test", CLASSIFICATION, primary_measure="macro F1")
    assert plan.labels == (Label("refund", "money back"), Label("order", "", ("purchase", "buy")))
    assert plan.examples == (
        Example(
            "A1", "  Where is my\n money? ", AnswerKey("refund"), "Examples!A2", "e-mail", other_columns={"Region": "north"}
        ),
        Example("A2", "Please send 3 boxes", AnswerKey("order"), "Examples!A3", "phone", other_columns={"Region": "south"}),
        Example("A3", "I want it back", AnswerKey("order"), "Examples!A4", "phone"),
    )
    assert plan.candidates == (
        CandidateSpec(
            "small",
            CandidateKind.API_MODEL,
            "openai/gpt-4o-mini",
            Role.PRODUCTION,
            key_variable="OPENAI_API_KEY",
            price=Price(0.15, 0.6),
            where="Candidates!A2",
        ),
        CandidateSpec("kept", CandidateKind.RECORDED_OUTPUTS, where="Candidates!A3"),
    )
    assert plan.service_levels == (
        ServiceLevel(
            "p95 latency",
            Comparator.AT_MOST,
            2.5,
            unit="s",
            importance=Importance.MUST,
            agreed_by="Ann",
            agreed_on="2026-04-03",
            reason="people wait",
            where="Service levels!D2",
        ),
    )
    assert plan.costs["Tasks per month"] == Assumption(
        "Tasks per month", 10000, 8000, 12000, "tasks", "report of May", "Costs!C2"
    )
    assert list(plan.costs) == ["Tasks per month", "Minutes per review", "Reviewer cost per hour", "Manual cost per task"]
    assert plan.recorded_outputs == tuple(
        RecordedOutput("kept", f"A{i}", text, where=f"Examples!E{i + 1}")
        for i, text in enumerate(["refund", "order", "refund"], 1)
    )
    assert [r.name for r in plan.review_rules] == ["invalid output", "missing field", "failed citation", "abstained"]
    assert plan.warnings == ()


def test_a_clean_extraction_tells_blank_from_not_labelled(tmp_path: Path) -> None:
    plan, problems = check(sheets(EXTRACTION), tmp_path)
    assert problems == ()
    assert plan is not None
    assert plan.fields == (
        FieldSpec("Tenant", FieldType.NAME, required=True, citation_required=True),
        FieldSpec("Rent", FieldType.MONEY, tolerance=0.5),
        FieldSpec("Parties", FieldType.LIST),
    )
    assert [e.key for e in plan.examples] == [
        AnswerKey(
            fields={
                "Tenant": FieldKey(("Ann Lee",), "tenant is Ann Lee"),
                "Rent": FieldKey(("1,200.50",)),
                "Parties": FieldKey(("Ann Lee", "Bob")),
            }
        ),
        AnswerKey(fields={"Tenant": FieldKey(labelled=False), "Rent": FieldKey(), "Parties": FieldKey()}),
    ]
    assert plan.settings.primary_measure == "field F1"


def test_a_clean_summarization_gives_reference_and_facts(tmp_path: Path) -> None:
    plan, problems = check(sheets(SUMMARIZATION), tmp_path)
    assert problems == ()
    assert plan is not None
    assert [e.key for e in plan.examples] == [
        AnswerKey(reference="A text.", key_facts=("It is long.", "It is a text.")),
        AnswerKey(key_facts=("It is another.",)),
    ]


def test_clean_questions_accept_several_answers_one_a_line(tmp_path: Path) -> None:
    plan, problems = check(sheets(QUESTIONS), tmp_path)
    assert problems == ()
    assert plan is not None
    assert [e.key for e in plan.examples] == [AnswerKey(answers=("Paris", "Paris, France")), AnswerKey(answers=("4",))]
    assert plan.examples[0].input == "Capital of France?"


def test_sheets_columns_and_labels_are_found_whatever_their_case_order_and_spaces(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    plain, _ = check(made, tmp_path)
    made["service_levels"] = made.pop("Service levels")
    made["EXAMPLES "] = [list(reversed(r)) for r in made.pop("Examples")]
    made["EXAMPLES "][0] = [str(h).upper().replace(" ", "_") if ":" not in str(h) else h for h in made["EXAMPLES "][0]]
    made["EXAMPLES "].insert(0, [None, None])
    made["EXAMPLES "].append([None, " "])
    plan, problems = check(made, tmp_path)
    assert plan is not None, problems
    assert plain is not None
    stripped = [replace(e, where="", other_columns={}) for e in plan.examples]
    assert stripped == [replace(e, where="", other_columns={}) for e in plain.examples]
    assert [s.target for s in plan.service_levels] == [2.5]


def test_labels_and_fields_are_taken_from_the_examples_where_no_sheet_declares_them(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    del made["Labels"]
    plan, _ = check(made, tmp_path)
    assert plan is not None
    assert [label.name for label in plan.labels] == ["refund", "Order", "Purchase"]
    made = sheets(EXTRACTION)
    del made["Fields"]
    plan, _ = check(made, tmp_path)
    assert plan is not None
    assert plan.fields == (FieldSpec("Tenant"), FieldSpec("Rent"), FieldSpec("Parties"))


def test_our_own_sheets_and_row_status_are_skipped_without_a_note(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    for ours in ("Start", "Lists", "Filled example", "_reportgen"):
        made[ours] = [["x"]]
    made["Examples"][0].append("Row status")
    made["Examples"] += [[None, None, None, None, None, None, "ok"]]
    assert warnings(made, tmp_path) == []


def test_unknown_sheets_are_noted_and_near_misses_offered(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    made["My notes"] = [["hello"]]
    made["Reccorded outputs"] = [["hello"]]
    found = warnings(made, tmp_path)
    assert found == [
        "My notes: the sheet is not known and was not read. Nothing to do.",
        'Reccorded outputs: the sheet is not known and was not read. Did you mean "Recorded outputs"?',
    ]


def test_every_missing_sheet_is_named(tmp_path: Path) -> None:
    made = {"Exampels": [["a"]], "Other": [["b"]]}
    found = errors(made, tmp_path)  # type: ignore[arg-type] # a list of texts is a list of cells
    assert [f.split(" is missing")[0] for f in found] == [
        f'evaluation.xlsx: the sheet "{name}"'
        for name in ("Evaluation", "Examples", "Candidates", "Service levels", "Costs")
    ]
    assert 'Did you mean this by the sheet "Exampels"?' in found[1]


@pytest.mark.parametrize("share", [0.7, "70%", "70 %", "0,7"])
def test_shares_are_read_in_every_form(tmp_path: Path, share: str | float) -> None:
    made = sheets(CLASSIFICATION)
    made["Evaluation"] += [["Train share", share, None], ["Eval share", 0.2, None], ["Holdout share", "10 %", None]]
    plan, problems = check(made, tmp_path)
    assert plan is not None, problems
    assert (plan.settings.train_share, plan.settings.eval_share, plan.settings.holdout_share) == (0.7, 0.2, 0.1)


def test_a_bare_seventy_names_both_readings_and_shares_must_add_up(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    made["Evaluation"].append(["Train share", 70, None])
    (found,) = errors(made, tmp_path)
    assert found == (
        "Evaluation!B4: the Train share is 70, which could mean 70 % or 7000 %. Write 70 % with the sign, or 0.7."
    )
    made["Evaluation"][-1][1] = 0.5
    (found,) = errors(made, tmp_path)
    assert "add up to 80 %" in found


@pytest.mark.parametrize(("target", "unit", "read"), [(90, "%", 0.9), ("90 %", None, 0.9), (0.9, None, 0.9), (1, None, 1.0)])
def test_a_share_target_is_read_with_its_unit(tmp_path: Path, target: str | float, unit: str | None, read: float) -> None:
    made = sheets(CLASSIFICATION)
    made["Service levels"].append(["Right answers balanced over classes (macro F1)", None, "at least", target, unit])
    plan, problems = check(made, tmp_path)
    assert plan is not None, problems
    assert plan.service_levels[1].target == pytest.approx(read)
    assert plan.service_levels[1].measure == "macro F1"


def test_a_bare_half_beside_a_percent_sign_is_refused_with_both_readings(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    made["Service levels"].append(["invalid output rate", None, "at most", 0.5, "%"])
    (found,) = errors(made, tmp_path)
    assert "could mean 0.5 % or 50 %" in found


def test_scopes_point_at_labels_by_any_spelling_and_segments(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    made["Service levels"] += [
        ["F1", "label: Purchase", "at least", 0.8],
        ["accuracy", "segment: E-Mail", "at least", 0.8],
    ]
    plan, problems = check(made, tmp_path)
    assert plan is not None, problems
    assert [s.scope for s in plan.service_levels[1:]] == [
        Scope(ScopeKind.LABEL, "order"),
        Scope(ScopeKind.SEGMENT, "e-mail"),
    ]


def test_f1_without_a_label_is_refused(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    made["Service levels"].append(["F1", None, "at least", 0.8])
    (found,) = errors(made, tmp_path)
    assert "F1 is about one label or field, and the Scope names none. Write for example label: refund." in found
