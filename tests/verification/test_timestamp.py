"""Time stamps: asked for in a file, answered by an authority elsewhere, checked offline; openssl is the other witness."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from reportgen import evaluation
from reportgen.cli import main
from reportgen.evidence import timestamp
from reportgen.evidence.bundle import write_bundle
from reportgen.evidence.run_folder import RunFolder
from reportgen.evidence.seal import SEAL
from reportgen.problems import ExitCode, NeedsMendingError
from reportgen.verification import Check, Word, check_hashes
from tests.conftest import results_alone
from tests.verification import runs
from tests.verification.authority import NOW, SIGNING, Held, issue, reply, reply_of_openssl

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed here")


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    with results_alone():
        return runs.make_run(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def root() -> Held:
    return issue("A root")


@pytest.fixture(scope="module")
def authority(root: Held) -> Held:
    return issue("A time stamp authority", root)


@pytest.fixture
def trust(root: Held, tmp_path: Path) -> Path:
    (tmp_path / "root.pem").write_bytes(root.pem)
    return tmp_path / "root.pem"


def seal_of(folder: RunFolder) -> bytes:
    return (folder.evidence / SEAL).read_bytes()


def stamped(folder: RunFolder, stamp: bytes, place: Path) -> Path:
    return write_bundle(folder, place / "b" / "t-run.bundle.zip", stamp=stamp)


def told(bundle: Path, trust: Path | None) -> Check:
    return next(c for c in check_hashes(bundle, trust=trust).checks if c.name == "Time stamp")


def test_the_way_of_a_stamp_from_request_to_verified_bundle_with_openssl_as_authority_and_second_witness(
    sealed: RunFolder, authority: Held, trust: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, request, answer = tmp_path / "t-run", tmp_path / "t.tsq", tmp_path / "t.tsr"
    shutil.copytree(sealed.path, run)
    assert main(["bundle", str(run), "--timestamp", str(answer)]) == ExitCode.STOPPED_EARLY
    said = capsys.readouterr().err
    assert f"{request} is written" in said
    assert "no bundle was made yet" in said
    assert not (tmp_path / "t-run.bundle.zip").exists()
    shown = subprocess.run(["openssl", "ts", "-query", "-in", request, "-text"], check=True, capture_output=True, text=True)
    assert "Hash Algorithm: sha256" in shown.stdout
    assert "Certificate required: yes" in shown.stdout
    shutil.copyfile(reply_of_openssl(request, authority, tmp_path), answer)
    assert main(["bundle", str(run), "--timestamp", str(answer)]) == ExitCode.DONE
    assert "by A time stamp authority" in capsys.readouterr().out
    seal = run / "evidence" / SEAL
    words = ["openssl", "ts", "-verify", "-in", str(answer), "-data", str(seal), "-CAfile", str(trust)]
    assert subprocess.run(words, check=True, capture_output=True).returncode == 0
    found = told(tmp_path / "t-run.bundle.zip", trust)
    assert found.word is Word.SAME, found
    assert re.search(r"was there at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, says A time stamp authority", found.sentence)
    assert check_hashes(tmp_path / "t-run.bundle.zip", trust=trust).exit_code is ExitCode.DONE


def test_without_certificates_the_time_is_told_and_that_nobody_vouches_for_it(
    sealed: RunFolder, authority: Held, tmp_path: Path
) -> None:
    made = stamped(sealed, reply(timestamp.request(seal_of(sealed)), authority), tmp_path)
    found = told(made, None)
    assert found.word is Word.NOTE
    assert f"{NOW:%Y-%m-%d %H:%M:%S} UTC, says A time stamp authority; who that is was not checked" in found.sentence


def test_the_certificate_of_the_authority_itself_may_be_the_one_that_is_trusted(
    sealed: RunFolder, authority: Held, tmp_path: Path
) -> None:
    (tmp_path / "own.pem").write_bytes(authority.pem)
    made = stamped(sealed, reply(timestamp.request(seal_of(sealed)), authority), tmp_path)
    assert told(made, tmp_path / "own.pem").word is Word.SAME


def test_a_stamp_of_other_bytes_a_changed_one_and_what_is_none_are_differences_and_no_bundle_is_made_with_them(
    sealed: RunFolder, authority: Held, trust: Path, tmp_path: Path
) -> None:
    good = reply(timestamp.request(seal_of(sealed)), authority)
    changed = bytearray(good)
    changed[-20] ^= 1
    now, then = (moment.strftime("%Y%m%d%H%M%SZ").encode() for moment in (NOW, NOW - timedelta(days=900)))
    back = good.replace(now, then)
    assert back != good
    refused = bytes.fromhex("30053003020102")
    wrong = {
        "of another seal": (reply(timestamp.request(b"another"), authority), "not that of this seal"),
        "changed": (bytes(changed), "does not hold"),
        "dated back": (back, "does not hold"),
        "refused": (refused, "no reply in which"),
        "torn": (good[:-30], "no reply in which a time stamp authority grants a stamp"),
        "more behind it": (good + b"x", "no reply in which a time stamp authority grants a stamp"),
        "a request": (timestamp.request(seal_of(sealed)), "no reply in which a time stamp authority grants a stamp"),
        "nothing": (b"", "no reply in which a time stamp authority grants a stamp"),
    }
    for name, (stamp, why) in wrong.items():
        for given in (None, trust):
            found = told(stamped(sealed, stamp, tmp_path), given)
            assert found.word is Word.DIFFERENT, name
            assert why in found.differences[0], (name, found)
    (tmp_path / "x.tsr").write_bytes(wrong["of another seal"][0])
    assert main(["bundle", str(sealed.path), "--timestamp", str(tmp_path / "x.tsr")]) == ExitCode.NEEDS_MENDING
    assert not sealed.path.with_name("t-run.bundle.zip").exists()


def test_who_stamped_is_judged_by_the_given_certificates_as_they_stood_then(
    sealed: RunFolder, root: Held, authority: Held, trust: Path, tmp_path: Path
) -> None:
    request, past = timestamp.request(seal_of(sealed)), NOW - timedelta(days=100)
    ended = issue("Ended since", root, ends=NOW - timedelta(days=50))
    other = {
        "another root": reply(request, issue("A stranger", issue("Another root"))),
        "signed by itself": reply(request, issue("A root")),
        "not for stamping": reply(request, issue("A person", root, usage=SIGNING)),
        "ended before": reply(request, ended),
        "not begun": reply(request, issue("Early", root, begins=NOW - timedelta(days=10)), past),
    }
    for name, stamp in other.items():
        found = told(stamped(sealed, stamp, tmp_path), trust)
        assert found.word is Word.DIFFERENT, (name, found)
        assert "do not vouch" in found.sentence
    found = told(stamped(sealed, reply(request, ended, past), tmp_path), trust)
    assert found.word is Word.UNCHECKED
    assert "whose certificate ended on" in found.sentence
    assert told(stamped(sealed, reply(request, authority, past), tmp_path), trust).word is Word.SAME


def test_a_stamp_that_was_taken_out_and_one_over_an_earlier_seal_are_found(
    sealed: RunFolder, authority: Held, trust: Path, tmp_path: Path
) -> None:
    good = reply(timestamp.request(seal_of(sealed)), authority)
    assert told(write_bundle(sealed, tmp_path / "bare" / "t-run.bundle.zip"), trust).word is Word.DIFFERENT
    shutil.copytree(sealed.path, tmp_path / "t-run")
    forged = RunFolder(tmp_path / "t-run")
    runs.forge_response(forged, 0, text="delivery")
    runs.reseal(forged)
    with results_alone():
        evaluation.report(forged.path)
    assert told(stamped(forged, good, tmp_path), trust).word is Word.DIFFERENT


def test_what_holds_no_certificate_is_refused_with_a_sentence(sealed: RunFolder, root: Held, tmp_path: Path) -> None:
    for content, why in ((b"", "no certificate"), (b"hello", "no certificate"), (root.key_pem, "private key")):
        (tmp_path / "c.pem").write_bytes(content)
        with pytest.raises(NeedsMendingError, match=why):
            check_hashes(sealed.path, trust=tmp_path / "c.pem")
    (tmp_path / "two.pem").write_bytes(root.pem + issue("Another").pem)
    assert check_hashes(sealed.path, trust=tmp_path / "two.pem").exit_code is ExitCode.INCONCLUSIVE
