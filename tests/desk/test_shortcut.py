"""The start-menu entry of each system, and that no folder's name can put a command into it."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen.cli import main
from reportgen.desk.shortcut import entry
from reportgen.problems import NeedsMendingError

SYSTEMS = {
    "linux": ("home/.local/share/applications/reportgen-desk.desktop", "Exec="),
    "darwin": ("home/Applications/reportgen desk.command", "#!/bin/sh"),
    "win32": ("roaming/Microsoft/Windows/Start Menu/Programs/reportgen desk.cmd", "@echo off"),
}


@pytest.mark.parametrize("system", SYSTEMS)
def test_each_system_has_its_place(system: str) -> None:
    place, begins = SYSTEMS[system]
    path, text = entry(system, Path("/my tickets"), Path("home"), "roaming")
    assert path == Path(place)
    assert begins in text
    assert '"/my tickets"' in text
    for hostile in ('a"; rm -rf ~; "', "a\nExec=evil", "a$(evil)", "a`evil`", "a%PATH%"):
        with pytest.raises(NeedsMendingError):
            entry(system, Path("/") / hostile, Path("home"), "roaming")


def test_the_entry_is_written_and_nothing_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert main(["desk", str(tmp_path), "--shortcut"]) == 0
    assert "opens the desk in" in capsys.readouterr().out
    assert not (tmp_path / ".reportgen-desk").exists()
    assert list((tmp_path / "home").rglob("reportgen*desk*"))
