"""Input files beside the workbook: text, Markdown, PDF and Word, read into plain text, never from outside its folder."""

# ruff: noqa: EM101, EM102, TRY003 - each sentence to the user stands where its fault is found

from __future__ import annotations

import difflib
import hashlib
import io
import re
import zipfile
from pathlib import Path, PureWindowsPath

from reportgen.domain.plan import Document
from reportgen.workbook.values import UnreadableError

SIZE_LIMIT = 50 * 2**20
_UNPACKED_LIMIT = 200 * 2**20
_TEXT = frozenset({".txt", ".text", ".md", ".markdown"})
KINDS = (*sorted(_TEXT), ".pdf", ".docx")


class DocumentFolder:
    """Reads the documents of one workbook; a file that several rows name is read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, tuple[str, Document]] = {}

    def read(self, name: str) -> tuple[str, Document]:
        """Return the text of a document and its record (name, SHA-256 of the bytes, characters).

        Raises:
            UnreadableError: No such file, outside the workbook's folder, of another kind, empty, or unreadable.
        """
        if name not in self._read:
            path = self._inside(name)
            data = _bytes(path)
            text = text_of(data, path.suffix.lower())
            record = Document(name.replace("\\", "/"), hashlib.sha256(data).hexdigest(), len(text))
            self._read[name] = (text, record)
        return self._read[name]

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
            path = (root / plain).resolve()
        except (OSError, RuntimeError) as e:
            raise outside from e
        if not path.is_relative_to(root) or path == root:
            raise outside
        if not path.is_file():
            raise UnreadableError("but there is no such file in the workbook's folder.", self._near(path), "no file")
        if path.suffix.lower() not in KINDS:
            raise UnreadableError(
                "expected a text, Markdown, PDF or Word file.", f"Save it as one of {', '.join(KINDS)}.", "file kind"
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


def text_of(data: bytes, suffix: str) -> str:
    """Return the text of a document by the kind its ending names; line ends are plain new lines.

    Raises:
        UnreadableError: The bytes are not of that kind, or hold no text.
    """
    match suffix:
        case ".pdf":
            text = _pdf(data)
        case ".docx":
            text = _word(data)
        case _:
            text = _plain(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        remedy = "Run text recognition (OCR) on it first." if suffix == ".pdf" else "Give a file with text in it."
        raise UnreadableError("which holds no text.", remedy, "no text")
    return text


def _plain(data: bytes) -> str:
    """Decode text: by its byte order mark, else UTF-8; another coding would be a guess."""
    coding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(coding)
    except UnicodeDecodeError as e:
        raise UnreadableError("which is not UTF-8 text.", "Save it again with the encoding UTF-8.", "encoding") from e
    if "\0" in text:
        raise UnreadableError("which is not a text file.", "Give a text, Markdown, PDF or Word file.", "file kind")
    return text


def _pdf(data: bytes) -> str:
    """Read a PDF page by page; pages are parted by an empty line."""
    import pypdfium2  # noqa: PLC0415 - a native library that most workbooks do not need

    try:
        with pypdfium2.PdfDocument(data) as pdf:
            pages = []
            for page in pdf:
                part = page.get_textpage()
                pages.append(part.get_text_bounded())
                part.close()
                page.close()
    except pypdfium2.PdfiumError as e:
        if "password" in str(e).lower():
            raise UnreadableError("which has a password.", "Remove it and save again.", "password") from e
        raise UnreadableError("which is a damaged PDF.", "Take the file from its source again.", "damaged") from e
    # pdfium marks a hyphen at the end of a line by U+FFFE
    return "\n\n".join(re.sub("\ufffe\\s*", "-", page) for page in pages)


def _word(data: bytes) -> str:
    """Read a Word document: paragraphs and tables in their order, cells parted by tabs."""
    try:
        hostile = _word_fault(data)
        text = "" if hostile else _word_text(data)
    except Exception as e:  # python-docx raises whatever its parts raise; all of it means the same to the user
        raise UnreadableError("which is a damaged Word document.", "Open it in Word and save it again.", "damaged") from e
    if hostile:
        raise UnreadableError(hostile, "Do not trust this file.", "hostile")
    return text


def _word_fault(data: bytes) -> str:
    """Return what speaks against opening a Word document, empty where nothing does."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(i.file_size for i in archive.infolist()) > _UNPACKED_LIMIT:
            return "which unpacks to far too much."
        parts = [part for part in archive.namelist() if part.endswith((".xml", ".rels"))]
        return "which declares a document type." if any(b"<!DOCTYPE" in archive.read(part) for part in parts) else ""


def _word_text(data: bytes) -> str:
    """Return the text of a checked Word document."""
    import docx  # noqa: PLC0415 - most workbooks do not need it
    from docx.table import Table  # noqa: PLC0415

    blocks: list[str] = []
    for block in docx.Document(io.BytesIO(data)).iter_inner_content():
        if isinstance(block, Table):
            blocks.extend("\t".join(cell.text for cell in row.cells) for row in block.rows)
        else:
            blocks.append(block.text)
    return "\n".join(blocks)
