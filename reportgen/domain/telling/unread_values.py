"""Values of extractions that the field's type cannot read: they count as wrong, and are counted in the open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from reportgen.domain.records.comparison import CandidateResult, Finding
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.measure import Measure
from reportgen.domain.records.plan import EvaluationPlan
from reportgen.domain.wording.figures import counted
from reportgen.problems import Severity

_MOST_NAMED = 3


def unread_values(_: EvaluationPlan, __: Corpus, results: Sequence[CandidateResult], ___: Measure) -> Iterator[Finding]:
    """Yield for each candidate how many values could not be read, with the commonest reasons."""
    for result in results:
        parts = [p for o in result.sample.observations for p in o.score.strict.parts if p.unread]
        if not parts:
            continue
        reasons = Counter(f"{part.name}: {part.reason}" for part in parts)
        named = "; ".join(reason for reason, _ in reasons.most_common(_MOST_NAMED))
        further = f" (and {len(reasons) - _MOST_NAMED} more)" if len(reasons) > _MOST_NAMED else ""
        yield Finding(
            "unread-values",
            Severity.NOTE,
            result.spec.where or result.spec.name,
            f"{counted(len(parts), 'value')} of {result.spec.name} could not be read by the type of the field, equal only "
            f"the same text and count as wrong: {named}{further}.",
            "Declare the Decimal mark or the Date order on the sheet Evaluation, or ask for plain values in the prompt.",
        )
