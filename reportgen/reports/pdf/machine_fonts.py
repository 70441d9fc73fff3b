"""Fonts of this machine for scripts that ours lack: found, chosen by script, and kept with the evidence as small subsets.

Documents made again from the evidence take the kept fonts and never the machine's, so they come out the same anywhere.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import platform
import shutil
import subprocess
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from reportgen.domain.records.plan import EvaluationPlan
from reportgen.reports.pdf.glyph_coverage import PICTURE_MARKS, Letters

HAN = "Chinese, Japanese or Korean"
_HAN_WORDS = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC", "HALFWIDTH", "FULLWIDTH"})
_SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".otc"})
_RESTRICTED = 0x0002
"""OS/2 fsType: its maker does not allow it to be embedded."""
_LAST = ("bold", "italic", "oblique", "light", "thin", "black", "condensed", "mono", "serif", "extra", "medium", "display")
_FIRST: Mapping[str, tuple[str, ...]] = {
    HAN: ("notosanscjk", "sourcehansans", "notosanssc", "pingfang", "hiragino", "msyh", "yugoth", "malgun", "wqy"),
}
_GENERAL = ("notosans", "dejavusans", "segoeui", "arial", "tahoma", "nirmala", "leelaw")
_HELPERS = frozenset({0x20, 0xA0, 0x200C, 0x200D, 0x25CC})
"""Blanks, joiners and the circle that carries a lone mark."""
_SCANNED = 600
"""Font files looked at, at most."""
SAMPLES: Mapping[str, str] = {
    HAN: "客户カな한",
    "Arabic": "مرحبا",
    "Hebrew": "שלום",
    "Devanagari": "नमस्ते",
    "Thai": "สวัสดี",
    "Bengali": "বাংলা",
    "Tamil": "தமிழ்",
    "Georgian": "ქართული",
    "Armenian": "Հայերեն",
}
"""A word in each script that `doctor` tries."""


@dataclass(frozen=True, slots=True)
class Face:
    """One face of a font file: its family, and the characters wanted of it that it draws."""

    path: Path
    index: int
    family: str
    drawn: frozenset[int]


@dataclass(frozen=True, slots=True)
class Choice:
    """What draws one script: the face, None where no font has any of it, and what even that lacks."""

    script: str
    face: Face | None
    lacking: frozenset[int]


def letters_of_plan(plan: EvaluationPlan) -> set[str]:
    """Return the letters of all that a workbook holds, example by example, since the whole may be large."""
    rest = replace(plan, examples=(), recorded_outputs=(), recorded_verdicts=())
    return letters_of(rest, *plan.examples, *plan.recorded_outputs, *plan.recorded_verdicts)


def letters_of(*texts: object) -> set[str]:
    """Return the letters, marks and digits in the records given, and the punctuation of their scripts."""
    found: set[str] = set()
    for text in texts:
        found |= set(text if isinstance(text, str) else repr(text))
    wide = {c for c in found if not c.isascii() and c not in PICTURE_MARKS}
    letters = {c for c in wide if unicodedata.category(c)[0] in "LMN"}
    scripts = {script_of(c) for c in letters}
    return letters | {c for c in wide - letters if unicodedata.category(c)[0] in "PS" and script_of(c) in scripts}


def scripts_lacking(letters: Iterable[str], fonts: Sequence[Path] = ()) -> dict[str, frozenset[int]]:
    """Return, by script, the letters that neither our fonts nor those given draw."""
    shown = Letters(tuple(fonts))
    found: dict[str, set[int]] = {}
    for letter in letters:
        if shown.printable(letter) != letter:
            found.setdefault(script_of(letter), set()).add(ord(letter))
    return {script: frozenset(codes) for script, codes in sorted(found.items())}


def script_of(letter: str) -> str:
    """Return the script of a letter by its name: `Arabic`; Han, kana and Hangul are one, since one font draws them."""
    if "\u3000" <= letter <= "\u303f" or "\uff00" <= letter <= "\uffef":
        return HAN
    first = unicodedata.name(letter, "UNKNOWN").partition(" ")[0].partition("-")[0]
    return HAN if first in _HAN_WORDS else first.capitalize()


def choose(letters: Iterable[str], fonts: Sequence[Path] = ()) -> tuple[Choice, ...]:
    """Return what draws each script that our fonts lack: the first font by preference that has all of it, else the best."""
    lacking = scripts_lacking(letters, fonts)
    files = font_files() if lacking else ()
    return tuple(_choice(script, codes, files) for script, codes in lacking.items())


def _choice(script: str, codes: frozenset[int], files: Sequence[Path]) -> Choice:
    best: Face | None = None
    for path in sorted(files, key=lambda p: _rank(script, p))[:_SCANNED]:
        for face in _faces(path, codes, _region(codes)):
            if best is None or len(face.drawn) > len(best.drawn):
                best = face
        if best is not None and best.drawn == codes:
            break
    return Choice(script, best, codes - (best.drawn if best is not None else frozenset()))


def _rank(script: str, path: Path) -> tuple[int, int, str]:
    name = path.stem.casefold().replace("-", "").replace("_", "").replace(" ", "")
    word = script.casefold()
    wanted = (*_FIRST.get(script, ()), f"notosans{word}", f"noto{word}", word, *_GENERAL)
    place = next((n for n, start in enumerate(wanted) if start in name), len(wanted))
    return place, sum(word in name for word in _LAST), str(path)


def _region(codes: frozenset[int]) -> str:
    """Return which face of a Han collection is meant: JP where there are kana, KR where there is Hangul, else SC."""
    names = {unicodedata.name(chr(c), "").partition(" ")[0] for c in codes}
    return "JP" if names & {"HIRAGANA", "KATAKANA"} else "KR" if "HANGUL" in names else "SC"


def _faces(path: Path, codes: frozenset[int], region: str) -> Iterator[Face]:
    """Yield the faces of a file that draw some of the letters and may be embedded; unreadable files yield none."""
    try:
        found = _coverage(path)
    except Exception:  # noqa: BLE001 - a font that cannot be read is a font that we do without
        return
    for family, index, drawn in sorted(found, key=lambda f: (region not in f[0].split(), f[1])):
        if both := codes & drawn:
            yield Face(path, index, family, both)


@cache
def _coverage(path: Path) -> tuple[tuple[str, int, frozenset[int]], ...]:
    """Return family, index and characters of each face of a font file that may be embedded."""
    found = []
    with path.open("rb") as file:
        for index, font in enumerate(_opened(file, path.suffix)):
            if "OS/2" in font and font["OS/2"].fsType & _RESTRICTED:
                continue
            if "glyf" not in font and "CFF " not in font and "CFF2" not in font:
                continue  # pictures of letters, as for emoji
            family = str(font["name"].getDebugName(1) or path.stem)
            found.append((family, index, frozenset(font.getBestCmap() or ())))
    return tuple(found)


def _opened(file: BinaryIO, suffix: str) -> Iterator[Any]:
    """Yield the faces of a font file, which stays open as long as they are used."""
    from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]  # noqa: PLC0415 - only where needed

    if suffix.casefold() in {".ttc", ".otc"}:
        yield from TTCollection(file, lazy=True).fonts
    else:
        yield TTFont(file, lazy=True)


@cache
def font_files() -> tuple[Path, ...]:
    """Return the font files of this machine: what fontconfig lists, else those in the system's own folders."""
    program = shutil.which("fc-list")
    if program:
        said = subprocess.run([program, "--format", "%{file}\n"], capture_output=True, check=False, timeout=60)  # noqa: S603
        listed = {Path(line) for line in said.stdout.decode("utf-8", "replace").splitlines() if line.strip()}
        if listed:
            return tuple(sorted(p for p in listed if p.suffix.casefold() in _SUFFIXES and p.is_file()))
    found = {p for folder in _folders() if folder.is_dir() for p in folder.rglob("*") if p.suffix.casefold() in _SUFFIXES}
    return tuple(sorted(found))


