"""A local authority for tests: a root, who it vouches for, and time stamps by pyHanko's own stamper or by openssl."""

from __future__ import annotations

import io
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

NOW = datetime.now(UTC).replace(microsecond=0)
STAMPING, SIGNING = ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.EMAIL_PROTECTION


@dataclass(frozen=True)
class Held:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def asn1(self) -> asn1.Certificate:
        return asn1.Certificate.load(self.certificate.public_bytes(serialization.Encoding.DER))

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    @property
    def asn1_key(self) -> keys.PrivateKeyInfo:
        der = self.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return keys.PrivateKeyInfo.load(der)


def issue(
    name: str,
    by: Held | None = None,
    *,
    usage: x509.ObjectIdentifier = STAMPING,
    begins: datetime = NOW - timedelta(days=400),
    ends: datetime = NOW + timedelta(days=400),
) -> Held:
    """Return a new certificate: a root where nobody issues it, else one for stamping or signing."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(by.certificate.subject if by else named)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .add_extension(_usage(by is None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if by is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=True).add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key()), critical=False
        )
    return Held(builder.sign(by.key if by else key, hashes.SHA256()), key)


def _usage(root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not root,
        content_commitment=not root,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=root,
        crl_sign=root,
        encipher_only=False,
        decipher_only=False,
    )


def reply(request: bytes, authority: Held, at: datetime = NOW) -> bytes:
    """Return what pyHanko's own stamper answers to a request."""
    stamper = DummyTimeStamper(authority.asn1, authority.asn1_key, fixed_dt=at)
    made: bytes = stamper.request_tsa_response(tsp.TimeStampReq.load(request)).dump()
    return made


CONFIGURATION = """
[tsa]
default_tsa = authority
[authority]
serial = {folder}/serial
signer_cert = {folder}/authority.pem
signer_key = {folder}/authority.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


def reply_of_openssl(request: Path, authority: Held, folder: Path) -> Path:
    """Let openssl answer a request as an authority, and return where its reply is."""
    (folder / "authority.pem").write_bytes(authority.pem)
    (folder / "authority.key").write_bytes(authority.key_pem)
    (folder / "serial").write_text("01\n", encoding="utf-8")
    (folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=folder), encoding="utf-8")
    config, made = str(folder / "tsa.cnf"), folder / "reply.tsr"
    words = ["openssl", "ts", "-reply", "-config", config, "-queryfile", str(request), "-out", str(made)]
    subprocess.run(words, check=True, capture_output=True)
    return made


def sign(content: bytes, who: Held, field: str) -> bytes:
    """Return the document signed in one field, as a PDF reader does it."""
    signer = signers.SimpleSigner(who.asn1, who.asn1_key, SimpleCertificateStore())  # type: ignore[no-untyped-call]
    out = signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(content)), signers.PdfSignatureMetadata(field_name=field), signer=signer
    )
    made: bytes = out.getvalue()
    return made
