"""Where the rows and files of a workbook would go: a host of no known provider is asked only with leave."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from reportgen.domain.records.plan import CandidateKind, CandidateSpec, Example, Split
from reportgen.domain.records.providers import host_asked, host_may_be_asked, provider_of
from reportgen.domain.telling.destinations import shown_host
from reportgen.domain.wording.figures import counted, listed
from reportgen.problems import Problem, Severity
from reportgen.workbook.opening.cells import SheetCells
from reportgen.workbook.rows.faults import Faults

FILES_SHOWN = 5
CODE = "host"
_FLAG = re.compile(r"--allow-host (\S+?)(?:\.$|\s|$)")


def check_hosts(
    cells: SheetCells,
    faults: Faults,
    candidates: Sequence[CandidateSpec],
    examples: Sequence[Example],
    allowed: Collection[str],
) -> None:
    """Put down every candidate whose host belongs to no known provider and is not allowed, with what would go there."""
    told = what_goes(examples)
    for spec in candidates:
        if spec.kind is not CandidateKind.API_MODEL or "://" in spec.model:
            continue
        if host_may_be_asked(spec.model, spec.endpoint, allowed):
            continue
        row, column = _place(spec.where)
        host = host_asked(spec.model, spec.endpoint)
        if host:
            what = f"{told} would go to {shown_host(host)}, which belongs to no known provider."
            remedy = f"If that is meant, run with --allow-host {host}."
        else:
            provider = provider_of(spec.model) or "a provider"
            what = f"{told} would go to {provider}, whose host is not known here."
            remedy = (
                f"Fill in Endpoint, or run with --allow-host {provider_of(spec.model) or 'HOST'} if you know where it asks."
            )
        faults.add(cells, what, remedy, CODE, row=row, column=column)


def hosts_lacking_leave(problems: Sequence[Problem]) -> frozenset[str]:
    """Return the hosts that only lack leave; none where anything else stands in the way."""
    errors = [p for p in problems if p.severity is Severity.ERROR]
    if not errors or any(p.code != CODE for p in errors):
        return frozenset()
    return frozenset(found[1] for p in errors if (found := _FLAG.search(p.remedy)))


def _place(where: str) -> tuple[int, int]:
    """Return row and column of an address such as `Candidates!A5`."""
    letters, row = re.fullmatch(r"([A-Z]+)(\d+)", where.rpartition("!")[2], re.IGNORECASE).groups()  # type: ignore[union-attr]
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(row), column


def what_goes(examples: Sequence[Example]) -> str:
    """Return in words what a run sends of the examples: rows, and files by name; train rows are never sent."""
    sent = [e for e in examples if e.declared_split is not Split.TRAIN]
    files = list(dict.fromkeys(e.document.name for e in sent if e.document is not None))
    rows = counted(len(sent), "row")
    return f"{rows} with {counted(len(files), 'file')} ({listed(files, FILES_SHOWN)})" if files else rows
