"""The limit grows while all is well, halves once for each wave of refusals, and never passes the ceiling."""

from __future__ import annotations

import asyncio
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.candidates.request_limits import Limiter, pause_s
from reportgen.domain.records.response import LimitChange
from tests.loops import some


def test_the_limit_starts_low_and_doubles_each_round_until_the_ceiling() -> None:
    limiter = Limiter(32)
    limits = [limiter.limit]
    while limiter.limit < 32:
        for _ in range(limiter.limit):
            limiter.served()
        limits.append(limiter.limit)
    assert limits == [8, 16, 32]


def test_one_wave_of_refusals_halves_once_and_growth_is_slow_after_it() -> None:
    async def wave() -> Limiter:
        limiter = Limiter(32)
        for _ in range(40):
            limiter.served()
        slots = [limiter.slot() for _ in range(20)]
        numbers = [await slot.__aenter__() for slot in slots]
        for number in numbers:
            limiter.refused(number, None)
        return limiter

    limiter = asyncio.run(wave())
    assert limiter.limit == 16
    for _ in range(16):
        limiter.served()
    assert limiter.limit == 16
    limiter.served()
    assert limiter.limit == 17
    assert [change.limit for change in limiter.changes][-2:] == [16, 17]


def test_nothing_is_sent_before_the_pause_that_a_server_asked_for() -> None:
    async def waited() -> float:
        limiter = Limiter(4)
        async with limiter.slot() as number:
            limiter.refused(number, 0.2)
        start = time.monotonic()
        async with limiter.slot():
            return time.monotonic() - start

    assert asyncio.run(waited()) >= 0.15


@given(st.integers(1, 64), st.lists(st.booleans(), min_size=1, max_size=200))
def test_the_limit_stays_between_one_and_the_ceiling(ceiling: int, served: list[bool]) -> None:
    limiter = Limiter(ceiling)
    for number, good in enumerate(some(served)):
        if good:
            limiter.served()
        else:
            limiter.refused(number, None)
        assert 1 <= limiter.limit <= ceiling


def test_pauses_double_and_differ_by_the_seed_and_repeat_with_it() -> None:
    first = [pause_s("seed", retry, None) for retry in (1, 2, 3)]
    assert first == [pause_s("seed", retry, None) for retry in (1, 2, 3)]
    assert first != [pause_s("other", retry, None) for retry in (1, 2, 3)]
    for retry, pause in enumerate(first):
        assert 0.25 * 2**retry <= pause <= 0.75 * 2**retry


def test_a_pause_is_never_shorter_than_what_the_server_asked_for() -> None:
    assert 7 <= pause_s("seed", 1, 7.0) <= 8
    assert pause_s("seed", 1, 0.0) == 0


def test_every_change_is_noted_with_its_endpoint_time_and_reason() -> None:
    async def told() -> list[LimitChange]:
        limiter = Limiter(8, "models.example.com")
        async with limiter.slot() as number:
            limiter.served()
            limiter.troubled()
            limiter.troubled()
            limiter.refused(number, 2.0)
        limiter.hold(4)
        return limiter.changes

    changes = asyncio.run(told())
    assert {change.endpoint for change in changes} == {"models.example.com"}
    assert [change.limit for change in changes] == [2, 3, 3, 1, 1]
    assert [change.reason.partition(",")[0] for change in changes] == [
        "start",
        "served",
        "trouble at the endpoint",
        "refused as too much",
        "rate headers: window used up for 4 s",
    ]
    assert all(change.at.endswith("+00:00") for change in changes)


@given(st.integers(1, 6), st.integers(1, 40), st.lists(st.booleans(), min_size=40, max_size=40))
@settings(max_examples=30)
def test_everybody_gets_a_turn_and_never_more_at_once_than_the_limit(ceiling: int, askers: int, fine: list[bool]) -> None:
    async def all_served() -> int:
        limiter = Limiter(ceiling)
        most = done = 0

        async def one(good: bool) -> None:
            nonlocal most, done
            async with limiter.slot() as number:
                most = max(most, limiter.under_way)
                await asyncio.sleep(0)
                if good:
                    limiter.served()
                else:
                    limiter.refused(number, None)
            done += 1

        await asyncio.gather(*(one(fine[n]) for n in range(askers)))
        assert most <= ceiling
        assert limiter.under_way == 0
        return done

    assert asyncio.run(asyncio.wait_for(all_served(), 5)) == askers
