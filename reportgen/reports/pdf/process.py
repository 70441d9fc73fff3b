"""The child process that turns one HTML page into a PDF: alone, with a closed door to network and files.

The parent writes a `Job` as JSON to standard input and waits with a time limit, so text from a model that makes the layout
engine slow or large can cost a report, never the run. Any warning of the layout engine is a failure: a page that lacks a
glyph or a style is not a page to hand to a buyer.
"""

from __future__ import annotations

import logging
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from reportgen.reports.pdf import copied_text

LOGO = "reportgen://logo"
"""The one name that a page may fetch: the logo of the house style, which comes with the job."""
FRONT_ENDS = "<!-- page one ends here -->"
"""Stands in a page after what must fit on its first sheet."""
_UA_SCHEMA = (
    b'<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="">'
    b"<pdfuaid:part>1</pdfuaid:part></rdf:Description>"
    b'<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" '
    b'xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" '
    b'rdf:about=""><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    b"<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>"
    b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    b"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>"
    b'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>'
    b"<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>"
    b"<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property>"
    b"</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
)
"""Says PDF/UA-1 beside PDF/A-3a, with the extension schema that PDF/A asks for."""


class Attached(msgspec.Struct, frozen=True):
    """A file that travels inside the PDF as the source of its figures."""

    name: str
    words: str
    content: bytes


class Job(msgspec.Struct, frozen=True):
    """One page to render: HTML and CSS as text, and where the PDF goes."""

    html: str
    css: str
    target: str
    logo: bytes = b""
    attached: tuple[Attached, ...] = ()
    tight: str = ""
    """A style sheet to lay page one out closer with, where all that stands before `FRONT_ENDS` runs over one page."""
    created: str = ""
    """The date of the attachments, ISO 8601: the run's own end, no clock of this machine."""


class _Warnings(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def render(job: Job) -> list[str]:
    """Render one job to its target and return the warnings of the layout engine."""
    from weasyprint import CSS, HTML, Attachment  # noqa: PLC0415 - a second of import that only this process pays
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 - as above
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415 - as above

    class Closed(URLFetcher):  # type: ignore[misc]  # weasyprint ships no types
        """Fetches nothing but the logo that came with the job: whatever else a page may name stays where it is."""

        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ANN401, ARG002 - the engine's own signature
            if url == LOGO and job.logo:
                return URLFetcherResponse(url, job.logo, {"Content-Type": _picture_type(job.logo)})
            msg = f"reports fetch nothing, and this page asked for {url[:80]}"
            raise ValueError(msg)

    heard = _Warnings()
    for name in ("weasyprint", "fontTools"):
        logging.getLogger(name).addHandler(heard)
    copied_text.keep()
    fonts, closed = FontConfiguration(), Closed()
    style = CSS(string=job.css, font_config=fonts, base_url="reportgen://templates/", url_fetcher=closed)
    page = HTML(string=job.html, base_url="reportgen://report/", url_fetcher=closed)
    styles = [style]
    if job.tight:
        front = HTML(string=_front(job.html), base_url="reportgen://report/", url_fetcher=closed)
        if len(front.render(stylesheets=styles, font_config=fonts).pages) > 1:
            styles.append(CSS(string=job.tight, font_config=fonts, base_url="reportgen://templates/", url_fetcher=closed))
    document = page.render(stylesheets=styles, font_config=fonts)
    _say_accessible(document)
    moment = _moment(job.created)
    files = [
        Attachment(
            string=a.content,
            url_fetcher=closed,
            name=a.name,
            description=a.words,
            relationship="Source",
            created=moment,
            modified=moment,
        )
        for a in sorted(job.attached, key=lambda a: a.name)
    ]
    document.write_pdf(job.target, pdf_variant="pdf/a-3a", attachments=files, finisher=_finished)
    return heard.said


def _front(html: str) -> str:
    """Return what must fit on the first sheet, with an empty place for each that it points to further on."""
    front = html.partition(FRONT_ENDS)[0]
    elsewhere = sorted({*re.findall(r'href="#([^"]+)"', front)} - {*re.findall(r'id="([^"]+)"', front)})
    return front + "".join(f'<div id="{name}"></div>' for name in elsewhere)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime(2000, 1, 1, tzinfo=UTC)


def _picture_type(picture: bytes) -> str:
    return "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"


def _finished(_: Any, pdf: Any) -> None:  # noqa: ANN401 - weasyprint ships no types
    """Put right what the engine has no words for, before it writes."""
    _name_files_once(pdf)
    _fields_to_sign(pdf)


def _fields_to_sign(pdf: Any) -> None:  # noqa: ANN401 - weasyprint ships no types
    """Turn the boxes of the sign-off into empty signature fields: placed and tagged by the engine, signed in a PDF reader.

    PDF/A asks for an appearance that is one stream, PDF/UA for the name in words, which the engine has written as /TU.
    """
    form = pdf.catalog.get("AcroForm")
    if form is None:
        return
    by_reference = {o.reference: o for o in pdf.objects}
    for reference in form["Fields"]:
        field = by_reference[reference]
        (shown,) = field["AP"]["N"].values()
        by_reference[shown].stream = []
        by_reference[shown].extra.pop("Resources", None)
        field["AP"]["N"] = shown
        field["FT"] = "/Sig"
        left, top, right, bottom = field["Rect"]
        field["Rect"][:] = [left, bottom, right, top]
        for name in ("AS", "V", "MK", "Border", "DA"):
            field.pop(name, None)
    for name in ("DR", "NeedAppearances"):
        del form[name]
    form["SigFlags"] = 3
    for element in by_reference.values():
        if isinstance(element, dict) and element.get("S") == "/Form":
            (element["K"],) = element["K"]  # alone, not in a list: validators look for a field of the tags just so


def _name_files_once(pdf: Any) -> None:  # noqa: ANN401 - weasyprint ships no types
    """Take the second mention of an associated file out of the catalog: the engine lists every attachment twice."""
    listed = pdf.catalog.get("AF")
    if listed is not None:
        once = list(dict.fromkeys(listed))
        listed[:] = once


def _say_accessible(document: Any) -> None:  # noqa: ANN401 - weasyprint ships no types
    """Add the PDF/UA identifier to the one metadata block that the engine writes."""
    plain = document.metadata.generate_rdf_metadata

    def with_identifier(*args: Any, **named: Any) -> bytes:  # noqa: ANN401 - passed through as it comes
        text: bytes = plain(*args, **named)
        return text.replace(b"</rdf:RDF>", _UA_SCHEMA + b"</rdf:RDF>", 1)

    document.metadata.generate_rdf_metadata = with_identifier


def main() -> int:
    """Read one job from standard input; warnings go to standard error, one a line, and mean failure.

    The engine is loaded and tried on one word before that, since the parent may have started this process early.
    """
    from weasyprint import HTML  # noqa: PLC0415 - only the process that renders pays for it

    HTML(string="<p>ready</p>").render()
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    said = render(job)
    for warning in said:
        sys.stderr.write(warning + "\n")
    if said:
        Path(job.target).unlink(missing_ok=True)
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
