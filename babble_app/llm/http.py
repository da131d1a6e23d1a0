"""The HTTP below the direct wires: one shared session per event loop, answers checked before they are read."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import aiohttp
import orjson

from babble_app.llm import failures
from babble_app.llm.redact import redact

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from babble_app.llm.target import Target

CONNECT_SECONDS = 10.0
MOST_CONNECTIONS = 2_000
REFUSAL_BYTES = 20_000
"""How much of an error's body is looked at."""


class RefusalError(Exception):
    """What a provider wrote when it refused, without the key; the cause of the error that people see."""


class Sessions:
    """Keeps one connection pool for each event loop that asks."""

    def __init__(self) -> None:
        self._by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, aiohttp.ClientSession] = (
            WeakKeyDictionary()
        )

    def get(self) -> aiohttp.ClientSession:
        """Return the running loop's session, made at the first call."""
        loop = asyncio.get_running_loop()
        session = self._by_loop.get(loop)
        if session is None or session.closed:
            session = self._by_loop[loop] = _new_session()
        return session

    async def close(self) -> None:
        """Close the running loop's session; sessions of ended loops have nothing left to wait for."""
        session = self._by_loop.pop(asyncio.get_running_loop(), None)
        if session is not None:
            await session.close()


def _new_session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=MOST_CONNECTIONS, ttl_dns_cache=300),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,  # a proxy variable must not see the keys
        read_bufsize=2**18,
    )


@asynccontextmanager
async def call(
    session: aiohttp.ClientSession,
    target: Target,
    path: str,
    body: dict[str, Any] | None = None,
) -> AsyncGenerator[aiohttp.ClientResponse, None]:
    """Call the provider (POST when there is a body) and hand out its answer once it is known to be a success.

    Leaving early, by an error or a cancelled task, closes the connection, and with it the provider's work.

    Raises:
        BabbleError: no connection, a refusal, or a web page; also when the connection breaks while reading.
    """
    url = path if path.startswith("https://") else target.url(path)
    data = None if body is None else orjson.dumps(body)
    try:
        async with session.request(
            "GET" if data is None else "POST",
            url,
            data=data,
            headers=target.headers(),
            allow_redirects=False,  # a redirect would carry the key elsewhere
        ) as response:
            try:
                await _check(target, response)
                yield response
            except BaseException:
                response.close()
                raise
    except (
        aiohttp.ClientConnectorError,
        aiohttp.InvalidURL,
        aiohttp.ConnectionTimeoutError,
    ) as error:
        raise failures.unreachable(target) from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise failures.dropped(target) from error


async def _check(target: Target, response: aiohttp.ClientResponse) -> None:
    if response.status != 200:
        head = await response.content.read(REFUSAL_BYTES)
        text = head.decode(response.charset or "utf-8", "replace")
        raise failures.refusal(target, response.status, text, response.headers) from RefusalError(
            redact(text, target.api_key)
        )
    if response.content_type == "text/html":
        raise failures.web_page(target)


async def read_json(target: Target, response: aiohttp.ClientResponse, max_bytes: int) -> Any:
    """Read a JSON document of at most `max_bytes`."""
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > max_bytes:
            raise failures.too_long(target, max_bytes)
        parts.append(part)
    try:
        return orjson.loads(b"".join(parts))
    except orjson.JSONDecodeError as error:
        raise failures.garbled(target) from error
