"""Anchors and patterns: what stands around a value in the train documents, and what its values look like.

For each field every span of a train document that looks like one of its values is weighed by the words before and after it
(naive Bayes over these anchors); a list field is looked up in a dictionary of train values. A field is left empty when
nothing speaks for a value as clearly as it did in train (formulas.md 6).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf, log

import msgspec

from reportgen.candidates.interface import Briefing, Question
from reportgen.candidates.text_baseline import Answer, Method, learned_from
from reportgen.domain.records.plan import Example, FieldSpec, FieldType

MOST_SHAPES = 24
DESCRIBED = 0.8
"""Shapes describe a field when the commonest of them cover this share of its values."""
TRUSTED = 0.5
"""A dictionary entry is believed when its word meant this value at least this often in train."""
QUOTE_BEFORE = 40
WINDOW = 60
SMOOTHING = 0.5
MARGIN = 2.0
"""Log odds that a value may fall short of the weakest one accepted in train."""
FEW = 8
"""Below so many train documents everything seen is believed."""

_TOKEN = re.compile(r"\w+|[^\w\s]")
_SEGMENT = re.compile(r"[^\n\t:;|]+")
_CLASSES = (
    (re.compile(r"\d+"), r"\d+"),
    (re.compile(r"[A-Z]{2,}"), r"[A-Z]+"),
    (re.compile(r"[A-ZÀ-Þ]?[a-zà-öø-ÿß]+"), r"[A-ZÀ-Þ]?[a-zà-öø-ÿß]+"),
    (re.compile(r"\s+"), r"\s+"),
)

_DIGITS = re.compile(r"\d+")

Span = tuple[int, int]
Labelled = tuple[str, tuple[str, ...]]
"""A train text and the values of one field in it."""


@dataclass(frozen=True, slots=True)
class FieldModel:
    """What was learned about one field. `shapes` empty = free text, any segment of a line; `threshold` in log odds."""

    spec: FieldSpec
    shapes: tuple[re.Pattern[str], ...]
    weights: dict[str, float]
    threshold: float
    dictionary: tuple[re.Pattern[str], ...]

    def find(self, text: str) -> list[Span]:
        """Return the places of the values in a text: none, one, or for a list as many as there are."""
        if self.spec.type is FieldType.LIST:
            return sorted({m.span() for pattern in self.dictionary for m in pattern.finditer(text)})
        best = max(((self.weigh(text, span), -span[0], span) for span in spans(text, self.shapes)), default=None)
        return [best[2]] if best is not None and best[0] >= self.threshold else []

    def weigh(self, text: str, span: Span) -> float:
        """Return the log odds that a span is the value."""
        return sum(self.weights.get(feature, 0.0) for feature in features(text, span))


def anchors_and_patterns(briefing: Briefing) -> Method:
    """Learn one model a field. Raises ValueError when there is nothing to learn from."""
    examples = learned_from(briefing)
    fields = [spec for spec in briefing.plan.fields if spec.type is not FieldType.RECORDS]  # no rows are learned here
    models = [_learn(spec, examples) for spec in fields]

    def answer(question: Question) -> Answer:
        found = {}
        for model in models:
            places = model.find(question.input)
            values = list(dict.fromkeys(question.input[a:b] for a, b in places))
            value = values if model.spec.type is FieldType.LIST else "".join(values)
            found[model.spec.name] = {"value": value or None, "quote": quote_of(question.input, places)}
        return Answer(msgspec.json.encode(found).decode())

    return answer


def quote_of(text: str, places: Sequence[Span]) -> str:
    """Return the first value with what stands before it on its line, verbatim; empty where there is no value."""
    if not places:
        return ""
    start, end = places[0]
    line = text.rfind("\n", 0, start) + 1
    return text[max(line, start - QUOTE_BEFORE) : end].strip()


def spans(text: str, shapes: Sequence[re.Pattern[str]]) -> Iterator[Span]:
    """Yield every place that looks like a value: the longest match at each start, or every segment of a line."""
    if not shapes:
        for match in _SEGMENT.finditer(text):
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            if start < match.end():
                yield start, match.start() + len(match[0].rstrip())
        return
    longest: dict[int, int] = {}
    for shape in shapes:
        for match in shape.finditer(text):
            longest[match.start()] = max(match.end(), longest.get(match.start(), 0))
    yield from longest.items()


def features(text: str, span: Span) -> list[str]:
    """Return the anchors of a span: one and two tokens on each side, its line, the look of the value, and the value itself.

    Numbers beside a value differ from document to document, so each stands for all.
    """
    start, end = span
    before = [_DIGITS.sub("0", t.casefold()) for t in _TOKEN.findall(text[max(0, start - WINDOW) : start])]
    after = [_DIGITS.sub("0", t.casefold()) for t in _TOKEN.findall(text[end : end + WINDOW])]
    left, right = ["^", *before][-2:], [*after, "$"][:2]
    line = _DIGITS.sub("0", text[text.rfind("\n", 0, start) + 1 : start].strip().casefold())
    return [
        f"left {left[-1]}",
        f"left {' '.join(left)}",
        f"right {right[0]}",
        f"right {' '.join(right)}",
        f"line {line[:WINDOW]}",
        f"look {shape_of(text[start:end])}",
        f"is {text[start:end].casefold()}",
    ]


def shape_of(value: str) -> str:
    """Return a pattern of the character classes of a value: `INV-2024-7` gives capitals, dash, digits, dash, digits."""
    result, at = "", 0
    while at < len(value):
        for looks, pattern in _CLASSES:
            if match := looks.match(value, at):
                result += pattern
                at = match.end()
                break
        else:
            result += re.escape(value[at])
            at += 1
    return result


def _learn(spec: FieldSpec, examples: Sequence[Example]) -> FieldModel:
    labelled = [(e.input, values) for e in examples if (values := _values(e, spec.name)) is not None]
    shapes = _shapes([value for _, values in labelled for value in values])
    weights = _weights(labelled, shapes)
    return FieldModel(spec, shapes, weights, _threshold(spec, shapes, labelled), _dictionary(spec, labelled))


def _weights(labelled: Sequence[Labelled], shapes: Sequence[re.Pattern[str]]) -> dict[str, float]:
    """Return the log odds of each feature that was seen more than once: what is seen once says nothing of the next text."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for text, values in labelled:
        for span in spans(text, shapes):
            (right if text[span[0] : span[1]] in values else wrong).update(features(text, span))
    total_right, total_wrong = max(1, right.total()), max(1, wrong.total())
    return {
        f: log((right[f] + SMOOTHING) / (total_right + 1)) - log((wrong[f] + SMOOTHING) / (total_wrong + 1))
        for f in right.keys() | wrong.keys()
        if right[f] + wrong[f] > 1 or len(labelled) < FEW
    }


