"""Signing: who stands for a bundle, as in-toto Statements in DSSE envelopes, signed with Ed25519.

A signature says who, never that the figures are right; the bundle's own word about its key counts for nothing, so a key is
only ever taken from the person who verifies.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from reportgen.evidence.run_folder import cannot_write
from reportgen.problems import NeedsMendingError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
EVALUATION = "urn:reportgen:evaluation:1"
TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1"

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One signature of an envelope."""

    keyid: str
    sig: str


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A DSSE envelope, version 1."""

    payload: str
    payloadType: str  # noqa: N815 - the name that DSSE gives it
    signatures: list[Signature]


@dataclass(frozen=True, slots=True)
class Attestation:
    """What is signed beside the files themselves: the evaluation's result, and one test for each service level."""

    evaluation: Mapping[str, Json]
    tests: Mapping[str, Json]


def make_keys(private: Path, public: Path) -> str:
    """Write a new pair of keys and return the public key's id; the private file is readable by its owner alone.

    Raises NeedsMendingError when one of the files is there already, StoppedEarlyError when they cannot be written.
    """
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - only those who sign pay the import
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    for path in (private, public):
        if path.exists():
            msg = f"{path} exists already, and a key is never written over. Choose another name with --out."
            raise NeedsMendingError(msg)
    key = Ed25519PrivateKey.generate()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    shown = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    try:
        private.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secret)
        public.write_bytes(shown)
    except OSError as error:
        raise cannot_write(private, error) from error
    return key_id(key.public_key())


def private_key(path: Path) -> Ed25519PrivateKey:
    """Return the private key in `path`. Raises NeedsMendingError when there is none."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        msg = f"{path} holds no private key that can be read without a password. Make one with: reportgen keygen"
        raise NeedsMendingError(msg) from error
    if not isinstance(key, Ed25519PrivateKey):
        msg = f"{path} holds a key of another kind; expected Ed25519. Make one with: reportgen keygen"
        raise NeedsMendingError(msg)
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """Return the public key in `path`. Raises NeedsMendingError when there is none, or when it is the private one."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    try:
        raw = path.read_bytes()
    except OSError as error:
        msg = f"{path} cannot be read ({error.strerror}). Name the public key of the person who signed."
        raise NeedsMendingError(msg) from error
    if b"PRIVATE KEY" in raw:
        msg = f"{path} is a private key; keep it to yourself. Name the public key, the file that ends in .pub."
        raise NeedsMendingError(msg)
    try:
        key = serialization.load_pem_public_key(raw)
    except ValueError as error:
        msg = f"{path} holds no public key. Name the file ending in .pub of the person who signed."
        raise NeedsMendingError(msg) from error
    if not isinstance(key, Ed25519PublicKey):
        msg = f"{path} holds a key of another kind; expected Ed25519."
        raise NeedsMendingError(msg)
    return key


def key_id(key: Ed25519PublicKey) -> str:
    """Return SHA-256 over the raw public key: short enough to read out on the telephone in parts."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def sign(predicate_type: str, predicate: Mapping[str, Json], subjects: Mapping[str, str], key: Ed25519PrivateKey) -> bytes:
    """Return a DSSE envelope around an in-toto Statement; `subjects` maps file names to SHA-256."""
    import rfc8785  # noqa: PLC0415 - see above

    statement = {
        "_type": STATEMENT,
        "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in sorted(subjects.items())],
        "predicateType": predicate_type,
        "predicate": predicate,
    }
    payload = rfc8785.dumps(statement)  # type: ignore[arg-type]  # its type asks for dict and list, not Mapping
    envelope = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [
            {
                "keyid": key_id(key.public_key()),
                "sig": base64.b64encode(key.sign(pre_authentication(payload))).decode(),
            }
        ],
    }
    return rfc8785.dumps(envelope) + b"\n"  # type: ignore[arg-type]


def pre_authentication(payload: bytes) -> bytes:
    """Return the bytes that DSSE signs: type and payload, each with its length."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def check_envelope(
    raw: bytes, predicate_type: str, predicate: Mapping[str, Json], subjects: Mapping[str, str], key: Ed25519PublicKey
) -> str:
    """Return what is wrong with an envelope, '' where this key signed exactly these files and this predicate."""
    import rfc8785  # noqa: PLC0415 - see above
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415

    try:
        envelope = msgspec.json.decode(raw, type=Envelope)
        payload = base64.b64decode(envelope.payload, validate=True)
        signatures = [base64.b64decode(s.sig, validate=True) for s in envelope.signatures]
    except (msgspec.DecodeError, ValueError):
        return "it is no DSSE envelope"
    if envelope.payloadType != PAYLOAD_TYPE:
        return f"its payload is of the type {envelope.payloadType[:60]!r}"
    signed = False
    for signature in signatures:
        try:
            key.verify(signature, pre_authentication(payload))
            signed = True
        except InvalidSignature:
            continue
    if not signed:
        return "it was not signed with this key"
    try:
        statement = msgspec.json.decode(payload)
        wanted = {
            "_type": STATEMENT,
            "subject": [{"name": n, "digest": {"sha256": d}} for n, d in sorted(subjects.items())],
            "predicateType": predicate_type,
            "predicate": predicate,
        }
        same = rfc8785.dumps(statement) == rfc8785.dumps(wanted)  # type: ignore[arg-type]
    except (msgspec.DecodeError, rfc8785.CanonicalizationError):
        return "its payload is no in-toto Statement"
    return "" if same else "the files or the result that were signed are not those of this bundle"
