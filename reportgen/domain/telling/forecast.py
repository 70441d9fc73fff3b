"""What a run is expected to ask, cost and take, as people are told it before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.domain.records.forecast import Forecast
from reportgen.domain.wording.figures import counted, listed, money


def lines(forecast: Forecast) -> Iterator[str]:
    """Yield what a run will take, a sentence each: answers, cost, time, and the spending limit where it may be met."""
    if not forecast.candidates and forecast.judge is None:
        yield "Nothing is asked over the network and nothing is paid: every candidate is recorded or computed here."
        return
    yield from _asked(forecast)
    if len(forecast.unpriced) < len(forecast.candidates) + (forecast.judge is not None):
        yield from _costs(forecast)
    if forecast.unpriced:
        yield (
            f"No price is known for {listed(forecast.unpriced)}: their cost comes on top, and without a price they cannot "
            "win. Fill in Input price and Output price."
        )
    if forecast.seconds.high:
        least, likely, most = (_duration(seconds) for seconds in forecast.seconds.ends)
        yield f"Time: about {likely}, between {least} and {most}."
    if forecast.batched:
        names = listed(forecast.batched)
        yield f"A batch may take up to a day: {names}. The run may be stopped meanwhile and started again."
    if forecast.spending_limit is not None and forecast.cost.high > forecast.spending_limit:
        verb = "will probably" if forecast.cost.expected > forecast.spending_limit else "may"
        limit = _money(forecast, forecast.spending_limit)
        yield f"The run {verb} stop at the Spending limit of {limit}; what it has is kept."


def _asked(forecast: Forecast) -> Iterator[str]:
    asked = f"{counted(forecast.requests, 'answer')} asked of {counted(len(forecast.candidates), 'candidate')}"
    yield asked + (f"; nothing is paid for {listed(forecast.free)}." if forecast.free else ".")
    if forecast.judge is not None:
        put = forecast.judge.questions
        yield (
            f"{forecast.judge.judge} is asked about {round(put.expected):,} questions as the judge, between "
            f"{round(put.low):,} and {round(put.high):,}, as the answers turn out."
        )


def _costs(forecast: Forecast) -> Iterator[str]:
    yield (
        f"Cost: about {_money(forecast, forecast.cost.expected)}, between {_money(forecast, forecast.cost.low)} and "
        f"{_money(forecast, forecast.cost.high)}, supposing 3 to 5 characters a token and up to 20 % repeated requests."
    )
    for one in forecast.candidates:
        if one.cost is not None:
            yield f"  {one.candidate}: about {_money(forecast, one.cost.expected)} ({one.price_source})"
    if forecast.judge is not None and forecast.judge.cost is not None:
        told = f"about {_money(forecast, forecast.judge.cost.expected)} ({forecast.judge.price_source})"
        yield f"  {forecast.judge.judge} as the judge: {told}; it counts in no candidate's cost"


def _money(forecast: Forecast, value: float) -> str:
    return money(value, forecast.currency)


def _duration(seconds: float) -> str:
    if seconds < 90:  # noqa: PLR2004 - a minute and a half
        return counted(max(1, round(seconds)), "second")
    if seconds < 90 * 60:
        return counted(round(seconds / 60), "minute")
    return f"{seconds / 3600:.1f} hours"