def _values(example: Example, field: str) -> tuple[str, ...] | None:
    """Return the values of a field, None where nobody labelled it."""
    key = example.key.fields.get(field) if example.key else None
    return key.values if key is not None and key.labelled else None


def _threshold(spec: FieldSpec, shapes: tuple[re.Pattern[str], ...], labelled: Sequence[Labelled]) -> float:
    """Return the log odds from which on answering was right most often, an empty field counted.

    Each half of train is judged by what was learned from the other, since a text is always surer of its own words.
    """
    if spec.type is FieldType.LIST:
        return 0.0
    scored: list[tuple[float, bool, bool]] = []
    halves = (labelled[::2], labelled[1::2]) if len(labelled) >= FEW else (labelled, labelled)
    for learned, judged in (halves, halves[::-1]):
        model = FieldModel(spec, shapes, _weights(learned, shapes), -inf, ())
        for text, values in judged:
            places = model.find(text)
            scored += [(model.weigh(text, (a, b)), text[a:b] in values, not values) for a, b in places]
    scored.sort(reverse=True)
    gain = best_gain = 0
    accepted = 0
    for position, (_, is_right, is_absent) in enumerate(scored, 1):
        gain += 1 if is_right else (-1 if is_absent else 0)
        if gain > best_gain:
            best_gain, accepted = gain, position
    if not accepted:
        return inf
    weakest = scored[accepted - 1][0]
    rejected = scored[accepted][0] if accepted < len(scored) else -inf
    return max((weakest + rejected) / 2, weakest - MARGIN)


def _shapes(values: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    """Return what the values look like, empty where they have too many looks to be described."""
    looks = Counter(shape_of(value) for value in values)
    common = [shape for shape, _ in looks.most_common(MOST_SHAPES)]
    if sum(looks[shape] for shape in common) < DESCRIBED * len(values):
        return ()
    return tuple(re.compile(rf"(?<!\w)(?:{shape})(?!\w)") for shape in common)


def _dictionary(spec: FieldSpec, labelled: Sequence[Labelled]) -> tuple[re.Pattern[str], ...]:
    if spec.type is not FieldType.LIST:
        return ()
    entries = []
    for value in sorted({v for _, values in labelled for v in values}):
        pattern = re.compile(rf"(?<!\w){re.escape(value)}(?!\w)", re.IGNORECASE)
        holding = [values for text, values in labelled if pattern.search(text)]
        if sum(value in values for values in holding) >= TRUSTED * max(1, len(holding)):
            entries.append(pattern)
    return tuple(entries)
