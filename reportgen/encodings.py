"""The encoding of a text that is no UTF-8, judged by the letters that come out; two plausible readings are both named.

Each reading is weighed by how many of its letters beyond ASCII are common ones in their places. Peers: files written by
Python's own codecs in the encodings that spreadsheet programs export.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

_ENOUGH = 0.65
"""Share of common letters that a plausible reading has."""
_AHEAD = 0.05
"""By so much more the better of two readings has to have, else both are plausible."""
_LANGUAGE = 0.6
"""How much letters weigh that are not those of the one language that fits best."""
_RARE = {
    "mac_roman": "cp1252", "cp850": "cp1252", "cp852": "cp1250", "mac_latin2": "cp1250", "iso8859_2": "cp1250",
    "cp857": "cp1254", "mac_turkish": "cp1254", "mac_cyrillic": "cp1251", "iso8859_5": "cp1251",
    "iso8859_6": "cp1256", "cp1258": "cp1252",
}  # fmt: skip
"""What few programs write today; it does not stand beside these where they give as good a text."""
_SEVEN_BITS = {b"\x1b$)C": "iso2022_kr", b"\x1b$B": "iso2022_jp_2", b"\x1b$@": "iso2022_jp_2", b"\x1b(J": "iso2022_jp_2"}
"""Encodings that are ASCII but for what stands between their marks, as mail programs write them."""
_LOOKED_AT = 30_000
_LONG = 2_000
_SHOWN = 60
"""Characters of a line by which somebody tells which reading is right."""

_MARKS = "€–—‘’“”„…°§·«»¿¡®©™²³ºªµ¼½¾\u00a0•"
_WESTERN = ("äöüß", "éèàùâêîôûçëïüœæ", "ñáéíóúü", "àèéìòùî", "ãõáâàçéêíóôú", "åäöæøéü", "ëïéèöüáó", "áðéíóúýþæö", "äöõüšž")
_CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíľňóôšťúýž", "áéíóöőúüű", "ăâîșțşţ", "čćđšž", "äöüß")
_BALTIC = ("ąčęėįšųūž", "āčēģīķļņšūž", "äöõüšž")
_VIETNAMESE = ("âêôơưđăàèéìíòóùúýãõ\u0300\u0301\u0303\u0309\u0323",)
_TURKISH = ("çğıöşüâîûi̇İ",)
_BEYOND = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text in one encoding; `name` is how people call it."""

    codec: str
    name: str
    text: str
    weight: float

    def line(self) -> str:
        """Return the start of a line by which somebody tells whether the reading is right."""
        return next((line.strip() for line in self.text.splitlines() if line.strip()), "")[:_SHOWN]


def readings(data: bytes) -> list[Reading]:
    """Return the plausible readings of bytes that are no UTF-8, the best first; one alone is certain.

    Readings that give the same text are one.
    """
    sample = _cut(data)
    weighed = []
    for codec, (name, share) in _KNOWN.items():
        try:
            text = codecs.getincrementaldecoder(codec)().decode(sample)  # its last sign may be cut
        except UnicodeDecodeError:
            continue
        weighed.append(Reading(codec, name, text, share(text)))
    weights = {r.codec: r.weight for r in weighed}
    weighed = [r for r in weighed if r.weight > weights.get(_RARE.get(r.codec, ""), -1.0)]
    weighed.sort(key=lambda r: -r.weight)
    found: list[Reading] = []
    for each in weighed:
        near = not found or each.weight >= found[0].weight - _AHEAD
        other = all(each.text != earlier.text for earlier in found)
        if each.weight >= _ENOUGH and near and other and _decodes(data, each.codec):
            found.append(each)
    return found


def in_seven_bits(data: bytes) -> str | None:
    """Return a text of Japanese or Korean mail, None where bytes are none."""
    codec = next((codec for mark, codec in _SEVEN_BITS.items() if mark in data), "")
    try:
        return data.decode(codec) if codec and data.isascii() else None
    except UnicodeDecodeError:
        return None


def _decodes(data: bytes, codec: str) -> bool:
    """Whether all of the bytes are text in an encoding, and not only those that were weighed."""
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _cut(data: bytes) -> bytes:
    """Return the lines of a file that are looked at: those with bytes beyond ASCII, words of long ones, to a limit."""
    pieces = (piece for line in data.splitlines() for piece in ([line] if len(line) < _LONG else line.split()))
    lines = [piece for piece in pieces if not piece.isascii()]
    out, size = [], 0
    for line in lines:
        out.append(line)
        size += len(line)
        if size > _LOOKED_AT:
            break
    return b"\n".join(out)[:_LOOKED_AT]


