"""A copy of one of the PDFs that people signed in a PDF reader: whose signatures stand over exactly the sealed bytes.

A signature is an incremental update: the sealed file stays at the head of the copy, byte for byte, and what comes behind may
be signatures and nothing else.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reportgen.evidence.certificates import Certificate, subject, trusting, words_of
from reportgen.evidence.run_folder import RunFolder
from reportgen.verification.checks import Check, Word, compared, note, same
from reportgen.verification.documents import PDFS
from reportgen.verification.quick_reader import quick_reader

_ENDS = re.compile(rb"startxref\s+\d+\s+%%EOF\s*\Z")
_BAD = "It does not stand signed over the sealed document."


@dataclass(frozen=True, slots=True)
class _Signature:
    """One signature: who, in which field, what is wrong with it ('' = nothing), and what could not be told about who."""

    who: str
    field: str
    fault: str = ""
    doubt: str = ""

    @property
    def words(self) -> str:
        return f"{self.who} ({self.field})"


def signed(folder: RunFolder, copy: Path, trust: Sequence[Certificate] | None) -> Check:
    """Check one signed copy against the PDFs of a run; `trust` = certificates that vouch for the people."""
    name, raw = f"Signed {copy.name}", copy.read_bytes()
    sealed = {pdf: (folder.path / pdf).read_bytes() for pdf in PDFS if (folder.path / pdf).is_file()}
    if not sealed:
        return Check(name, Word.UNCHECKED, "The run has no PDF that a copy could be held against.")
    of = next((pdf for pdf, content in sealed.items() if raw.startswith(content)), None)
    if of is None:
        near, at = max(((pdf, _alike(raw, content)) for pdf, content in sealed.items()), key=lambda pair: pair[1])
        differs = f"it is not the sealed {near} with something behind it: byte {at:,} is another one"
        return compared(name, "", _BAD, [f"{differs}; it was changed, or saved anew instead of signed"])
    found, faults, open_fields = _read(raw, sealed[of], trust)
    faults += [f"{s.words}: {s.fault}" for s in found if s.fault]
    if not found and not faults:
        faults = ["nobody has signed it"]
    if faults:
        return compared(name, "", _BAD, faults)
    who = f"{of}, byte for byte as sealed, is signed by {'; '.join(s.words for s in found)}."
    left = f" Not signed: {'; '.join(open_fields)}." if open_fields else ""
    if trust is None:
        return note(name, f"{who}{left} Who they are was not checked without certificates (--trust).")
    if doubts := tuple(f"{s.words}: {s.doubt}" for s in found if s.doubt):
        return Check(name, Word.UNCHECKED, f"{who}{left} For whom the certificates vouch could not be checked.", doubts)
    return same(name, f"{who}{left} The given certificates vouch for them.")


def _alike(a: bytes, b: bytes) -> int:
    """Return how many bytes two files begin with alike."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _read(raw: bytes, sealed: bytes, trust: Sequence[Certificate] | None) -> tuple[list[_Signature], list[str], list[str]]:
    """Return the signatures of a copy, what else is wrong with it, and the fields that nobody signed."""
    from pyhanko.pdf_utils.misc import PdfReadError  # noqa: PLC0415 - only those who check a signed copy pay the import
    from pyhanko.sign.fields import enumerate_sig_fields  # noqa: PLC0415 - as above

    trusting(trust or (), datetime.now(UTC))  # its library writes warnings of its own otherwise
    try:
        reader, base = quick_reader(raw), quick_reader(sealed)
        faults = list(_behind(reader, base))
        if _ENDS.search(raw) is None:
            faults.append("there are bytes behind its end that nobody signed")
        titles = {name: str(field.get_object().get("/TU", name)) for name, _, field in enumerate_sig_fields(base)}
        taken = {s.field_name for s in reader.embedded_signatures}
        found = [asyncio.run(_checked(s, titles, trust)) for s in reader.embedded_regular_signatures]
    except (PdfReadError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return [], [f"what stands behind the sealed bytes cannot be read ({type(error).__name__}: {error})"[:160]], []
    return found, faults, [title for name, title in titles.items() if name not in taken]


def _behind(reader: Any, base: Any) -> Iterator[str]:  # noqa: ANN401 - pyHanko's own types
    """Yield what of the bytes behind the sealed ones is no signature, and whether they build on the sealed ones at all."""
    from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, ModificationLevel, SuspiciousModification  # noqa: PLC0415

    first = base.xrefs.total_revisions
    if reader.xrefs.total_revisions < first or any(
        reader.xrefs.get_startxref_for_revision(n) != base.xrefs.get_startxref_for_revision(n) for n in range(first)
    ):
        yield "what stands behind the sealed bytes is another document, which does not build on them"
        return
    if reader.xrefs.total_revisions == first:
        return
    found = DEFAULT_DIFF_POLICY.review_file(reader, first - 1)
    if isinstance(found, SuspiciousModification):
        yield f"more than signatures was added to it ({found})"[:200]
    elif found.modification_level > ModificationLevel.FORM_FILLING:
        yield "more than signatures was added to it"


async def _checked(signature: Any, titles: dict[str, str], trust: Sequence[Certificate] | None) -> _Signature:  # noqa: ANN401
    from pyhanko.sign.validation import SignatureCoverageLevel  # noqa: PLC0415
    from pyhanko.sign.validation.errors import SignatureValidationError  # noqa: PLC0415

    field = titles.get(signature.field_name, f"a field of their own, {signature.field_name}"[:80])
    who = "somebody"
    try:
        who = subject(signature.signer_cert)
        status = await _status(signature, trust, datetime.now(UTC))
        if not (status.intact and status.valid):
            return _Signature(who, field, "the signature does not hold: what was signed was changed")
        if status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
            return _Signature(who, field, "it does not stand over the whole file")
        if trust is None or status.trust_problem_indic is None:
            return _Signature(who, field)
        return await _as_it_stood_then(signature, trust, status, _Signature(who, field))
    except (SignatureValidationError, ValueError) as error:
        return _Signature(who, field, f"it cannot be checked ({error})"[:160])


async def _as_it_stood_then(signature: Any, trust: Sequence[Certificate], now: Any, of: _Signature) -> _Signature:  # noqa: ANN401
    """Return what a signature is worth whose certificate is not vouched for today: it may have been when it was made."""
    stamp = now.timestamp_validity
    stamped = stamp is not None and stamp.intact and stamp.valid and stamp.trust_problem_indic is None
    then = stamp.timestamp if stamped else signature.self_reported_timestamp
    if then is not None and (await _status(signature, trust, then)).trust_problem_indic is None:
        ended = f"{signature.signer_cert.not_valid_after:%Y-%m-%d}"
        told = f"the certificate ended on {ended}, and no time stamp shows that it was used before"
        return of if stamped else replace(of, doubt=told)
    return replace(of, fault=f"the given certificates do not vouch for them ({words_of(now.trust_problem_indic)})")


async def _status(signature: Any, trust: Sequence[Certificate] | None, moment: datetime) -> Any:  # noqa: ANN401
    """Return what pyHanko says of a signature and of its certificate at a moment."""
    from pyhanko.sign.validation import async_validate_pdf_signature  # noqa: PLC0415
    from pyhanko.sign.validation.settings import KeyUsageConstraints  # noqa: PLC0415

    usage = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
    context = trusting(trust or (), moment)
    return await async_validate_pdf_signature(signature, context, context, key_usage_settings=usage, skip_diff=True)
