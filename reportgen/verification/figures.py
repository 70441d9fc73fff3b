"""Scores, figures and the decision, held against those computed again.

By the very build that made the run every word and figure must be the same, whatever Python and libraries compute it: where
the last bits differ, figures are compared to the digits that are printed, and that is said. By another build what decides
must be the same; what else differs could not be checked.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from reportgen.domain.records.comparison import Comparison
from reportgen.evidence.run_folder import RunFolder
from reportgen.reports.data import encoded, results_bytes
from reportgen.verification.checks import Check, Word, compared, same
from reportgen.verification.records import Recomputed

CLOSE = 1e-9
"""Relative difference that other library versions may bring into the last digits."""
_JUDGED = (".findings", ".checklist", ".readiness", ".evaluation.version")
"""What another build may judge otherwise without any figure of the run being another."""
_DECIDING = (".decision.status", ".decision.winner")
_LAST_BITS = "Last bits differ with the libraries; the figures are the same to the digits that are printed"


@dataclass(frozen=True, slots=True)
class Unlike:
    """One place where what is stored is not what was computed. `decides` = no later version may differ there."""

    told: str
    decides: bool


def scores(folder: RunFolder, again: Recomputed) -> Check:
    """Compare every stored score with the one computed again."""
    encoder = msgspec.json.Encoder(order="sorted")
    differences, otherwise, bits = [], [], 0
    with folder.scores.open("rb") as file:
        for number, made in enumerate(again.scores, 1):
            given, text = file.readline(), encoder.encode(made) + b"\n"
            if given == text:
                continue
            told = f"line {number}: {made.candidate} on {made.example_id}"
            found = _score_differences(given, text, same_build=again.same_build)
            if any(u.decides for u in found):
                differences.append(told)
            elif found:
                otherwise.append(told)
            else:
                bits += 1
        if more := sum(line.endswith(b"\n") for line in file):
            differences.append(f"{more} lines too many")
    if otherwise and not differences:
        return Check("Scores", Word.UNCHECKED, "Another build tells some scores otherwise.", tuple(otherwise))
    good = f"{len(again.scores):,} scores computed again, all as stored." + (f" {_LAST_BITS}." if bits else "")
    return compared("Scores", good, "Stored scores are not what the responses give.", differences)


def _score_differences(given: bytes, made: bytes, *, same_build: bool) -> list[Unlike]:
    if not given.endswith(b"\n"):
        return [Unlike("the line is missing", decides=True)]
    return list(unlike(msgspec.json.decode(given), msgspec.json.decode(made), "", same_build=same_build))


def figures(folder: RunFolder, again: Recomputed) -> Check:
    """Compare every figure of results.json, and the decision, with what the records give."""
    given = (folder.path / "results.json").read_bytes()
    made = results_bytes(again.comparison)
    counted = _counted(again.comparison)
    if given == made:
        return same("Figures", f"results.json computed again, byte for byte: {counted}.")
    found = list(unlike(msgspec.json.decode(given), msgspec.json.decode(made), "", same_build=again.same_build))
    if given != canonical(given):
        found.append(Unlike("results.json is not in its canonical form", decides=True))
    told = [u.told for u in sorted(found, key=lambda u: not u.decides)]
    if any(u.decides for u in found):
        return compared("Figures", "", "Figures are not what the responses give.", told)
    if told:
        return Check("Figures", Word.UNCHECKED, f"Another build reckons or words this otherwise: {counted}.", tuple(told))
    if again.same_build and again.same_libraries:
        return compared("Figures", "", "Figures are not what the responses give.", ["last bits of figures differ"])
    return same("Figures", f"Computed again: {counted}. {_LAST_BITS}.")


def _counted(comparison: Comparison) -> str:
    decision = comparison.decision
    many = sum(len(c.measurements) for c in comparison.candidates)
    return f"{many:,} figures, {decision.status.word}" + (f", winner {decision.winner}" if decision.winner else "")


def unlike(given: object, made: object, place: str, *, same_build: bool) -> Iterator[Unlike]:
    """Yield the places where a stored value is not what was computed; another build may know more than the stored one."""
    if isinstance(given, Mapping) and isinstance(made, Mapping):
        yield from _unlike_fields(given, made, place, same_build=same_build)
    elif isinstance(given, list) and isinstance(made, list):
        yield from _unlike_entries(given, made, place, same_build=same_build)
    elif not _alike(given, made):
        told = f"{place} is {given!r:.80}, computed {made!r:.80}".lstrip(".")
        yield Unlike(told, same_build or (_decides(place) and not _is_wording(given, place)))


def _unlike_fields(
    given: Mapping[str, object], made: Mapping[str, object], place: str, *, same_build: bool
) -> Iterator[Unlike]:
    other_method = not same_build and given.get("method", "") != made.get("method", "")
    if other_method:
        method = f"{place}: the method was {given.get('method')!r:.90}, and is {made.get('method')!r:.90} now".lstrip(".")
        yield Unlike(method, decides=False)
    for key in given:
        if key not in made:
            told = f"{place}.{key} cannot be computed again".lstrip(".")
            yield Unlike(told, same_build or _decides(f"{place}.{key}"))
        elif not (other_method and key in {"low", "high", "bound", "p", "p_adjusted", "method"}):
            yield from unlike(given[key], made[key], f"{place}.{key}", same_build=same_build)
    if same_build:
        yield from (Unlike(f"{place}.{key} is missing".lstrip("."), decides=True) for key in made if key not in given)


def _unlike_entries(given: Sequence[object], made: Sequence[object], place: str, *, same_build: bool) -> Iterator[Unlike]:
    if len(given) != len(made):
        told = f"{place} has {len(given)} entries, computed {len(made)}".lstrip(".")
        yield Unlike(told, same_build or _decides(place))
    for number, (a, b) in enumerate(zip(given, made, strict=False)):
        yield from unlike(a, b, f"{place}[{_label(a, number)}]", same_build=same_build)


def _decides(place: str) -> bool:
    """Return whether no other build may differ at a place: the rest of the decision is reasons and resampled shares."""
    if place.startswith(".decision"):
        return place in _DECIDING
    return not place.startswith(_JUDGED)


def _is_wording(value: object, place: str) -> bool:
    """Return whether a text is a sentence, which another build may word otherwise; names and results are none."""
    return isinstance(value, str) and place.endswith((".method", ".reason", ".sentence"))


def _label(value: object, number: int) -> str:
    named = value.get("name") or value.get("measure") if isinstance(value, Mapping) else None
    return str(named)[:40] if named else str(number)


def _alike(given: object, made: object) -> bool:
    if isinstance(given, float) and isinstance(made, float):
        return math.isclose(given, made, rel_tol=CLOSE, abs_tol=CLOSE)
    return type(given) is type(made) and given == made


def canonical(results: bytes) -> bytes:
    """Return the canonical bytes of what a results.json says."""
    return encoded(msgspec.json.decode(results))