def differing_line(one: Reading, other: Reading) -> tuple[str, str]:
    """Return the first line that two readings have otherwise, as each has it, from shortly before what differs on."""
    for left, right in zip(one.text.splitlines(), other.text.splitlines(), strict=False):
        if left != right:
            start = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), 0)
            cut = max(start - _SHOWN // 2, 0)
            return left[cut : cut + _SHOWN].strip(), right[cut : cut + _SHOWN].strip()
    return "", ""


def _flipped(text: str) -> int:
    """Return how often a capital letter beyond ASCII follows a small one, as no word has it."""
    return sum(b > "\x7f" and b.isupper() and a.islower() for a, b in pairwise(text))


def _broken(text: str) -> int:
    """Return how often a word is broken by a sign that is no letter, or by letters of two alphabets side by side."""
    count = 0
    for a, b, c in zip(text, text[1:], text[2:], strict=False):
        if b > "\x7f" and not b.isalpha():
            mark = a.isascii() and unicodedata.category(b).startswith("M")
            count += a.isalpha() and (c.isalpha() or mark) and b not in "’‘–—·\u00a0\u00ad"
        elif b.isalpha() and c.isalpha() and (b > "\x7f") != (c > "\x7f"):
            other = b if b > "\x7f" else c
            count += not unicodedata.name(other, "").startswith("LATIN")
    return count


def _among(languages: Sequence[str]) -> Callable[[str], float]:
    """Return how to weigh a text of Latin letters: those that the languages have, best all of them those of one."""
    sets = [frozenset(letters + letters.upper()) for letters in languages]
    common = frozenset("".join(map("".join, sets)) + _MARKS)

    def share(text: str) -> float:
        beyond = _BEYOND.findall(text)
        letters = [c for c in beyond if c.isalpha()]
        if not beyond:
            return 0.0
        one = max(sum(c in known for c in letters) for known in sets) / len(letters) if letters else 1.0
        bad = _broken(text) + _flipped(text) + len(_RUNS.findall(text))
        return (sum(c in common for c in beyond) - bad) / len(beyond) - _LANGUAGE * (1 - one)

    return share


_RUNS = re.compile(r"[À-ÿŒœŠšŽžŸ]{3,}")
"""Three and more accented letters in a row, as no language with Latin letters has them."""


def _script(word: str, frequent: str) -> Callable[[str], float]:
    """Return how to weigh a text in another alphabet: its letters, small ones mostly, the frequent ones often."""
    often = frozenset(frequent)

    def share(text: str) -> float:
        beyond = [c for c in text if c > "\x7f"]
        letters = [c for c in beyond if unicodedata.name(c, "").startswith(word)]
        if not letters:
            return 0.0
        usual = sum(c.casefold() in often for c in letters) / len(letters)
        capitals = sum(c.isupper() for c in letters) / len(letters)
        fit = (len(letters) + sum(c in "№«»–—“”„’… €" for c in beyond)) / len(beyond)
        bad = 2 * _flipped(text) + _broken(text)
        return fit * min(1.0, 0.3 + usual) - bad / len(letters) - max(capitals - 0.5, 0)

    return share


def _double(codec: str, first: int, last: int, kana: bool = False) -> Callable[[str], float]:
    """Return how to weigh a text of two-byte signs: those of the first level, which hold nearly all of real texts."""

    @lru_cache(maxsize=20_000)
    def common(sign: str) -> bool:
        if "\uff61" <= sign <= "\uff9f":
            return False
        try:
            coded = sign.encode(codec)
        except UnicodeEncodeError:
            return False
        if len(coded) != 2:  # noqa: PLR2004 - signs of two bytes
            return False
        lead = coded[0]
        wide = "\u3000" <= sign <= "\u3002" or "\uff01" <= sign <= "\uff5e" or sign in "「」『』・ー—…“”‘’·、《》【】"
        return first <= lead <= last or wide or (kana and "\u3040" <= sign <= "\u30ff")

    def share(text: str) -> float:
        beyond = [c for c in text if c > "\x7f"]
        return (sum(map(common, beyond)) - _broken(text)) / len(beyond) if beyond else 0.0

    return share


def _japanese(codec: str, first: int, last: int) -> Callable[[str], float]:
    """Return how to weigh a Japanese text: signs of the first level, and kana among them."""
    weigh = _double(codec, first, last, kana=True)

    def share(text: str) -> float:
        kana = sum("\u3040" <= c <= "\u30ff" for c in text)
        beyond = sum(c > "\x7f" for c in text) or 1
        return weigh(text) - (0.0 if kana / beyond > _SOME_KANA else min(beyond, 30) / 30 * 0.3)

    return share


_SOME_KANA = 0.15


def _chinese(codec: str, first: int, last: int) -> Callable[[str], float]:
    """Return how to weigh a Chinese text: hardly any kana; signs that would all be Korean syllables are less likely."""
    weigh = _double(codec, first, last)

    def share(text: str) -> float:
        signs = [c for c in text if "\u4e00" <= c <= "\u9fff"]
        korean = codec == "gb18030" and signs and all(_lead(c) <= _LAST_SYLLABLE for c in signs)
        return weigh(text) - (min(len(signs), 12) / 12 * 0.3 if korean else 0.0)

    return share


_LAST_SYLLABLE = 0xC8


def _lead(sign: str) -> int:
    return sign.encode("gb18030")[0]


_CYRILLIC, _GREEK = "оеаинтсрвлкмдпу", "αοιετνσηρκπόίάέή"
_KNOWN: dict[str, tuple[str, Callable[[str], float]]] = {
    "cp1252": ("Western European (Windows-1252)", _among(_WESTERN)),
    "mac_roman": ("Western European (Mac Roman)", _among(_WESTERN)),
    "cp850": ("Western European (DOS)", _among(_WESTERN)),
    "cp1250": ("Central European (Windows-1250)", _among(_CENTRAL)),
    "iso8859_2": ("Central European (ISO 8859-2)", _among(_CENTRAL)),
    "cp852": ("Central European (DOS)", _among(_CENTRAL)),
    "mac_latin2": ("Central European (Mac)", _among(_CENTRAL)),
    "cp1257": ("Baltic (Windows-1257)", _among(_BALTIC)),
    "cp1258": ("Vietnamese (Windows-1258)", _among(_VIETNAMESE)),
    "cp1254": ("Turkish (Windows-1254)", _among(_TURKISH)),
    "cp857": ("Turkish (DOS)", _among(_TURKISH)),
    "mac_turkish": ("Turkish (Mac)", _among(_TURKISH)),
    "cp1251": ("Cyrillic (Windows-1251)", _script("CYRILLIC", _CYRILLIC)),
    "koi8_u": ("Cyrillic (KOI8)", _script("CYRILLIC", _CYRILLIC)),
    "iso8859_5": ("Cyrillic (ISO 8859-5)", _script("CYRILLIC", _CYRILLIC)),
    "mac_cyrillic": ("Cyrillic (Mac)", _script("CYRILLIC", _CYRILLIC)),
    "cp866": ("Cyrillic (DOS)", _script("CYRILLIC", _CYRILLIC)),
    "cp1253": ("Greek (Windows-1253)", _script("GREEK", _GREEK)),
    "cp1255": ("Hebrew (Windows-1255)", _script("HEBREW", "יוהלאתרבמשנ")),
    "cp1256": ("Arabic (Windows-1256)", _script("ARABIC", "اليمنتربوهعدس")),
    "iso8859_6": ("Arabic (ISO 8859-6)", _script("ARABIC", "اليمنتربوهعدس")),
    "cp874": ("Thai (Windows-874)", _script("THAI", "นรากเองมยลวดทส่้ีั")),
    "gb18030": ("Simplified Chinese (GBK)", _chinese("gb18030", 0xB0, 0xD7)),
    "cp950": ("Traditional Chinese (Big5)", _chinese("cp950", 0xA4, 0xC6)),
    "cp932": ("Japanese (Shift-JIS)", _japanese("cp932", 0x88, 0x97)),
    "euc_jp": ("Japanese (EUC-JP)", _japanese("euc_jp", 0xB0, 0xCF)),
    "cp949": ("Korean (EUC-KR)", _double("cp949", 0xB0, 0xC8)),
}
