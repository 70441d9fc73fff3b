"""Input files beside the workbook, read once and hashed, never from outside its folder."""

# ruff: noqa: EM101, EM102, TRY003 - each sentence to the user stands where its fault is found

from __future__ import annotations

import difflib
import hashlib
import unicodedata
from dataclasses import replace
from pathlib import Path, PureWindowsPath
from types import TracebackType
from typing import Self

from reportgen.documents import recognition
from reportgen.documents.interface import DocumentError, ReadDocument
from reportgen.documents.pdf_reader import SECONDS, PdfReader
from reportgen.documents.pictures import page_of_picture
from reportgen.documents.read import KINDS, read_document
from reportgen.domain.records.document import Document
from reportgen.domain.wording.figures import listed
from reportgen.steps import tell
from reportgen.workbook.rows.row import Row
from reportgen.workbook.rows.values import UnreadableError

SIZE_LIMIT = 50 * 2**20


class DocumentFolder:
    """Reads the documents of one workbook; a file that several rows name is read once. Left as a `with` block."""

    def __init__(self, folder: Path, *, seconds: float = SECONDS, recognise: bool = False, stored: bool = False) -> None:
        """Start with the folder; `recognise` = text recognition reads pages that are pictures, where it is installed."""
        self._folder = folder
        self._read: dict[str, tuple[ReadDocument, Document] | UnreadableError] = {}
        self._pdfs = PdfReader(seconds)
        self._stored = stored
        self._recognise = recognise and not stored and bool(recognition.program())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pdfs.close()

    def read(self, name: str) -> tuple[ReadDocument, Document]:
        """Return what a document holds and its record (name, SHA-256 of the bytes, characters).

        Raises:
            UnreadableError: No such file, outside the workbook's folder, of another kind, empty, or unreadable.
        """
        if name not in self._read:
            try:
                self._read[name] = self._once(name)
            except UnreadableError as e:
                self._read[name] = e
        found = self._read[name]
        if isinstance(found, UnreadableError):
            raise found
        return found

    def _once(self, name: str) -> tuple[ReadDocument, Document]:
        tell("Reading documents", len(self._read) + 1)
        path = self._inside(name)
        data, ending = _bytes(path), path.suffix.lower()
        try:
            found = read_document(data, ending, self._pdfs)
            kept = path.with_name(f"{path.name}{recognition.KEPT}")
            recognised = bool(found.picture_pages) and (self._recognise or (self._stored and kept.is_file()))
            if recognised:
                found = self._recognised(found, data, ending) if self._recognise else _as_kept(found, kept)
        except DocumentError as e:
            raise UnreadableError(e.tail, e.remedy, e.code) from e
        place = path.relative_to(self._folder.resolve()).as_posix()
        sha256 = hashlib.sha256(data).hexdigest()
        length = len(found.text)
        return found, Document(place, sha256, length, found.pages, found.picture_pages, found.left_out, recognised)

    def _recognised(self, found: ReadDocument, data: bytes, ending: str) -> ReadDocument:
        """Return a document with the text of its picture pages, page by page."""
        longest = recognition.LONGEST_SIDE
        texts = list(found.page_texts) or [""] * found.pages
        for page in found.picture_pages:
            pdf = ending == ".pdf"
            picture = self._pdfs.picture(data, page, longest) if pdf else page_of_picture(data, page, longest)[0]
            texts[page - 1] = recognition.recognised(picture) or texts[page - 1]
        return replace(found, text="\n\n".join(texts), page_texts=tuple(texts))

    def _inside(self, name: str) -> Path:
        """Return the path of a document; links that lead out of the folder are refused as well."""
        outside = UnreadableError(
            "which is not inside the workbook's folder.", "Copy the file beside the workbook and write its name.", "outside"
        )
        plain = name.replace("\\", "/")
        if "\0" in plain or "://" in plain or plain.startswith("/") or PureWindowsPath(name).drive:
            raise outside
        root = self._folder.resolve()
        try:
            path = _as_stored(root, plain).resolve()
        except (OSError, RuntimeError) as e:
            raise outside from e
        if not path.is_relative_to(root) or path == root:
            raise outside
        if any(part.startswith((".", "~$")) for part in path.relative_to(root).parts):
            raise UnreadableError(
                "which is hidden.", "Copy the document beside the workbook under a plain name.", "hidden file"
            )
        if not path.is_file():
            raise UnreadableError("but there is no such file in the workbook's folder.", self._near(path), "no file")
        if path.suffix.lower() not in KINDS:
            raise UnreadableError(
                "expected a text, Markdown, HTML, PDF, Word, e-mail or picture file.",
                "Save it as Word document (.docx), PDF or plain text (.txt).",
                "file kind",
            )
        return path

    def _near(self, path: Path) -> str:
        """Offer a file of a like name."""
        try:
            names = [p.name for p in path.parent.iterdir() if p.is_file()]
        except OSError:
            names = []
        found = difflib.get_close_matches(path.name, names, n=1, cutoff=0.6)
        return f'Did you mean "{found[0]}"?' if found else "Copy the file beside the workbook."


def _as_kept(found: ReadDocument, kept: Path) -> ReadDocument:
    """Return a document with the text that was recognised when it was asked, so that it reads alike on any machine."""
    return replace(found, text=kept.read_bytes().decode("utf-8", "replace"))


def say_left_out(row: Row, column: int, found: ReadDocument, document: Document) -> None:
    """Name by cell what a document shows and its text does not hold."""

    def note(what: str, remedy: str, code: str) -> None:
        row.frame.faults.note(row.frame.cells, what, remedy, code, row=row.line, column=column)

    if found.left_out:
        what = f"the file shows {listed(found.left_out)}, which no candidate gets with its text."
        note(what, "Make sure that the task can be done without.", "left out")
    if found.reckoned:
        what = f"the file says nothing of its encoding and was read as {found.reckoned}."
        note(what, "Look at it with `reportgen check --show ID`, or save it as UTF-8.", "reckoned encoding")
    if not found.picture_pages:
        return
    pages, many = listed([f"{n:,}" for n in found.picture_pages]), len(found.picture_pages) > 1
    which = f"pages {pages} of {found.pages:,} are pictures" if many else f"page {pages} of {found.pages:,} is a picture"
    if document.recognised:
        remedy = "Look at it with `reportgen check --show ID`."
        note(f"{which}, and text recognition read {'them' if many else 'it'}.", remedy, "recognised")
    else:
        remedy = "A candidate that sees gets it as a picture; which do not, the check says."
        note(f"{which} without text.", remedy, "picture page")


def _as_stored(root: Path, name: str) -> Path:
    """Return the path that a name means: the name itself, else the one file of that name in another form or case.

    What Windows and macOS take for one name, letters in any case, composed or not, is one name on every system.
    """
    path = root / name
    if path.exists() or ".." in name.split("/"):
        return path
    found = root
    for piece in (p for p in name.split("/") if p not in {"", "."}):
        if (found / piece).exists():
            found /= piece
            continue
        try:
            alike = [p for p in found.iterdir() if _one_name(p.name) == _one_name(piece)]
        except OSError:
            return path
        if len(alike) != 1:
            return path
        found = alike[0]
    return found


def _one_name(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _bytes(path: Path) -> bytes:
    """Return the bytes of a document of sensible size."""
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise UnreadableError(
                f"which is larger than {SIZE_LIMIT // 2**20} MB.", "Give the part that matters.", "too large"
            )
        return path.read_bytes()
    except OSError as e:
        raise UnreadableError(
            f"which cannot be read ({e.strerror}).", "Close it elsewhere or ask for access.", "no file"
        ) from e
