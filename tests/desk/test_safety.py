"""Nobody but the person who started it gets anything out of a desk, and nothing outside its folder is touched."""

from __future__ import annotations

import io
import os
import re
import socket
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from reportgen.desk.folder import Folder, NotHereError, Run
from reportgen.desk.routes import ROUTES
from reportgen.desk.status import decided
from reportgen.desk.uploads import LARGEST
from reportgen.domain.records.plan import Task
from reportgen.workbook.blank.workbooks import write_workbook
from tests.desk.opened import OpenDesk
from tests.loops import some

FILLED = {
    "workbook": "a.xlsx",
    "run": "a-run",
    "document": "results.json",
    "page": "1",
    "name": "desk.css",
    "row": "1",
    "file": "x",
}


def address(path: str) -> str:
    return re.sub(r"\{(\w+)(?::[^{}]*(?:\{[^{}]*\})?[^{}]*)?\}", lambda m: FILLED.get(m[1], "1"), path)


@pytest.mark.parametrize("route", ROUTES, ids=lambda r: f"{r.method} {r.path}")
def test_without_the_token_every_address_is_refused(route: object, desk: OpenDesk) -> None:
    path = address(route.path)  # type: ignore[attr-defined]
    own = {"Origin": f"http://{desk.host}"}
    for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"):
        assert desk.ask(method, path, own, cookie=False).status == 403
        assert desk.ask(method, path, own | {"Cookie": f"reportgen-desk-{desk.port}={'0' * 32}"}, cookie=False).status == 403
    assert desk.ask("GET", "/no/such/page", cookie=False).status == 403


def test_the_table_is_all_there_is() -> None:
    from aiohttp import web  # noqa: PLC0415

    from reportgen.desk.routes import add_routes  # noqa: PLC0415

    app = web.Application()
    add_routes(app)
    known = {(r.method, r.resource.canonical) for r in app.router.routes() if r.resource is not None}
    plain = {(r.method, re.sub(r"\{(\w+):[^/]*?\}\}?(?=\.png|/|$)", r"{\1}", r.path)) for r in ROUTES}
    assert len(known) == len(ROUTES) == len(plain)
    assert all(r.method in {"GET", "POST"} for r in ROUTES)