def _folders() -> tuple[Path, ...]:
    home = Path.home()
    match platform.system():
        case "Darwin":
            return Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library" / "Fonts"
        case "Windows":
            local = Path(os.environ.get("LOCALAPPDATA", str(home)))
            return Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts", local / "Microsoft" / "Windows" / "Fonts"
        case _:
            return Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".fonts", home / ".local/share/fonts"


def kept(choices: Iterable[Choice]) -> Iterator[tuple[str, bytes]]:
    """Yield the subset of each chosen font and its record, by file name; the same fonts give the same bytes."""
    for choice in choices:
        if choice.face is None:
            continue
        name, content, words = _subset(choice.face)
        yield name, content
        record = {"file": name, "script": choice.script, **words, "sha256": hashlib.sha256(content).hexdigest()}
        yield f"{name}.json", msgspec.json.format(msgspec.json.encode(record, order="sorted")) + b"\n"


def _with_parts(face: Face, has: frozenset[int]) -> frozenset[int]:
    """Return the letters wanted and what layout may put in their place: parts, joiners, the rest of small scripts."""
    letters = [chr(code) for code in face.drawn]
    parts = {ord(part) for c in letters for form in ("NFC", "NFKD") for part in unicodedata.normalize(form, c)}
    own = {script_of(c) for c in letters} - {HAN}
    rest = {code for code in has if own and unicodedata.category(chr(code))[0] in "LMNPS" and script_of(chr(code)) in own}
    return frozenset((parts | rest | _HELPERS) & has | face.drawn)


