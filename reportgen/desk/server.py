"""The desk's own process: one address on this machine, one token, one folder; it goes when nobody needs it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import time
import webbrowser
from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from reportgen.desk import safety
from reportgen.desk.rendering import told
from reportgen.desk.routes import add_routes, load_rooms
from reportgen.desk.safety import ADDRESS, Policy, guard, harden, new_token
from reportgen.desk.session import Session
from reportgen.desk.state import DESK, Desk
from reportgen.problems import NeedsMendingError

LOOK_EVERY_S = 20.0
LARGEST_FORM = 2 << 20
"""Bytes of a form without a file; files are counted as they come in."""


def application(desk: Desk) -> web.Application:
    """Return the desk as an application: every handler behind the one guard."""
    app = web.Application(middlewares=[guard(desk.policy, desk.visited, told)], client_max_size=LARGEST_FORM)
    app[DESK] = desk
    app.on_response_prepare.append(harden)
    add_routes(app)
    return app


def serve(folder: Path, *, port: int, browser: bool, idle_hours: float, say: Callable[[str], None]) -> None:
    """Serve one folder until it is stopped, or nobody visits for so long and nothing runs.

    Raises NeedsMendingError where the port is taken or the folder cannot be written.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A desk that was started in the background: its children must still hear that they are to stop.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = folder.resolve()
    session = Session(folder)
    if not session.taken():
        _lead_to_other(session, folder, browser=browser, say=say)
        return
    try:
        with _bound(port) as own:
            policy = Policy(own.getsockname()[1], new_token())
            session.open(policy)
            with contextlib.suppress(asyncio.CancelledError):
                asyncio.run(_serving(Desk(folder, policy), own, session, browser=browser, idle_hours=idle_hours, say=say))
    except KeyboardInterrupt:
        say("The desk is closed. A run that was under way goes on; open the desk again to see it.")
    finally:
        session.close()


def _bound(port: int) -> socket.socket:
    own = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
        own.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        own.bind((ADDRESS, port))
    except (OSError, OverflowError) as error:
        own.close()
        msg = f"Port {port} on this machine is taken or not allowed. Leave --port out, and a free one is found."
        raise NeedsMendingError(msg) from error
    return own


async def _serving(
    desk: Desk, own: socket.socket, session: Session, *, browser: bool, idle_hours: float, say: Callable[[str], None]
) -> None:
    runner = web.AppRunner(application(desk), access_log=None, handle_signals=False, shutdown_timeout=0.5)
    await runner.setup()
    loading = asyncio.create_task(load_rooms(desk.seen))
    try:
        await web.SockSite(runner, own).start()
        say(f"The desk works in {desk.folder.path}, at {desk.policy.origin}, for this machine alone.")
        if browser:
            _open(session.door)
            say(f"It opens in your browser; if not, open this file there: {session.door}")
        else:
            say(f"Open this in a browser on this machine: {desk.policy.origin}{safety.ENTRY}?token={desk.policy.token}")
        say("Stop it with Ctrl-C, or close this window.")
        await _until_idle(desk, idle_hours * 3600)
        say(f"Nobody was here for {idle_hours:g} hours, so the desk is closed. Nothing is lost; open it again at any time.")
    finally:
        loading.cancel()
        await runner.cleanup()


async def _until_idle(desk: Desk, seconds: float) -> None:
    """Wait until nobody was here for so long, and nothing runs."""
    while time.monotonic() - desk.last_visit < seconds or desk.jobs.any_alive():  # noqa: ASYNC110 - a clock, no event
        await asyncio.sleep(min(LOOK_EVERY_S, max(seconds / 4, 0.1)))


def _lead_to_other(session: Session, folder: Path, *, browser: bool, say: Callable[[str], None]) -> None:
    """Say that a desk is open here already, and open that one."""
    known = session.other()
    if known is None or not _answers(known.port):
        msg = f"Another desk is starting in {folder}. Wait a moment and try again."
        raise NeedsMendingError(msg)
    say(f"A desk is open in {folder} already, at http://{ADDRESS}:{known.port}; this opens it.")
    if browser:
        _open(session.door)
    else:
        say(f"Open this in a browser on this machine: http://{ADDRESS}:{known.port}{safety.ENTRY}?token={known.token}")


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((ADDRESS, port), timeout=2):
        return True
    return False


def _open(door: Path) -> None:
    """Open the door in the browser: the address with its token is in the file, not in the list of processes."""
    with contextlib.suppress(Exception):
        webbrowser.open(door.as_uri())
