"""What tests loop over: `some` fails where there is nothing, since a test that looks at nothing passes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def some(found: Iterable[T]) -> list[T]:
    """Return what was found as a list, which must not be empty."""
    kept = list(found)
    assert kept, "there is nothing to look at"
    return kept
