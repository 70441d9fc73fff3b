"""Pages, mails, pictures and texts of every encoding as the program of their kind shows them."""

# ruff: noqa: E501 - a kind of content and what is right for it stand in one row

from __future__ import annotations

import datetime as dt
import io

import pytest
from PIL import Image

from reportgen.documents.interface import DocumentError, ReadDocument
from reportgen.documents.pdf_reader import PdfReader
from reportgen.documents.read import read_document
from tests.documents import outlook_files as outlook

PAGES: dict[str, tuple[bytes, str]] = {
    "hidden text": (b"<style>.x, #y {display:none}</style><p>a<span hidden>b</span><i style='display: none'>c</i><b class='w x'>d</b><u id=y>e</u><script>f</script>", "a"),
    "entities": (b"<p>&euro;5&nbsp;&amp; &#8211; &lt;b&gt;", "€5\xa0& – <b>"),
    "an encoding of its own": ("<meta charset='windows-1252'><p>caf\xe9 \x80".encode("latin-1"), "café €"),
    "an encoding in the old way": ('<meta http-equiv="Content-Type" content="text/html; charset=shift_jis"><p>請求書'.encode("cp932"), "請求書"),
    "a mark against the page's own word": ("<meta charset='iso-8859-1'><p>naïve".encode("utf-8-sig"), "naïve"),
    "lists": (b"<ol start=3><li>a<li>b<ul><li>c</ul></ol>", "3. a\n4. b\n- c"),
    "a table": (b"<table><tr><th>Item<th>Price<tr><td>Chair<td>120</table>", "Item\tPrice\nChair\t120"),
    "lines and blocks": (b"<div>a<div>b</div>c<br>d</div>", "a\nb\nc\nd"),
    "text as it was typed": (b"<pre>a\n  b</pre>", "a\n  b"),
    "fields of a form": (b"<input value=Ann><input type=checkbox checked>yes<input type=hidden value=no><select><option>r<option selected>b</select><textarea>long</textarea>", "Ann [x] yesblong"),
    "what stands above and below the line": (b"<p>5 m<sup>2</sup>, 10<sup>6</sup>, H<sub>2</sub>O, 1<sup>st</sup>, 10<sup>-3.5</sup>", "5 m\xb2, 10\u2076, H\u2082O, 1st, 10^(-3.5)"),
    "a formula": (b"<p><math><mi>y</mi><mo>=</mo><mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mn>2</mn></mfrac></math>", "y=(a+1)/2"),
    "text struck through": (b"<p>Rent <s>1200</s> 1250, <del>old</del>", "Rent ~~1200~~ 1250, ~~old~~"),
    "rules for paper and for narrow windows": (b"<style>@media print{.a{display:none}.b{color:red}}@media (max-width:9em){.b{display:none}} @media screen{.c{display:none}}</style><p><i class=a>a</i><i class=b>b</i><i class=c>c</i>", "ab"),
    "a dialog that is closed, a hyphen that is not shown": (b"<p>a\xc2\xadb<dialog>c</dialog>", "ab"),
    "a page that ends too early": (b"<p>one <b>two", "one two"),
}  # fmt: skip


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_is_what_a_browser_shows(kind: str) -> None:
    data, text = PAGES[kind]
    assert read_document(data, ".html", PdfReader()).text.strip() == text


def test_what_a_page_shows_beside_its_text_is_counted() -> None:
    page = b"<p>a<img src=x><svg><text>b</text></svg><iframe src=x></iframe><object data=x>c</object>"
    found = read_document(page, ".html", PdfReader())
    assert (found.text, found.left_out) == ("a", ("2 pictures", "2 embedded objects"))


def test_a_page_that_cannot_be_read_to_its_end_is_refused() -> None:
    with pytest.raises(DocumentError, match="no office program"):
        read_document(b"<div>" * 5000 + b"deep" + b"</div>" * 5000, ".html", PdfReader())


_HEAD = b"From: =?utf-8?q?J=C3=B6rg?= <j@example.org>\nSubject: Rent\nMIME-Version: 1.0\n"
_TOP = "From: Jörg <j@example.org>\nSubject: Rent"


