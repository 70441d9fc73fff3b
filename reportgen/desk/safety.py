"""Who may ask the desk for anything: one policy, fixed at the start, wrapped around every handler in one place."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Middleware

ADDRESS = "127.0.0.1"
ENTRY = "/enter"
"""The one page that takes the token from its address, and gives the cookie for it."""
SAFE_METHODS = frozenset({"GET", "HEAD"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
"""On every answer, refusals included."""
REFUSED = (
    "This page belongs to a desk that was opened on this machine. Open it by the file open.html in the folder "
    ".reportgen-desk of the evaluation's folder, or start it again: reportgen desk"
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def new_token() -> str:
    """Return 128 random bits as text."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Policy:
    """The one host and origin that are answered, and the token that opens them."""

    port: int
    token: str = field(repr=False)

    @property
    def host(self) -> str:
        """The exact Host."""
        return f"{ADDRESS}:{self.port}"

    @property
    def origin(self) -> str:
        """The exact Origin."""
        return f"http://{self.host}"

    @property
    def cookie(self) -> str:
        """The cookie's name: cookies know no ports, so two desks need two names."""
        return f"reportgen-desk-{self.port}"

    def knows(self, token: str) -> bool:
        """Whether a token is ours; the time it takes says nothing."""
        return hmac.compare_digest(token.encode(), self.token.encode())


def refusal(policy: Policy, request: web.Request) -> int | None:
    """Return the status that a request is refused with, None where it may pass.

    400 for a foreign Host (a name that was bound to this address anew), 403 for all else: another Origin, a site that is not
    ours by the browser's own word, a missing or wrong token.
    """
    if request.headers.getall("Host", []) != [policy.host]:
        return 400
    origin = request.headers.get("Origin")
    if request.method not in SAFE_METHODS and origin != policy.origin:
        return 403
    entering = request.path == ENTRY
    if origin is not None and origin != policy.origin:
        return 403
    site = request.headers.get("Sec-Fetch-Site", "none")
    if site not in {"same-origin", "none"} and not (entering and request.headers.get("Sec-Fetch-Mode") == "navigate"):
        return 403
    given = request.query.get("token", "") if entering else request.cookies.get(policy.cookie, "")
    if entering and request.method not in SAFE_METHODS:
        return 403
    return None if policy.knows(given) else 403


def guard(
    policy: Policy, visited: Callable[[], None], sentences: Callable[[web.Request, Exception], web.Response]
) -> Middleware:
    """Return the one wrapping of all handlers: refuse, answer, and turn errors into sentences.

    Args:
        policy: who may ask.
        visited: told of each request that may pass.
        sentences: makes a page of an error.
    """

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        if (status := refusal(policy, request)) is not None:
            return web.Response(status=status, text=f"{REFUSED}\n")
        visited()
        try:
            return await handler(request)
        except web.HTTPRedirection:
            raise
        except Exception as error:  # noqa: BLE001 - no stack ever reaches a page
            return sentences(request, error)

    return guarded


async def harden(_: web.Request, response: web.StreamResponse) -> None:
    """Put the headers on every answer, streams too."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.popall("Server", None)


def entered(policy: Policy) -> web.Response:
    """Exchange the token for the cookie and lead on: a redirect would not carry a strict cookie, the page itself does."""
    page = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>reportgen</title>'
        '<meta http-equiv="refresh" content="0; url=/"></head><body><p><a href="/">Open the desk</a></p></body></html>'
    )
    response = web.Response(text=page, content_type="text/html")
    response.set_cookie(policy.cookie, policy.token, httponly=True, samesite="Strict", path="/")
    return response
