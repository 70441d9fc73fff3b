"""Recorded verdicts: what a person, a model or a rule said about a part takes the place of our own comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from reportgen.domain.reading.text import key
from reportgen.domain.records.plan import RecordedVerdict
from reportgen.domain.records.score import JudgeKind, Mark, Part, Reading, Score

_POSITIVE = frozenset({"correct", "supported", "covered"})
_TRUST = {JudgeKind.PERSON: 2, JudgeKind.MODEL: 1, JudgeKind.RULE: 0}

PartVerdicts = Mapping[str, RecordedVerdict]
"""Verdicts on one response by folded part name."""

NO_VERDICTS: PartVerdicts = MappingProxyType({})


def judge_kind(verdict: RecordedVerdict) -> JudgeKind:
    """Return the kind of judge; blank or unknown words are a model, the most cautious reading."""
    try:
        return JudgeKind(key(verdict.judge_kind))
    except ValueError:
        return JudgeKind.MODEL


def is_positive(verdict: RecordedVerdict) -> bool:
    """Whether the verdict says that the part is as it should be."""
    return key(verdict.verdict) in _POSITIVE


@dataclass(frozen=True, slots=True)
class Verdicts:
    """All recorded verdicts of a plan, found by candidate and example.

    Of several verdicts on one part a person's goes before a model's, a model's before a rule's, and of equals the later row
    holds.
    """

    _by_response: Mapping[tuple[str, str], PartVerdicts] = field(default_factory=dict)
    _of_models: Mapping[tuple[str, str], PartVerdicts] = field(default_factory=dict)

    @classmethod
    def of(cls, recorded: Sequence[RecordedVerdict]) -> Verdicts:
        """Return the index of `recorded`."""
        index: dict[tuple[str, str], dict[str, RecordedVerdict]] = {}
        of_models: dict[tuple[str, str], dict[str, RecordedVerdict]] = {}
        for verdict in recorded:
            if judge_kind(verdict) is JudgeKind.MODEL:
                of_models.setdefault((verdict.candidate, verdict.example_id), {})[key(verdict.part)] = verdict
            parts = index.setdefault((verdict.candidate, verdict.example_id), {})
            name = key(verdict.part)
            earlier = parts.get(name)
            if earlier is None or _TRUST[judge_kind(verdict)] >= _TRUST[judge_kind(earlier)]:
                parts[name] = verdict
        return cls(index, of_models)

    def on(self, candidate: str, example_id: str) -> PartVerdicts:
        """Return the verdicts on one response, by folded part name."""
        return self._by_response.get((candidate, example_id), NO_VERDICTS)

    def with_model_marks(self, score: Score) -> Score:
        """Return a score whose parts that a person judged also carry what a model judge said of them."""
        said = self._of_models.get((score.candidate, score.example_id))
        if said is None:
            return score
        return replace(score, strict=_marked(score.strict, said), lenient=_marked(score.lenient, said))


_OPPOSITE = {
    Mark.COVERED: Mark.OMITTED,
    Mark.OMITTED: Mark.COVERED,
    Mark.SUPPORTED: Mark.UNSUPPORTED,
    Mark.UNSUPPORTED: Mark.SUPPORTED,
}


def _marked(reading: Reading, said: PartVerdicts) -> Reading:
    return replace(reading, parts=tuple(_with_model_mark(part, said.get(key(part.name))) for part in reading.parts))


def _with_model_mark(part: Part, verdict: RecordedVerdict | None) -> Part:
    if verdict is None or part.judged_by is not JudgeKind.PERSON or part.mark is Mark.UNSCORED:
        return part
    agrees = is_positive(verdict) == part.mark.right
    other = _OPPOSITE.get(part.mark, Mark.WRONG if part.mark.right else Mark.CORRECT)
    return replace(part, model_mark=part.mark if agrees else other)


def judged(part: Part, verdict: RecordedVerdict, mark: Mark) -> Part:
    """Return `part` with the verdict's mark and judge, and our own mark beside it."""
    return replace(
        part,
        mark=mark,
        rule_mark=part.mark,
        judged_by=judge_kind(verdict),
        judge=verdict.judged_by,
        reason=verdict.reason or f'recorded verdict "{verdict.verdict}"',
    )


def value_mark(verdict: RecordedVerdict, *, expected: str, found: str) -> Mark:
    """Return the mark of a verdict on a value.

    Contract, section 2: `wrong` on an empty answer counts as missing, on an empty expected value as invented; `correct`
    is `correctly empty` where both are empty.
    """
    word = key(verdict.verdict)
    if is_positive(verdict):
        return Mark.CORRECT if expected or found else Mark.CORRECT_EMPTY
    if word in {"missing", "omitted"} or not found:
        return Mark.MISSING
    if word == "invented" or not expected:
        return Mark.INVENTED
    return Mark.WRONG
