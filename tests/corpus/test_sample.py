from __future__ import annotations

import hashlib
import random
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from reportgen.cli import main
from reportgen.corpus.sample import draw, quotas
from reportgen.workbook.blank.presets import ATTESTATIONS


def test_strata_are_drawn_in_proportion_and_none_is_left_out() -> None:
    assert quotas({"a": 700, "b": 200, "c": 100}, 10) == {"a": 7, "b": 2, "c": 1}
    assert quotas({"a": 990, "b": 9, "c": 1}, 10) == {"a": 8, "b": 1, "c": 1}
    assert quotas({"a": 3, "b": 3}, 6) == {"a": 3, "b": 3}
    assert sum(quotas({"a": 5, "b": 5, "c": 5}, 2).values()) == 2


@pytest.mark.parametrize("seed", range(50))
def test_quotas_always_fill_the_size_and_never_ask_for_more_than_there_is(seed: int) -> None:
    rng = random.Random(seed)
    counts = {str(i): rng.choice([1, 2, 5, 40, 900]) for i in range(rng.randint(1, 12))}
    size = rng.randint(1, sum(counts.values()))
    found = quotas(counts, size)
    assert sum(found.values()) == size
    assert all(0 <= found[name] <= counts[name] for name in counts)


def test_the_same_seed_draws_the_same_rows_and_another_seed_others() -> None:
    strata = ["a"] * 500 + ["b"] * 500
    first = draw(strata, 50, 1, "x")
    assert first == draw(strata, 50, 1, "x") == sorted(set(first))
    assert first != draw(strata, 50, 2, "x")
    assert first != draw(strata, 50, 1, "y")


def test_every_row_has_the_same_chance() -> None:
    drawn = Counter(i for seed in range(400) for i in draw(["a"] * 20, 5, seed, "x"))
    # 400 draws of 5 of 20: each row 100 times on average, standard deviation about 8.7
    assert all(60 < drawn[i] < 140 for i in range(20))


def _log(path: Path, rows: int = 300, text: str = "Message") -> Path:
    lines = [f"Ticket ID;{text};Channel"]
    lines += [f"T{i};please help with case {i};{'phone' if i % 10 == 0 else 'mail'}" for i in range(rows)]
    lines += ["T9999;;mail", ";;"]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _sample(log: Path, target: Path, *more: str) -> int:
    return main(["sample", str(log), "--to", str(target), "--size", "40", "--by", "channel", *more])


def test_the_workbook_holds_the_sample_the_mix_and_the_evidence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = _log(tmp_path / "log.csv")
    assert _sample(log, tmp_path / "w.xlsx") == 0
    book = openpyxl.load_workbook(tmp_path / "w.xlsx")
    rows = [r for r in book["Examples"].iter_rows(min_row=2, values_only=True) if r[0]]
    header = [c.value for c in book["Examples"][1]]
    assert len(rows) == 40
    assert Counter(r[header.index("Segment")] for r in rows) == {"mail": 36, "phone": 4}
    assert {r[header.index("Expected")] for r in rows} == {None}
    assert all(r[1] == f"please help with case {r[0][1:]}" for r in rows)
    mix = {r[0]: r[1] for r in book["Production mix"].iter_rows(min_row=2, values_only=True) if r[0]}
    assert mix == {"mail": pytest.approx(0.9), "phone": pytest.approx(0.1)}
    statement = str(book["Attestations"]["A2"].value)
    assert hashlib.sha256(log.read_bytes()).hexdigest() in statement
    assert "seed 1" in statement
    others = [r[0] for r in book["Attestations"].iter_rows(min_row=3, values_only=True) if r[0]]
    assert others == list(ATTESTATIONS[1:])  # how the rows were drawn is known, the rest people have to say
    assert "1 rows without a text were left out" in capsys.readouterr().out


def test_an_excel_log_is_read_as_well(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Text", "Channel"])
    for i in range(80):
        book.active.append([f"words {i}", "a" if i % 2 else "b"])
    book.save(tmp_path / "log.xlsx")
    assert _sample(tmp_path / "log.xlsx", tmp_path / "w.xlsx") == 0
    rows = [
        r for r in openpyxl.load_workbook(tmp_path / "w.xlsx")["Examples"].iter_rows(min_row=2, values_only=True) if r[0]
    ]
    assert [int(r[0].removeprefix("row ")) - 2 for r in rows] == [int(r[1].removeprefix("words ")) for r in rows]


@pytest.mark.parametrize(
    ("header", "known"), [("Ticket_No.", True), ("CASE NUMBER", True), ("Case", True), ("Agent", False)]
)
def test_ids_are_those_of_the_log_or_the_numbers_of_its_rows(tmp_path: Path, header: str, known: bool) -> None:
    lines = [f"{header},Message,Channel", "", *(f"X{i},words {i},mail" for i in range(60))]
    (tmp_path / "log.csv").write_text("\n".join(lines), encoding="utf-8")
    assert _sample(tmp_path / "log.csv", tmp_path / "w.xlsx") == 0
    rows = openpyxl.load_workbook(tmp_path / "w.xlsx")["Examples"].iter_rows(min_row=2, values_only=True)
    for name, text, *_ in (r for r in rows if r[0]):
        number = int(str(text).removeprefix("words "))
        assert name == (f"X{number}" if known else f"row {number + 3}")  # a header and a blank row stand above


@pytest.mark.parametrize(
    ("more", "word"),
    [
        (("--by", "chanel"), 'Did you mean "Channel"'),
        (("--by", "Ticket ID"), "Choose a coarser column"),
        (("--size", "0"), "expected at least 1"),
        (("--input", "Mesage"), 'Did you mean "Message"'),
        (("--to", "w.xls"), "ends in .xlsx"),
    ],
)
def test_a_mistaken_option_is_answered_with_what_to_do(
    tmp_path: Path, more: tuple[str, str], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _sample(_log(tmp_path / "log.csv"), tmp_path / "w.xlsx", *more) == 2
    assert word in capsys.readouterr().err
    assert not (tmp_path / "w.xlsx").exists()


def test_an_existing_workbook_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "w.xlsx").write_bytes(b"mine")
    assert _sample(_log(tmp_path / "log.csv"), tmp_path / "w.xlsx") == 2
    assert (tmp_path / "w.xlsx").read_bytes() == b"mine"
