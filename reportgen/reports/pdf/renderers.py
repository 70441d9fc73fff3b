"""The child processes that lay the PDFs out: started early where a document is sure to come, each for one document.

Half of a child's time goes into loading the layout engine. `waiting` starts children while the figures are still computed.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from reportgen import assets
from reportgen.child_processes import ended, started
from reportgen.problems import ReportgenError
from reportgen.reports.pdf.process import Job

TIME_LIMIT_S = 120.0
"""A report of the largest evaluation takes a few seconds; what takes longer is text that attacks the layout."""


class ReportError(ReportgenError):
    """A PDF could not be rendered; everything else of the run is kept, and `reportgen report` tries again."""


class _Renderer:
    """One child process. It knows our fonts and the house's and no others, no clock but the run's, and our package alone."""

    def __init__(self, fonts: Sequence[Path]) -> None:
        self.fonts = tuple(fonts)
        self._scratch = tempfile.TemporaryDirectory(prefix="reportgen-")
        self._process = started(
            "reportgen.reports.pdf.process",
            self._surroundings(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def _surroundings(self) -> dict[str, str]:
        scratch = Path(self._scratch.name)
        folders = [assets.folder("templates") / "fonts", *dict.fromkeys(font.parent for font in self.fonts)]
        named = "".join(f"<dir>{_xml(folder.resolve())}</dir>" for folder in folders)
        conf = scratch / "fonts.conf"
        conf.write_text(
            '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n'
            f"<fontconfig>{named}<cachedir>{_xml(scratch / 'cache')}</cachedir></fontconfig>\n",
            encoding="utf-8",
        )
        kept = {k: v for k, v in os.environ.items() if k not in {"SOURCE_DATE_EPOCH", "FONTCONFIG_PATH"}}
        return kept | {"FONTCONFIG_FILE": str(conf)}

    def render(self, job: Job, name: str) -> None:
        """Hand the job over and wait for its end. Raises ReportError with what the child said."""
        try:
            _, said = self._process.communicate(msgspec.json.encode(job), timeout=TIME_LIMIT_S)
        except subprocess.TimeoutExpired as error:
            msg = (
                f"{name} took longer than {TIME_LIMIT_S:.0f} s to lay out and was stopped. "
                "The evidence is complete without it."
            )
            raise ReportError(msg) from error
        if self._process.returncode:
            lines = said.decode("utf-8", "replace").strip().splitlines()
            reason = lines[-1] if lines else "the renderer gave no reason"
            msg = f"{name} could not be rendered: {reason}. Run: reportgen doctor"
            raise ReportError(msg)

    def stop(self) -> None:
        """End the child, whatever it does, and take its folder away."""
        ended(self._process)
        self._scratch.cleanup()


_ready: list[_Renderer] = []
_lock = threading.Lock()


@contextmanager
def waiting(count: int, fonts: Sequence[Path] = ()) -> Iterator[None]:
    """Start so many children now, for the documents that are rendered within; those that none needed are ended after it."""
    mine = [_Renderer(fonts) for _ in range(count)]
    with _lock:
        _ready.extend(mine)
    try:
        yield
    finally:
        with _lock:
            left = [r for r in mine if r in _ready]
            _ready[:] = [r for r in _ready if r not in left]
        for renderer in left:
            renderer.stop()


def render(job: Job, name: str, fonts: Sequence[Path] = ()) -> None:
    """Render one document in a child process of its own.

    Args:
        job: The page and where its PDF goes.
        name: Of the document, for messages.
        fonts: Font files of the house, besides ours.

    Raises:
        ReportError: It took too long, or the child failed; the message says why.
    """
    with _lock:
        found = next((r for r in _ready if r.fonts == tuple(fonts)), None)
        if found is not None:
            _ready.remove(found)
    renderer = found or _Renderer(fonts)
    try:
        renderer.render(job, name)
    finally:
        renderer.stop()


def _xml(path: Path) -> str:
    return str(path).replace("&", "&amp;").replace("<", "&lt;")