def _subset(face: Face) -> tuple[str, bytes, dict[str, str]]:
    """Return the face cut down to the letters wanted, with everything that joins and places them, and where it is from."""
    from fontTools import subset  # type: ignore[import-untyped]  # noqa: PLC0415 - only where a script needs it

    logging.getLogger("fontTools").setLevel(logging.ERROR)
    options = subset.Options(layout_features=["*"], hinting=False, recalc_timestamp=False, notdef_outline=True)
    whole = face.path.read_bytes()
    font = list(_opened(io.BytesIO(whole), face.path.suffix))[face.index]
    words = {
        "family": face.family,
        "version": str(font["name"].getDebugName(5) or ""),
        "licence": str(font["name"].getDebugName(13) or "")[:300],
        "from": face.path.name,
        "from_sha256": hashlib.sha256(whole).hexdigest(),
    }
    cut = subset.Subsetter(options)
    cut.populate(unicodes=sorted(_with_parts(face, frozenset(font.getBestCmap()))))
    cut.subset(font)
    out = io.BytesIO()
    font.save(out, reorderTables=False)
    suffix = ".otf" if "CFF " in font or "CFF2" in font else ".ttf"
    digest = hashlib.sha256(out.getvalue()).hexdigest()[:8]
    safe = "".join(c if c.isalnum() else "-" for c in face.family)[:60]
    return f"{safe}-{digest}{suffix}", out.getvalue(), words


def told(choice: Choice) -> str:
    """Return what draws the script, and what is left that nothing draws, as the end of a sentence."""
    if choice.face is None:
        return "no font of this machine draws it"
    left = f", all but {len(choice.lacking):,} of its letters" if choice.lacking else ""
    return f"{choice.face.family} of this machine draws it{left}"


def remedy(scripts: Iterable[str]) -> str:
    """Return the one command or step that brings fonts for these scripts to this machine."""
    wanted = set(scripts)
    match platform.system():
        case "Darwin":
            return f"Run: brew install --cask font-noto-sans{'-cjk' if HAN in wanted else ''}"
        case "Windows":
            return "Open Settings, Optional features, Add a feature, and add the Supplemental Fonts of the script."
        case _:
            packages = ["fonts-noto-cjk"] * (HAN in wanted) + ["fonts-noto-core"] * bool(wanted - {HAN})
            return f"Run: sudo apt-get install --yes {' '.join(packages)}"
