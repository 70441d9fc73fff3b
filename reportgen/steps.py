"""Steps: what a slow command is doing now, told from wherever the work is to whoever listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of work in words; `done` of `total` where it can be counted, else both are 0."""

    words: str
    done: int = 0
    total: int = 0


Listener = Callable[[Step], None]

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


def tell(words: str, done: int = 0, total: int = 0) -> None:
    """Say what is being done now; nothing happens where nobody listens."""
    if (listener := _listener.get()) is not None:
        listener(Step(words, done, total))


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """Let `listener` hear every step that is told within."""
    before = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(before)
