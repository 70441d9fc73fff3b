"""Draws a stratified random sample, seeded, so that anybody with the log can draw it again and see that nobody chose."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence


def quotas(counts: Mapping[str, int], size: int) -> dict[str, int]:
    """Return how many of each stratum are drawn: in proportion by largest remainder, at least one of each where it fits.

    A stratum never gives more than it has. `size` is at most the sum of the counts.
    """
    total = sum(counts.values())
    exact = {name: size * count / total for name, count in counts.items()}
    found = {name: min(counts[name], int(value + 1e-9)) for name, value in exact.items()}
    if size >= len(counts):
        found = {name: max(1, n) for name, n in found.items()}
    order = sorted(counts, key=lambda name: (found[name] - exact[name], name))
    while sum(found.values()) < size:
        for name in order:
            if found[name] < counts[name] and sum(found.values()) < size:
                found[name] += 1
    while sum(found.values()) > size:
        spare = [name for name in counts if found[name] > 1 or size < len(counts)]
        found[max(spare, key=lambda name: (found[name] - exact[name], found[name], name))] -= 1
    return found


def draw(strata: Sequence[str], size: int, seed: int, salt: str) -> list[int]:
    """Return the places of the rows drawn, in the order of the log.

    Args:
        strata: the stratum of each row.
        size: how many to draw; all where there are no more.
        seed: another seed draws another sample.
        salt: the log's hash, so that the same seed means something else in another log.
    """
    members: dict[str, list[int]] = {}
    for place, name in enumerate(strata):
        members.setdefault(name, []).append(place)
    wanted = quotas({name: len(rows) for name, rows in members.items()}, min(size, len(strata)))

    def lot(place: int) -> bytes:
        return hashlib.sha256(f"{seed}|{salt}|{place}".encode()).digest()

    return sorted(place for name, rows in members.items() for place in sorted(rows, key=lot)[: wanted[name]])
