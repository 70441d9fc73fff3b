"""A provider's batch service in OpenAI's protocol: files go up, batches are made, looked at and found again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import aiohttp
import yarl

from reportgen.candidates.wire.batch_lines import URL
from reportgen.candidates.wire.bodies import decoded
from reportgen.candidates.wire.provider_errors import plain_words
from reportgen.candidates.wire.replies import HTTP_OK, AttemptFailedError, Failure, not_answered
from reportgen.candidates.wire.transport import LARGEST_REPLY, retry_after_s
from reportgen.domain.records.providers import host_of, is_loopback

OURS = "reportgen"
"""The word in a batch's metadata that holds our own id of it."""
WINDOW = "24h"
CONNECT_S, SILENCE_S = 30.0, 300.0
LINE_BYTES = 64 << 20
PAGE = 100
ENDED = frozenset({"completed", "failed", "expired", "cancelled", "canceled"})


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as its provider tells it. `errors` are those of its validation: code and message."""

    id: str
    status: str
    output_file: str = ""
    error_file: str = ""
    done: int = 0
    total: int = 0
    errors: tuple[tuple[str, str], ...] = ()

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.status in ENDED


class BatchService:
    """Every call raises AttemptFailedError where it fails; none is repeated here, and no redirect is followed."""

    def __init__(self, endpoint: str, key: str) -> None:
        base = endpoint.rstrip("/").removesuffix("/chat/completions")
        self._base = base
        self.host = host_of(base)
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._session: aiohttp.ClientSession | None = None

    async def upload(self, name: str, content: bytes) -> str:
        """Send a file of requests; return its id."""
        form = aiohttp.FormData()
        form.add_field("purpose", "batch")
        form.add_field("file", content, filename=name, content_type="application/jsonl")
        return _id_of(await self._call("POST", "/files", data=form))

    async def find_file(self, name: str) -> str:
        """Return the id of a file that was sent under this name, '' where there is none."""
        async for one in self._listed("/files", purpose="batch"):
            if one.get("filename") == name:
                return _id_of(one)
        return ""

    async def create(self, file_id: str, uid: str) -> Batch:
        """Have the requests of a file worked on."""
        wanted = {"input_file_id": file_id, "endpoint": URL, "completion_window": WINDOW, "metadata": {OURS: uid}}
        return _batch(await self._call("POST", "/batches", json=wanted))

    async def find(self, uid: str, file_id: str) -> Batch | None:
        """Return the batch that was made under our own id or from a file, None where there is none."""
        async for one in self._listed("/batches"):
            metadata = one.get("metadata")
            named = isinstance(metadata, Mapping) and metadata.get(OURS) == uid
            if named or (file_id and one.get("input_file_id") == file_id):
                return _batch(one)
        return None

    async def look(self, batch_id: str) -> Batch:
        """Return how far a batch is."""
        return _batch(await self._call("GET", f"/batches/{batch_id}"))

    async def lines(self, file_id: str) -> AsyncIterator[bytes]:
        """Yield the lines of a file of answers."""
        try:
            async for line in self._lines(file_id):
                yield line
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise broken(self.host, error) from error

    async def _lines(self, file_id: str) -> AsyncIterator[bytes]:
        async with self._asked("GET", f"/files/{file_id}/content") as response:
            if response.status not in HTTP_OK:
                await _refused(response)
            rest = bytearray()
            async for block in response.content.iter_any():
                rest += block
                if b"\n" in block:
                    whole, _, tail = bytes(rest).rpartition(b"\n")
                    rest = bytearray(tail)
                    for line in whole.split(b"\n"):
                        yield line
                elif len(rest) > LINE_BYTES:
                    raise aiohttp.ClientPayloadError(f"a line is longer than {LINE_BYTES:,} bytes")  # noqa: EM102, TRY003
            if rest:
                yield bytes(rest)

    async def close(self) -> None:
        """Give connections back."""
        if self._session is not None:
            await self._session.close()

    async def _listed(self, path: str, **query: str) -> AsyncIterator[Mapping[str, Any]]:
        """Yield what a provider lists, the newest first, page by page."""
        after: dict[str, str] = {}
        while True:
            page = await self._call("GET", path, params={"limit": str(PAGE), **query, **after})
            found = [one for one in page.get("data") or () if isinstance(one, Mapping)]
            for one in found:
                yield one
            if not page.get("has_more") or not found or after.get("after") == found[-1].get("id"):
                return
            after = {"after": str(found[-1].get("id"))}

    async def _call(self, method: str, path: str, **more: Any) -> Mapping[str, Any]:  # noqa: ANN401 - of aiohttp
        """Return the object that a call gives."""
        try:
            async with self._asked(method, path, **more) as response:
                if response.status not in HTTP_OK:
                    await _refused(response)
                body = decoded(await response.content.read(LARGEST_REPLY))
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise broken(self.host, error) from error
        except ValueError as error:
            words = f"{self.host} answers with something that is no JSON"
            raise AttemptFailedError(Failure.MALFORMED, words, 0.0) from error
        if not isinstance(body, Mapping):
            raise AttemptFailedError(Failure.MALFORMED, f"{self.host} does not answer as a batch service", 0.0)
        return body

    def _asked(self, method: str, path: str, **more: Any) -> Any:  # noqa: ANN401 - aiohttp's own context manager
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S, sock_read=SILENCE_S)
            self._session = aiohttp.ClientSession(
                timeout=timeout, trust_env=not is_loopback(self.host), cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session.request(
            method, yarl.URL(f"{self._base}{path}"), headers=self._headers, allow_redirects=False, **more
        )


def broken(host: str, error: Exception) -> AttemptFailedError:
    """Return the failure of a call that nothing came of."""
    kind = Failure.UNREACHABLE if isinstance(error, aiohttp.ClientConnectorError) else Failure.CONNECTION
    silent = isinstance(error, TimeoutError)
    words = "it said nothing for too long" if silent else plain_words(str(error)) or "it was cut off"
    return AttemptFailedError(kind, f"the connection to {host} broke ({words[:80]})", 0.0)


async def _refused(response: aiohttp.ClientResponse) -> NoReturn:
    """Raise what a provider said instead of doing what was asked."""
    raw = await response.content.read(LARGEST_REPLY)
    reply = not_answered(response.status, raw, 0.0, retry_after_s(response.headers))
    raise AttemptFailedError(Failure.REJECTED, reply.reason, 0.0)


def _id_of(body: Mapping[str, Any]) -> str:
    found = body.get("id")
    if not isinstance(found, str) or not found:
        raise AttemptFailedError(Failure.MALFORMED, "the batch service gives no id", 0.0)
    return found


def _batch(body: Mapping[str, Any]) -> Batch:
    """Return a batch from what a provider says, whatever it leaves out."""
    counts = body.get("request_counts")
    counts = counts if isinstance(counts, Mapping) else {}
    done = _number(counts, "completed") + _number(counts, "failed")
    status = str(body.get("status") or "").casefold()
    errors = tuple(_errors(body.get("errors")))
    files = (body.get("output_file_id"), body.get("error_file_id"))
    output, error = (one if isinstance(one, str) else "" for one in files)
    return Batch(_id_of(body), status, output, error, done, _number(counts, "total"), errors)


def _number(counts: Mapping[str, Any], name: str) -> int:
    value = counts.get(name)
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1 << 53 else 0


def _errors(errors: object) -> list[tuple[str, str]]:
    listed = errors.get("data") if isinstance(errors, Mapping) else errors
    told = [one for one in (listed if isinstance(listed, list) else ()) if isinstance(one, Mapping)]
    return [(str(one.get("code") or "").casefold(), plain_words(str(one.get("message") or ""))) for one in told]
