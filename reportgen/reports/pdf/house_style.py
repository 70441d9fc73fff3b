"""The look that a house may choose for its PDFs: name, logo, paper, two colours, and fonts for scripts that ours lack.

It is read from `house-style.yaml` beside the workbook, and kept with the evidence so that the documents can be made again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import msgspec
import yaml  # type: ignore[import-untyped]  # ships no types

from reportgen import assets
from reportgen.problems import NeedsMendingError

FILE = "house-style.yaml"
KEPT = Path("evidence") / "house-style"
"""Where a run folder keeps the style that its documents were made with."""
MACHINE = "machine"
"""Below it: subsets of fonts of the machine that made the run, for scripts that no other font at hand draws."""
MOST_LOGO_BYTES = 2_000_000
MOST_FONT_BYTES = 60_000_000
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_FONTS = frozenset({".ttf", ".otf", ".ttc"})


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The YAML file as it may be written."""

    organisation: str = ""
    paper: Literal["A4", "Letter"] = "A4"
    accent: str = "#0b3c5d"
    accent_light: str = "#e8eff4"
    logo: str = ""
    fonts: str = ""


@dataclass(frozen=True, slots=True)
class HouseStyle:
    """A house style with its files at hand: `logo` is a PNG or JPEG picture, `fonts` are files besides our own four."""

    organisation: str = ""
    paper: Literal["A4", "Letter"] = "A4"
    accent: str = "#0b3c5d"
    accent_light: str = "#e8eff4"
    logo: bytes = b""
    fonts: tuple[Path, ...] = ()


def house_style(path: Path | None = None) -> HouseStyle:
    """Read a house style from YAML; None = the shipped one.

    Raises NeedsMendingError where a value is not one of those allowed (it would end up in the style sheet) or a file that
    it names is missing, too large or of another kind.
    """
    source = path or assets.folder("templates") / FILE
    written = _read(source)
    for name, colour in (("accent", written.accent), ("accent_light", written.accent_light)):
        if not _COLOUR.fullmatch(colour):
            msg = f"{source.name}: {name} is {colour!r}, expected a colour such as #0b3c5d."
            raise NeedsMendingError(msg)
    return HouseStyle(
        written.organisation,
        written.paper,
        written.accent,
        written.accent_light,
        _logo(source, written.logo),
        _fonts(source, written.fonts),
    )


def style_of_run(folder: Path) -> HouseStyle:
    """Return the style that a run folder keeps, the shipped one where it keeps none, with the fonts kept of its machine.

    Raises NeedsMendingError as above.
    """
    kept = folder / KEPT / FILE
    style = house_style(kept if kept.exists() else None)
    own = folder / KEPT / MACHINE
    found = sorted(p for p in own.iterdir() if p.suffix.casefold() in _FONTS) if own.is_dir() else []
    return replace(style, fonts=(*style.fonts, *found))


def files_beside(workbook: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the house style beside a workbook, file by file with its name, after checking it; nothing where there is none.

    Raises NeedsMendingError as above, so that a fault is found before anything is asked.
    """
    source = workbook.with_name(FILE)
    if not source.exists():
        return
    style, written = house_style(source), _read(source)
    yield FILE, source.read_bytes()
    if style.logo:
        yield written.logo, style.logo
    for font in style.fonts:
        yield f"{written.fonts}/{font.name}", font.read_bytes()


def _read(source: Path) -> _File:
    try:
        return msgspec.convert(yaml.safe_load(source.read_text(encoding="utf-8")) or {}, _File)
    except (msgspec.ValidationError, yaml.YAMLError, UnicodeDecodeError) as error:
        msg = (
            f"{source.name}: {error}. Write organisation, paper (A4 or Letter), accent, accent_light, logo and fonts, "
            "nothing else."
        )
        raise NeedsMendingError(msg) from error


def _beside(source: Path, what: str, name: str) -> Path:
    """Return a file or folder beside the style file; a name that leads elsewhere is refused."""
    path = source.with_name(name) if name and Path(name).name == name else None
    if path is None or not path.exists():
        msg = f"{source.name}: {what} names {name!r}, which does not lie beside it. Put it into the same folder."
        raise NeedsMendingError(msg)
    return path


def _logo(source: Path, name: str) -> bytes:
    if not name:
        return b""
    picture = _beside(source, "logo", name).read_bytes()
    if not picture.startswith(_PICTURES) or len(picture) > MOST_LOGO_BYTES:
        msg = f"{source.name}: the logo {name} is no PNG or JPEG picture of at most 2 MB. Save it as PNG."
        raise NeedsMendingError(msg)
    return picture


def _fonts(source: Path, name: str) -> tuple[Path, ...]:
    if not name:
        return ()
    found = sorted(p for p in _beside(source, "fonts", name).iterdir() if p.suffix.casefold() in _FONTS)
    if not found or sum(p.stat().st_size for p in found) > MOST_FONT_BYTES:
        msg = f"{source.name}: the folder {name} must hold font files (.ttf, .otf, .ttc), at most 60 MB of them."
        raise NeedsMendingError(msg)
    return tuple(found)
