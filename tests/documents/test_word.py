"""Word files as Word shows them: each row is a kind of content that a reader once passed over."""

# ruff: noqa: E501 - a kind of content and what is right for it stand in one row

from __future__ import annotations

import pytest

from reportgen.documents.interface import DocumentError
from reportgen.documents.pdf_reader import PdfReader
from reportgen.documents.read import read_document
from tests.documents.word_files import paragraph, run, word_file

_P = paragraph


def _field(kind: str, more: str = "") -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}">{more}</w:fldChar></w:r>'


def _lists(*levels: tuple[str, str]) -> dict[str, str | bytes]:
    """The part of lists: one list of these levels (format, text)."""
    inside = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for i, (form, text) in enumerate(levels)
    )
    more = '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>'
    return {
        "numbering": f'<w:abstractNum w:abstractNumId="0">{inside}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>{more}'
    }


def _item(text: str, level: int = 0, of: int = 1) -> str:
    return _P(run(text), f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{of}"/></w:numPr>')


_INSERTED = f'<w:ins w:id="1" w:author="A">{run("1250")}</w:ins>'
_DELETED = '<w:del w:id="2" w:author="A"><w:r><w:delText>900</w:delText></w:r></w:del>'
_DEAD_MARK = '<w:rPr><w:del w:id="3" w:author="A"/></w:rPr>'
_CELL = "<w:tc>{}</w:tc>"
_SHAPE = "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:inline><a:graphic><a:graphicData><wps:wsp><wps:txbx><w:txbxContent>{0}</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox><w:txbxContent>{0}</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
_CONTROL = "<w:sdt><w:sdtPr><w:alias w:val='no text'/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
_SECTION = '<w:sectPr><w:headerReference w:type="default" r:id="header1"/><w:headerReference w:type="first" r:id="header2"/><w:footerReference w:type="default" r:id="footer1"/>{}</w:sectPr>'
_RUNNING: dict[str, str | bytes] = {
    "header1": _P(run("Contract ") + _CONTROL.format(run("HEAD-99"))),
    "header2": _P(run("Title page")),
    "footer1": _P(run("Foot-55")),
}

TEXTS: dict[str, tuple[str, dict[str, str | bytes], str]] = {
    "a change as it stands accepted": (_P(run("Rent ") + _DELETED + _INSERTED), {}, "Rent 1250"),
    "an insertion in a cell": (f"<w:tbl><w:tr>{_CELL.format(_P(_INSERTED))}{_CELL.format(_P(run('b')))}</w:tr></w:tbl>", {}, "1250\tb"),
    "moved text, once": (_P(f"<w:moveFrom>{run('here')}</w:moveFrom>") + _P(f"<w:moveTo>{run('here')}</w:moveTo>"), {}, "\nhere"),
    "a deleted end of a paragraph": (_P(run("one "), _DEAD_MARK) + _P(run("line")), {}, "one line"),
    "a deleted paragraph": (_P(_DELETED, _DEAD_MARK) + _P(run("left")), {}, "left"),
    "a deleted row": (f"<w:tbl><w:tr><w:trPr><w:del w:id='1'/></w:trPr>{_CELL.format(_P(run('gone')))}</w:tr><w:tr>{_CELL.format(_P(run('kept')))}</w:tr></w:tbl>", {}, "kept"),
    "controls in a line, of a block, in each other": (_P(run("To ") + _CONTROL.format(_CONTROL.format(run("Orion")))) + _CONTROL.format(_P(run("Block"))), {}, "To Orion\nBlock"),
    "controls around rows and cells": (f"<w:tbl>{_CONTROL.format('<w:tr>' + _CONTROL.format(_CELL.format(_P(run('Chair')))) + _CELL.format(_P(run('120'))) + '</w:tr>')}</w:tbl>", {}, "Chair\t120"),
    "a wrapper nobody knows around a row": (f"<w:tbl><w:unheardOf><w:tr>{_CELL.format(_P(run('kept')))}</w:tr></w:unheardOf></w:tbl>", {}, "kept"),
    "smart tags, links, custom elements": (_P(f"<w:smartTag w:element='x'>{run('Bonn')}</w:smartTag><w:hyperlink r:id='x'>{run(' link')}</w:hyperlink><w:customXml w:element='y'>{run(' own')}</w:customXml>"), {}, "Bonn link own"),
    "a wrapper nobody knows": (_P(f"<w:unheardOf>{run('still here')}</w:unheardOf>"), {}, "still here"),
    "a field's result and not its code": (_P(_field("begin") + "<w:r><w:instrText>DATE</w:instrText></w:r>" + _field("separate") + run("3 May") + _field("end") + run("!")), {}, "3 May!"),
    "a field in the code of a field": (_P(_field("begin") + "<w:r><w:instrText>IF </w:instrText></w:r>" + _field("begin") + _field("separate") + run("inner") + _field("end") + _field("separate") + run("shown") + _field("end")), {}, "shown"),
    "a simple field": (_P(f"<w:fldSimple w:instr='TITLE'>{run('Lease')}</w:fldSimple>"), {}, "Lease"),
    "a field without an end hides nothing of the next line": (_P(_field("begin")) + _P(run("after")), {}, "\nafter"),
    "boxes of a form": (_P(_field("begin", "<w:ffData><w:checkBox><w:default w:val='0'/><w:checked/></w:checkBox></w:ffData>") + _field("end") + run(" yes ") + _field("begin", "<w:ffData><w:checkBox><w:default w:val='0'/></w:checkBox></w:ffData>") + _field("end") + run(" no")), {}, "☒ yes ☐ no"),
    "a list of a form": (_P(_field("begin", "<w:ffData><w:ddList><w:result w:val='1'/><w:listEntry w:val='red'/><w:listEntry w:val='blue'/></w:ddList></w:ffData>") + _field("end")), {}, "blue"),
    "a text box, once": (_P(run("Before") + _SHAPE.format(_P(run("Boxed 4711")))), {}, "Before\nBoxed 4711"),
    "a text box in a text box": (_P(_SHAPE.format(_P(run("outer") + _SHAPE.format(_P(run("inner")))))), {}, "\nouter\ninner"),
    "headers and footers that pages show": (_P(run("Body")) + _SECTION.format(""), _RUNNING, "Contract HEAD-99\nBody\nFoot-55"),
    "the header of a title page": (_P(run("Body")) + _SECTION.format("<w:titlePg/>"), _RUNNING, "Contract HEAD-99\nTitle page\nBody\nFoot-55"),
    "a footnote": (_P(run("Price") + "<w:r><w:footnoteReference w:id='2'/></w:r>"), {"footnotes": f"<w:footnote w:id='2'>{_P('<w:r><w:footnoteRef/></w:r>' + run('net of tax'))}</w:footnote>"}, "Price[2]\n[2] net of tax"),
    "an endnote with a change": (_P(run("Price") + "<w:r><w:endnoteReference w:id='2'/></w:r>"), {"endnotes": f"<w:endnote w:id='2'>{_P(_DELETED + _INSERTED)}</w:endnote>"}, "Price[e2]\n[e2] 1250"),
    "numbers of a list": (_item("a") + _item("b", 1) + _item("c", 1) + _item("d") + _item("e", 1), _lists(("decimal", "%1."), ("lowerLetter", "%1.%2)")), "1. a\n1.a) b\n1.b) c\n2. d\n2.a) e"),
    "roman numbers, and a list that starts anew": (_item("a") + _item("b") + _item("c", of=2), _lists(("upperRoman", "Art. %1")), "Art. I a\nArt. II b\nArt. VII c"),
    "a symbol": (_P("<w:r><w:sym w:font='Wingdings' w:char='F0FE'/><w:sym w:font='Symbol' w:char='F0A3'/></w:r>" + run(" 5")), {}, "☑≤ 5"),
    "marks in a run": (_P("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t></w:r>"), {}, "a\tb\nc\u2011d"),
    "ruby": (_P(f"<w:r><w:ruby><w:rt>{run('かんじ')}</w:rt><w:rubyBase>{run('漢字')}</w:rubyBase></w:ruby></w:r>"), {}, "漢字(かんじ)"),
    "a formula": (_P("<m:oMath><m:r><m:t>x=2</m:t></m:r></m:oMath>"), {}, "x=2"),
    "a fraction, a power, a sum, a root": (_P("<m:oMath><m:f><m:fPr/><m:num><m:r><m:t>a+1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f><m:r><m:t>+</m:t></m:r><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup><m:nary><m:naryPr><m:chr m:val='∑'/></m:naryPr><m:sub><m:r><m:t>i=1</m:t></m:r></m:sub><m:sup><m:r><m:t>n</m:t></m:r></m:sup><m:e><m:d><m:dPr><m:begChr m:val='['/><m:endChr m:val=']'/></m:dPr><m:e><m:r><m:t>i</m:t></m:r></m:e></m:d></m:e></m:nary><m:rad><m:deg/><m:e><m:r><m:t>3</m:t></m:r></m:e></m:rad></m:oMath>"), {}, "(a+1)/2+x²∑_(i=1)ⁿ [i]√3"),
    "what stands above and below the line": (_P(run("10") + run("6", "<w:vertAlign w:val='superscript'/>") + run(" H") + run("2", "<w:vertAlign w:val='subscript'/>") + run("O, 1") + run("st", "<w:vertAlign w:val='superscript'/>")), {}, "10⁶ H₂O, 1st"),
    "text struck through": (_P(run("Rent ") + run("12", "<w:strike/>") + run("00", "<w:b/><w:dstrike/>") + run(" 1250", "<w:strike w:val='0'/>")), {}, "Rent ~~1200~~ 1250"),
    "a text taken in whole": (_P(run("own")) + "<w:altChunk r:id='chunk.txt'/>", {"chunk.txt": "taken in"}, "own\ntaken in"),
    "a Word file taken in whole": ("<w:altChunk r:id='chunk.docx'/>", {"chunk.docx": word_file(_P(_INSERTED))}, "1250"),
    "hidden text": (_P(run("seen") + run("unseen", "<w:vanish/>")), {}, "seen"),
    "a table in a cell": (f"<w:tbl><w:tr>{_CELL.format(_P(run('a')) + '<w:tbl><w:tr>' + _CELL.format(_P(run('x'))) + _CELL.format(_P(run('y'))) + '</w:tr></w:tbl>' + _P(''))}</w:tr></w:tbl>", {}, "a\nx\ty"),
    "word art": (_P("<w:r><w:pict><v:shape><v:textpath string='DRAFT'/></v:shape></w:pict></w:r>"), {}, "DRAFT"),
}  # fmt: skip


@pytest.mark.parametrize("kind", TEXTS)
def test_a_word_file_is_all_of_its_text(kind: str) -> None:
    body, parts, text = TEXTS[kind]
    assert read_document(word_file(body, parts), ".docx", PdfReader()).text == text


def test_strict_files_and_files_of_other_slashes_are_read() -> None:
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    body = _P(run("Rent ") + _INSERTED)
    for data in (word_file(body, word=strict), word_file(body, slash="\\")):
        assert read_document(data, ".docx", PdfReader()).text == "Rent 1250"


def test_what_is_left_out_is_counted() -> None:
    picture = "<w:r><w:drawing><wp:inline><a:graphic><a:graphicData><pic:pic/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    comment = "<w:commentRangeStart w:id='1'/><w:r><w:commentReference w:id='1'/></w:r>"
    sheet = "<w:r><w:object><v:shape><v:imagedata r:id='x'/></v:shape><o:OLEObject/></w:object></w:r>"
    body = _P(run("text") + picture + picture + comment + sheet + run("x", "<w:vanish/>")) + "<w:altChunk r:id='chunk.rtf'/>"
    found = read_document(word_file(body, {"chunk.rtf": "{rtf}"}), ".docx", PdfReader())
    assert found.left_out == ("2 pictures", "1 comment", "1 embedded object", "1 hidden passage", "1 document inside it")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"x", "old Word document"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), "password"),
        (word_file("<w:p>" * 5000 + "</w:p>" * 5000), "no office program"),
        (b"PK\x03\x04", "damaged"),
    ],
)
def test_a_word_file_that_cannot_be_read_says_why(data: bytes, said: str) -> None:
    with pytest.raises(DocumentError, match=said):
        read_document(data, ".docx", PdfReader())
