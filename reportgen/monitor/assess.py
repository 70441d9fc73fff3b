"""Puts together what one rerun found: control chart, drift of models and of traffic, prices, snapshots, expiry, action."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from reportgen.candidates.prices import PriceFound
from reportgen.concluding.routes import PRICED
from reportgen.domain.records.comparison import CandidateResult, Comparison, Verdict
from reportgen.domain.records.measure import Better, Observation
from reportgen.domain.records.monitoring import (
    FEWEST_FRESH,
    Action,
    Canary,
    ChartPoint,
    ModelDrift,
    Monitoring,
    Noticed,
    PriceThenNow,
    Signal,
    TrafficDrift,
    control_chart,
    lasting_drop,
    mix_distance,
    trend_of,
    valid_until,
)
from reportgen.domain.records.plan import Importance, Price
from reportgen.domain.statistics.control_charts import Count, false_alarm_rate
from reportgen.domain.statistics.multiplicity import holm
from reportgen.domain.statistics.paired import mcnemar_exact_greater
from reportgen.domain.statistics.proportions import fisher_exact
from reportgen.domain.wording.figures import counted, listed, money, percent
from reportgen.evidence.rerun import Rerun
from reportgen.gate.verdict import GateResult
from reportgen.monitor.compare import paired_difference, primary_of
from reportgen.monitor.history import PastCandidate, PastRun

CANARIES = 40
REPORTED = frozenset({"recorded cost", "reported by the command"})


@dataclass(frozen=True, slots=True)
class Month:
    """Everything that one rerun is judged from. `runs` are all runs of the loop, this one last."""

    subject: str
    rerun: Rerun
    reference: Comparison
    now: Comparison
    runs: Sequence[PastRun]
    prices: Mapping[str, PriceFound]
    valid_days: int
    today: str


def assess(month: Month) -> Monitoring:
    """Return what the month found, and what is to be done about it."""
    points = _points(month)
    counts = [Count(p.right, p.n) for p in points]
    settings = month.now.plan.settings
    days = [date.fromisoformat(p.at[:10]) for p in points]
    trend, note = trend_of(counts, days, settings.confidence)
    drift = tuple(_drift(month))
    subject = next((d for d in drift if d.candidate == month.subject), None)
    traffic = _traffic(month, fallen=_fallen(subject, month))
    canaries = tuple(_canaries(month))
    found = Monitoring(
        subject=month.subject,
        reference_run=month.rerun.reference_run,
        reference_evidence_sha256=month.rerun.reference_evidence_sha256,
        panel=len(month.rerun.panel),
        left_panel=month.rerun.left_panel,
        fresh=len(month.rerun.fresh),
        challengers=month.rerun.chosen,
        passed_over=month.rerun.passed_over,
        points=points,
        trend=trend,
        trend_note=note,
        cusum_signal=lasting_drop(counts),
        drift=drift,
        traffic=traffic,
        prices=tuple(_prices(month)),
        price_changes=tuple(_price_changes(month)),
        snapshots=tuple(_snapshots(month)),
        canaries=canaries,
        valid_until=valid_until(month.runs[0].finished, month.valid_days),
        expired=tuple(_expired(month)),
        false_alarm_rate=false_alarm_rate(),
        action=Action.NONE,
        reasons=(),
    )
    return _decided(found, month, subject)


def _decided(found: Monitoring, month: Month, subject: ModelDrift | None) -> Monitoring:
    act = list(_reasons_to_act(found, month, subject))
    watch = list(_reasons_to_watch(found, month, subject))
    action = Action.ACT if act else Action.WATCH if watch else Action.NONE
    reasons = (*act, *watch) or ("Nothing that was asked again has changed more than chance explains.",)
    return replace(found, action=action, reasons=reasons)


def _reasons_to_act(found: Monitoring, month: Month, subject: ModelDrift | None) -> Iterator[str]:
    last = found.points[-1]
    if last.signal.alarm:
        yield f"{month.subject} on the frozen panel: {last.right} of {last.n} right, {last.signal.value}."
    if subject is not None and subject.gate == GateResult.FAIL.value:
        yield f"{month.subject} fails the gate: worse on the frozen panel, and maybe by more than the margin allows."
    now, then = month.now.result(month.subject), month.reference.result(month.subject)
    back = _broken_again(then, now)
    if back:
        yield f"Known failures are back: {listed(back)}."
    for level in now.levels:
        kept = next(
            (v for v in then.levels if v.level.measure == level.level.measure and v.level.scope == level.level.scope), None
        )
        newly = kept is None or kept.verdict is not Verdict.FAILED
        if level.level.importance is Importance.MUST and level.verdict is Verdict.FAILED and newly:
            yield f"{month.subject} no longer keeps a level: {level.sentence}"


def _reasons_to_watch(found: Monitoring, month: Month, subject: ModelDrift | None) -> Iterator[str]:
    last = found.points[-1]
    if last.signal is Signal.WARNING:
        yield f"{month.subject} on the frozen panel: {last.right} of {last.n} right, beyond two sigma; once is no alarm."
    if subject is not None and subject.gate == GateResult.INCONCLUSIVE.value:
        yield f"{month.subject}: a loss beyond the margin is neither shown nor ruled out on the frozen panel."
    if found.trend is not None and found.trend.high < 0:
        slope = percent(-found.trend.slope)
        yield f"{month.subject} falls by {slope} a month on the frozen panel, more than chance explains."
    if found.cusum_signal:
        yield f"{month.subject} lies lastingly below its first runs (CUSUM)."
    if found.traffic.p is not None and found.traffic.p <= 1 - month.now.plan.settings.confidence:
        yield found.traffic.sentence
    yield from (f"{n.about}: {n.sentence}" for n in (*found.price_changes, *found.snapshots, *found.expired))
    for canary in found.canaries:
        if canary.p is not None and canary.p <= 1 - month.now.plan.settings.confidence:
            yield (
                f"{canary.candidate}: {canary.now} of {canary.prompts} canary prompts are answered otherwise than in the "
                f"first run, {canary.natural} were by nature (p {canary.p:.3g}): the model may have been changed."
            )
    if found.left_panel:
        rows = counted(len(found.left_panel), "row")
        yield f"{rows} left the frozen panel, edited or removed: {listed(found.left_panel)}."


def _points(month: Month) -> tuple[ChartPoint, ...]:
    """Return every run of the loop on the rows of today's panel."""
    now = month.runs[-1].candidates[month.subject]
    panel = {name: now.answers[name].example_sha256 for name in month.rerun.panel if name in now.answers}
    runs = [r for r in month.runs if month.subject in r.candidates]
    judged = control_chart([_count(r.candidates[month.subject], panel) for r in runs])
    today = _price(month, month.subject)
    return tuple(
        ChartPoint(
            run.run_id,
            run.folder,
            run.started,
            j.count.right,
            j.count.n,
            j.action_low,
            j.warning_low,
            j.signal,
            run.candidates[month.subject].cost_then,
            _at_today(run.candidates[month.subject], today)[0],
        )
        for run, j in zip(runs, judged, strict=True)
    )


