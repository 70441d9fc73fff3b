"""Time stamps (RFC 3161): the request that goes to an authority, and what its reply says of a seal.

The stamp stands over the seal, the seal over the manifest, and that over every file: what is stamped was there at that time.
Nothing is sent from here; a person sends the request, and the reply is read without a network.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reportgen.evidence.certificates import Certificate, subject, trusting, words_of
from reportgen.problems import ReportgenError

REQUEST, REPLY = ".tsq", ".tsr"
GRANTED = frozenset({"granted", "granted_with_mods"})


class StampError(ReportgenError):
    """A reply that stamps nothing, or something else; the message says which."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a reply says: when it was stamped and by whom, until when that certificate holds, and who trusts it.

    `untrusted` says why the given certificates do not vouch for the authority; '' where they do.
    """

    at: datetime
    authority: str
    ends: datetime
    untrusted: str


def request(stamped: bytes) -> bytes:
    """Return the request for a stamp over these bytes: SHA-256, with the authority's certificate, the same each time."""
    from asn1crypto import algos, tsp  # noqa: PLC0415 - only those who stamp pay the import

    imprint = tsp.MessageImprint(
        {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "hashed_message": hashlib.sha256(stamped).digest(),
        }
    )
    made: bytes = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "cert_req": True}).dump()
    return made


def read_stamp(raw: bytes, stamped: bytes, trust: Sequence[Certificate] = ()) -> Stamp:
    """Return what a reply says of these bytes; the authority's certificate is judged as it stood when it stamped.

    Raises StampError where it is no reply, grants nothing, stands over other bytes, or where its signature does not hold.
    """
    token, info = _token(raw)
    imprint = info["message_imprint"]
    if imprint["hash_algorithm"]["algorithm"].native != "sha256":
        msg = "it was not made for our request: the hash in it is not SHA-256"
        raise StampError(msg)
    if imprint["hashed_message"].native != hashlib.sha256(stamped).digest():
        msg = "it stamps something else: the hash in it is not that of this seal"
        raise StampError(msg)
    return asyncio.run(_checked(token, info["gen_time"].native, trust))


def _token(raw: bytes) -> tuple[Any, Any]:
    """Return the signed data of a reply and the stamp inside, both read to the end."""
    from asn1crypto import tsp  # noqa: PLC0415 - as above

    try:
        reply = tsp.TimeStampResp.load(raw, strict=True)
        status = reply["status"]["status"].native
        if status not in GRANTED:
            msg = f"the authority did not grant it ({status})"
            raise StampError(msg)
        token = reply["time_stamp_token"]["content"]
        info = token["encap_content_info"]["content"].parsed
        info.native, token.native  # noqa: B018 - reads both to the end; what is damaged fails here
        if not isinstance(info, tsp.TSTInfo):
            msg = "it holds no time stamp"
            raise StampError(msg)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        msg = "it is no reply in which a time stamp authority grants a stamp (RFC 3161)"
        raise StampError(msg) from error
    return token, info


async def _checked(token: Any, at: datetime, trust: Sequence[Certificate]) -> Stamp:  # noqa: ANN401 - asn1crypto's type
    from pyhanko.sign.validation.errors import SignatureValidationError  # noqa: PLC0415 - as above
    from pyhanko.sign.validation.generic_cms import async_validate_cms_signature  # noqa: PLC0415 - as above
    from pyhanko.sign.validation.status import TimestampSignatureStatus  # noqa: PLC0415 - as above

    usage = TimestampSignatureStatus.default_usage_constraints()
    try:
        found = await async_validate_cms_signature(token, validation_context=trusting(trust, at), key_usage_settings=usage)
    except (SignatureValidationError, ValueError) as error:
        msg = f"its signature cannot be checked ({error})"[:200]
        raise StampError(msg) from error
    if not (found.intact and found.valid):
        msg = "its signature does not hold: it was changed since"
        raise StampError(msg)
    certificate, why = found.signing_cert, found.trust_problem_indic
    return Stamp(at, subject(certificate), certificate.not_valid_after, "" if why is None else words_of(why))