ATTACKS = {
    "a name bound to this address anew": (400, "GET", {}, "evil.example:{port}"),
    "the right name at another port": (400, "GET", {}, "127.0.0.1:1"),
    "localhost by name": (400, "GET", {}, "localhost:{port}"),
    "no host": (400, "GET", {}, ""),
    "a page of another site reads": (403, "GET", {"Sec-Fetch-Site": "cross-site"}, None),
    "a page of another port reads": (403, "GET", {"Sec-Fetch-Site": "same-site"}, None),
    "a page of another origin reads": (403, "GET", {"Origin": "http://evil.example"}, None),
    "a form of another site": (403, "POST", {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}, None),
    "a form of another port": (403, "POST", {"Origin": "http://127.0.0.1:1"}, None),
    "a form that hides its origin": (403, "POST", {"Origin": "null"}, None),
    "a form without an origin": (403, "POST", {}, None),
    "a form by an older spelling": (403, "POST", {"Origin": "http://LOCALHOST:{port}"}, None),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_whoever_comes_from_elsewhere_is_refused_even_with_the_cookie(attack: str, desk: OpenDesk) -> None:
    status, method, headers, host = ATTACKS[attack]
    own = {name: value.format(port=desk.port) for name, value in headers.items()}
    where = None if host is None else host.format(port=desk.port)
    for path in ("/", "/sample", "/new", f"/enter?token={desk.token}"):
        answer = desk.ask(method, path, own, host=where)
        if path.startswith("/enter") and method == "GET" and status == 403 and "Origin" not in own:
            continue  # the door itself is opened from a file
        assert answer.status == status, path
        assert desk.token not in answer.text
    assert not list(desk.folder.glob("*.xlsx"))


def test_the_door_gives_a_cookie_that_only_this_page_can_use(desk: OpenDesk) -> None:
    came = desk.ask(
        "GET", f"/enter?token={desk.token}", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, cookie=False
    )
    assert came.status == 200
    given = came.headers["set-cookie"]
    assert given.startswith(f"reportgen-desk-{desk.port}={desk.token}")
    assert "HttpOnly" in given
    assert "SameSite=Strict" in given
    for wrong in ("", "0" * 32, desk.token[:-1], desk.token.upper() + "x"):
        refused = desk.ask("GET", f"/enter?token={wrong}", cookie=False)
        assert refused.status == 403
        assert "set-cookie" not in refused.headers
    embedded = desk.ask(
        "GET", f"/enter?token={desk.token}", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, cookie=False
    )
    assert embedded.status == 403


@pytest.mark.parametrize("path", ["/", "/static/desk.js", "/w/none.xlsx/check", "/nothing"])
def test_every_answer_says_what_a_browser_may_do_with_it(path: str, desk: OpenDesk) -> None:
    for answer in (desk.ask("GET", path), desk.ask("GET", path, cookie=False), desk.ask("GET", path, host="evil.example")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"


def test_no_page_carries_script_style_or_handlers_of_its_own() -> None:
    from reportgen.assets import folder  # noqa: PLC0415

    for template in some((folder("templates") / "desk").glob("*.html")):
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|<style|\|\s*safe\b|https?://", text), (
            template.name
        )


def test_token_and_session_are_for_this_user_alone(desk: OpenDesk) -> None:
    private = desk.folder / ".reportgen-desk"
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    for name in ("session.json", "open.html"):
        assert stat.S_IMODE((private / name).stat().st_mode) == 0o600
    if Path("/proc").is_dir():
        assert desk.token.encode() not in Path(f"/proc/{desk.process.pid}/cmdline").read_bytes()


OUTSIDE = (
    "..", "%2e%2e", "..%2fsecret.xlsx", "%2e%2e%2fsecret.xlsx", "..%5csecret.xlsx", "%2fetc%2fpasswd", ".reportgen-desk",
    "secret%00.xlsx", "link.xlsx", "C%3a%5cx.xlsx", "~%24a.xlsx", ".hidden.xlsx", "folder%2fa.xlsx",
)  # fmt: skip


@pytest.mark.parametrize("name", OUTSIDE)
def test_nothing_outside_the_folder_is_read(name: str, desk: OpenDesk) -> None:
    secret = desk.folder.parent / "secret.xlsx"
    secret.write_bytes(b"not for this page")
    link = desk.folder / "link.xlsx"
    if not link.is_symlink():
        link.symlink_to(secret)
    for path in (f"/w/{name}/file", f"/w/{name}/check", f"/r/{name}/results.json", f"/static/{name}"):
        answer = desk.ask("GET", path)
        assert answer.status in {403, 404, 422}, path
        assert b"not for this page" not in answer.body
        assert "root:" not in answer.text
    assert "link.xlsx" not in desk.ask("GET", "/").text
    link.unlink()


@pytest.mark.parametrize("path", ["/?token={t}", "/w/a.xlsx/check?token={t}", "/static/desk.css?token={t}"])
def test_the_token_opens_the_door_alone_and_no_other_address(path: str, desk: OpenDesk) -> None:
    answer = desk.ask("GET", path.format(t=desk.token), cookie=False)
    assert answer.status == 403
    assert "set-cookie" not in answer.headers


def test_a_cookie_of_another_desk_opens_nothing(desk: OpenDesk, tmp_path: Path) -> None:
    with OpenDesk(tmp_path) as other:
        mixed = (f"reportgen-desk-{desk.port}={other.token}", f"reportgen-desk-{other.port}={desk.token}")
        for cookie in (other.cookie, *mixed):
            assert desk.ask("GET", "/", {"Cookie": cookie}, cookie=False).status == 403
        assert desk.ask("GET", "/", {"Cookie": f"{other.cookie}; {desk.cookie}"}, cookie=False).status == 200


def test_who_never_ends_a_request_keeps_nobody_else_waiting(desk: OpenDesk) -> None:
    slow = [socket.create_connection(("127.0.0.1", desk.port), timeout=10) for _ in range(60)]
    for number, connection in enumerate(slow):
        connection.sendall(f"POST /drop HTTP/1.1\r\nHost: {desk.host}\r\nX-{number}: ".encode())
    begun = time.monotonic()
    assert desk.ask("GET", "/").status == 200
    assert time.monotonic() - begun < 2
    for connection in slow:
        connection.close()


def test_what_is_larger_than_a_workbook_can_be_is_not_kept(desk: OpenDesk) -> None:
    answer = desk.drop("/drop", "huge.xlsx", bytes(LARGEST + (1 << 20)))
    assert answer.status == 422
    assert "is larger than 200 MB" in answer.text
    assert not list((desk.folder / ".reportgen-desk").glob("incoming/*"))
    assert desk.post("/new", {"title": "x" * (3 << 20)}).status == 413


def test_an_upload_that_is_broken_off_leaves_nothing(desk: OpenDesk) -> None:
    connection = socket.create_connection(("127.0.0.1", desk.port), timeout=10)
    head = f"POST /drop HTTP/1.1\r\nHost: {desk.host}\r\nOrigin: http://{desk.host}\r\nCookie: {desk.cookie}\r\n"
    part = '--e\r\nContent-Disposition: form-data; name="file"; filename="half.xlsx"\r\n\r\n'
    kind = "Content-Type: multipart/form-data; boundary=e\r\nContent-Length: 9999999\r\n\r\n"
    connection.sendall((head + kind + part).encode() + b"x" * 300_000)
    incoming = desk.folder / ".reportgen-desk" / "incoming"
    wait_until(lambda: any(incoming.glob("*/half.xlsx")))
    connection.close()
    wait_until(lambda: not any(incoming.iterdir()))
    assert not (desk.folder / "half.xlsx").exists()
    assert desk.ask("GET", "/").status == 200
    assert not list((desk.folder / ".reportgen-desk").glob("fault-*"))


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_documents_go_where_the_workbook_names_them_and_nowhere_else(desk: OpenDesk) -> None:
    named = ("letters/One.txt", "two.txt", "../out.txt")
    rows = [{"Example ID": "A", "Input file": name, "Expected": "x"} for name in named]
    write_workbook(desk.folder / "papers.xlsx", Task.CLASSIFICATION, rows={"Examples": rows})
    beside = "/w/papers.xlsx/beside"
    assert desk.drop(beside, "one.TXT", b"first").status == 303
    assert (desk.folder / "letters" / "One.txt").read_bytes() == b"first"
    assert desk.drop(beside, "two.txt", b"second").status == 303
    assert desk.drop(beside, "two.txt", b"third").status == 303
    assert (desk.folder / "two.txt").read_bytes() == b"third"
    assert [p.read_bytes() for p in (desk.folder / ".reportgen-desk" / "earlier").glob("*two.txt")] == [b"second"]
    before = set(desk.folder.parent.rglob("*"))
    for name in (
        "out.txt",
        ".env",
        "page.exe",
        "nul.txt",
        "a\u202eb.txt",
        "two.xlsx",
        "x" * 300 + ".txt",
        "文" * 90 + ".txt",
    ):
        assert desk.drop(beside, name, b"x").status == 422, name
    assert set(desk.folder.parent.rglob("*")) - before <= set((desk.folder / ".reportgen-desk").rglob("*"))
    assert desk.ask("POST", "/w/papers.xlsx/open", {"Origin": "http://evil.example"}).status == 403
    (desk.folder / "papers.xlsx").unlink()


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (300 << 20))
    return out.getvalue()


