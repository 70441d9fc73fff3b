"""A bundle of an earlier day verifies today: seal, signature, chain, scores and every figure that decides."""

from __future__ import annotations

from reportgen.problems import ExitCode
from reportgen.verification import Word, verify
from tests.gold.make_gold import BUNDLE, PUBLIC

FOR_EVER = (
    "Bundle",
    "Signature",
    "Seal",
    "Chain",
    "Openings",
    "Coverage",
    "Scores",
    "Holdout",
    "Attachment",
    "Printed hash",
)
"""Checks that no later version may answer otherwise; of the others it may say that it words or reckons something anew."""


def test_the_bundle_of_an_earlier_day_still_verifies() -> None:
    found = verify(BUNDLE, key=PUBLIC)
    words = {c.name: c for c in found.checks}
    assert found.exit_code is ExitCode.INCONCLUSIVE, "another build: what it worded otherwise is never called ok"
    assert [c for c in found.checks if c.word is Word.DIFFERENT] == []
    assert [n for n in FOR_EVER if words[n].word is not Word.SAME] == []
    assert "CONFIRMED" in words["Holdout"].sentence
