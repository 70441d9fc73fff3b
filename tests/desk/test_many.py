"""A hundred thousand examples: every page, and answers under any filter, within the time that a person waits gladly."""

from __future__ import annotations

import pytest

from tests.benchmarks.desk import on_many

EXAMPLES = 100_000
LONGEST_S = 0.3


@pytest.mark.deep
def test_no_page_of_a_hundred_thousand_examples_keeps_anybody_waiting() -> None:
    slow = {page: seconds for page, seconds in on_many(EXAMPLES) if seconds > LONGEST_S}
    assert not slow