DROPS = {
    "a bomb": ("bomb.xlsx", bomb),
    "no workbook at all": ("picture.xlsx", lambda: b"\x89PNG\r\n\x1a\n"),
    "a page": ("page.html", lambda: b"<script>alert(1)</script>"),
    "keys": (".env", lambda: b"OPENAI_API_KEY=x"),
    "a name that leads out": ("../../out.html", lambda: b"x"),
    "nothing": ("empty.xlsx", lambda: b""),
}


@pytest.mark.parametrize("what", DROPS)
def test_what_is_no_workbook_gets_no_name(what: str, desk: OpenDesk) -> None:
    name, content = DROPS[what]
    before = set(desk.folder.parent.rglob("*")) - set((desk.folder / ".reportgen-desk").rglob("*"))
    answer = desk.drop("/drop", name, content())
    assert answer.status == 422
    assert "Traceback" not in answer.text
    after = set(desk.folder.parent.rglob("*")) - set((desk.folder / ".reportgen-desk").rglob("*"))
    assert after == before
    assert not list((desk.folder / ".reportgen-desk").glob("incoming/*"))


def test_a_dropped_workbook_gets_a_name_that_leads_nowhere(desk: OpenDesk, tmp_path: Path) -> None:
    write_workbook(tmp_path / "blank.xlsx", Task.CLASSIFICATION)
    content = (tmp_path / "blank.xlsx").read_bytes()
    answer = desk.drop("/drop", "..\\..\\<b>Tick|ets</b> \u202e.xlsx", content)
    assert answer.status == 303
    [made] = [p for p in desk.folder.glob("*.xlsx") if not p.is_symlink()]
    assert made.name == "b .xlsx" or re.fullmatch(r"[\w ().,&'+-]+\.xlsx", made.name)
    assert desk.ask("GET", answer.headers["location"]).status == 200
    made.unlink()


