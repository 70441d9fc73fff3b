"""A workbook from a stranger stops at `check`, with the host and the files that would go there; nothing is ever sent."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from reportgen.cli import main
from reportgen.commands.common import with_leave
from reportgen.domain.records.plan import Task
from reportgen.evaluation import Permissions
from reportgen.problems import NeedsMendingError
from reportgen.workbook.reading.hosts import CODE, hosts_lacking_leave
from reportgen.workbook.reading.parser import check_plan
from tests.workbook.filled import sheets, write

HERE = "http://127.0.0.1:8000/v1"


def stranger(folder: Path, model: str, endpoint: str | None, settings: str | None = None, file: str | None = None) -> Path:
    """Write a workbook that would ask `model` at `endpoint`, perhaps with a file in its first example."""
    made = sheets(Task.CLASSIFICATION)
    made["Candidates"] = [
        ["Candidate", "Kind", "Model", "Endpoint", "Settings"],
        ["a", "API model", model, endpoint, settings],
        ["kept", "Recorded outputs"],
    ]
    if file is not None:
        header = made["Examples"][0]
        made["Examples"][1][header.index("Input")] = None
        header.append("Input file")
        made["Examples"][1] += [None] * (len(header) - 1 - len(made["Examples"][1])) + [file]
    return write(made, folder / "evaluation.xlsx")


@pytest.mark.parametrize(
    ("model", "endpoint", "settings", "word"),
    [
        ("openai/x", "https://attacker.example/v1", None, "--allow-host attacker.example"),
        ("openai/x", "https://203.0.113.7/v1", None, "the address 203.0.113.7"),
        ("openai/x", "https://2130706433/v1", None, "2130706433"),
        ("openai/x", "https://[2001:db8::1]/v1", None, "2001:db8::1"),
        ("openai/x", "https://xn--pi-6kc.openai.com/v1", None, "other letters"),
        ("openai/x", "https://\u0430pi.openai.com/v1", None, "letters of its own"),
        ("openai/x", "https://api.openai.com@attacker.example/v1", None, "user name"),
        ("openai/x", "https://api.openai.com:443@attacker.example/v1", None, "user name"),
        ("openai/x", "https://api.openai.com./v1", None, "api.openai.com."),
        ("openai/x", "https://api.openai.com:8443/v1", None, "--allow-host api.openai.com"),
        ("openai/x", "https://api.openai.com:99999/v1", None, "no web address"),
        ("openai/x", "https://attacker.example\\.api.openai.com/v1", None, "no web address"),
        ("openai/x", "https://api.openai.com%2eattacker.example/v1", None, "no web address"),
        ("openai/x", "https://api.openai.com.attacker.example", None, "api.openai.com.attacker.example"),
        ("oobabooga/https://attacker.example/x", None, None, "holds an address"),
        ("huggingface/https://attacker.example", HERE, None, "holds an address"),
        ("azure/x", "https://mine.openai.azure.com", None, "mine.openai.azure.com"),
        ("nobody/x", None, None, "whose host is not known here"),
        ("openai/x", None, "api_base: https://attacker.example", "names a host"),
        ("openai/x", None, "Base-URL: https://attacker.example", "names a host"),
        ("openai/x", None, "proxy: https://attacker.example", "names a host"),
        ("openai/x", None, 'extra_headers: {"X": "y"}', "would carry a key"),
        ("openai/x", None, "aws_bedrock_runtime_endpoint: https://attacker.example", "names a host"),
    ],
)
def test_where_a_workbook_would_send_rows_is_told_before_any_goes(
    tmp_path: Path, model: str, endpoint: str | None, settings: str | None, word: str
) -> None:
    plan, problems = check_plan(stranger(tmp_path, model, endpoint, settings))
    assert plan is None
    assert word in " ".join(str(p) for p in problems)


@pytest.mark.parametrize("endpoint", [None, HERE, "https://api.openai.com/v1", "https://api.openai.com:443/v1"])
def test_known_providers_and_this_machine_need_no_leave(tmp_path: Path, endpoint: str | None) -> None:
    plan, problems = check_plan(stranger(tmp_path, "openai/x", endpoint))
    assert plan is not None, problems


def test_a_file_that_would_go_is_named_with_its_host_and_leave_is_given_by_host(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "salaries.txt").write_text("Anna 90 000", encoding="utf-8")
    book = stranger(tmp_path, "openai/x", "https://attacker.example/v1", file="salaries.txt")
    assert main(["check", str(book)]) == 2
    told = capsys.readouterr()
    assert "1 file (salaries.txt) would go to attacker.example" in told.out + told.err
    assert main(["check", str(book), "--allow-host", "other.example"]) == 2
    capsys.readouterr()
    assert main(["check", str(book), "--allow-host", "attacker.example"]) == 0
    assert "attacker.example: " in capsys.readouterr().out


@pytest.mark.parametrize("name", [".env", "sub/.git/config.txt", "~$notes.docx", "../outside.txt", "link.txt", "hidden.txt"])
def test_hidden_files_and_what_lies_outside_are_never_read(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "mail"
    (folder / "sub" / ".git").mkdir(parents=True)
    for path in (".env", "sub/.git/config.txt", "~$notes.docx", "../outside.txt"):
        (folder / path).write_text("secret", encoding="utf-8")
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    (folder / "hidden.txt").symlink_to(folder / ".env")
    plan, problems = check_plan(stranger(folder, "openai/x", None, file=name))
    assert plan is None
    assert any(p.code in {"hidden file", "outside"} for p in problems), problems


@pytest.mark.parametrize(("answer", "terminal", "given"), [("yes", True, True), ("y", True, False), ("yes", False, False)])
def test_one_question_on_a_terminal_serves_as_well_as_the_flag(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, terminal: bool, given: bool
) -> None:
    book = stranger(tmp_path, "openai/x", "https://attacker.example/v1")
    assert hosts_lacking_leave(check_plan(book)[1]) == {"attacker.example"}

    def act(allowed: Permissions) -> frozenset[str]:
        _, found = check_plan(book, allowed_hosts=allowed.hosts)
        if any(p.code == CODE for p in found):
            raise NeedsMendingError("no", found)  # noqa: EM101
        return allowed.hosts

    class Typed:
        def isatty(self) -> bool:
            return terminal

        def readline(self) -> str:
            return f"{answer}\n"

    monkeypatch.setattr(sys, "stdin", Typed())
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    if given:
        assert with_leave(Permissions(), act) == {"attacker.example"}
    else:
        with pytest.raises(NeedsMendingError):
            with_leave(Permissions(), act)