def _count(of: PastCandidate, panel: Mapping[str, str]) -> Count:
    marks = [
        a.right for name, digest in panel.items() if (a := of.answers.get(name)) is not None and a.example_sha256 == digest
    ]
    judged = [m for m in marks if m is not None]
    return Count(sum(judged), len(judged))


def _drift(month: Month) -> Iterator[ModelDrift]:
    then = {c.spec.name: c for c in month.reference.candidates}
    of = primary_of(month.now)
    both = [c for c in month.now.candidates if c.spec.name in then]
    found = [paired_difference(then[c.spec.name].sample, c.sample, month.now, of) for c in both]
    adjusted = iter(holm([p for pair, _ in found if (p := pair.p) is not None]))
    for result, (pair, equivalence) in zip(both, found, strict=True):
        yield ModelDrift(
            result.spec.name,
            result.spec.role.value,
            of.name,
            of.unit,
            pair.n,
            pair.difference,
            pair.low,
            pair.high,
            next(adjusted) if pair.p is not None else None,
            equivalence.no_worse.value if equivalence is not None else "",
            equivalence.equivalent if equivalence is not None else None,
            pair.method,
        )


def _fallen(subject: ModelDrift | None, month: Month) -> bool:
    if subject is None or subject.difference is None or subject.p_adjusted is None:
        return False
    worse = subject.difference < 0 if primary_of(month.now).better is Better.HIGHER else subject.difference > 0
    return worse and subject.p_adjusted <= 1 - month.now.plan.settings.confidence


def _traffic(month: Month, *, fallen: bool) -> TrafficDrift:
    rows = month.now.result(month.subject).sample.observations
    fresh, panel = ([o for o in rows if o.example.id in ids] for ids in (set(month.rerun.fresh), set(month.rerun.panel)))
    (right, n), (old_right, old_n) = _right(fresh), _right(panel)
    distance = mix_distance(*(Counter(o.example.segment for o in part) for part in (fresh, panel)))
    moved = "" if distance is None or not fresh else f" Their segments differ from the panel's by {percent(distance)}."
    if n < FEWEST_FRESH:
        told = f"{counted(n, 'fresh row')}: too few to tell drift of traffic; {FEWEST_FRESH} to 50 are needed."
        return TrafficDrift(right, n, old_right, old_n, None, distance, told + moved)
    p = fisher_exact(right, n, old_right, old_n)
    shares = f"{right} of {n} fresh rows right, {old_right} of {old_n} of the frozen panel (p {p:.3g})"
    if p > 1 - month.now.plan.settings.confidence:
        told = f"No drift of traffic is shown: {shares}."
    elif right / n > old_right / old_n:
        told = f"Fresh rows are answered better than the frozen panel: {shares}."
    elif fallen:
        told = f"Traffic has drifted, and the model has too: {shares}."
    else:
        told = f"Traffic has drifted while the model has not: {shares}. Draw a new sample and label it."
    return TrafficDrift(right, n, old_right, old_n, p, distance, told + moved)


