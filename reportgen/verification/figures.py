"""Scores, figures and the decision, held against those computed again.

By the very program that made the run, every byte must be the same. By another version, what decides must be: scores, counts,
values, verdicts, the decision, and every bound that is computed by the same method. What else differs is named as a remark.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from reportgen.domain.records.comparison import Comparison
from reportgen.evidence.run_folder import RunFolder
from reportgen.reports.data import results_bytes
from reportgen.verification.checks import Check, compared, note, same
from reportgen.verification.records import Recomputed

CLOSE = 1e-9
"""Relative difference that other library versions may bring into the last digits."""
_REMARKS = (".findings", ".checklist", ".readiness", ".evaluation.version")
"""What a later version may judge otherwise without any figure of the run being another."""
_DECIDING = (".decision.status", ".decision.winner")


@dataclass(frozen=True, slots=True)
class Unlike:
    """One place where what is stored is not what was computed. `decides` = no later version may differ there."""

    told: str
    decides: bool


def scores(folder: RunFolder, again: Recomputed) -> Check:
    """Compare every stored score with the one computed again."""
    encoder = msgspec.json.Encoder(order="sorted")
    differences = []
    with folder.scores.open("rb") as file:
        for number, made in enumerate(again.scores, 1):
            given, text = file.readline(), encoder.encode(made) + b"\n"
            if given != text and (again.same_build or not given.endswith(b"\n") or _moved(given, text)):
                differences.append(f"line {number}: {made.candidate} on {made.example_id}")
        if more := sum(line.endswith(b"\n") for line in file):
            differences.append(f"{more} lines too many")
    good = f"{len(again.scores):,} scores computed again, all as stored."
    return compared("Scores", good, "Stored scores are not what the responses give.", differences)


def _moved(given: bytes, made: bytes) -> bool:
    """Return whether a score differs in anything that the version which stored it knew."""
    return any(unlike(msgspec.json.decode(given), msgspec.json.decode(made), "", exact=False))


def figures(folder: RunFolder, again: Recomputed) -> Check:
    """Compare every figure of results.json, and the decision, with what the records give."""
    given = (folder.path / "results.json").read_bytes()
    made = results_bytes(again.comparison)
    if given == made:
        return same("Figures", f"results.json computed again, byte for byte: {_counted(again.comparison)}.")
    exact = again.same_build
    found = list(unlike(msgspec.json.decode(given), msgspec.json.decode(made), "", exact=exact))
    if not found and exact:
        found = [Unlike("results.json is not in its canonical form", decides=True)]
    told = [u.told for u in sorted(found, key=lambda u: not u.decides)]
    if any(u.decides for u in found):
        return compared("Figures", "", "Figures are not what the responses give.", told)
    good = f"Written by another version; computed again: {_counted(again.comparison)}."
    return note("Figures", f"{good} Only this is reckoned or judged otherwise now.", told) if told else same("Figures", good)


def _counted(comparison: Comparison) -> str:
    decision = comparison.decision
    many = sum(len(c.measurements) for c in comparison.candidates)
    return f"{many:,} figures, {decision.status.value}" + (f", winner {decision.winner}" if decision.winner else "")


def unlike(given: object, made: object, place: str, *, exact: bool) -> Iterator[Unlike]:
    """Yield the places where a stored value is not what was computed; another build may know more than the stored one."""
    if isinstance(given, Mapping) and isinstance(made, Mapping):
        yield from _unlike_fields(given, made, place, exact=exact)
    elif isinstance(given, list) and isinstance(made, list):
        yield from _unlike_entries(given, made, place, exact=exact)
    elif not _alike(given, made, exact=exact) and (exact or not _is_wording(given, place)):
        told = f"{place} is {given!r:.80}, computed {made!r:.80}".lstrip(".")
        yield Unlike(told, exact or _decides(place))


def _unlike_fields(given: Mapping[str, object], made: Mapping[str, object], place: str, *, exact: bool) -> Iterator[Unlike]:
    other_method = not exact and given.get("method", "") != made.get("method", "")
    if other_method:
        method = f"{place}: the method was {given.get('method')!r:.90}, and is {made.get('method')!r:.90} now".lstrip(".")
        yield Unlike(method, decides=False)
    for key in given:
        if key not in made:
            yield Unlike(f"{place}.{key} cannot be computed again".lstrip("."), exact or _decides(f"{place}.{key}"))
        elif not (other_method and key in {"low", "high", "bound", "p", "p_adjusted", "method"}):
            yield from unlike(given[key], made[key], f"{place}.{key}", exact=exact)
    if exact:
        yield from (Unlike(f"{place}.{key} is missing".lstrip("."), decides=True) for key in made if key not in given)


def _unlike_entries(given: Sequence[object], made: Sequence[object], place: str, *, exact: bool) -> Iterator[Unlike]:
    if len(given) != len(made) and (exact or not place.startswith(_REMARKS)):
        yield Unlike(f"{place} has {len(given)} entries, computed {len(made)}".lstrip("."), exact or _decides(place))
    for number, (a, b) in enumerate(zip(given, made, strict=False)):
        yield from unlike(a, b, f"{place}[{_label(a, number)}]", exact=exact)


def _decides(place: str) -> bool:
    """Return whether no later version may differ at a place: the rest of the decision is reasons and resampled shares."""
    if place.startswith(".decision"):
        return place in _DECIDING
    return not place.startswith(_REMARKS)


def _is_wording(value: object, place: str) -> bool:
    """Return whether a text is a sentence, which another version may word otherwise; names and results are none."""
    worded = (".findings", ".checklist", ".decision.reasons", ".decision.break_evens", ".decision.cheaper_but_unproven")
    return isinstance(value, str) and (place.startswith(worded) or place.endswith((".method", ".reason", ".sentence")))


def _label(value: object, number: int) -> str:
    named = value.get("name") or value.get("measure") if isinstance(value, Mapping) else None
    return str(named)[:40] if named else str(number)


def _alike(given: object, made: object, *, exact: bool) -> bool:
    if not exact and isinstance(given, (int, float)) and isinstance(made, (int, float)):
        return math.isclose(given, made, rel_tol=CLOSE, abs_tol=CLOSE)
    return type(given) is type(made) and given == made
