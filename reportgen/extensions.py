"""What other packages add (candidate kinds, metrics, documents): found by their entry points, or given for one call."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any

from reportgen.problems import NeedsMendingError


class Group(StrEnum):
    """The entry point groups; the name of an entry is the kind, the metric or the file that it adds."""

    KINDS = "reportgen.kinds"
    METRICS = "reportgen.metrics"
    REPORTS = "reportgen.reports"


@dataclass(frozen=True, slots=True)
class Extension:
    """One thing that is added. `package` and `version` are empty where it was given from Python for one call."""

    name: str
    value: Any
    package: str = ""
    version: str = ""

    @property
    def origin(self) -> str:
        """Where it comes from, in words."""
        return f"the package {self.package} {self.version}" if self.package else "the call from Python"


_given: list[Mapping[Group, Mapping[str, Any]]] = []
"""What calls that are under way have given, the innermost last: the one state of this process that a run depends on. A
context variable would not reach the threads that write the documents."""


def added(group: Group, ours: Collection[str] = ()) -> Mapping[str, Extension]:
    """Return what is added to a group, by name: by installed packages in the order of their names, then by the calls.

    Raises NeedsMendingError where what a package adds cannot be loaded, two add the same, or a name is one of `ours`.
    """
    found = dict(_installed(group))
    for given in _given:
        for name, value in given.get(group, {}).items():
            found[name] = _only(found, Extension(name, value))
    for name in found.keys() & set(ours):
        msg = f'"{name}", added by {found[name].origin}, is a name of ours ({group.value}). It needs another.'
        raise NeedsMendingError(msg)
    return MappingProxyType(found)


def in_use() -> dict[str, str]:
    """Return where each thing that is added comes from, by `group: name`: part of a run's environment."""
    return {place(group, name): found.origin for group in Group for name, found in added(group).items()}


def of_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what was added to the run that has this environment, as `in_use` gives it."""
    return {name: value for name, value in environment.items() if name.partition(": ")[0] in set(Group)}


def place(group: Group, name: str) -> str:
    """Return how the environment of a run names a thing that was added."""
    return f"{group.value}: {name}"


@contextmanager
def adding(found: Mapping[Group, Mapping[str, Any]]) -> Iterator[None]:
    """Add things for as long as the context lasts. Raises NeedsMendingError where something has the name already."""
    _given.append(found)
    try:
        for group in Group:
            added(group)
        yield
    finally:
        _given.remove(found)


@lru_cache
def _installed(group: Group) -> Mapping[str, Extension]:
    found: dict[str, Extension] = {}
    for entry in sorted(entry_points(group=group.value), key=lambda e: (e.name, e.value)):
        package, version = (entry.dist.name, entry.dist.version) if entry.dist is not None else ("", "")
        found[entry.name] = _only(found, Extension(entry.name, _loaded(entry, package, version), package, version))
    return MappingProxyType(found)


def _loaded(entry: EntryPoint, package: str, version: str) -> Any:  # noqa: ANN401 - each group says what its entries are
    try:
        return entry.load()
    except Exception as error:
        msg = (
            f'The package {package} {version} adds "{entry.name}" ({entry.group}), which cannot be loaded: {error}. '
            f"Install a version that fits, or take it away: pip uninstall {package}."
        )
        raise NeedsMendingError(msg) from error


def _only(found: Mapping[str, Extension], new: Extension) -> Extension:
    if (old := found.get(new.name)) is not None:
        msg = f'"{new.name}" is added twice, by {old.origin} and by {new.origin}. Keep one of the two.'
        raise NeedsMendingError(msg)
    return new
