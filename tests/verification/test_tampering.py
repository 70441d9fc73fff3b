"""Each tampering: found by its hashes, refused by what starts from a run, and found by computing again once sealed anew."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from reportgen import evaluation
from reportgen.confirmation import confirm
from reportgen.domain.records.comparison import RunRecord
from reportgen.evidence.bundle import write_bundle
from reportgen.evidence.run_folder import RunFolder, write_json
from reportgen.evidence.seal import SEAL, BrokenSealError, Link, decode_seal, evidence_sha256, record_names, write_seal
from reportgen.problems import ExitCode
from reportgen.rescoring import score_again
from reportgen.verification import Verification, Word, check_hashes, verify
from tests.conftest import results_alone
from tests.verification import runs

Tampering = Callable[[RunFolder], object]


def change(name: str, *path: str | int, to: object) -> Tampering:
    """Change one value in a JSON file of the run."""

    def act(folder: RunFolder) -> None:
        file = folder.path / name
        whole: Any = msgspec.json.decode(file.read_bytes())
        place = whole
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to
        indent = 2 if name == "results.json" else 1
        file.write_bytes(msgspec.json.format(msgspec.json.encode(whole, order="sorted"), indent=indent) + b"\n")

    return act


def without(name: str) -> Tampering:
    return lambda folder: (folder.path / name).unlink()


def beside(name: str, content: bytes = b"x") -> Tampering:
    def act(folder: RunFolder) -> None:
        (folder.path / name).parent.mkdir(parents=True, exist_ok=True)
        (folder.path / name).write_bytes(content)

    return act


def lines(name: str, edit: Callable[[list[bytes]], list[bytes]]) -> Tampering:
    def act(folder: RunFolder) -> None:
        path = folder.path / name
        path.write_bytes(b"".join(edit(path.read_bytes().splitlines(keepends=True))))

    return act


def answer(**changes: Any) -> Tampering:  # noqa: ANN401 - any field of a response
    return lambda folder: runs.forge_response(folder, 0, **changes)


def swap(given: list[bytes]) -> list[bytes]:
    return [given[1], given[0], *given[2:]]


PLAN, SPLIT, RUN = "evidence/plan.json", "evidence/split.json", "evidence/run.json"
RESPONSES, SCORES, LOG = "evidence/responses.jsonl", "evidence/scores.jsonl", "evidence/holdout/access-log.jsonl"
TAMPERINGS: dict[str, Tampering] = {
    "answer": answer(text="delivery"),
    "tokens of an answer": answer(attempts=3),
    "latency of an answer": answer(latency_s=0.001),
    "reason of an answer": answer(reason="it was fine"),
    "answer without its chain": lines(RESPONSES, lambda g: [g[0].replace(b"refund", b"delivery"), *g[1:]]),
    "answer left out": lines(RESPONSES, lambda g: g[:-1]),
    "answers in another order": lines(RESPONSES, swap),
    "answer doubled": lines(RESPONSES, lambda g: [*g, g[-1]]),
    "answers torn": lines(RESPONSES, lambda g: [*g[:-1], g[-1][:-20]]),
    "answers gone": without(RESPONSES),
    "score": lines(SCORES, lambda g: [g[0].replace(b"refund", b"delivery"), *g[1:]]),
    "score left out": lines(SCORES, lambda g: g[:-1]),
    "scores gone": without(SCORES),
    "level": change(PLAN, "service_levels", 0, "target", to=0.1),
    "rules fixed earlier": change(PLAN, "fixed_at", to="2020-01-01T00:00:00Z"),
    "hash of the plan": change(PLAN, "plan_sha256", to="0" * 64),
    "workbook's hash in the plan": change(PLAN, "workbook_sha256", to="0" * 64),
    "seed": change(PLAN, "settings", "seed", to=7),
    "rules gone": without(PLAN),
    "split": change(SPLIT, "assigned", "M000", to="train"),
    "salt": change(SPLIT, "salt", to="0" * 32),
    "split gone": without(SPLIT),
    "price": change("evidence/prices.json", 0, "found", "price", "input", to=0.001),
    "source of a price": change("evidence/prices.json", 0, "found", "source", to="a friend"),
    "price left out": lambda f: f.prices.write_bytes(b"[]\n"),
    "prices gone": without("evidence/prices.json"),
    "build": change("evidence/environment.json", "reportgen build", to="0" * 64),
    "library": change("evidence/environment.json", "numpy", to="0.1"),
    "environment gone": without("evidence/environment.json"),
    "run id": change(RUN, "run_id", to="20200101-00000000"),
    "start of the run": change(RUN, "started", to="2020-01-01T00:00:00Z"),
    "end of the run": change(RUN, "finished", to="2020-01-01T00:00:00Z"),
    "count of seals": change(RUN, "seals", to=9),
    "run record gone": without(RUN),
    "changes gone": without("evidence/changes.json"),
    "who saved it": change("evidence/changes.json", "saved", "by", to="Somebody"),
    "workbook": lambda f: f.workbook.write_bytes(f.workbook.read_bytes() + b"x"),
    "workbook gone": without("evidence/workbook.xlsx"),
    "log of openings": lines(LOG, lambda g: [g[0].replace(b"Ada", b"Eve"), *g[1:]]),
    "opening left out": lambda f: shutil.rmtree(f.holdout),
    "answers of an opening": lines("evidence/holdout/opening-1.jsonl", lambda g: g[:-1]),
    "seal before": change("evidence/seals/1.json", "sealed", to="2020-01-01T00:00:00Z"),
    "seal before gone": without("evidence/seals/1.json"),
    "program of a seal": change("evidence/seal.json", "program", to="0" * 64),
    "records of a seal": change("evidence/seal.json", "records", to=[]),
    "unknown file": beside("evidence/notes.txt"),
    "file of another run": beside("evidence/monitoring.json", b"{}"),
    "document that nobody names": beside("evidence/documents/more.txt"),
    "draft": beside("evidence/scores.jsonl.part"),
    "lock": beside("evidence/responses.jsonl.lock"),
    "name in other case": beside("evidence/Scores.jsonl"),
    "link": lambda f: (f.evidence / "documents.txt").symlink_to("/etc/hostname"),
    "newer format": change("evidence/changes.json", "format", to="reportgen.changes/9"),
    "figure": change("results.json", "candidates", 1, "measurements", "accuracy", "value", to=0.99),
    "decision": change("results.json", "decision", "winner", to=runs.OTHER),
    "finding left out": change("results.json", "findings", to=[]),
    "readiness": change("results.json", "readiness", to="READY"),
    "checklist": change("results.json", "checklist", 0, "status", to="met"),
    "reason of the decision": change("results.json", "decision", "reasons", to=["It is the best."]),
}
OUTSIDE = frozenset({"figure", "decision", "finding left out", "readiness", "checklist", "reason of the decision"})
"""Documents: they are no evidence, and `report` writes them anew from it."""


@pytest.fixture(scope="module")
def confirmed(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run whose holdout was opened once: two seals."""
    with results_alone():
        folder = runs.make_run(tmp_path_factory.mktemp("run"))
        confirm(folder.path, by="Ada")
    return folder


