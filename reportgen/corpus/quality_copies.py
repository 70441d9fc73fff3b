"""Finds rows that say the same: a copy that is learned from and then asked flatters whoever learned it (formulas.md 5.3)."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from reportgen.domain.reading.text import UNSPACED

ALIKE = 0.80
"""Cosine from which on two texts are flagged."""
SAME = 0.95
"""Cosine from which on two texts are treated as the same."""
ALL_PAIRS = 500
"""Up to so many texts every pair is compared; beyond, only pairs that share a part of their sketches."""
_CHUNK = 500
_BEGINNING = 200
"""Words at the beginning by which texts of one template are looked for, before all of a long document is masked."""
_BANDS, _ROWS = 16, 2
_NEIGHBOURS = 2
"""How many others of its bucket a text is compared with: enough to find it, and a template of many rows stays cheap."""
_SPREAD = np.uint64(0x9E3779B97F4A7C15)

_WORD = re.compile(rf"[{UNSPACED}]|(?:(?![{UNSPACED}])\w)+")
_DATE = re.compile(r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b")
_NUMBER = re.compile(r"\d[\d.,:/-]*")
_NAME = re.compile(r"(?<=[\w,] )[A-ZÀ-ÖØ-Þ][\w'’-]+")
_MASKED = re.compile(r"\d|(?<=[\w,] )[A-ZÀ-ÖØ-Þ]")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts by their places, first < second, and how alike they are (cosine, 1 = the same characters)."""

    first: int
    second: int
    alike: float


class Plain(str):
    """A text as copies are compared; long ones are made so once, however many checks want them."""

    __slots__ = ()


def normalised(text: str) -> Plain:
    """Return a text as copies are compared: NFKC, case folded, runs of white space as one space."""
    if isinstance(text, Plain):
        return text
    return Plain(" ".join(unicodedata.normalize("NFKC", text).casefold().split()))


def template(text: str) -> str:
    """Return a text with dates, numbers and names masked, blank where there is nothing to mask."""
    return _masked(text) if _MASKED.search(text) else ""


def _masked(text: str) -> str:
    masked = _NUMBER.sub("#", _DATE.sub("#", _NAME.sub("@", unicodedata.normalize("NFKC", text).strip())))
    return " ".join(masked.casefold().split())


