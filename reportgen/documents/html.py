"""Web pages as a browser shows them: hidden text out, lists and tables in lines, the encoding as the page names it."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from lxml import etree

from reportgen.documents.formulas import SUBSCRIPT, SUPERSCRIPT, formula, placed
from reportgen.documents.interface import HOSTILE, STRUCK, TOO_LARGE, DocumentError, ReadDocument, counted_things
from reportgen.documents.plain import decoded

_MOST_TAGS = 4_000_000
_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE
)
_UNSEEN = frozenset((
    "script", "style", "template", "noscript", "head", "title", "datalist", "map", "colgroup",
))  # fmt: skip
_EMBEDDED = {"svg": "picture", "canvas": "picture"} | dict.fromkeys(
    ("object", "iframe", "embed", "audio", "video"), "embedded object"
)
_PLACES = {"sup": SUPERSCRIPT, "sub": SUBSCRIPT}
_STRIKING = frozenset({"del", "s", "strike"})
_LISTS = frozenset({"ol", "ul", "menu", "dir"})
_PARTED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote"})
_BLOCKS = _LISTS | _PARTED | frozenset((
    "address", "article", "aside", "body", "center", "dd", "details", "dialog", "div", "dl", "dt", "fieldset", "figure",
    "figcaption", "footer", "form", "header", "hr", "html", "legend", "li", "main", "nav", "optgroup", "pre", "search",
    "section", "summary", "tbody", "tfoot", "thead", "tr", "caption",
))  # fmt: skip
_NOT_SHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all", re.IGNORECASE)
_SIMPLE = re.compile(r"[.#]?[\w-]+")
_ON_SCREEN = re.compile(r"(?!@media).*|@media\s+(?:only\s+)?(?:screen|all)", re.IGNORECASE | re.DOTALL)
"""Not the rules for paper or for a narrow window."""
_LONGEST_RULE = 5_000
_SPACES = re.compile(r"[ \t\r\n\f]+")
_CLOSED_BY_ITSELF = frozenset({"hidden", "image", "submit", "reset", "button", "file", "password"})


def read_html(data: bytes, declared: str = "") -> ReadDocument:
    """Return what a page shows.

    Args:
        data: The bytes of the page.
        declared: The encoding that whoever sent it names, which stands before the page's own word.

    Raises:
        DocumentError: It is no text, or made to hurt.
    """
    found = _CHARSET.search(data[:4096])
    own = next((g for g in found.groups() if g), b"").decode("ascii", "replace") if found else ""
    text, reckoned = decoded(data, declared or own)
    return html_text(text, reckoned)


def html_text(text: str, reckoned: str = "") -> ReadDocument:
    """Return what a page shows that is a text already."""
    if text.count("<") > _MOST_TAGS:
        raise DocumentError(*TOO_LARGE)
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if any("depth" in entry.message for entry in parser.error_log):
        raise DocumentError(*HOSTILE)
    if root is None:
        return ReadDocument("", reckoned=reckoned)
    walk = _Walk(_hidden_by_rules(root))
    for event, element in etree.iterwalk(root, events=("start", "end")):
        walk.step(event, element)
    return ReadDocument(walk.text(), counted_things(walk.counts), reckoned=reckoned)


def _hidden_by_rules(root: Any) -> frozenset[str]:  # noqa: ANN401 - lxml has no types
    """Return the classes, ids and names of elements (`.x`, `#x`, `x`) that the page's own rules hide."""
    hidden: set[str] = set()
    for style in root.iter("style"):
        first, *commented = (style.text or "").split("/*")
        rules = first + "".join(part.partition("*/")[2] for part in commented)
        media = ""
        for rule in rules.split("}"):
            outside, _, said = rule.rpartition("{")
            above, inside, selectors = outside.rpartition("{")
            media = above.strip() if inside else media if said != rule else ""
            if len(rule) < _LONGEST_RULE and _NOT_SHOWN.search(said) and _ON_SCREEN.fullmatch(media):
                hidden |= {s.strip() for s in selectors.split(",") if _SIMPLE.fullmatch(s.strip())}
    return frozenset(hidden - {"body", "html"})