def _right(rows: Sequence[Observation]) -> tuple[int, int]:
    judged = [o for o in rows if not o.score.unscored]
    return sum(o.score.strict.right for o in judged), len(judged)


def _price(month: Month, name: str) -> Price | None:
    found = month.prices.get(name)
    return None if found is None else found.price


def _at_today(of: PastCandidate, today: Price | None) -> tuple[float | None, str]:
    if of.price_source == "local":
        return 0.0, "runs on this machine"
    if of.price_source in REPORTED:
        return None, "reported with the answers, so it cannot be reckoned at another price"
    if of.price_source == PRICED:
        return None, "a route, which costs what its candidates cost"
    if today is None:
        return None, "no price of today is known"
    if of.uncounted:
        return None, f"{counted(of.uncounted, 'answer')} without token counts"
    cost = of.cost_at(today)
    return cost, "" if cost is not None else "the price goes by each request, and the history keeps their totals"


def _prices(month: Month) -> Iterator[PriceThenNow]:
    for run in month.runs:
        for name, past in run.candidates.items():
            today, note = _at_today(past, _price(month, name))
            yield PriceThenNow(name, run.run_id, run.started, past.cost_then, today, note)


def _price_changes(month: Month) -> Iterator[Noticed]:
    currency = month.now.plan.settings.currency
    for name, now in month.runs[-1].candidates.items():
        before = _before(month, name)
        if before is not None and _figures(before.price) != _figures(now.price):
            told = " to ".join(_price_words(p, currency) for p in (before.price, now.price))
            yield Noticed(name, f"the price changed since the run before, from {told}.")


def _figures(price: Price | None) -> tuple[float | None, ...]:
    return () if price is None else (price.input, price.cached_input, price.output)


def _price_words(price: Price | None, currency: str) -> str:
    if price is None:
        return "none"
    return f"{money(price.input, currency)} in and {money(price.output, currency)} out per 1M tokens"


def _before(month: Month, name: str) -> PastCandidate | None:
    """Return a candidate as it was in the last earlier run that asked it."""
    return next((r.candidates[name] for r in reversed(month.runs[:-1]) if name in r.candidates), None)


def _snapshots(month: Month) -> Iterator[Noticed]:
    for name, now in month.runs[-1].candidates.items():
        before = _before(month, name)
        if before is not None and before.returned != now.returned:
            was, is_ = (listed(names) or "no name" for names in (before.returned, now.returned))
            yield Noticed(name, f"the provider returned {was} in the run before and {is_} now.")


def _canaries(month: Month) -> Iterator[Canary]:
    for name, now in month.runs[-1].candidates.items():
        asked = [r.candidates[name] for r in month.runs if name in r.candidates]
        if len(asked) < 2:  # noqa: PLR2004 - nothing to differ from
            continue
        first, again = asked[0], asked[1]
        prompts = [p for p in _drawn(month) if all(_same(p, one, now) for one in (first, again))]
        later = {p for p in prompts if first.answers[p].answer_sha256 != now.answers[p].answer_sha256}
        if len(asked) == 2:  # noqa: PLR2004 - the second run only teaches what is natural
            yield Canary(name, len(prompts), None, len(later), None)
            continue
        natural = {p for p in prompts if first.answers[p].answer_sha256 != again.answers[p].answer_sha256}
        p = mcnemar_exact_greater(len(later - natural), len(natural - later))
        yield Canary(name, len(prompts), len(natural), len(later), p)


def _drawn(month: Month) -> list[str]:
    """Return the canary prompts: rows of the panel in the order that the seed draws, the same ones every month."""
    seed = month.now.plan.settings.seed
    return sorted(month.rerun.panel, key=lambda e: hashlib.sha256(f"{seed}|canary|{e}".encode()).digest())[:CANARIES]


def _same(prompt: str, then: PastCandidate, now: PastCandidate) -> bool:
    if prompt not in then.answers or prompt not in now.answers:
        return False
    return then.answers[prompt].example_sha256 == now.answers[prompt].example_sha256


def _expired(month: Month) -> Iterator[Noticed]:
    until = valid_until(month.runs[0].finished, month.valid_days)
    if month.today[:10] > until:
        yield Noticed(
            f"Run {month.rerun.reference_run}",
            f"its evidence was valid until {until}; decide again on this run and accept it.",
        )
    for spec in month.now.plan.candidates:
        given = "" if spec.price is None else spec.price.date[:10]
        try:
            until = valid_until(given, month.valid_days)
        except ValueError:
            continue  # a price without a date says nothing about its age
        if month.today[:10] > until:
            yield Noticed(spec.name, f"its price is of {given} and was valid until {until}; look it up again.")


def _broken_again(then: CandidateResult, now: CandidateResult) -> list[str]:
    """Return the known failures of which a case went wrong that was right in the first run, or is new and wrong."""
    before = {o.example.id: o.score.strict.right for o in then.regression.observations}
    wrong = [o for o in now.regression.observations if not o.score.unscored and not o.score.strict.right]
    return list(dict.fromkeys(o.example.known_failure for o in wrong if before.get(o.example.id, True)))