def _mixed(kind: str, *parts: bytes) -> bytes:
    body = b"".join(b"--B\n" + part + b"\n" for part in parts)
    return b"Content-Type: multipart/%s; boundary=B\n\n%s--B--\n" % (kind.encode(), body)


_PLAIN = b"Content-Type: text/plain; charset=utf-8\n\nplain text\n"
_HTML = b"Content-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n<p>caf=E9 <img src=cid:1></p>\n"
_FILE = b"Content-Type: application/pdf\nContent-Disposition: attachment; filename*=utf-8''r%C3%A4.pdf\nContent-Transfer-Encoding: base64\n\nAAAA\n"
_NAMED = b'Content-Type: application/pdf; name="=?utf-8?q?r=C3=A4=2Epdf?="\nContent-Transfer-Encoding: base64\n\nAAAA\n'
_INLINE = b"Content-Type: image/png\nContent-ID: <1>\nContent-Transfer-Encoding: base64\n\nAAAA\n"
_MAIL = b"Content-Type: message/rfc822\n\nFrom: a@example.org\nSubject: inner\n\nInner text\n"
_TNEF = b"Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\nAAAA\n"

MAILS: dict[str, tuple[bytes, str, tuple[str, ...]]] = {
    "plain": (_HEAD + _PLAIN, f"{_TOP}\n\nplain text", ()),
    "two forms of one text": (_HEAD + _mixed("alternative", _PLAIN, _HTML), f"{_TOP}\n\ncafé", ("1 picture",)),
    "an attached file": (_HEAD + _mixed("mixed", _PLAIN, _FILE), f"{_TOP}\nAttachments: rä.pdf\n\nplain text", ("1 attached file (rä.pdf)",)),
    "text on both sides of a picture": (_HEAD + _mixed("mixed", _PLAIN, _INLINE, _PLAIN), f"{_TOP}\n\nplain text\n\nplain text", ("1 picture",)),
    "an attached message": (_HEAD + _mixed("mixed", _PLAIN, _MAIL), f"{_TOP}\n\nplain text\n\n[attached message]\nFrom: a@example.org\nSubject: inner\n\nInner text", ()),
    "a file of Outlook's": (_HEAD + _mixed("mixed", _PLAIN, _TNEF), f"{_TOP}\nAttachments: winmail.dat\n\nplain text", ("1 attached file (winmail.dat)",)),
    "a head in plain UTF-8, a file's name in coded words": ("From: Jörg <j@example.org>\nSubject: Rent\n".encode() + _mixed("mixed", _PLAIN, _NAMED), f"{_TOP}\nAttachments: rä.pdf\n\nplain text", ("1 attached file (rä.pdf)",)),
    "an encoding nobody knows": (_HEAD + b"Content-Type: text/plain; charset=x-unheard\n\ncaf\xc3\xa9\n", f"{_TOP}\n\ncafé", ()),
}  # fmt: skip


@pytest.mark.parametrize("kind", MAILS)
def test_a_mail_is_what_a_mail_program_shows(kind: str) -> None:
    data, text, left_out = MAILS[kind]
    found = read_document(data, ".eml", PdfReader())
    assert (found.text.strip(), found.left_out) == (text, left_out)


def test_an_encrypted_mail_and_what_is_no_mail_say_so() -> None:
    sealed = _HEAD + b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nAAAA\n"
    for data, said in ((sealed, "encrypted"), (b"no mail at all", "no e-mail")):
        with pytest.raises(DocumentError, match=said):
            read_document(data, ".eml", PdfReader())


_EIGHT_O_CLOCK = int((dt.datetime(2026, 4, 20, 8) - dt.datetime(1601, 1, 1)) / dt.timedelta(microseconds=1)) * 10  # noqa: DTZ001 - both in UTC
_NAMES: dict[str, str | bytes] = {"0C1A": "Jörg", "0C1F": "j@example.org", "0E04": "Ann", "0037": "Rent"}
_MSG_TOP = "From: Jörg <j@example.org>\nTo: Ann\n{}Subject: Rent"


