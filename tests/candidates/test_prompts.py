"""Prompts: four slots are filled, every other brace is left alone, and few-shot examples come from train only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.candidates.interface import Briefing, Question
from reportgen.candidates.prompts import answer_schema, few_shot, messages
from reportgen.domain.records.built_in_prompts import BUILT_IN
from reportgen.domain.records.plan import FieldSpec, FieldType, Label, Prompt, Split, Task
from tests.candidates.plans import api_model, example, plan_of

TRAIN = tuple(example(n, label=("refund", "refund", "refund", "delivery")[n % 4]) for n in range(40))


def question(text: str, task: Task = Task.CLASSIFICATION) -> Question:
    return Question("E1", text, task, (Label("refund", "money"), Label("other")), (FieldSpec("Total", FieldType.MONEY),))


def shown(count: int, **more: object) -> tuple[str, ...]:
    plan = plan_of(seed=3)
    briefing = Briefing(plan, TRAIN, {}, {}, **more)  # type: ignore[arg-type]
    return tuple(e.id for e in few_shot(api_model("A", "", few_shot_examples=count), briefing))


@pytest.mark.parametrize("task", list(Task))
def test_the_built_in_prompts_hold_the_text_once_and_no_slot_is_left(task: Task) -> None:
    sent = "\n".join(m["content"] for m in messages(BUILT_IN[task], question("THE TEXT", task), ()))
    assert sent.count("THE TEXT") == 1
    assert not any(slot in sent for slot in ("{input}", "{labels}", "{fields}", "{examples}"))
    assert ("refund: money" in sent) is (task is Task.CLASSIFICATION)
    assert ("Total" in sent) is (task is Task.EXTRACTION)


@given(st.text(alphabet="{}inputlabesfxm %$\\", max_size=60))
def test_whatever_stands_in_a_text_reaches_the_model_unchanged(text: str) -> None:
    (sent,) = messages(Prompt("p", "<<{input}>> {unknown} {{input}} 100 %"), question(text), ())
    assert sent["content"] == f"<<{text}>> {{unknown}} {{{text}}} 100 %"


def test_examples_stand_at_their_slot_or_else_as_earlier_turns() -> None:
    shots = (example(1, "first", "refund"), example(2, "{input}", "other"))
    (placed,) = messages(Prompt("p", "{examples}{input}"), question("now"), shots)
    assert placed["content"].index("first") < placed["content"].index("{input}") < placed["content"].index("now")
    turns = messages(Prompt("p", "Sort: {input}"), question("now"), shots)
    assert [(t["role"], t["content"]) for t in turns] == [
        ("user", "Sort: first"),
        ("assistant", "refund"),
        ("user", "Sort: {input}"),
        ("assistant", "other"),
        ("user", "Sort: now"),
    ]


def test_examples_shown_repeat_with_the_seed_and_give_every_label_a_turn() -> None:
    assert shown(4) == shown(4)
    assert shown(6)[:4] == shown(4)
    labels = [str(e.key.label) for name in shown(4) for e in TRAIN if e.id == name and e.key]
    assert sorted(labels[:2]) == sorted(labels[2:]) == ["delivery", "refund"]


@pytest.mark.parametrize("asked", [frozenset({"E7"}), frozenset({"E7", "E8"})])
def test_an_example_that_is_asked_is_never_shown(asked: frozenset[str]) -> None:
    with pytest.raises(RuntimeError, match="both learned from and asked"):
        shown(1, asked=asked)


def test_an_example_declared_for_another_split_is_never_shown() -> None:
    held = example(99, declared_split=Split.HOLDOUT)
    with pytest.raises(RuntimeError, match="E99"):
        few_shot(api_model("A", "", few_shot_examples=1), Briefing(plan_of(), (*TRAIN, held), {}, {}))


def test_the_schema_is_strict_and_knows_choices_and_lists() -> None:
    fields = (FieldSpec("Law", FieldType.CHOICE, choices=("A", "B")), FieldSpec("Parties", FieldType.LIST))
    schema = answer_schema(fields)
    assert schema["additionalProperties"] is False
    properties = schema["properties"]
    assert isinstance(properties, dict)
    assert properties["Law"]["properties"]["value"]["enum"] == ["A", "B", None]
    assert properties["Parties"]["properties"]["value"]["type"] == "array"
