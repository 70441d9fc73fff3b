"""What stands above or below a line, and formulas, in one line: 10⁶, H₂O, (a+b)/2; without it 10⁶ reads as 106."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_PLAIN = "0123456789+-\u2212()n"
_UP = str.maketrans(_PLAIN, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
_DOWN = str.maketrans(_PLAIN, "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎ₙ")
_NUMBER = re.compile(r"[0-9+\-\u2212()n]*[0-9n][0-9+\-\u2212()n]*")
_ONE = re.compile(r"\w*|\W")
_LEAVES = frozenset({"t", "mi", "mn", "mo", "mtext", "ms"})
_NOT_SHOWN = frozenset({"annotation", "annotation-xml", "del", "moveFrom", "rPr", "mphantom", "phant"})
SUPERSCRIPT, SUBSCRIPT = "superscript", "subscript"
"""Where text stands, as Word names it."""


def placed(text: str, place: str) -> str:
    """Return a text above or below the line in the signs for that; a word there, such as the `st` of 1st, stays."""
    if place not in {SUPERSCRIPT, SUBSCRIPT} or not any(c.isdigit() for c in text):
        return text
    if _NUMBER.fullmatch(text):
        return text.translate(_UP if place == SUPERSCRIPT else _DOWN)
    return _marked(text, place)


def formula(element: Any) -> str:  # noqa: ANN401 - lxml has no types
    """Return a formula of Word (`m:oMath`) or of a page (`math`) in one line."""
    name = _name(element)
    if name in _LEAVES:
        return (element.text or "").strip(" \n") if name != "t" else element.text or ""
    children = [c for c in element if isinstance(c.tag, str) and _name(c) not in _NOT_SHOWN and not _name(c).endswith("Pr")]
    read = [formula(child) for child in children]
    act = _SHAPES.get(name)
    if act is None:
        return "".join(read)
    if name.startswith("m"):  # a page names the parts by their places
        return act(element, dict(zip(_PLACES.get(name, ()), read, strict=False)) | {"all": "".join(read)})
    joined = ", " if name == "d" else ""
    return act(element, dict(zip(map(_name, children), read, strict=True)) | {"all": joined.join(read)})


_PLACES = {
    "mfrac": ("num", "den"), "msup": ("e", "sup"), "msub": ("e", "sub"), "msubsup": ("e", "sub", "sup"),
    "mroot": ("e", "deg"),
}  # fmt: skip
_Parts = Mapping[str, str]


def _fraction(_: Any, parts: _Parts) -> str:  # noqa: ANN401 - lxml has no types
    return f"{_grouped(parts.get('num', ''))}/{_grouped(parts.get('den', ''))}"


def _beside(_: Any, parts: _Parts) -> str:  # noqa: ANN401 - as above
    return parts.get("e", "") + _limits(parts)


def _root(_: Any, parts: _Parts) -> str:  # noqa: ANN401 - as above
    return f"{_set(parts.get('deg', ''), SUPERSCRIPT)}√{_grouped(parts.get('e', parts['all']))}"


def _brackets(element: Any, parts: _Parts) -> str:  # noqa: ANN401 - as above
    return f"{_sign(element, 'begChr', '(')}{parts['all']}{_sign(element, 'endChr', ')')}"


def _sum(element: Any, parts: _Parts) -> str:  # noqa: ANN401 - as above
    return f"{_sign(element, 'chr', '∫')}{_limits(parts)} {parts.get('e', '')}"


def _row(_: Any, parts: _Parts) -> str:  # noqa: ANN401 - as above
    return f"{parts['all']}\n"


_SHAPES: dict[str, Callable[[Any, _Parts], str]] = {
    **dict.fromkeys(("f", "mfrac"), _fraction),
    **dict.fromkeys(("sSup", "sSub", "sSubSup", "msup", "msub", "msubsup"), _beside),
    **dict.fromkeys(("rad", "mroot", "msqrt"), _root),
    **dict.fromkeys(("mr", "mtr"), _row),
    "d": _brackets,
    "nary": _sum,
}


def _limits(parts: _Parts) -> str:
    return _set(parts.get("sub", ""), SUBSCRIPT) + _set(parts.get("sup", ""), SUPERSCRIPT)


def _name(element: Any) -> str:  # noqa: ANN401 - lxml has no types
    return str(element.tag).rpartition("}")[2]


def _grouped(text: str) -> str:
    return text if _ONE.fullmatch(text) else f"({text})"


def _set(text: str, place: str) -> str:
    if not text or _NUMBER.fullmatch(text):
        return placed(text, place) if text != "n" else text.translate(_UP if place == SUPERSCRIPT else _DOWN)
    return _marked(text, place)


def _marked(text: str, place: str) -> str:
    return f"{'^' if place == SUPERSCRIPT else '_'}{_grouped(text)}"


def _sign(element: Any, name: str, usual: str) -> str:  # noqa: ANN401 - lxml has no types
    """Return the sign that the properties of a formula's element name."""
    named = next((e for e in element.iterfind(f"*/{{*}}{name}")), None)
    return usual if named is None else next(iter(named.attrib.values()), "")
