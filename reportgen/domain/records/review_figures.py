"""Records of what human review finds and lets through, and of what stated confidence is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reportgen.domain.statistics.proportions import wilson
from reportgen.domain.statistics.selective import Calibration, SafeThreshold


@dataclass(frozen=True, slots=True)
class Confidences:
    """Stated confidence of each scored answer, and 1 where the answer is wrong."""

    confidence: tuple[float, ...] = ()
    wrong: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Trials:
    """Confidences of the train rows, which may choose a threshold, and of the eval rows, which try it."""

    train: Confidences = Confidences()
    eval: Confidences = Confidences()


@dataclass(frozen=True, slots=True)
class Tried:
    """What confidences are worth: the threshold chosen on train rows, and how it did on eval rows.

    `threshold` None = there was no train row with a confidence, so nothing may choose one.
    """

    target: float
    target_from_level: bool
    threshold: SafeThreshold | None
    train: int
    accepted: int
    errors: int
    area: float
    calibration: Calibration


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """The value of an undetected error, L*, at which one candidate costs as much as the other.

    `value` None = at every value the one named `cheaper` costs less (empty = both cost the same).
    """

    against: str
    value: float | None
    better_above: str
    cheaper: str


@dataclass(frozen=True, slots=True)
class ReviewFigures:
    """One candidate's review over the eval rows, and what it answered at all. Counts are of rows.

    `undetected` is a share of tasks, None = not judged.
    `triggers` counts rows by the rules that fired together; `finds` is the assumed share of errors a reviewer finds.
    """

    rows: int
    answered: int
    answered_judged: int
    answered_right: int
    reviewed: int
    wrong: int
    wrong_reviewed: int
    undetected: float | None
    finds: float
    finds_given: bool
    triggers: Mapping[tuple[str, ...], int]
    error_value: ErrorValue | None = None
    tried: Tried | None = None

    @property
    def capture(self) -> float | None:
        """κ = P(reviewed | wrong); None where nothing is wrong."""
        return self.wrong_reviewed / self.wrong if self.wrong else None

    @property
    def capture_interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval of κ."""
        return wilson(self.wrong_reviewed, self.wrong) if self.wrong else None

    @property
    def lift(self) -> float | None:
        """κ / r: 1 = no better than reviewing at random; None where nothing is wrong or nothing is reviewed."""
        return None if self.capture is None or not self.reviewed else self.capture * self.rows / self.reviewed
