"""What stands around an answer, and what each way of reading takes out of it (formulas.md 3.1)."""

from __future__ import annotations

import pytest

from reportgen.domain.records.plan import AnswersRead, Label
from reportgen.metrics.answer_text import bare_answer, text_read
from reportgen.metrics.label_reader import LabelReader

LABELS = tuple(map(Label, ("neutral", "positive", "refund", "refund request", "1", "a-b")))


def _readings(text: str) -> tuple[str | None, ...]:
    return tuple(LabelReader(LABELS, reads).read(text) for reads in AnswersRead)


@pytest.mark.parametrize(
    ("text", "strictly", "first_line", "anywhere", "repaired"),
    [
        ("Neutral", "neutral", "neutral", "neutral", "neutral"),
        ("NEUTRAL\n\nThe text is about policy.", None, "neutral", "neutral", None),
        ("NEUTRAL\n\nNothing positive in it.", None, "neutral", None, None),
        ("NEUTRAL - because positive was not meant", None, "neutral", None, None),
        ("NEUTRAL \u2014 a statement of fact", None, "neutral", "neutral", None),
        ("Neutral. It states a fact.", None, "neutral", "neutral", None),
        ("Label: NEUTRAL", None, "neutral", "neutral", None),
        ("**Label:** NEUTRAL", None, "neutral", "neutral", None),
        ("Kategorie: neutral", None, "neutral", "neutral", None),
        ("The final answer is: neutral.", None, "neutral", "neutral", None),
        ("- neutral", None, "neutral", "neutral", None),
        ("<think>Positive? No.</think>\nNEUTRAL", None, "neutral", "neutral", "neutral"),
        ("<THINKING>a</THINKING>\n<reasoning>b</reasoning>\nneutral", None, "neutral", "neutral", "neutral"),
        ("Positive? No.</think>\nNEUTRAL", None, "neutral", "neutral", "neutral"),
        ("<think>It is neutral, since", None, None, None, None),
        ("~~~text\nneutral\n~~~", None, "neutral", "neutral", "neutral"),
        ('{"label": "neutral", "why": "not positive"}', "neutral", "neutral", "neutral", "neutral"),
        ('```json\n{"label": "neutral", "why": "not positive"}\n```', None, "neutral", "neutral", "neutral"),
        ('Here it is: {"label": "neutral", "why": "not positive"}', None, None, "neutral", "neutral"),
        ("{'label': 'neutral', 'why': 'not positive',", None, None, "neutral", "neutral"),
        ('{"label": "unknown", "why": "neutral"}', None, None, None, None),
        ("refund request: order 7", None, "refund request", "refund request", None),
        ("Refund requests", None, None, "refund", None),
        ("a-b - both", None, "a-b", "a-b", None),
        ("neutral-ish", None, None, "neutral", None),
        ("1.5 stars", None, None, "1", None),
        ("1:30 pm", None, None, "1", None),
        ("neutral, positive", None, None, None, None),
        ("neutral: positive", None, None, None, None),
        ("neutral - positive", None, None, None, None),
        ("Not: neutral", None, None, "neutral", None),
        ("", None, None, None, None),
    ],
)
def test_each_way_of_reading_takes_out_what_its_application_would(
    text: str, strictly: str | None, first_line: str | None, anywhere: str | None, repaired: str | None
) -> None:
    assert _readings(text) == (strictly, first_line, anywhere, repaired)
    if first_line is not None or strictly is not None:
        assert LabelReader(LABELS).lenient(text) == (strictly or first_line)


@pytest.mark.parametrize(
    ("text", "bare", "first"),
    [
        ("42", "42", "42"),
        ("Answer: **42**\n\nBecause six times seven.", "Answer: **42**\n\nBecause six times seven.", "42"),
        ("<think>41?</think>\n\n42", "42", "42"),
        ("<think>41?", "", ""),
        ("```\n42\n```", "42", "42"),
        ("Use <b>bold</b> for 42", "Use <b>bold</b> for 42", "Use <b>bold</b> for 42"),
        ("The tag <think> ends at </think> here", "The tag <think> ends at </think> here", None),
    ],
)
def test_free_text_loses_thoughts_and_a_fence_alone(text: str, bare: str, first: str | None) -> None:
    assert bare_answer(text) == text_read(text, AnswersRead.REPAIRED) == bare
    assert text_read(text, AnswersRead.STRICTLY) == text
    if first is not None:
        assert text_read(text, AnswersRead.FIRST_LINE) == first
