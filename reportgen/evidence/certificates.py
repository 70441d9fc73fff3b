"""X.509 certificates: those that the person who verifies trusts, and what a certificate says of its owner."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from reportgen.problems import NeedsMendingError

Certificate = Any
"""asn1crypto's own type, which ships no annotations."""


def certificates(path: Path) -> tuple[Certificate, ...]:
    """Return the certificates in a file, PEM (one or more) or DER. Raises NeedsMendingError when there is none."""
    from asn1crypto import pem, x509  # noqa: PLC0415 - only those who check stamps and signatures of PDFs pay the import

    try:
        raw = path.read_bytes()
        if b"PRIVATE KEY" in raw:
            msg = f"{path} holds a private key; keep it to yourself. Name a file with certificates alone."
            raise NeedsMendingError(msg)
        parts = pem.unarmor(raw, multiple=True) if pem.detect(raw) else [("CERTIFICATE", {}, raw)]
        read = tuple(x509.Certificate.load(der, strict=True) for kind, _, der in parts if kind == "CERTIFICATE")
        for certificate in read:
            certificate.native  # noqa: B018 - reads it to the end; what is no certificate fails here
    except (OSError, ValueError, TypeError, KeyError) as error:
        msg = f"{path} holds no certificate that can be read. Name a file of certificates as PEM or DER."
        raise NeedsMendingError(msg) from error
    if not read:
        msg = f"{path} holds no certificate. Name a file of certificates as PEM or DER."
        raise NeedsMendingError(msg)
    return read


def subject(certificate: Certificate) -> str:
    """Return whom a certificate names, as it says itself: the common name, and the organisation where it has one."""
    named = certificate.subject.native
    words = [named.get("common_name"), named.get("organization_name")]
    told = [word if isinstance(word, str) else ", ".join(word) for word in words if word]
    return " of ".join(told)[:200] or certificate.subject.human_friendly[:200]


def trusting(trust: Sequence[Certificate], moment: datetime) -> Any:  # noqa: ANN401 - the library ships no types
    """Return what pyHanko asks about trust: these certificates and no others, as they stood at that moment, no network."""
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415 - as above

    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what is wrong stands in the check, in our words
    return ValidationContext(trust_roots=list(trust), moment=moment, allow_fetching=False)


def words_of(indication: Any) -> str:  # noqa: ANN401 - an indication of ETSI EN 319 102-1, as pyHanko has it
    """Return why a certificate is not trusted, in the standard's own words."""
    return str(indication.name).replace("_", " ").lower()
