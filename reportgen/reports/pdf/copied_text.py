"""What is copied out of a PDF is what was put in, and what charts say is joined: the layout engine writes glyphs alone.

A page names one text for each glyph. Where the glyphs of a letter depend on its neighbours (Devanagari, Thai, loose marks)
that text would be wrong at the next place, so such a line carries its own beside them (ActualText, ISO 32000-1, 14.9.4).
Letters that run from right to left are copied backwards by readers, glyph by glyph: a ligature gets the one character that
Unicode has for it, which readers take apart again. The engine letters charts one character after another, which spells
Hebrew backwards and leaves Arabic unjoined: here each label is one line.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

_SHAPED = ((0x0900, 0x10A0), (0x1780, 0x1800), (0x1900, 0x1B80), (0xA800, 0xAC00))
"""From Devanagari to Myanmar, Khmer, and the scripts of South-East Asia: letters that change with their neighbours."""
_FORMS = (0xFB50, 0xFEFD)
"""Arabic presentation forms."""
Draw = Callable[..., Any]


class _Label(str):
    """A label of a chart, which the engine is handed whole where it asks for its letters."""

    __slots__ = ()

    def __iter__(self) -> Iterator[str]:
        yield str(self)


def keep() -> None:
    """Have the engine's lines carry their own text from now on, and its charts whole labels, in this process."""
    from weasyprint import svg  # noqa: PLC0415 - only the child process loads the engine
    from weasyprint.draw import text  # noqa: PLC0415 - as above

    _keep_lines(text)
    _keep_labels(svg)


def _keep_labels(engine: Any) -> None:  # noqa: ANN401 - the engine's module of pictures, which ships no types
    plain: Draw = engine.text

    def lettered(picture: Any, node: Any, size: float) -> None:  # noqa: ANN401 - as above
        element = node._etree_node  # noqa: SLF001 - the engine has no other way to a label
        element.text = _Label(element.text or "")
        plain(picture, node, size)

    engine.TAGS.update({tag: lettered for tag, drawn in engine.TAGS.items() if drawn is plain})
    engine.text = lettered


def _keep_lines(engine: Any) -> None:  # noqa: ANN401 - the engine's module of text, which ships no types
    plain: Draw = engine.draw_first_line

    def drawn(stream: Any, box: Any, *more: Any) -> Any:  # noqa: ANN401 - as above
        if needs_its_text(box.text):
            return _beside_its_text(plain, stream, box, *more)
        found = plain(stream, box, *more)
        if not box.text.isascii():
            _name_ligatures(stream)
        return found

    engine.draw_first_line = drawn


def needs_its_text(line: str) -> bool:
    """Whether glyphs alone would not tell the text of this line, which holds no letters that run from right to left."""
    if line.isascii() or any(unicodedata.bidirectional(c) in {"R", "AL"} for c in line):
        return False
    return any(start <= ord(c) < end for c in line for start, end in _SHAPED) or any(map(unicodedata.combining, line))


def _beside_its_text(plain: Draw, stream: Any, box: Any, *more: Any) -> Any:  # noqa: ANN401 - as above
    import pydyf  # type: ignore[import-untyped]  # noqa: PLC0415 - comes with the engine

    pydyf.Stream.begin_marked_content(stream, "Span", pydyf.Dictionary({"ActualText": pydyf.String(box.text)}))
    found = plain(stream, box, *more)
    pydyf.Stream.end_marked_content(stream)
    return found


def _name_ligatures(stream: Any) -> None:  # noqa: ANN401 - as above
    for font in stream._fonts.values():  # noqa: SLF001 - the engine has no other way to its fonts
        font.to_unicode.update({g: _ligatures()[t] for g, t in font.to_unicode.items() if t in _ligatures()})


@cache
def _ligatures() -> Mapping[str, str]:
    """Return the one character of each ligature of Arabic, by its letters."""
    found = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in reversed(range(*_FORMS))}
    return {letters: form for letters, form in found.items() if len(letters) > 1 and " " not in letters}
