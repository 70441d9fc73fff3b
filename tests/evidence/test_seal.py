"""What the evidence says of itself, held against hashes and words that were put together here."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import x509
from cryptography import x509 as made
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from reportgen.confirmation import confirm
from reportgen.domain.records.corpus import HoldoutAccess, RemovedExample
from reportgen.domain.records.plan import RecordedVerdict
from reportgen.evidence.access_log import Entry, Event, accesses, append, keep_seal, read_entries
from reportgen.evidence.certificates import subject
from reportgen.evidence.journal import FileJournal, read_lines
from reportgen.evidence.reviews import Parent, Reviews, review_findings
from reportgen.evidence.run_folder import RunFolder, sha256_of
from reportgen.evidence.seal import BrokenSealError, holding_seal
from reportgen.evidence.signing import sign
from reportgen.problems import NeedsMendingError
from tests.evidence.test_journal import filled, response
from tests.verification import runs

OUTSIDE = {"run.json", "manifest-sha256.txt", "seal.json"}


def lines(base: Path, *, without: tuple[str, ...]) -> bytes:
    """Return the lines of `sha256sum` over a folder, in order of names."""
    found = {p.relative_to(base).as_posix(): p for p in base.rglob("*") if p.is_file()}
    kept = sorted(name for name in found if not name.startswith(without))
    return "".join(f"{hashlib.sha256(found[n].read_bytes()).hexdigest()}  {n}\n" for n in kept).encode()


@pytest.mark.usefixtures("figures_only")
def test_two_seals_cover_what_they_say_and_the_second_names_the_first(tmp_path: Path) -> None:
    run = runs.make_run(tmp_path)
    first = (run.evidence / "seal.json").read_bytes()
    confirm(run.path, by="Ada")
    seal = json.loads((run.evidence / "seal.json").read_bytes())
    assert seal["evidence_sha256"] == hashlib.sha256(lines(run.evidence, without=(*OUTSIDE, "seals/"))).hexdigest()
    manifest = lines(run.path, without=tuple(f"evidence/{name}" for name in OUTSIDE - {"run.json"}))
    assert (run.evidence / "manifest-sha256.txt").read_bytes() == manifest
    assert seal["manifest_sha256"] == hashlib.sha256(manifest).hexdigest()
    assert seal["files"] == manifest.count(b"\n")
    assert (seal["number"], seal["parent"]) == (2, hashlib.sha256(first).hexdigest())
    assert (run.evidence / "seals" / "1.json").read_bytes() == first
    assert set(seal["records"]) >= {"responses.jsonl", "plan.json", "holdout/access-log.jsonl"}


@pytest.mark.usefixtures("figures_only")
def test_what_an_opening_adds_is_no_difference_while_it_is_begun_and_one_for_everybody_else(tmp_path: Path) -> None:
    run = runs.make_run(tmp_path)
    assert keep_seal(run, 1) == sha256_of(run.evidence / "seal.json")
    assert holding_seal(run, begun=True).number == 1
    with pytest.raises(BrokenSealError) as refused:
        holding_seal(run)
    assert {problem.where for problem in refused.value.problems} >= {"evidence/holdout/sealed-before-1/seal.json"}
    (run.evidence / "plan.json").write_bytes(b"{}")
    with pytest.raises(BrokenSealError, match="not what was sealed"):
        holding_seal(run, begun=True)


def entry(number: int, event: Event = Event.OPENED) -> Entry:
    return Entry(event, HoldoutAccess(number, "2026-01-02", "Ada", "why", "steady", "r"), "2026-01-02", "p", "s", "c")


def test_the_log_of_openings_is_a_chain_and_names_the_line_that_was_changed(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    assert read_entries(run.access_log) == ()
    for number in (1, 2):
        append(run, entry(number))
        append(run, entry(number, Event.ANSWERED))
    assert [access.number for access in accesses(read_entries(run.access_log))] == [1, 2]
    whole = run.access_log.read_bytes()
    one, two, three, four, _ = whole.split(b"\n")
    assert json.loads(three)["prev"] == hashlib.sha256(two).hexdigest()
    broken = {
        whole.replace(b"Ada", b"Bob", 1): 2,
        b"\n".join([one, three, four, b""]): 2,
        b"\n".join([one, two, b"{}", b""]): 3,
        whole + b"torn": 5,
        whole.replace(b'"seq":3', b'"seq": 3'): 4,
    }
    for damaged, line in broken.items():
        run.access_log.write_bytes(damaged)
        with pytest.raises(NeedsMendingError, match=f"line {line}, was changed"):
            read_entries(run.access_log)


def test_a_last_answer_that_cannot_be_read_is_cut_and_one_in_the_middle_is_refused(tmp_path: Path) -> None:
    path = filled(tmp_path / "responses.jsonl", 3)
    whole = path.read_bytes()
    path.write_bytes(whole + b"no answer\n")
    assert len(read_lines(path)[0]) == 3
    with FileJournal(path) as journal:
        journal.append(response(3))
    assert path.read_bytes().startswith(whole)
    assert len(read_lines(path)[0]) == 4
    path.write_bytes(whole + b"no answer\nnor this\n")
    with pytest.raises(NeedsMendingError, match="line 4, was changed"):
        read_lines(path)


def test_reviews_are_told_with_names_days_and_each_removal() -> None:
    verdicts = [
        RecordedVerdict("A", f"E{n}", "text", "right", "person", by, day)
        for n, (by, day) in enumerate([("Bo", "2026-02-03"), ("Ada", "2026-02-01"), ("Bo", "2026-02-02")])
    ]
    removed = (
        RemovedExample("E9", "Ada", "2026-02-04", "a copy", "Removed!B2"),
        RemovedExample("E8", "Bo", "2026-02-05", "no text", ""),
    )
    parent = Parent("r-1", "s", "e", "2026-02-06")
    told = list(review_findings(Reviews("again.xlsx", "h", "2026-02-06", tuple(verdicts), removed), parent))
    assert [(f.code, f.where, f.what) for f in told] == [
        (
            "reviewed-after-run",
            "evidence/reviews.json",
            (
                "3 verdicts of Ada and Bo (2026-02-01 to 2026-02-03) were added after the answers were known "
                "(again.xlsx, scored again from run r-1)."
            ),
        ),
        (
            "example-removed",
            "Removed!B2",
            "Example E9 was taken out by Ada on 2026-02-04, after the answers were known: a copy",
        ),
        (
            "example-removed",
            "evidence/reviews.json",
            "Example E8 was taken out by Bo on 2026-02-05, after the answers were known: no text",
        ),
    ]
    (one,) = review_findings(Reviews("a.xlsx", "h", "2026-02-06", tuple(verdicts[:1])), None)
    assert "1 verdict of Bo (2026-02-03) were" in one.what


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([(NameOID.COMMON_NAME, "Ada")], "Ada"),
        ([(NameOID.COMMON_NAME, "Ada"), (NameOID.ORGANIZATION_NAME, "House")], "Ada of House"),
        ([(NameOID.COMMON_NAME, "Ada"), (NameOID.ORGANIZATION_NAME, "A"), (NameOID.ORGANIZATION_NAME, "B")], "Ada of A, B"),
        ([(NameOID.COUNTRY_NAME, "AT")], "Country: AT"),
    ],
)
def test_a_certificate_names_whom_it_says(names: list[tuple[made.ObjectIdentifier, str]], told: str) -> None:
    key, now = Ed25519PrivateKey.generate(), datetime.now(UTC)
    name = made.Name([made.NameAttribute(kind, value) for kind, value in names])
    builder = made.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
    certificate = builder.not_valid_before(now).not_valid_after(now + timedelta(days=1)).sign(key, None)
    assert subject(x509.Certificate.load(certificate.public_bytes(Encoding.DER))) == told


def test_an_envelope_names_its_key_by_the_hash_of_the_raw_public_key() -> None:
    key = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
    found = json.loads(sign("urn:x", {"a": 1}, {"b.txt": "0" * 64}, key))
    assert found["signatures"][0]["keyid"] == hashlib.sha256(key.public_key().public_bytes_raw()).hexdigest()