@pytest.mark.parametrize("unicode", [True, False])
def test_an_outlook_message_is_its_head_its_text_and_the_names_of_its_files(unicode: bool) -> None:
    made = outlook.message(_NAMES | {"1000": "The rent is 1250 €."}, unicode=unicode, sent=_EIGHT_O_CLOCK)
    inner = outlook.message({"0037": "Before", "1000": "Earlier text"}, head=24)
    made.storages["__attach_version1.0_#00000000"] = outlook.attached("lease.pdf")
    made.storages["__attach_version1.0_#00000001"] = outlook.attached("x", inner)
    found = read_document(outlook.compound(made), ".msg", PdfReader())
    head = _MSG_TOP.format("Date: 2026-04-20 08:00+00:00\n")
    assert (
        found.text
        == f"{head}\nAttachments: lease.pdf\n\nThe rent is 1250 €.\n\n[attached message]\nSubject: Before\n\nEarlier text"
    )
    assert found.left_out == ("1 attached file (lease.pdf)",)


def test_the_html_of_an_outlook_message_goes_before_its_plain_text() -> None:
    made = outlook.message(_NAMES | {"1000": "plain", "1013": b"<meta charset=utf-8><p>shown \xe2\x82\xac</p>"})
    assert read_document(outlook.compound(made), ".msg", PdfReader()).text == _MSG_TOP.format("") + "\n\nshown €"
    with pytest.raises(DocumentError, match="Outlook's own"):
        read_document(outlook.compound(outlook.message(_NAMES | {"1009": b"LZFu"})), ".msg", PdfReader())
    with pytest.raises(DocumentError, match="damaged"):
        read_document(b"\xd0\xcf\x11\xe0 cut", ".msg", PdfReader())


def _picture(kind: str, pages: int = 1) -> bytes:
    out = io.BytesIO()
    first, *rest = [Image.new("RGB", (40, 60), (i, 2, 3)) for i in range(pages)]
    first.save(out, kind, **({"save_all": True, "append_images": rest} if pages > 1 else {}))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "kind", "pages"), [(".png", "PNG", 1), (".jpg", "JPEG", 1), (".tiff", "TIFF", 3), (".webp", "WEBP", 1)]
)
def test_a_picture_is_a_document_of_picture_pages(name: str, kind: str, pages: int) -> None:
    found = read_document(_picture(kind, pages), name, PdfReader())
    assert (found.text, found.pages, found.picture_pages) == ("", pages, tuple(range(1, pages + 1)))


def test_a_picture_that_is_none_says_so() -> None:
    for data in (b"no picture", _picture("PNG")[:20]):
        with pytest.raises(DocumentError, match="damaged picture"):
            read_document(data, ".png", PdfReader())


LETTER = "Die Kündigungsfrist beträgt drei Monate zum Jahresende. Überweisung wäre möglich, größere Beträge müssen geprüft werden. "
RUSSIAN = "Арендная плата составляет двенадцать тысяч рублей в месяц и вносится не позднее пятого числа каждого месяца. "
JAPANESE = "賃料は毎月末日までに翌月分を貸主の指定する銀行口座に振り込むものとする。ただし、振込手数料は借主の負担とする。"


@pytest.mark.parametrize(
    ("text", "coding"),
    [
        (LETTER, "utf-8"), (LETTER, "utf-8-sig"), (LETTER, "utf-16"), (LETTER, "utf-16-le"), (LETTER, "utf-16-be"),
        (LETTER, "utf-32"), (LETTER, "cp1252"), (RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (JAPANESE, "cp932"),
        (JAPANESE, "euc-jp"),
    ],
)  # fmt: skip
def test_a_text_is_read_in_its_encoding_and_a_reckoned_one_is_said(text: str, coding: str) -> None:
    found: ReadDocument = read_document((text * 3).encode(coding), ".txt", PdfReader())
    assert found.text == text * 3
    assert bool(found.reckoned) == (coding not in {"utf-8", "utf-8-sig", "utf-16", "utf-32"})


@pytest.mark.parametrize("data", [b"%PDF-1.7 ...", rb"{\rtf1\ansi The rent is 1250}"])
def test_another_kind_with_the_name_of_a_text_is_no_text(data: bytes) -> None:
    with pytest.raises(DocumentError, match="the name of a text"):
        read_document(data, ".txt", PdfReader())
