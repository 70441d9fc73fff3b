"""To which host which rows and files of a workbook went: kept with the run, so that it can be told afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportgen.domain.records.plan import CandidateKind, EvaluationPlan
from reportgen.domain.records.providers import host_asked, provider_of
from reportgen.domain.records.response import Basis, Response
from reportgen.evidence.run_folder import RunFolder, json_bytes, write_bytes


@dataclass(frozen=True, slots=True)
class Destination:
    """One host: for which candidates it was asked, and the examples and files that went there."""

    host: str
    candidates: tuple[str, ...]
    examples: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Destinations:
    """The content of `evidence/destinations.json`."""

    hosts: tuple[Destination, ...]
    format: str = "reportgen.destinations/1"


def destinations(plan: EvaluationPlan, responses: Sequence[Response]) -> Destinations:
    """Return what went where, from the answers that the run itself asked for."""
    hosts = {
        spec.name: host_asked(spec.model, spec.endpoint) or provider_of(spec.model)
        for spec in plan.candidates
        if spec.kind is CandidateKind.API_MODEL
    }
    files = {e.id: e.document.name for e in plan.examples if e.document is not None}
    asked: dict[str, dict[str, None]] = {}
    names: dict[str, dict[str, None]] = {}
    for response in responses:
        host = hosts.get(response.candidate)
        if host is not None and response.basis is Basis.MEASURED and not response.recorded_on:
            asked.setdefault(host, {})[response.example_id] = None
            names.setdefault(host, {})[response.candidate] = None
    found = []
    for host, ids in sorted(asked.items()):
        sent = tuple(sorted({files[name] for name in ids if name in files}))
        found.append(Destination(host, tuple(sorted(names[host])), tuple(sorted(ids)), sent))
    return Destinations(tuple(found))


def keep_destinations(folder: RunFolder, plan: EvaluationPlan, responses: Sequence[Response]) -> None:
    """Write what went where; a run that asked nobody has no such record."""
    found = destinations(plan, responses)
    if found.hosts:
        write_bytes(folder.destinations, json_bytes(found))
