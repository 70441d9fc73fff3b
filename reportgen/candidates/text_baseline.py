"""Baselines over whole texts: the commonest answer, the nearest train example, and a linear model over TF-IDF."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from reportgen.candidates.interface import Briefing, Question
from reportgen.domain.records.plan import Example, FieldKey, FieldSpec, FieldType, Task

NO_TRAIN = "there are no train examples to learn from"
WORDS = {"token_pattern": r"(?u)\w+"}
"""Every word counts, also those of one letter or digit."""


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
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - takes more than a second

    task = briefing.plan.settings.task
    examples = learned_from(briefing)
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, **WORDS)
    known = vectorizer.fit_transform([e.input for e in examples]).T.tocsr()
    answers = [answer_of(e, task, briefing.plan.fields) for e in examples]

    def answer(question: Question) -> Answer:
        row = vectorizer.transform([question.input]) @ known
        if row.nnz == 0:
            return Answer(answers[0], 0.0)
        best = int(row.data.argmax())
        return Answer(answers[int(row.indices[best])], min(1.0, float(row.data[best])))

    return answer


def _each_label(examples: Sequence[Example], labels: Sequence[tuple[str, ...]]) -> Method:
    """Answer with every label that its own logistic regression finds likelier than not; learned one label at a time."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, **WORDS)
    known = words.fit_transform([e.input for e in examples])
    models, always = {}, []
    with threadpool_limits(limits=1):  # as below
        for name in sorted({name for found in labels for name in found}):
            there = [name in found for found in labels]
            if all(there):
                always.append(name)
            else:
                models[name] = LogisticRegression(C=10, class_weight="balanced", max_iter=1000, tol=1e-3).fit(known, there)

    def answer(question: Question) -> Answer:
        row = words.transform([question.input])
        shares = {name: float(model.predict_proba(row)[0, 1]) for name, model in models.items()}
        found = sorted([*always, *(name for name, share in shares.items() if share >= 0.5)])  # noqa: PLR2004 - likelier than not
        sure = [max(share, 1 - share) for share in shares.values()]
        return Answer("\n".join(found) or "(none)", min(sure, default=1.0))

    return answer


def tf_idf_logistic_regression(briefing: Briefing) -> Method:
    """Logistic regression over word 1-2-grams and character 3-5-grams, C = 10, classes balanced (formulas.md 6)."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline, make_union  # noqa: PLC0415
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    examples = learned_from(briefing)
    labels = [answer_of(e, Task.CLASSIFICATION) for e in examples]
    if briefing.plan.settings.several_labels:
        return _each_label(examples, [e.key.labels or () for e in examples if e.key is not None])
    if len(set(labels)) == 1:
        only = Answer(labels[0], 1.0)
        return lambda _: only
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, **WORDS)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    model = make_pipeline(
        make_union(words, letters), LogisticRegression(C=10, class_weight="balanced", max_iter=1000, tol=1e-3)
    )
    with threadpool_limits(limits=1):  # small sums: more threads wait for one another, and add up in another order
        model.fit([e.input for e in examples], labels)

    def answer(question: Question) -> Answer:
        shares = model.predict_proba([question.input])[0]
        best = int(shares.argmax())
        return Answer(str(model.classes_[best]), float(shares[best]))

    return answer