@pytest.fixture
def forged(confirmed: RunFolder, tmp_path: Path) -> Iterator[RunFolder]:
    shutil.copytree(confirmed.path, tmp_path / "t-run")
    yield RunFolder(tmp_path / "t-run")
    shutil.rmtree(tmp_path / "t-run")


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_tampering_is_found_and_nothing_starts_from_it(forged: RunFolder, tmp_path: Path, name: str) -> None:
    TAMPERINGS[name](forged)
    assert check_hashes(forged.path).exit_code is not ExitCode.DONE
    with pytest.raises(BrokenSealError) as refused:
        write_bundle(forged, tmp_path / "t.bundle.zip")
    assert refused.value.problems
    if name in OUTSIDE:
        return
    before = {p: p.read_bytes() for p in runs.files(forged)}
    with pytest.raises(BrokenSealError):
        evaluation.report(forged.path)
    with pytest.raises(BrokenSealError):
        score_again(forged.path, tmp_path / "scored")
    with pytest.raises(BrokenSealError):
        confirm(forged.path, by="Eve", again="once more")
    assert {p: p.read_bytes() for p in runs.files(forged)} == before
    assert not (tmp_path / "scored").exists()


def verified(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> Verification:
    """Verify all but the rendered documents, which take seconds and are tested elsewhere."""
    monkeypatch.setattr(sys.modules[verify.__module__], "_document_stage", lambda *_: iter(()))
    return verify(folder.path)


def left_out(folder: RunFolder) -> None:
    """Take an opening out, and seal in the place of the seal that was put for it."""
    shutil.rmtree(folder.holdout)
    runs.reseal(folder)


def put_back(folder: RunFolder) -> None:
    """Take an opening out, and keep the seal that was put for it in the chain."""
    path = folder.evidence / SEAL
    seal = decode_seal(path.read_bytes(), path)
    kept = path.read_bytes()
    (folder.seals / f"{seal.number}.json").write_bytes(kept)
    shutil.rmtree(folder.holdout)
    run = msgspec.json.decode(folder.record.read_bytes(), type=RunRecord)
    evidence = evidence_sha256(folder)
    number = seal.number + 1
    write_json(folder.record, replace(run, evidence_sha256=evidence, records=record_names(folder), seals=number))
    link = Link(number, hashlib.sha256(kept).hexdigest())
    facts = {"run_id": run.run_id, "sealed": seal.sealed, "version": run.version, "program": run.program}
    write_seal(folder, evidence=evidence, link=link, **facts)


@pytest.mark.parametrize(
    ("take_out", "told"),
    [
        (left_out, "seal 2 stands over the same as seal 1"),
        (put_back, "access-log.jsonl stood under seal 2 and does not under seal 3"),
    ],
    ids=["in the place of its seal", "behind its seal"],
)
def test_an_opening_that_was_taken_out_sealed_and_reported_anew_is_missing_in_the_chain(
    forged: RunFolder, take_out: Tampering, told: str
) -> None:
    take_out(forged)
    with results_alone():
        evaluation.report(forged.path)
    found = check_hashes(forged.path)
    assert found.exit_code is ExitCode.CONTRADICTED
    assert any(told in d for c in found.checks if c.name == "Seals" for d in c.differences), found


def test_more_in_the_run_record_than_is_read_of_it_is_found_once_sealed_anew(
    forged: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = forged.evidence / SEAL
    seal = decode_seal(path.read_bytes(), path)
    forged.record.write_bytes(forged.record.read_bytes().replace(b"{", b'{\n "approved": "yes",', 1))
    facts = {"run_id": seal.run_id, "sealed": seal.sealed, "version": seal.version, "program": seal.program}
    write_seal(forged, evidence=seal.evidence_sha256, link=Link(seal.number, seal.parent), **facts)
    found = verified(forged, monkeypatch)
    assert [c.name for c in found.checks if c.word is Word.DIFFERENT] == ["Run record"]


@pytest.mark.deep
@pytest.mark.parametrize("name", sorted({*TAMPERINGS} - {"records of a seal"}))  # sealing anew writes those right
def test_a_tampering_that_was_sealed_anew_is_found_by_computing_again(
    forged: RunFolder, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    TAMPERINGS[name](forged)
    try:
        runs.reseal(forged)
    except Exception:  # noqa: BLE001 - what reportgen's own functions cannot seal is not sealed
        return
    assert verified(forged, monkeypatch).exit_code is not ExitCode.DONE
