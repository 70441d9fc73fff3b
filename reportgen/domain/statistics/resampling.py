"""Random weights for the rows of a feature matrix, the same bits on every machine, because an audit replays them.

One way serves the bootstrap (how often each example was drawn) and the randomisation test (exchanged or not): the rows get
random weights, and what is kept is the weighted sum of their features. The draws depend on the seed and the number of rows
alone, so every feature matrix over the same rows meets the same draws: candidates and measures stay paired, and a joint
winner probability has a meaning. Blocks of a fixed number of replicates have each their own stream; chunking and threads
cannot change a bit.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
# Replicates that share one stream. Part of the definition of the draws: another number gives other figures.
_BLOCK = 32
# Words worked on at once, so that they stay in the processor's cache.
_WORDS_AT_ONCE = 32_768
# Below so many rows the calls are too short for a second thread to bring anything.
_WORTH_THREADS = 20_000
_MOST_THREADS = 4


def seed_of(*parts: str) -> int:
    """Return a seed for the words given: the first 8 bytes of the SHA-256 of the words, each after its length.

    The length keeps ("ab", "c") and ("a", "bc") apart. Source: formulas.md 1.11.
    """
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode("utf-8")
        digest.update(len(encoded).to_bytes(8, "big"))
        digest.update(encoded)
    return int.from_bytes(digest.digest()[:8], "big")


def _stream(seed: int, block: int) -> np.random.PCG64:
    """Return one block's source of raw 64-bit words.

    PCG64's raw words and SeedSequence are fixed by numpy's compatibility policy (NEP 19); the methods of Generator are not.
    """
    return np.random.PCG64(np.random.SeedSequence([seed, block]))


def draw_counts(rows: int, size: int, *, seed: int, block: int) -> Floats:
    """Return how often each row is drawn, shape (rows, size): each column is one resample of `rows` rows with replacement.

    Each resample takes the next ⌈rows/2⌉ words. A half word u picks row ⌊u·rows / 2³²⌋, the high halves first; rows
    differ in probability by less than rows / 2³².
    """
    stream = _stream(seed, block)
    each = (rows + 1) // 2
    at_once = max(1, min(size, _WORDS_AT_ONCE // each))
    drawn = np.empty((at_once, 2, each), dtype=np.uint64)
    picks = drawn.view(np.int64).reshape(at_once, 2 * each)[:, :rows]
    counts = np.empty((size, rows), dtype=np.float64)
    for start in range(0, size, at_once):
        now = min(at_once, size - start)
        words = stream.random_raw(now * each).reshape(now, each)
        np.right_shift(words, np.uint64(32), out=drawn[:now, 0])
        np.bitwise_and(words, np.uint64(0xFFFFFFFF), out=drawn[:now, 1])
        np.multiply(drawn, np.uint64(rows), out=drawn)
        np.right_shift(drawn, np.uint64(32), out=drawn)
        for replicate in range(now):
            counts[start + replicate] = np.bincount(picks[replicate], minlength=rows)
    return np.ascontiguousarray(counts.T)


def draw_exchanges(rows: int, size: int, *, seed: int, block: int) -> Floats:
    """Return which rows are exchanged, 0.0 or 1.0 with probability 1/2 each, shape (rows, size)."""
    words = _stream(seed, block).random_raw((size * rows + 63) // 64).astype("<u8")
    bits = np.unpackbits(words.view(np.uint8), bitorder="little")[: size * rows]
    return np.ascontiguousarray(bits.reshape(size, rows).T, dtype=np.float64)


def grouped(features: Any, groups: npt.NDArray[Any] | None) -> Any:  # noqa: ANN401 - scipy.sparse has no types
    """Return the features as a sparse matrix with one row for each unit that is resampled.

    Args:
        features: (n, k) array or scipy.sparse matrix, finite.
        groups: (n,) group of each row; rows of one group are added up, groups in the order of their sorted names.
    """
    from scipy import sparse  # noqa: PLC0415 - .1 s that only resampling needs

    matrix = sparse.csr_array(features, dtype=np.float64)
    if not np.all(np.isfinite(matrix.data)):
        message = "features must be finite; what could not be scored has a row of zeros or is left out by the measure"
        raise ValueError(message)
    if groups is None:
        return matrix
    if len(groups) != matrix.shape[0]:
        message = f"expected one group for each of {matrix.shape[0]} rows, found {len(groups)}"
        raise ValueError(message)
    names, member = np.unique(np.asarray(groups), return_inverse=True)
    membership = sparse.csr_array((np.ones(len(member)), (member, np.arange(len(member)))), shape=(len(names), len(member)))
    return sparse.csr_array(membership @ matrix)


def pieces(replicates: int, columns: int, most: int) -> Iterator[slice]:
    """Yield the replicates in whole blocks, so many at once that there are at most `most` sums of them, or one block."""
    each = max(1, most // max(1, columns) // _BLOCK) * _BLOCK
    yield from (slice(start, min(start + each, replicates)) for start in range(0, replicates, each))


def weighted_sums(
    matrices: Iterable[Any],
    draw: Callable[..., Floats],
    *,
    seed: int,
    replicates: int,
    first: int = 0,
) -> list[Floats]:
    """Return, for each sparse (rows, k) matrix, the sums of its rows under random weights: shape (replicates - first, k).

    Each column of sums lies in one piece of memory, since statistics work column by column.

    Args:
        matrices: matrices over the same rows.
        draw: `draw_counts` or `draw_exchanges`.
        seed: whole number, at least 0.
        replicates: number of replicates.
        first: replicate to begin with, the first of a block (see `pieces`).
    """
    from scipy import sparse  # noqa: PLC0415 - .1 s that only resampling needs

    prepared = list(matrices)
    rows = {matrix.shape[0] for matrix in prepared}
    if len(rows) > 1:
        message = f"expected matrices over the same rows, found {sorted(rows)} rows"
        raise ValueError(message)
    ends = np.cumsum([0, *(matrix.shape[1] for matrix in prepared)])
    sums = np.zeros((int(ends[-1]), replicates - first))
    n = rows.pop() if rows else 0
    if n:
        # Stored by rows of the sample, one above the other: the product reads the weights once, in order, for all of them.
        stacked = sparse.csc_array(sparse.vstack([matrix.T for matrix in prepared]))

        def one_block(block: int) -> None:
            start = block * _BLOCK - first
            product = stacked @ draw(n, _BLOCK, seed=seed, block=block)
            sums[:, start : start + _BLOCK] = product[:, : replicates - first - start]

        _for_each(one_block, range(first // _BLOCK, -(-replicates // _BLOCK)), rows=n)
    return [sums[start:end].T for start, end in pairwise(ends)]


def _for_each(task: Callable[[int], None], items: Sequence[int], *, rows: int) -> None:
    """Run `task` for every item; the tasks write to places of their own, so their order does not matter."""
    threads = min(_MOST_THREADS, os.cpu_count() or 1)
    if threads == 1 or rows < _WORTH_THREADS:
        for item in items:
            task(item)
        return
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(task, items):
            pass
