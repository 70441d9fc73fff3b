"""What the four samples share: sheets as rows, answers with their measured time, declared splits, and near-copies."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import TypeVar

from reportgen.corpus.split import assign
from reportgen.domain.measures import MEASURES
from reportgen.domain.records.measure import Unit
from reportgen.domain.records.plan import AnswerKey, EvaluationPlan, Example, FieldSpec, Settings, Source, Split, Task
from reportgen.workbook.layout.sheets import measure_words

CURRENCY = "EUR"
NEAR_COPY = 0.9
"""Cosine of character 3-5-grams from which a text is drawn again; formulas.md 5.3 calls .95 the same text."""
_MOST_ROUNDS = 40

Row = dict[str, str | float | int | None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program said about one input; `outcome` blank = answered."""

    output: str
    confidence: float | None = None
    outcome: str = ""


Program = Callable[[str], Answer]


@dataclass(frozen=True, slots=True)
class Sample:
    """One filled workbook: the task, the Evaluation items, the sheets as rows, and the programs that were recorded."""

    task: Task
    evaluation: Mapping[str, str | float]
    sheets: Mapping[str, Sequence[Row]]
    programs: Mapping[str, Program]
    fields: tuple[FieldSpec, ...] = ()

    @property
    def recorded_inputs(self) -> dict[str, str]:
        """Return the inputs that recorded candidates answer: all but the train rows, which are never asked."""
        return {
            str(row["Example ID"]): str(row["Input"])
            for row in self.sheets["Examples"]
            if row.get("Split") != Split.TRAIN.value
        }


def record(candidate: str, program: Program, inputs: Mapping[str, str]) -> list[Row]:
    """Ask a program for every input and return the rows of Recorded outputs, each with the time that its answer took.

    One answer before the first is not recorded, so that nobody's latency holds the warming up of this process. The
    programs run on this machine without tokens, hence Cost 0; what running them costs stands on the sheet Candidates.
    """
    today = datetime.now(UTC).date().isoformat()
    rows: list[Row] = []
    program(next(iter(inputs.values())))
    for example_id, text in inputs.items():
        start = time.perf_counter()
        answer = program(text)
        latency = time.perf_counter() - start
        rows.append(
            {
                "Candidate": candidate,
                "Example ID": example_id,
                "Output": answer.output,
                "Outcome": answer.outcome or "answered",
                "Confidence": None if answer.confidence is None else round(answer.confidence, 4),
                "Latency (s)": round(latency, 7),
                "Attempts": 1,
                "Cost": 0,
                "Recorded on": today,
            }
        )
    return rows


def with_splits(task: Task, rows: Sequence[Row], *, seed: int, shares: tuple[float, float, float]) -> list[Row]:
    """Return the rows of Examples with Split filled in, as reportgen itself would divide them; known failures stay blank.

    `shares` are those of train, eval and holdout. The split is declared because a recorded program has learned from train.
    """
    settings = Settings("sample", task, train_share=shares[0], eval_share=shares[1], holdout_share=shares[2], seed=seed)
    examples = tuple(
        Example(
            id=str(row["Example ID"]),
            input=str(row["Input"]),
            key=AnswerKey(label=str(row["Expected"]) if task is Task.CLASSIFICATION else None),
            where="",
            segment=str(row.get("Segment") or ""),
            known_failure=str(row.get("Known failure") or ""),
        )
        for row in rows
    )
    plan = EvaluationPlan(Source("sample", ""), settings, examples, (), (), {})
    splits = assign(plan, {})
    return [row if row.get("Known failure") else {**row, "Split": splits[str(row["Example ID"])].value} for row in rows]


