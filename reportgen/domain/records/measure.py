"""What a measure is: its words, its direction, its unit, and how it is computed, all in one record.

Every measure but the latency percentiles is a smooth function of sums over examples: `features` gives one row of numbers
for each observation, `statistic` turns weighted sums of those rows into the figure. So one resampling scheme serves the
value, its interval, paired differences, production-mix weights and the joint winner probability alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from reportgen.domain.records.plan import OVERALL, Example, Scope, ScopeKind, Task
from reportgen.domain.records.response import Basis, Response
from reportgen.domain.records.score import Reading, Score

if TYPE_CHECKING:  # the words of figures need units, and no arithmetic
    import numpy as np
    import numpy.typing as npt

Floats: TypeAlias = "npt.NDArray[np.float64]"

KNOWN_FAILURES = "known-failure pass rate"


class Unit(StrEnum):
    SHARE = "share"
    SECONDS = "s"
    MONEY = "money"
    NUMBER = "number"
    """A plain number: a kappa, a distance in ranks."""


class Better(StrEnum):
    HIGHER = "higher"
    LOWER = "lower"


class Family(StrEnum):
    """How a measure's uncertainty is computed (formulas.md section 1)."""

    SHARE = "share of examples"
    """0 or 1 for each example: Wilson shown, exact one-sided bound decides."""
    MEAN = "mean or ratio of sums"
    """Bootstrap over examples; `degenerate` samples fall back to the exact bound."""
    QUANTILE = "quantile of latency"
    """Order statistics; failures count as infinite."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One planned example of one candidate, with everything that figures are computed from.

    `token_cost` is money for all billed attempts, None = unpriced. `review` names the review rules that fired.
    """

    example: Example
    response: Response
    score: Score
    token_cost: float | None
    review: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CostTerms:
    """The assumptions of the cost model in the evaluation's currency; None = the workbook does not give it.

    Source: formulas.md 4.3. Shares are fractions; `review_cost` is money for one review, already with overhead.
    """

    review_cost: float | None = None
    manual_cost: float | None = None
    tasks_per_month: float | None = None
    infrastructure_per_request: float = 0.0
    infrastructure_per_month: float = 0.0
    reviewer_finds: float | None = None
    undetected_error_cost: float | None = None
    setup_cost: float = 0.0
    setup_months: float | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """All observations of one candidate in one split, in corpus order, with what the measures need to know besides.

    `lenient` chooses which reading of each score is used; `calibrated` names the kinds of part on which the model that
    judged them was calibrated against people.
    """

    observations: tuple[Observation, ...]
    labels: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    citation_fields: tuple[str, ...] = ()
    costs: CostTerms = CostTerms()
    lenient: bool = False
    calibrated: frozenset[str] = frozenset()
    records: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The parts of each records field, by the field's name."""
    several: bool = False
    """An example may have several labels."""
    ranks: tuple[int, ...] = ()
    """The rank of each label in its order, from 0; empty = the labels have none."""
    mistakes: tuple[tuple[float, ...], ...] = ()
    """What it costs when a label (row) is taken for another (column), the last column for no label; empty = not given."""
    memo: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Columns computed once from the observations; never copied by `replace`, no part of the value."""

    def readings(self) -> Sequence[Reading]:
        """Return the chosen reading of each observation, in order."""
        return [o.score.lenient if self.lenient else o.score.strict for o in self.observations]


@dataclass(frozen=True, slots=True)
class Measure:
    """One entry of the contract's list of measures.

    `features(sample, scope)` has shape (n, k): one row for each observation, zeros where the observation has no part in the
    measure. `statistic` maps (..., k) sums to (...) values, NaN where the measure is undefined (an empty denominator).
    For `Family.SHARE` k = 2: numerator and denominator, each 0 or 1. For `Family.QUANTILE` k = 1: task latency in seconds,
    +inf for a failure, and `statistic` is None; `quantile` is the level.
    """

    name: str
    words: str
    """The plain words of the drop-down, for example `Right answers balanced over classes (macro F1)`."""
    better: Better
    unit: Unit
    family: Family
    tasks: frozenset[Task]
    features: Callable[[Sample, Scope], Floats]
    statistic: Callable[[Floats], Floats] | None = None
    quantile: float | None = None
    scopes: frozenset[ScopeKind] = frozenset({ScopeKind.OVERALL, ScopeKind.SEGMENT})
    best: float | None = None
    """The value of a perfect candidate, where there is one."""
    worst: Callable[[Sample], float] | None = None
    """By how much one example can worsen the figure times the number of examples, where no example did: what the exact
    bound on the share of such examples is multiplied by. None = the figure is a share."""
    several: bool | None = None
    """True: listed only where an example may have several labels; False: only where it has one."""
    ordered: bool = False
    """Of ordered labels: listed only where the labels have an order."""
    of_mistakes: bool = False
    """Listed only where the workbook says what a mistake costs."""
    of_rows: bool = False
    """Of the rows of records fields: listed only where there is one, and may be asked of one part, `Line items: Amount`."""
    of_repeats: bool = False
    """Of repeats: listed only where examples are asked more than once."""
    of_routes: bool = False
    """Of routes: listed only where there is one."""
    gateable: bool = True
    """False: shown, never the measure of a service level (ROUGE-L)."""
    explanation: str = ""
    """One sentence for the glossary."""
    further_errors: Callable[[int], Floats] | None = None
    """From the number of sums: rows of one more error each. The bound that decides is lowered by what the worst of them
    would take, as the exact bound of a share counts one more error than was seen: a rare label may show none by chance."""
    why_not: Callable[[Sample, Scope], str] | None = None
    """Why the measure cannot be computed on this sample; empty = it can."""
    remarks: Callable[[Sample, Scope], tuple[str, ...]] | None = None
    """Edge cases to print beside the figure."""

    def key(self, scope: Scope = OVERALL) -> str:
        """Return the name in results.json, for example `f1[label: refund]`."""
        base = self.name.lower().replace(" ", "_").replace("-", "_")
        return base if scope.kind is ScopeKind.OVERALL else f"{base}[{scope}]"


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure of one answer that another package adds: its mean over the examples becomes a measure of the same name.

    `score(example, answer)` gives 0 to 1, or None where the example has no part in it; the answer is the text as it came. It
    must be pure: the same example and answer give the same figure on any machine. A failed or unreadable response counts 0,
    or 1 where lower is better.
    """

    name: str
    words: str
    """The plain words of the drop-down, with the name in brackets: `Answers in our tone (tone)`."""
    tasks: frozenset[Task]
    score: Callable[[Example, str], float | None]
    better: Better = Better.HIGHER
    explanation: str = ""
    """One sentence for the glossary."""
    tells_rightness: bool = False
    """It says how many answers are right, so that a required level on it can carry a recommendation."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure of one candidate. `value` None always comes with a `reason`.

    `low` and `high` are the two-sided interval that is shown; `bound` is the one-sided bound that decides, on the side that
    counts against the candidate. Scores carry `lenient`; with a production mix `value` is weighted and `unweighted` stands
    beside it; latency carries `answered_only` and `attempt`. `x` is the count of successes where there is one.
    """

    measure: str
    scope: Scope
    value: float | None
    low: float | None
    high: float | None
    bound: float | None
    n: int
    unit: Unit
    method: str
    basis: Basis
    reason: str = ""
    x: int | None = None
    opposite_bound: float | None = None
    """The one-sided bound on the other side: what separates UNLIKELY from FAILED."""
    lenient: float | None = None
    unweighted: float | None = None
    answered_only: Mapping[str, Any] | None = None
    attempt: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()
    """Edge cases to print beside the figure, such as classes with too few examples."""
    caps: tuple[str, ...] = ()
    """Why a verdict on this figure cannot be more than LIKELY, one clause each."""
    not_testable: str = ""
    """Why no verdict can rest on this figure although it has a value."""
    n_effective: float | None = None
    """The number of independent examples that the exact bound rests on, where it is not `n` (mix, groups)."""