def same_text(texts: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """Return the places of texts that are equal after normalising, groups of two and more in reading order."""
    return _groups(normalised(t) for t in texts)


def same_template(texts: Sequence[str], plain: Sequence[str] = ()) -> tuple[tuple[int, ...], ...]:
    """Return the places of texts of one template, different texts only, groups of three and more.

    `plain` holds the texts as copies are compared, where they were made so before.
    """
    plain = plain or [normalised(t) for t in texts]
    alike = _of_three(_groups(_masked(" ".join(t.split(None, _BEGINNING)[:_BEGINNING])) for t in texts), plain)
    found = (tuple(group[i] for i in same) for group in alike for same in _groups(template(texts[i]) for i in group))
    return tuple(sorted(_of_three(found, plain)))


def _of_three(groups: Iterable[tuple[int, ...]], plain: Sequence[str]) -> Iterator[tuple[int, ...]]:
    """Yield the groups that hold three different texts; two may be chance."""
    yield from (g for g in groups if len({plain[i] for i in g}) >= 3)  # noqa: PLR2004 - as said


def _groups(keys: Iterator[str] | Sequence[str]) -> tuple[tuple[int, ...], ...]:
    places: defaultdict[bytes, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        if key:
            places[hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()].append(place)
    return tuple(tuple(p) for p in places.values() if len(p) > 1)


def near_copies(texts: Sequence[str]) -> tuple[Pair, ...]:
    """Return pairs of different texts that are at least 0.80 alike: TF-IDF of 3 to 5 characters within words, cosine.

    Every pair up to `ALL_PAIRS` different texts; beyond that the pairs whose sketches of word pairs (MinHash) meet, so that
    the time grows with the number of texts and not with its square. A text that stands several times counts once, by its
    first place. Source: formulas.md 5.3.
    """
    firsts: dict[str, int] = {}
    for place, text in enumerate(texts):
        firsts.setdefault(normalised(text), place)
    firsts.pop("", None)
    if len(firsts) < 2:  # noqa: PLR2004 - a pair
        return ()
    plain, places = list(firsts), list(firsts.values())
    if len(plain) <= ALL_PAIRS:
        found = _all_pairs(_weights(plain))
    else:
        candidates = _candidates(plain)
        wanted = np.unique(candidates)
        if not wanted.size:
            return ()
        among = _weights([plain[i] for i in wanted])
        found = _compared(among, np.searchsorted(wanted, candidates), wanted)
    pairs = (Pair(min(places[a], places[b]), max(places[a], places[b]), min(1.0, alike)) for a, b, alike in found)
    return tuple(sorted(pairs, key=lambda p: (p.first, p.second)))


def _weights(texts: Sequence[str]) -> Any:  # noqa: ANN401 - a sparse matrix, whose library ships no types
    """Return the TF-IDF weights of 3 to 5 characters within words; each word is taken apart once."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415 - a second that --help need not pay
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer  # noqa: PLC0415 - as above

    places: dict[str, int] = {}
    counts, columns, ends = [], [], [0]
    for text in texts:
        for word, count in Counter(text.split()).items():
            columns.append(places.setdefault(word, len(places)))
            counts.append(count)
        ends.append(len(columns))
    words = csr_matrix((np.array(counts, dtype=np.float32), columns, ends), shape=(len(texts), len(places)))
    pieces = CountVectorizer(analyzer="char_wb", ngram_range=(3, 5), lowercase=False, dtype=np.float32)
    found = words @ pieces.fit_transform(places)
    found.sort_indices()
    return TfidfTransformer().fit_transform(found)


def _all_pairs(weights: Any) -> Iterator[tuple[int, int, float]]:  # noqa: ANN401 - as above
    across = weights.T.tocsr()
    for start in range(0, weights.shape[0], _CHUNK):
        block = (weights[start : start + _CHUNK] @ across).tocoo()
        chosen = (block.data >= ALIKE - 1e-6) & (block.col > block.row + start)
        for row, column, alike in zip(block.row[chosen], block.col[chosen], block.data[chosen], strict=True):
            yield int(row) + start, int(column), float(alike)


def _compared(
    weights: Any,  # noqa: ANN401 - as above
    pairs: npt.NDArray[np.int64],
    places: npt.NDArray[np.int64],
) -> Iterator[tuple[int, int, float]]:
    for start in range(0, len(pairs), 20_000):
        block = pairs[start : start + 20_000]
        alike = np.asarray(weights[block[:, 0]].multiply(weights[block[:, 1]]).sum(axis=1)).ravel()
        for (a, b), value in zip(block, alike, strict=True):
            if value >= ALIKE - 1e-6:
                yield int(places[a]), int(places[b]), float(value)


def _candidates(texts: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return (m, 2) places of texts whose sketches meet in a band; in a large bucket each meets only its neighbours."""
    sketches = _sketches(texts)
    found: list[npt.NDArray[np.int64]] = []
    for band in range(0, sketches.shape[1], _ROWS):
        key = sketches[:, band] * _SPREAD + sketches[:, band + 1]
        order = np.argsort(key, kind="stable")
        ordered = key[order]
        for step in range(1, _NEIGHBOURS + 1):
            meet = np.flatnonzero(ordered[:-step] == ordered[step:])
            found.append(np.stack([order[meet], order[meet + step]], axis=1))
    return np.unique(np.sort(np.concatenate(found), axis=1), axis=0)


def _sketches(texts: Sequence[str]) -> npt.NDArray[np.uint64]:
    """Return (n, bands x rows) smallest hashes of each text's pairs of neighbouring words."""
    random = np.random.RandomState(1)
    odd = [np.uint64(2 * int(a) + 1) for a in random.randint(1, 2**62, size=_BANDS * _ROWS, dtype=np.int64)]
    found = np.empty((len(texts), len(odd)), dtype=np.uint64)
    for start in range(0, len(texts), _CHUNK):
        words = [_WORD.findall(text) or [""] for text in texts[start : start + _CHUNK]]
        starts = np.cumsum([0, *map(len, words)])
        flat = (zlib.crc32(word.encode("utf-8", "surrogatepass")) for group in words for word in group)
        here = np.fromiter(flat, dtype=np.uint64, count=int(starts[-1]))
        after = np.roll(here, -1)
        after[starts[1:] - 1] = 0
        pairs = _mixed(here * _SPREAD + after)
        for column, factor in enumerate(odd):
            hashed = (pairs * factor) >> np.uint64(20)
            found[start : start + _CHUNK, column] = np.minimum.reduceat(hashed, starts[:-1])
    return found


def _mixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Spread values over all bits (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