def without_near_copies(rng: Random, count: int, draw: Callable[[Random, int], T], text_of: Callable[[T], str]) -> list[T]:
    """Draw `count` items and draw again each that is nearly the copy of an earlier one, until none is.

    Raises RuntimeError where the grammar is too poor for so many.
    """
    items = [draw(rng, i) for i in range(count)]
    for _ in range(_MOST_ROUNDS):
        copies = sorted({j for _, j in near_copies([text_of(item) for item in items], NEAR_COPY)})
        if not copies:
            return items
        for j in copies:
            items[j] = draw(rng, j)
    msg = f"{count} texts cannot be drawn without near-copies; the grammar needs more sentences."
    raise RuntimeError(msg)


def near_copies(texts: Sequence[str], least: float) -> list[tuple[int, int]]:
    """Return the pairs (i, j), i < j, whose TF-IDF cosine over character 3-5-grams is `least` or more (formulas.md 5.3)."""
    import numpy as np  # noqa: PLC0415 - heavy, and not needed by the programs
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - takes more than a second

    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5)).fit_transform(texts)
    alike = (vectors @ vectors.T).toarray()
    pairs = np.argwhere(np.triu(alike, 1) >= least)
    return [(int(i), int(j)) for i, j in pairs]


def filled(rng: Random, text: str, slots: Mapping[str, Callable[[Random], str]]) -> str:
    """Return the text with each `{slot}` drawn anew at each place."""
    for name, draw in slots.items():
        while f"{{{name}}}" in text:
            text = text.replace(f"{{{name}}}", draw(rng), 1)
    return text


def mistyped(rng: Random, text: str, most: int = 2) -> str:
    """Return the text with two neighbouring letters swapped in up to `most` longer words."""
    words = text.split(" ")
    long = [i for i, word in enumerate(words) if len(word) > 4 and word.isalpha()]  # noqa: PLR2004 - short words stay legible
    for i in rng.sample(long, min(len(long), rng.randint(1, most))):
        at = rng.randint(1, len(words[i]) - 3)
        words[i] = words[i][:at] + words[i][at + 1] + words[i][at] + words[i][at + 2 :]
    return " ".join(words)


def level(measure: str, comparison: str, target: float, reason: str, **more: str) -> Row:
    """Return one row of Service levels, in the plain words and units of the drop-downs."""
    units = {Unit.SHARE: "%", Unit.SECONDS: "s", Unit.MONEY: CURRENCY}
    return {
        "Measure": measure_words(measure),
        "Scope": "overall",
        "Comparison": comparison,
        "Target": target,
        "Unit": units.get(MEASURES[measure].unit),
        "Reason": reason,
        **more,
    }


def cost(assumption: str, low: float, expected: float, high: float, source: str) -> Row:
    """Return one row of Costs."""
    return {"Assumption": assumption, "Low": low, "Expected": expected, "High": high, "Source": source}


def local_program(name: str, role: str, monthly: float, notes: str) -> Row:
    """Return the row of a candidate whose recorded answers come from a program under `samples/programs`."""
    return {
        "Candidate": name,
        "Kind": "Recorded outputs",
        "Role": role,
        "Infrastructure cost per month": monthly,
        "Notes": f"{notes} A local program: it has no tokens, so the cost recorded with each answer is 0.",
    }


def local_baseline(name: str, model: str, monthly: float, notes: str) -> Row:
    """Return the row of a local baseline."""
    return {
        "Candidate": name,
        "Kind": "Local baseline",
        "Model": model,
        "Role": "candidate",
        "Infrastructure cost per month": monthly,
        "Notes": notes,
    }


def attestations(what: str, labelled: str) -> list[Row]:
    """Return the rows of Attestations; `what` was made up for the sample, `labelled` says when the answers were set."""
    statements = (
        (
            f"Sample workbook: {what} are made up by the authors of reportgen; the recorded answers were really given by "
            "the programs under samples/programs, and their times were measured."
        ),
        labelled,
        (
            "The service levels of this sample were chosen so that its decision teaches something. In a real evaluation "
            "they are agreed before any candidate is run."
        ),
    )
    ours = {"Confirmed by": "Authors of reportgen", "Role": "Authors", "Date": "2026-11-24"}
    return [{"Statement": statement, **ours} for statement in statements]
