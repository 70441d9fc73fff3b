"""Inputs with characters that nobody sees: what a person reads in them is not what a model reads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from reportgen.corpus.quality_rows import Rows, places_of, problem
from reportgen.domain.wording.figures import counted, listed
from reportgen.problems import Problem, Severity

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
"""Controls, and marks that turn the direction of writing; joiners and single direction marks carry meaning."""


def unseen_characters(rows: Rows) -> Iterator[Problem]:
    """Name the rows whose input holds control characters or overrides of direction; they are sent as they are."""
    held: Counter[str] = Counter()
    places = []
    for i, text in enumerate(rows.texts):
        if not text.isprintable() and (found := set(_UNSEEN.findall(text))):
            places.append(i)
            held.update(found)
    if places:
        signs = listed((f"U+{ord(sign):04X}" for sign, _ in held.most_common()), 5)
        yield problem(
            "unseen-characters",
            Severity.WARNING,
            places_of(rows, places),
            f"{counted(len(places), 'input')} with characters that nobody sees ({signs}); the model reads them.",
            "Delete them, unless production sends them too.",
        )
