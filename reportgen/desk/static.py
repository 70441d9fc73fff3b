"""The few files that pages load: one style sheet, its tokens, small modules, and the fonts of the PDFs."""

from __future__ import annotations

from functools import cache

from aiohttp import web

from reportgen import assets
from reportgen.desk.folder import NotHereError

KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".ttf": "font/ttf"}
FONTS = frozenset({"NotoSans-Regular.ttf", "NotoSans-Bold.ttf", "NotoSansMono-Regular.ttf"})


async def static(request: web.Request) -> web.Response:
    """Hand out one of our own files, by its name in a closed list."""
    name = request.match_info["name"]
    if name not in _files():
        msg = "There is no such file."
        raise NotHereError(msg)
    content, kind = _files()[name]
    return web.Response(body=content, content_type=kind, headers={"Cache-Control": "private, max-age=300"})


async def favicon(_: web.Request) -> web.Response:
    """Hand out the icon by the name that a browser asks for beside a file or picture that no page of ours holds."""
    content, kind = _files()["icon.svg"]
    return web.Response(body=content, content_type=kind, headers={"Cache-Control": "private, max-age=300"})


@cache
def _files() -> dict[str, tuple[bytes, str]]:
    templates = assets.folder("templates")
    paths = [p for p in (templates / "desk").iterdir() if p.suffix in KINDS]
    paths += [templates / "tokens.css", *(templates / "fonts" / name for name in sorted(FONTS))]
    return {path.name: (path.read_bytes(), KINDS[path.suffix]) for path in paths}
