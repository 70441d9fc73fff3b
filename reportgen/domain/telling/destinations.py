"""Where the data goes: for each host, which candidates ask there, and the rows and files that they send."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.plan import AddedKind, CandidateKind, CandidateSpec, EvaluationPlan
from reportgen.domain.records.providers import host_asked, is_loopback, provider_of
from reportgen.domain.wording.figures import counted, listed
from reportgen.extensions import Group, added

SHOWN = 5


def by_host(plan: EvaluationPlan, corpus: Corpus) -> Iterator[str]:
    """Yield one line for each host that a run asks: what goes there, and for whom; train rows go as worked examples only."""
    asking: dict[str, list[CandidateSpec]] = {}
    for spec in plan.candidates:
        if spec.kind is CandidateKind.API_MODEL:
            host = host_asked(spec.model, spec.endpoint)
            asking.setdefault(host or f"the provider {provider_of(spec.model)}", []).append(spec)
        elif isinstance(spec.kind, AddedKind):
            asking.setdefault(_decided_by(spec.kind), []).append(spec)
    files = list(dict.fromkeys(e.document.name for e in corpus.asked if e.document is not None))
    rows = counted(len(corpus.asked), "row")
    if files:
        rows += f" with {counted(len(files), 'file')} ({listed(files, SHOWN)})"
    for host, specs in asking.items():
        shots = max(spec.few_shot_examples for spec in specs)
        taught = f" and {counted(shots, 'worked example')} of the train rows" if shots else ""
        place = host if isinstance(specs[0].kind, AddedKind) else shown_host(host)
        here = " (this machine)" if is_loopback(host) else ""
        names = listed([spec.name for spec in specs], SHOWN)
        yield f"{place}{here}: {rows}{taught}, for {names}"


def _decided_by(kind: AddedKind) -> str:
    """Return who decides where the rows of an added kind go: nobody else can know."""
    return f'wherever {added(Group.KINDS)[kind.value].origin} sends what its kind "{kind.value}" is asked'


def shown_host(host: str) -> str:
    """Return a host as it is asked for, with what a reader may not see in it: foreign letters, or a bare address."""
    try:
        ascii_name = host.encode("idna").decode()
    except UnicodeError:
        ascii_name = host.encode("ascii", "backslashreplace").decode()
    if ascii_name != host:
        return f"{host} (in letters of its own: {ascii_name})"
    if host.startswith("xn--") or ".xn--" in host:
        return f"{host} (a name in other letters)"
    try:
        return f"the address {ipaddress.ip_address(host)}"
    except ValueError:
        return host
