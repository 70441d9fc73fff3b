"""Baselines over whole texts: the commonest answer, the nearest train example, and a linear model over TF-IDF."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from reportgen.candidates.interface import Briefing, Question
from reportgen.domain.records.plan import Example, FieldKey, FieldSpec, FieldType, Task
from reportgen.learning import TfIdf, letters, logistic_regression, words

NO_TRAIN = "there are no train examples to learn from"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a method says, with its confidence where it has one."""

    text: str
    confidence: float | None = None


Method = Callable[[Question], Answer]


def learned_from(briefing: Briefing) -> list[Example]:
    """Return the labelled train examples. Raises ValueError with the sentence to report when there are none."""
    found = [e for e in briefing.train if e.key is not None]
    if not found:
        raise ValueError(NO_TRAIN)
    return found


def answer_of(example: Example, task: Task, fields: Sequence[FieldSpec] = ()) -> str:
    """Return what a candidate would have had to answer to this train example; `fields` says which fields are lists."""
    key = example.key
    if key is None:
        return ""
    match task:
        case Task.CLASSIFICATION:
            return key.label or "" if key.labels is None else "\n".join(key.labels) or "(none)"
        case Task.QUESTION_ANSWERING:
            return key.answers[0] if key.answers else ""
        case Task.SUMMARIZATION:
            return key.reference or " ".join(key.key_facts)
        case Task.EXTRACTION:
            types = {spec.name: spec.type for spec in fields}
            found = {name: _value_of(k, types.get(name)) for name, k in key.fields.items()}
            return msgspec.json.encode({name: value or None for name, value in found.items()}).decode()


def _value_of(key: FieldKey, kind: FieldType | None) -> object:
    """Return what stands for a field in the answer: one value, a list, or rows."""
    if kind is FieldType.RECORDS:
        return [{name: text or None for name, text in row.items()} for row in key.rows]
    return list(key.values) if kind is FieldType.LIST else next(iter(key.values), None)


def majority(briefing: Briefing) -> Method:
    """Answer everything with the commonest train answer; ties go to the first in the alphabet."""
    task = briefing.plan.settings.task
    counts = Counter(answer_of(e, task, briefing.plan.fields) for e in learned_from(briefing))
    text, count = min(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    found = Answer(text, count / counts.total())
    return lambda _: found


def nearest_example(briefing: Briefing) -> Method:
    """Answer as the train example with the highest TF-IDF cosine; its similarity is the confidence."""
    task = briefing.plan.settings.task
    examples = learned_from(briefing)
    weights = TfIdf([e.input for e in examples], words)
    known = weights.known.T.tocsr()
    answers = [answer_of(e, task, briefing.plan.fields) for e in examples]

    def answer(question: Question) -> Answer:
        row = weights.of([question.input]) @ known
        if row.nnz == 0:
            return Answer(answers[0], 0.0)
        best = int(row.data.argmax())
        return Answer(answers[int(row.indices[best])], min(1.0, float(row.data[best])))

    return answer


def _each_label(examples: Sequence[Example], labels: Sequence[tuple[str, ...]]) -> Method:
    """Answer with every label that its own logistic regression finds likelier than not; learned one label at a time."""
    weights = TfIdf([e.input for e in examples], words)
    models, always = {}, []
    for name in sorted({name for found in labels for name in found}):
        there = np.array([name in found for found in labels])
        if there.all():
            always.append(name)
        else:
            models[name] = logistic_regression(weights.known, there.astype(np.int64))

    def answer(question: Question) -> Answer:
        row = weights.of([question.input])
        shares = {name: float(model.chances(row)[0, 1]) for name, model in models.items()}
        found = sorted([*always, *(name for name, share in shares.items() if share >= 0.5)])  # noqa: PLR2004 - likelier than not
        sure = [max(share, 1 - share) for share in shares.values()]
        return Answer("\n".join(found) or "(none)", min(sure, default=1.0))

    return answer


def tf_idf_logistic_regression(briefing: Briefing) -> Method:
    """Logistic regression over word 1-2-grams and character 3-5-grams, C = 10, classes balanced (formulas.md 6)."""
    examples = learned_from(briefing)
    labels = [answer_of(e, Task.CLASSIFICATION) for e in examples]
    if briefing.plan.settings.several_labels:
        return _each_label(examples, [e.key.labels or () for e in examples if e.key is not None])
    if len(set(labels)) == 1:
        only = Answer(labels[0], 1.0)
        return lambda _: only
    texts, names = [e.input for e in examples], sorted(set(labels))
    weights = [TfIdf(texts, apart) for apart in (words, letters)]
    model = logistic_regression(_beside(w.known for w in weights), np.array([names.index(label) for label in labels]))

    def answer(question: Question) -> Answer:
        shares = model.chances(_beside(w.of([question.input]) for w in weights))[0]
        best = int(shares.argmax())
        return Answer(names[best], float(shares[best]))

    return answer


def _beside(blocks: Iterable[Any]) -> Any:  # noqa: ANN401 - scipy.sparse has no types
    """Return sparse matrices of the same rows side by side."""
    from scipy import sparse  # noqa: PLC0415 - .1 s that only a learner needs

    return sparse.hstack(list(blocks), format="csr")
