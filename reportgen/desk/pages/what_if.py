"""What-if: other assumptions, and figures and verdicts at once, by the same function as the report; nothing is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from reportgen.desk.finished import Finished, finished_of
from reportgen.desk.pages.shared import form_of
from reportgen.desk.rendering import render
from reportgen.domain.deciding.what_if import INPUTS, OUT, QUALIFIED, evaluate, model_of
from reportgen.domain.estimating.costs import REVIEWER_FINDS
from reportgen.domain.wording.figures import money
from reportgen.problems import NeedsMendingError

LARGEST = 1e12


@dataclass(frozen=True, slots=True)
class Assumption:
    """One input: its name in the form, its words, and its value now, empty where it is not given."""

    name: str
    words: str
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """One candidate under the changed assumptions, in words."""

    name: str
    cost: str
    month: str
    standing: str
    tone: str
    rank: str
    verdicts: tuple[str, ...]
    changed: bool


def assumptions(found: Finished) -> list[Assumption]:
    """Return the inputs as the report has them."""
    inputs = model_of(found.comparison).inputs
    return [Assumption(n, INPUTS[n], "" if v is None else f"{v:.10g}") for n, v in inputs.items()]


def reckoned(found: Finished, changed: Mapping[str, float | None]) -> tuple[str, list[Line]]:
    """Return who would be chosen, and each candidate's figures and verdicts, under changed assumptions."""
    model, currency = model_of(found.comparison), found.comparison.plan.settings.currency
    before, _ = evaluate(model)
    outcomes, winner = evaluate(model, inputs={**model.inputs, **changed})
    tones = {QUALIFIED: "good", OUT: "bad"}
    lines = [
        Line(
            row.name,
            "no price" if o.cost is None else money(o.cost, currency),
            "" if not o.per_month else money(o.per_month, currency),
            o.standing.lower(),
            tones.get(o.standing, "caution"),
            "" if o.rank is None else str(o.rank),
            o.verdicts,
            o != was,
        )
        for row, o, was in zip(model.rows, outcomes, before, strict=True)
    ]
    return winner, lines


async def what_if(request: web.Request) -> web.Response:
    """Answer with the table alone."""
    _, _, found = await finished_of(request)
    form = await form_of(request)
    changed = {a.name: _number(form[a.name], a.words) for a in assumptions(found) if a.name in form}
    winner, lines = await asyncio.to_thread(reckoned, found, changed)
    return render(request, "what_if.html", winner=winner, lines=lines, chosen=found.comparison.decision.winner)


def _number(text: str, words: str) -> float | None:
    """Return a typed number; both decimal marks are read, and nothing is guessed."""
    plain = text.strip().replace(" ", "").replace(",", ".")
    if not plain:
        return None
    try:
        value = float(plain)
    except ValueError:
        value = -1.0
    most = 1.0 if words == REVIEWER_FINDS else LARGEST
    if not 0 <= value <= most:
        wanted = "a share from 0 to 1, such as 0.75" if most == 1 else "a number from 0 on"
        msg = f"{words}: “{text[:40]}” is not {wanted}."
        raise NeedsMendingError(msg)
    return value