class _Walk:
    """Goes through a page from start to end and makes lines."""

    def __init__(self, hidden: frozenset[str]) -> None:
        self.counts: Counter[str] = Counter()
        self._hidden = hidden
        self._lines: list[str] = []
        self._line: list[str] = []
        self._below_hidden = 0
        self._pre = 0
        self._lists: list[int | None] = []
        self._place = ""

    def text(self) -> str:
        """Return the lines; runs of empty ones are one."""
        self._break()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip("\n")

    def step(self, event: str, element: Any) -> None:  # noqa: ANN401 - lxml has no types
        """Take the start or the end of one element."""
        name = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            self._start(element, name)
            return
        self._end(element, name)
        if not self._below_hidden and element.tail and element.getparent() is not None:
            self._say(element.tail)

    def _start(self, element: Any, name: str) -> None:  # noqa: ANN401 - as above
        if self._below_hidden or self._is_hidden(element, name):
            self._below_hidden += 1
            return
        if name in _EMBEDDED or name == "math":
            if name == "math":
                self._say(formula(element))
            else:
                self.counts[_EMBEDDED[name]] += 1
            self._below_hidden += 1
            return
        if name in _BLOCKS:
            self._break()
        if name in _STRIKING:
            self._line.append(STRUCK)
        self._place = _PLACES.get(name, self._place)
        self._begin(element, name)
        if element.text:
            self._say(element.text)

    def _begin(self, element: Any, name: str) -> None:  # noqa: ANN401 - one case for each element that does something
        match name:
            case "br":
                self._break(always=True)
            case "pre" | "textarea":
                self._pre += 1
            case "td" | "th" if self._line and element.getprevious() is not None:
                self._line.append("\t")
            case "ol":
                start = element.get("start", "1")
                self._lists.append(int(start) if re.fullmatch(r"-?\d{1,9}", start) else 1)
            case "ul" | "menu" | "dir":
                self._lists.append(None)
            case "li":
                self._item(element)
            case "img":
                self.counts["picture"] += 1
            case "input":
                self._field(element)
            case _:
                pass

    def _end(self, element: Any, name: str) -> None:  # noqa: ANN401 - as above
        if self._below_hidden:
            self._below_hidden -= 1
            return
        if name in _BLOCKS:
            self._break()
        if name in _PLACES:
            self._place = ""
        elif name in _STRIKING:
            self._line.append(STRUCK)
        elif name in {"pre", "textarea"}:
            self._pre -= 1
        elif name in {"ol", "ul", "menu", "dir"} and self._lists:
            self._lists.pop()
        elif (
            name in {"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote"}
            and self._lines
            and not _in_cell(element)
        ):
            self._lines.append("")

    def _is_hidden(self, element: Any, name: str) -> bool:  # noqa: ANN401 - as above
        if name in _UNSEEN or name == "option":
            return name != "option" or not _chosen(element)
        if name == "dialog" and element.get("open") is None:
            return True
        if element.get("hidden") is not None or _NOT_SHOWN.search(element.get("style") or ""):
            return True
        if not self._hidden:
            return False
        marks = {name, f"#{element.get('id', '')}", *(f".{c}" for c in (element.get("class") or "").split())}
        return bool(marks & self._hidden)

    def _item(self, element: Any) -> None:  # noqa: ANN401 - as above
        if not self._lists or self._lists[-1] is None:
            self._line.append("- ")
            return
        value = element.get("value", "")
        number = int(value) if re.fullmatch(r"-?\d{1,9}", value) else self._lists[-1]
        self._lists[-1] = number + 1
        self._line.append(f"{number}. ")

    def _field(self, element: Any) -> None:  # noqa: ANN401 - as above
        kind = (element.get("type") or "text").casefold()
        if kind in {"checkbox", "radio"}:
            self._say("[x] " if element.get("checked") is not None else "[ ] ")
        elif kind not in _CLOSED_BY_ITSELF:
            self._say(f" {element.get('value', '')} ")

    def _say(self, text: str) -> None:
        text = placed(text.replace("\u00ad", ""), self._place)
        if self._pre:
            first, *rest = text.split("\n")
            self._line.append(first)
            for line in rest:
                self._break(always=True)
                self._line.append(line)
            return
        text = _SPACES.sub(" ", text)
        if text == " " and (not self._line or self._line[-1].endswith((" ", "\t"))):
            return
        if not self._line or self._line[-1].endswith((" ", "\t")):
            text = text.lstrip(" ")
        if text:
            self._line.append(text)

    def _break(self, *, always: bool = False) -> None:
        line = "".join(self._line)
        line = line if self._pre else line.rstrip(" ")
        if line or always:
            self._lines.append(line)
        self._line = []


def _in_cell(element: Any) -> bool:  # noqa: ANN401 - as above
    parent = element.getparent()
    return parent is not None and parent.tag in {"td", "th", "li"}


def _chosen(option: Any) -> bool:  # noqa: ANN401 - as above
    """Whether a list shows this option: those that are selected, or else the first one of a list that opens."""
    if option.get("selected") is not None:
        return True
    select = next(option.iterancestors("select"), None)
    if select is None or select.get("multiple") is not None or select.get("size", "1") != "1":
        return select is not None
    options = list(select.iter("option"))
    return options[0] is option and all(o.get("selected") is None for o in options)
