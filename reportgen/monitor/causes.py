"""What differs between two runs besides their figures: the causes that a changed figure may have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields

import msgspec

from reportgen.domain.records.comparison import CandidateResult, Comparison
from reportgen.domain.records.measure import Unit
from reportgen.domain.records.plan import CandidateSpec, Example, Price, Prompt, ServiceLevel
from reportgen.domain.wording.figures import amount, money

NONE = "none"
MOST_CHARACTERS = 160
_NO_CAUSE = frozenset({"name", "where", "notes", "role", "price"})


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was. `rows` names the examples it speaks of, where it speaks of examples."""

    what: str
    then: str
    now: str
    rows: tuple[str, ...] = ()


def common_causes(
    then: Comparison, now: Comparison, libraries: tuple[Mapping[str, str], Mapping[str, str]]
) -> tuple[Change, ...]:
    """Return what changed for every candidate: examples, rules, assumptions, and the program itself.

    Args:
        then: the earlier run.
        now: the later one.
        libraries: the versions of everything that took part, of both.
    """
    before, after = then.plan, now.plan
    return (
        *_examples(then, now),
        *_mapped("service level", _levels(before.service_levels), _levels(after.service_levels)),
        *_mapped("Costs", _assumptions(then), _assumptions(now)),
        *_mapped("production mix", _shares(before.production_mix), _shares(after.production_mix)),
        *_mapped("review rule", _rules(then), _rules(now)),
        *_mapped("Evaluation", _settings(then), _settings(now)),
        *_mapped("version", dict(libraries[0]), dict(libraries[1])),
    )


def candidate_causes(then: CandidateResult, now: CandidateResult, currency: str) -> tuple[Change, ...]:
    """Return what changed about one candidate: model, prompt, settings, price, and the snapshots that answered."""
    found = [*_spec(then.spec, now.spec), *changed("price", _price(then.spec, currency), _price(now.spec, currency))]
    if _price(then.spec, currency) == _price(now.spec, currency):
        found += changed("price source", then.price_source, now.price_source)
    return (*found, *changed("model as returned", snapshots(then), snapshots(now)))


def snapshots(of: CandidateResult) -> str:
    """Return the model identifiers that the provider gave with its answers, in order of their names."""
    names = {o.response.model_returned for o in of.sample.observations if o.response.model_returned}
    return ", ".join(sorted(names))


def changed(what: str, then: str, now: str) -> Iterator[Change]:
    """Yield a change where there is one."""
    if then != now:
        yield Change(what, _cut(then), _cut(now))


def _mapped(what: str, then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Change]:
    for name in dict.fromkeys((*then, *now)):
        yield from changed(f"{what}: {name}", then.get(name, ""), now.get(name, ""))


def _cut(text: str) -> str:
    shown = " ".join(text.split()) or NONE
    return shown if len(shown) <= MOST_CHARACTERS else f"{shown[:MOST_CHARACTERS]}…"


def _examples(then: Comparison, now: Comparison) -> Iterator[Change]:
    """Yield rows that were added, removed, edited or labelled anew, among those that are asked."""
    before, after = ({e.id: e for e in c.corpus.asked} for c in (then, now))
    both = [name for name in after if name in before]
    kinds = {
        "examples added": [name for name in after if name not in before],
        "examples removed": [name for name in before if name not in after],
        "examples with another input": [n for n in both if _input(before[n]) != _input(after[n])],
        "examples with another right answer": [n for n in both if before[n].key != after[n].key],
        "examples of another segment": [n for n in both if before[n].segment != after[n].segment],
    }
    for what, rows in kinds.items():
        if rows:
            yield Change(what, "", f"{len(rows):,}", tuple(rows))


def _input(example: Example) -> str:
    return f"{example.document.sha256} {example.question}" if example.document is not None else example.input


def _levels(levels: Iterable[ServiceLevel]) -> dict[str, str]:
    return {
        f"{level.measure}{'' if str(level.scope) == 'overall' else f' [{level.scope}]'}": (
            f"{level.comparator.value} {_plain(level.target)}, {level.importance.value}"
        )
        for level in levels
    }


def _assumptions(of: Comparison) -> dict[str, str]:
    return {
        a.name: _plain(a.expected) + ("" if a.low is None and a.high is None else f" ({_plain(a.low)} to {_plain(a.high)})")
        for a in of.plan.costs.values()
    }


def _plain(number: float | None) -> str:
    """Return a number as it was meant: every digit that it has, none that it has not."""
    return "none" if number is None else f"{number:,.15g}"


def _shares(mix: Mapping[str, float]) -> dict[str, str]:
    return {name: amount(share, Unit.SHARE, "") for name, share in mix.items()}


def _rules(of: Comparison) -> dict[str, str]:
    return {
        r.name: ("on" if r.on else "off") + ("" if r.threshold is None else f", {_plain(r.threshold)}")
        for r in of.plan.review_rules
    }


def _settings(of: Comparison) -> dict[str, str]:
    return {f.name.replace("_", " "): str(getattr(of.plan.settings, f.name)) for f in fields(of.plan.settings)}


def _spec(then: CandidateSpec, now: CandidateSpec) -> Iterator[Change]:
    for field in fields(CandidateSpec):
        if field.name not in _NO_CAUSE:
            a, b = (_told(getattr(spec, field.name)) for spec in (then, now))
            yield from changed(field.name.replace("_", " "), a, b)


def _told(value: object) -> str:
    match value:
        case None:
            return ""
        case Prompt():
            return f"{value.name}: {value.system} {value.user}".strip()
        case str():
            return value
        case _:
            return msgspec.json.encode(value, order="sorted").decode()


def _price(spec: CandidateSpec, currency: str) -> str:
    price: Price | None = spec.price
    if price is None:
        return ""
    cached = "" if price.cached_input is None else f", {money(price.cached_input, currency)} cached"
    return f"{money(price.input, currency)} in{cached}, {money(price.output, currency)} out, per million tokens"