@pytest.mark.parametrize("letter", ["a", "ü", "文"])
def test_a_long_name_in_any_writing_leaves_room_for_what_is_made_beside_it(
    letter: str, desk: OpenDesk, tmp_path: Path
) -> None:
    write_workbook(tmp_path / "blank.xlsx", Task.CLASSIFICATION)
    answer = desk.drop("/drop", letter * 200 + ".xlsx", (tmp_path / "blank.xlsx").read_bytes())
    assert answer.status == 303, answer.text
    assert desk.ask("GET", answer.headers["location"]).status == 200
    [made] = desk.folder.glob(f"{letter * 30}*.xlsx")
    made.unlink()


INSTEAD = {
    "old.XLS": "Save As",
    "rows.csv": "New evaluation",
    "letter.docx": "page Workbook",
    "no ending": "page Workbook",
}


@pytest.mark.parametrize("name", INSTEAD)
def test_what_belongs_elsewhere_is_led_there(name: str, desk: OpenDesk) -> None:
    assert INSTEAD[name] in desk.drop("/drop", name, b"x").text
    assert "Excel Workbook" not in desk.drop("/verify/drop", name, b"x").text


def test_a_name_that_reportgen_gives_its_own_copies_is_changed_so_that_the_workbook_is_seen(
    desk: OpenDesk, tmp_path: Path
) -> None:
    write_workbook(tmp_path / "blank.xlsx", Task.CLASSIFICATION)
    for name, made in (
        ("comparison.xlsx", "comparison file.xlsx"),
        ("a.checked.xlsx", "a.checked file.xlsx"),
        ("%22a%22.xlsx", "a.xlsx"),
    ):
        answer = desk.drop("/drop", name, (tmp_path / "blank.xlsx").read_bytes())
        assert answer.headers["location"] == f"/w/{quote(made)}/check"
        assert desk.ask("GET", answer.headers["location"]).status == 200
        (desk.folder / made).unlink()


