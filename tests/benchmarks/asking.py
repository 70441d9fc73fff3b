"""Asking beside its references: the ideal, the server's own books, and what others take for the same job."""

from __future__ import annotations

import asyncio
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.benchmarks.peers.environments import NEEDS, ask_by, installed

CALLS = 1000
AT_ONCE = 32
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Asked:
    """One client's job. `span_s` is the request phase, first request in to last answer out, both as the server saw them.

    `mine` are the latencies that the client recorded, none where it records none; `theirs` those of the server's own books,
    all in seconds.
    """

    span_s: float
    mine: Sequence[float]
    theirs: Sequence[float]

    def over(self, percent: int) -> tuple[float, float]:
        """Return a percentile of the latencies: as the client recorded it, and as the server did."""
        cut = [statistics.quantiles(values, n=100, method="inclusive")[percent - 1] for values in (self.mine, self.theirs)]
        return cut[0], cut[1]


def ideal_s(latency_s: float) -> float:
    """Return the shortest time in which the calls can be made."""
    return math.ceil(CALLS / AT_ONCE) * latency_s


def measured(latency_s: float, client: Callable[[str], Sequence[float]]) -> Asked:
    """Let a client do the job against a server in a process of its own, so that neither takes the other's time."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.model_server", str(latency_s)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        assert server.stdout is not None
        mine = client(server.stdout.readline().strip())
        told, _ = server.communicate("end\n", timeout=30)
    finally:
        server.kill()
    books = json.loads(told)
    span = max(at for at, _ in books) - min(at - latency for at, latency in books)
    return Asked(span, mine, [latency for _, latency in books])


def reportgen(url: str) -> list[float]:
    """Ask by reportgen, journal and all; return the task latencies that it recorded."""
    from reportgen.candidates.ask import ask  # noqa: PLC0415
    from reportgen.domain.records.plan import Price  # noqa: PLC0415
    from reportgen.evidence.journal import FileJournal  # noqa: PLC0415
    from reportgen.evidence.limits import LimitFile  # noqa: PLC0415
    from tests.candidates.plans import ENVIRONMENT, api_model, corpus_of, example, plan_of  # noqa: PLC0415

    plan = plan_of(api_model("A", url, price=Price(1, 2)), most_requests_at_once=AT_ONCE)
    with tempfile.TemporaryDirectory() as folder, FileJournal(Path(folder) / "evidence" / "responses.jsonl") as journal:
        corpus = corpus_of([example(number) for number in range(CALLS)])
        limits = LimitFile(Path(folder) / "evidence" / "limits.jsonl")
        found = ask(plan, corpus, journal, environment=ENVIRONMENT, limit_log=limits)
    return [response.latency_s or 0.0 for response in found]


def litellm(url: str) -> list[float]:
    """Ask by litellm.acompletion under asyncio, as its documentation shows it; return what a caller sees."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    import litellm as library  # noqa: PLC0415 - three seconds that only this line pays

    library.telemetry = False
    library.suppress_debug_info = True
    spans: list[float] = []

    async def one(number: int) -> None:
        chat = [{"role": "user", "content": f"text {number}"}]
        await library.acompletion(model="openai/m", messages=chat, api_base=url, api_key="none", num_retries=0)

    asyncio.run(_all(one, spans))
    return spans


def bare_aiohttp(url: str) -> list[float]:
    """Post the same with nothing around it: what this machine allows at this moment."""
    import aiohttp  # noqa: PLC0415

    spans: list[float] = []

    async def job() -> None:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

            async def one(number: int) -> None:
                body = {"model": "m", "messages": [{"role": "user", "content": f"text {number}"}]}
                async with session.post(f"{url}/chat/completions", json=body) as response:
                    await response.json()

            await _all(one, spans)

    asyncio.run(job())
    return spans


async def _all(one: Callable[[int], Awaitable[None]], spans: list[float]) -> None:
    """Make all calls, so many at once, and put down what each took."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def timed(number: int) -> None:
        async with gate:
            start = time.perf_counter()
            await one(number)
            spans.append(time.perf_counter() - start)

    await asyncio.gather(*(timed(number) for number in range(CALLS)))


def _peer(name: str, url: str) -> Sequence[float]:
    return ask_by(name, url, CALLS, AT_ONCE)


def whole_run(latency_s: float, candidates: int) -> tuple[float, float]:
    """Return the seconds of `reportgen run` from cold start to sealed folder, and the ideal of its request phase."""
    from tests.small_workbooks import tickets  # noqa: PLC0415

    spans: list[float] = []
    with tempfile.TemporaryDirectory() as folder:

        def run(url: str) -> list[float]:
            names = [f"Model {chr(65 + c)}" for c in range(candidates)]
            model = {"Kind": "API model", "Model": "openai/m", "Endpoint": url, "Input price": 1, "Output price": 3}
            rows = [{"Candidate": name, **model} for name in names]
            path = tickets(Path(folder) / "asked.xlsx", candidates=rows, count=CALLS, all_eval=True, at_once=AT_ONCE)
            start = time.perf_counter()
            command = [sys.executable, "-m", "reportgen.cli", "run", str(path)]
            subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
            spans.append(time.perf_counter() - start)
            return []

        asked = measured(latency_s, run)
    assert len(asked.theirs) == candidates * CALLS
    return spans[0], math.ceil(candidates * CALLS / AT_ONCE) * latency_s


def measurements(latency_s: float) -> Iterator[tuple[str, float, float, str, bool]]:
    """Yield what was measured, its value, its reference, what that is, and whether a bar of ours holds for it."""
    told = f"{latency_s * 1000:.0f} ms"
    ours = measured(latency_s, reportgen)
    yield f"asking {CALLS:,} at {AT_ONCE} at once, {told}", ours.span_s, ideal_s(latency_s), "ideal", True
    for percent in (50, 95):
        mine, theirs = ours.over(percent)
        yield f"  recorded p{percent}, {told}", mine, theirs, "the server's own books", True
    others: list[tuple[str, Callable[[str], Sequence[float]]]] = [
        ("bare aiohttp", bare_aiohttp),
        ("litellm.acompletion", litellm),
        *((name, partial(_peer, name)) for name in NEEDS if installed(name)),
    ]
    for name in NEEDS:
        if not installed(name):
            sys.stdout.write(f"  {name} is left out: python -m tests.benchmarks.peers makes its environment\n")
    for name, client in others:
        other = measured(latency_s, client)
        yield f"  the same by {name}, {told}", other.span_s, ideal_s(latency_s), "ideal", False
        for percent in (50, 95) if other.mine else ():
            mine, theirs = other.over(percent)
            yield f"  its p{percent} as a caller sees it, {told}", mine, theirs, "the server's own books", False
