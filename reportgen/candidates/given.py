"""What a candidate is given of a document: its text, pages as pictures, or the file; never silently less than it holds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from reportgen.candidates.price_table import able
from reportgen.domain.records.document import Document
from reportgen.domain.records.model_settings import OwnSetting, own_setting
from reportgen.domain.records.plan import CandidateKind, CandidateSpec
from reportgen.domain.records.providers import PROVIDERS, host_of, provider_of
from reportgen.domain.records.response import Outcome, Response

_MB = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """What a provider takes in one request: pictures, pixels a side, bytes together, pages of a PDF, bytes of a PDF."""

    pictures: int
    longest_side: int
    together: int
    pdf_pages: int = 0
    pdf_bytes: int = 0


_OTHERS = Limits(20, 2000, 20 * _MB)
LIMITS = {
    "openai": Limits(250, 2048, 50 * _MB, 100, 32 * _MB),
    "azure": Limits(50, 2048, 20 * _MB),
    "anthropic": Limits(100, 1568, 30 * _MB, 100, 30 * _MB),
    "bedrock": Limits(20, 1568, 18 * _MB, 100, 4 * _MB),
    "vertex_ai": Limits(3000, 3072, 18 * _MB, 1000, 18 * _MB),
    "gemini": Limits(3000, 3072, 18 * _MB, 1000, 18 * _MB),
    "mistral": Limits(8, 1540, 40 * _MB),
    "groq": Limits(5, 2000, 4 * _MB),
}
"""As the providers publish them; base64 makes a third more of the bytes, which is taken off."""
_A4 = 0.7071
_TILE, _PER_TILE, _BASE = 512, 170, 85
_SHORT_SIDE = 768
_GEMINI_TILE, _GEMINI_TOKENS = 768, 258
_PIXELS_A_TOKEN = 750


class Form(StrEnum):
    """How a document is given."""

    TEXT = "text"
    PICTURES = "pictures"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Given:
    """What goes out beside the text: the `pages` as pictures, or the file; `reason` = it cannot be given, and why.

    `tokens` is about what the pictures count for; `with_text` = the document's text goes out as well; `without` are pages
    that are pictures and, as the workbook wants it, do not go out.
    """

    form: Form = Form.TEXT
    pages: tuple[int, ...] = ()
    tokens: int = 0
    with_text: bool = True
    reason: str = ""
    without: tuple[int, ...] = ()


_TEXT_ALONE = Given()


def limits_of(spec: CandidateSpec) -> Limits:
    """Return what the provider of a candidate takes."""
    return LIMITS.get(provider_of(spec.model), _OTHERS)


def given(spec: CandidateSpec, document: Document | None) -> Given:
    """Return what a candidate is given of a document, by its Settings and by what it can take."""
    if document is None or spec.kind is CandidateKind.RECORDED_OUTPUTS:
        return _TEXT_ALONE
    wanted = own_setting(spec.settings, OwnSetting.DOCUMENTS)
    if wanted == "pictures" and document.pages:
        return _pictures(spec, document, tuple(range(1, document.pages + 1)), with_text=False)
    if wanted == "file" and document.name.casefold().endswith(".pdf"):
        return _file(spec, document)
    if not document.unread_pages:
        return _TEXT_ALONE
    if wanted in {"text", "recognised"}:
        return _without_pictures(document, wanted)
    return _pictures(spec, document, document.unread_pages, with_text=True, sure=wanted != "")


def _without_pictures(document: Document, wanted: str) -> Given:
    """Return the text alone, as the Settings want it, where there is any."""
    if document.characters:
        return Given(without=document.unread_pages)
    told = {"recognised": "Tesseract, which would read it, is not installed"}
    why = told.get(wanted, "its Settings say documents: text")
    return Given(reason=f"the document holds pictures alone, and {why}")


def _pictures(
    spec: CandidateSpec, document: Document, pages: tuple[int, ...], *, with_text: bool, sure: bool = True
) -> Given:
    if spec.kind is not CandidateKind.API_MODEL:
        return Given(reason=f"{_pages(pages)} of the document {_are(pages)}, and only API models are given pictures")
    sees = _can(spec, "supports_vision")
    if sees is False or (sees is None and not sure):
        known = "cannot see" if sees is False else "is not known to see"
        return Given(reason=f"{_pages(pages)} of the document {_are(pages)}, and {spec.model} {known}")
    most = limits_of(spec)
    if len(pages) > most.pictures:
        return Given(reason=f"the document has {len(pages):,} pages to show, and at most {most.pictures} go into a request")
    with_text = with_text and document.characters > 0
    return Given(Form.PICTURES, pages, len(pages) * page_tokens(spec, most.longest_side), with_text)


def _file(spec: CandidateSpec, document: Document) -> Given:
    most = limits_of(spec)
    if spec.kind is not CandidateKind.API_MODEL or _can(spec, "supports_pdf_input") is False:
        return Given(reason=f"{spec.model or spec.name} does not take PDF files")
    if most.pdf_pages and document.pages > most.pdf_pages:
        return Given(reason=f"the document has {document.pages:,} pages, and its provider takes {most.pdf_pages:,}")
    tokens = document.characters // 4 + document.pages * page_tokens(spec, most.longest_side)
    return Given(Form.FILE, tokens=tokens, with_text=False)


def _pages(pages: tuple[int, ...]) -> str:
    return f"page {pages[0]}" if len(pages) == 1 else f"{len(pages):,} pages"


def _are(pages: tuple[int, ...]) -> str:
    return "is a picture" if len(pages) == 1 else "are pictures"


def _can(spec: CandidateSpec, ability: str) -> bool | None:
    """Return whether a model is known to be able to, None where nobody says: another endpoint may serve anything."""
    provider = PROVIDERS.get(provider_of(spec.model))
    if spec.endpoint and (provider is None or host_of(spec.endpoint) != provider.host):
        return None
    return able(spec.model, ability)


def page_tokens(spec: CandidateSpec, longest: int) -> int:
    """Return about how many tokens a page of A4 counts for, by what the provider publishes."""
    wide, high = longest * _A4, float(longest)
    match provider_of(spec.model):
        case "openai" | "azure":
            shrunk = min(1.0, _SHORT_SIDE / min(wide, high))
            tiles = math.ceil(wide * shrunk / _TILE) * math.ceil(high * shrunk / _TILE)
            return _BASE + _PER_TILE * tiles
        case "gemini" | "vertex_ai":
            return _GEMINI_TOKENS * math.ceil(wide / _GEMINI_TILE) * math.ceil(high / _GEMINI_TILE)
        case _:
            return round(wide * high / _PIXELS_A_TOKEN)


def not_given(candidate: str, example_id: str, key: str, reason: str) -> Response:
    """Return the response of a candidate that was not asked, since it would have been given less than the document holds."""
    return Response(candidate, example_id, key, Outcome.ERROR, reason=f"not asked: {reason}")
