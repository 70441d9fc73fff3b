"""Pictures: looked at with distrust, turned upright, made small enough for whom they are shown to."""

from __future__ import annotations

import io
import warnings
from typing import Any

from reportgen.documents.interface import DocumentError, ReadDocument

ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp"})
_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP")
_MOST_PIXELS = 200_000_000
_MOST_PAGES = 1_000
_DAMAGED = ("which is a damaged picture.", "Open it and save it again as PNG or JPEG.", "damaged")
_TOO_LARGE = ("which is a picture of far too many pixels.", "Save it smaller: 2,000 pixels a side are plenty.", "too large")


def _opened(data: bytes) -> Any:  # noqa: ANN401 - a picture of Pillow
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - most workbooks do not need it

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = Image.open(io.BytesIO(data), formats=_FORMATS)
    except Image.DecompressionBombError as e:
        raise DocumentError(*_TOO_LARGE) from e
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as e:
        raise DocumentError(*_DAMAGED) from e
    if found.width * found.height > _MOST_PIXELS:
        raise DocumentError(*_TOO_LARGE)
    return found


def read_picture(data: bytes) -> ReadDocument:
    """Return a picture as a document of pages without text. Raises DocumentError where it is none, or too large."""
    with _opened(data) as picture:
        pages = min(getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1, _MOST_PAGES)
    return ReadDocument("", (), tuple(range(1, pages + 1)), pages)


def page_of_picture(data: bytes, page: int, longest: int) -> tuple[bytes, int, int]:
    """Return one page of a picture upright as PNG or JPEG bytes of at most so many pixels a side, and its size.

    Raises DocumentError where it is damaged.
    """
    from PIL import ImageOps  # noqa: PLC0415 - as above

    with _opened(data) as picture:
        try:
            if page > 1:
                picture.seek(page - 1)
            return encoded(ImageOps.exif_transpose(picture), longest)
        except (OSError, ValueError, SyntaxError, EOFError) as e:
            raise DocumentError(*_DAMAGED) from e


def encoded(picture: Any, longest: int) -> tuple[bytes, int, int]:  # noqa: ANN401 - a picture of Pillow
    """Return a picture as PNG bytes of at most so many pixels a side, as JPEG where that is much smaller, and its size."""
    from PIL import Image  # noqa: PLC0415 - as above

    if "A" in picture.getbands() or "transparency" in picture.info:
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture.convert("RGBA"))
    picture = picture.convert("L" if picture.mode in {"1", "L", "I;16", "LA"} else "RGB")
    if max(picture.size) > longest:
        picture.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    as_png, as_jpeg = io.BytesIO(), io.BytesIO()
    picture.save(as_png, "PNG")
    picture.save(as_jpeg, "JPEG", quality=90)
    small = as_jpeg if len(as_jpeg.getvalue()) * 2 < len(as_png.getvalue()) else as_png
    return small.getvalue(), picture.width, picture.height


def media_type(data: bytes) -> str:
    """Return the media type of what `encoded` gives."""
    return "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
