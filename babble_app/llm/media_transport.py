"""The HTTP below LiteLLM's pictures and videos: our own connections, nothing read past its cap, refusals in our words.

Imported when LiteLLM is there, which brings httpx along.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import httpx
from yarl import URL

from babble_app.errors import BabbleError
from babble_app.llm import failures

if TYPE_CHECKING:
    from babble_app.llm.target import Target

# What is said of a body that has been read and unpacked already.
_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class CappedTransport(httpx.AsyncBaseTransport):
    """Carries the requests of one call; `problem` is what went wrong, whatever is made of it above."""

    def __init__(self, session: aiohttp.ClientSession, target: Target, max_bytes: int) -> None:
        self.problem: BabbleError | None = None
        self.answered = False
        self._session = session
        self._target = target
        self._max_bytes = max_bytes

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request and return the whole answer; a refusal stands for whatever failed.

        An error raised here would be retried by the libraries above, whatever they are told.
        """
        try:
            response = await self._send(request)
        except BabbleError as error:
            self.problem = error
        except aiohttp.ClientConnectorError:
            self.problem = failures.unreachable(self._target)
        except (aiohttp.ClientError, OSError):
            self.problem = failures.dropped(self._target)
        else:
            self.answered = True
            return response
        return httpx.Response(400, request=request)

    async def _send(self, request: httpx.Request) -> httpx.Response:
        async with self._session.request(
            request.method,
            URL(str(request.url), encoded=True),
            data=await request.aread(),
            headers=request.headers.multi_items(),
            allow_redirects=False,  # a redirect would carry the key elsewhere
        ) as response:
            body = await self._read(response)
            if response.status != 200:
                text = body.decode("utf-8", "replace")
                raise failures.refusal(self._target, response.status, text, response.headers)
            if response.content_type == "text/html":
                raise failures.web_page(self._target)
            kept = [
                pair for pair in response.headers.items() if pair[0].lower() not in _OF_THE_WIRE
            ]
            return httpx.Response(response.status, headers=kept, content=body, request=request)

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        parts: list[bytes] = []
        size = 0
        async for part in response.content.iter_any():
            size += len(part)
            if size > self._max_bytes:
                raise failures.too_large(self._target, self._max_bytes)
            parts.append(part)
        return b"".join(parts)
