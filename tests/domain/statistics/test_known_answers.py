"""Every value of known_answers.json, with the libraries it names as judges; the values are frozen in this folder too."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from reportgen.domain.statistics.multiplicity import holm
from reportgen.domain.statistics.order_statistics import interval_coverage, interval_ranks, upper_rank
from reportgen.domain.statistics.paired import mcnemar_exact, mcnemar_mid_p, tango, tango_lower, tango_score
from reportgen.domain.statistics.proportions import exact_interval, exact_lower, most_errors_to_prove, wilson

KNOWN_ANSWERS = Path(__file__).parents[4] / "shared" / "design" / "known_answers.json"
Row = dict[str, Any]
pytestmark = pytest.mark.peers


def near(row: Row, *names: str, digits: int) -> Any:  # noqa: ANN401 - pytest's own kind
    """Return the named figures of a row, to the digits in which they are printed."""
    return pytest.approx(tuple(row[name] for name in names), abs=0.6 * 10.0**-digits)


def _wilson(row: Row) -> None:
    assert wilson(row["x"], row["n"]) == near(row, "lo", "hi", digits=6)
    assert proportion_confint(row["x"], row["n"], 0.05, method="wilson") == near(row, "lo", "hi", digits=6)


def _exact(row: Row) -> None:
    assert exact_interval(row["x"], row["n"]) == near(row, "lo", "hi", digits=6)
    found = stats.binomtest(row["x"], row["n"]).proportion_ci(0.95, "exact")
    assert (found.low, found.high) == near(row, "lo", "hi", digits=6)


def _lower(row: Row) -> None:
    judge = stats.binomtest(row["x"], row["n"], alternative="greater").proportion_ci(0.95, "exact").low
    assert (exact_lower(row["x"], row["n"]),) == near(row, "lower", digits=6)
    assert (judge,) == near(row, "lower", digits=6)


def _errors(row: Row) -> None:
    n, target, most = row["n"], row["target"], row["errors"]
    assert most_errors_to_prove(n, target) == (None if most < 0 else most)

    def proves(errors: int) -> bool:
        return bool(stats.binomtest(n - errors, n, alternative="greater").proportion_ci(0.95, "exact").low >= target)

    assert (most < 0 or proves(most)) and not proves(most + 1)  # noqa: PT018 - one statement: this many and no more


def _order(row: Row) -> None:
    assert interval_ranks(row["n"]) == (row["l"], row["u"])
    assert (interval_coverage(row["n"], row["l"], row["u"]),) == near(row, "coverage", digits=4)
    by_scipy = stats.binom.cdf(row["u"] - 1, row["n"], 0.95) - stats.binom.cdf(row["l"] - 1, row["n"], 0.95)
    assert (by_scipy,) == near(row, "coverage", digits=4)


def _upper(row: Row) -> None:
    # The file writes "none" as one rank more than there are rows.
    assert upper_rank(row["n"]) == (row["u"] if row["u"] <= row["n"] else None)
    assert stats.binom.ppf(0.95, row["n"], 0.95) + 1 == row["u"]


def _tango(row: Row) -> None:
    assert tango(row["b"], row["c"], row["n"]) == near(row, "lo", "hi", digits=4)


def _tango_lower(row: Row) -> None:
    assert (tango_lower(row["b"], row["c"], row["n"]),) == near(row, "lower", digits=4)


def _mcnemar(row: Row) -> None:
    b, c = row["b"], row["c"]
    table = [[510, b], [c, 48]]
    assert mcnemar_exact(b, c) == pytest.approx(row["exact"], rel=2e-5)
    assert mcnemar(table, exact=True).pvalue == pytest.approx(row["exact"], rel=2e-5)
    if "midp" in row:
        assert mcnemar_mid_p(b, c) == pytest.approx(row["midp"], abs=1e-9)
    if "asym" in row:
        assert 2 * stats.norm.sf(abs(tango_score(b, c, b + c, 0.0))) == pytest.approx(row["asym"], abs=6e-8)
    if "p_cc" in row:  # the corrected test is R's; we print the exact one, and statsmodels vouches for the row
        corrected = mcnemar(table, exact=False, correction=True)
        assert corrected.statistic == pytest.approx(row["chi2_cc"], abs=6e-5)
        assert corrected.pvalue == pytest.approx(row["p_cc"], rel=2e-5)


def _holm(row: Row) -> None:
    assert holm(row["p"]) == pytest.approx(row["adj"])
    assert list(multipletests(row["p"], method="holm")[1]) == pytest.approx(row["adj"])


CHECKS: Mapping[str, Callable[[Row], None]] = {
    "wilson_two_sided_95": _wilson,
    "clopper_pearson_two_sided_95": _exact,
    "cp_one_sided_lower_95": _lower,
    "max_errors_to_prove": _errors,
    "order_stat_q95": _order,
    "order_stat_q95_upper_one_sided": _upper,
    "tango_95_two_sided": _tango,
    "tango_one_sided_lower_95": _tango_lower,
    "mcnemar": _mcnemar,
    "holm": _holm,
}


@pytest.fixture(scope="module")
def known() -> dict[str, list[Row]]:
    """Every table of the file as a list of rows."""
    if not KNOWN_ANSWERS.exists():
        pytest.skip("known_answers.json is not beside the checkout; its values are frozen in the tests of this folder")
    found = json.loads(KNOWN_ANSWERS.read_text(encoding="utf-8"))
    found["max_errors_to_prove"] = [
        {"n": int(n), "target": float(target), "errors": errors}
        for n, row in found["max_errors_to_prove"].items()
        for target, errors in row.items()
    ]
    return dict(found)


def test_no_table_of_the_file_is_passed_over(known: dict[str, list[Row]]) -> None:
    assert set(known) == set(CHECKS)
    used = {"x", "n", "lo", "hi", "lower", "l", "u", "coverage", "b", "c", "exact", "midp", "asym", "p_cc", "chi2_cc"}
    used |= {"p", "adj", "target", "errors", "src"}
    assert {key for rows in known.values() for row in rows for key in row} == used


@pytest.mark.parametrize("table", CHECKS)
def test_every_value_of_the_table_is_met(table: str, known: dict[str, list[Row]]) -> None:
    assert known[table]
    for row in known[table]:
        CHECKS[table](row)