def test_several_workbooks_are_all_taken_at_home_and_none_where_one_is_meant(desk: OpenDesk, tmp_path: Path) -> None:
    write_workbook(tmp_path / "blank.xlsx", Task.CLASSIFICATION)
    content = (tmp_path / "blank.xlsx").read_bytes()
    first, second = desk.folder / "first.xlsx", desk.folder / "second.xlsx"
    assert desk.drop("/drop", first.name, content, second.name).headers["location"] == "/"
    assert first.read_bytes() == second.read_bytes() == content
    answer = desk.drop("/w/first.xlsx/drop", "one.xlsx", b"x", "other.xlsx")
    assert answer.status == 422
    assert "one.xlsx and other.xlsx" in answer.text
    assert first.read_bytes() == content
    assert not list((desk.folder / ".reportgen-desk").glob("incoming/*"))
    first.unlink()
    second.unlink()


def test_a_run_whose_results_are_damaged_says_so(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text('{"decision": {"sta')
    words, tone, _ = decided(Run(tmp_path, finished=True, at=0.0))
    assert "results.json cannot be read" in words
    assert tone == "caution"


def test_a_link_that_comes_between_the_look_and_the_reading_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "outside.xlsx").write_bytes(b"secret")
    (tmp_path / "folder").mkdir()
    inside = tmp_path / "folder" / "a.xlsx"
    inside.write_bytes(b"ours")
    folder = Folder(tmp_path / "folder")
    path = folder.workbook("a.xlsx")
    assert folder.content(path) == b"ours"
    inside.unlink()
    inside.symlink_to(tmp_path / "outside.xlsx")
    with pytest.raises(NotHereError):
        folder.content(path)


MALFORMED = {
    "a name with a zero": (
        "multipart/form-data; boundary=e",
        b'--e\r\nContent-Disposition: form-data; name="f"; filename="a\0.xlsx"',
    ),
    "no boundary": ("multipart/form-data", b"--e\r\n\r\n"),
    "another kind of form": ("application/x-www-form-urlencoded", b"file=a.xlsx"),
    "no form": ("application/json", b"{}"),
    "nothing in it": ("multipart/form-data; boundary=e", b""),
    "bytes that are no form": ("multipart/form-data; boundary=e", bytes(range(256))),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_what_is_no_upload_is_a_sentence_and_no_fault(what: str, desk: OpenDesk) -> None:
    kind, body = MALFORMED[what]
    answer = desk.ask(
        "POST", "/drop", {"Origin": f"http://{desk.host}", "Content-Type": kind}, body + b"\r\n\r\nx\r\n--e--\r\n"
    )
    assert answer.status in {400, 422}, answer.text
    assert "fault in reportgen" not in answer.text
    assert not list((desk.folder / ".reportgen-desk").glob("fault-*"))


def test_a_second_desk_on_a_folder_says_so_and_opens_the_first(desk: OpenDesk) -> None:
    command = [sys.executable, "-m", "reportgen.cli", "desk", str(desk.folder), "--no-browser"]
    second = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 0
    assert f"already, at http://{desk.host}" in second.stdout
    assert desk.door in second.stdout


def test_a_desk_that_nobody_visits_goes(tmp_path: Path) -> None:
    opened = OpenDesk(tmp_path, "--idle", "0.0001")
    opened.start()
    said, _ = opened.process.communicate(timeout=60)
    assert opened.process.returncode == 0
    assert "Nobody was here" in said
    assert not (tmp_path / ".reportgen-desk" / "session.json").exists()


def test_a_folder_that_cannot_be_written_and_a_taken_port_are_sentences(desk: OpenDesk, tmp_path: Path) -> None:
    from reportgen.cli import main  # noqa: PLC0415

    assert main(["desk", str(tmp_path / "none")]) == 2
    assert main(["desk", str(tmp_path), "--port", str(desk.port)]) == 2
    assert main(["desk", str(tmp_path), "--port", "99999999"]) == 2
    assert main(["desk", str(tmp_path), "--idle", "0"]) == 2
    if os.geteuid():
        tmp_path.chmod(0o500)
        assert main(["desk", str(tmp_path)]) == 2
