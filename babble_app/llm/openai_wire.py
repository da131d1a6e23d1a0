"""Speaks OpenAI's chat completions directly: the hot path of the product, 8 µs a token where LiteLLM takes 700."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp
import orjson

from babble_app.errors import BabbleError, ModelUnavailableError
from babble_app.llm import failures, http
from babble_app.llm.lines import Lines, sse_data
from babble_app.llm.openai_answer import AnswerReader, answer_events, read_answer
from babble_app.llm.openai_request import request_body
from babble_app.llm.pace import Pace
from babble_app.llm.refused_parameters import OPTIONAL, RefusedParameters

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from babble_app.llm.deadlines import Deadlines
    from babble_app.llm.target import Target
    from babble_app.schemas.models import ModelAnswer, ModelEvent, ModelRequest

PATH = "/chat/completions"
TAIL_SECONDS = 2.0
"""How long the figures of usage are waited for once the answer is complete."""
_DONE = b"[DONE]"


@dataclass
class OpenAIWire:
    """A `Wire` for one model of a server that speaks as OpenAI does."""

    target: Target
    sessions: http.Sessions
    deadlines: Deadlines
    refused: RefusedParameters = field(default_factory=RefusedParameters)
    """Shared by all calls of one model, so that each thing is learnt once."""

    async def batches(self, request: ModelRequest) -> AsyncGenerator[Sequence[ModelEvent], None]:
        """Yield what each network read brought; see `Wire`."""
        async with self._answer(request, stream=True) as response:
            if response.content_type == "application/json":  # the server does not stream
                yield answer_events(await self._read_whole(response))
                return
            reader = AnswerReader(self.target, self.deadlines.max_chars)
            lines = Lines(self.target, self.deadlines.max_bytes)
            pace = Pace()
            ended = False
            while not ended:
                data = await _tail(response) if reader.finish else await response.content.readany()
                try:
                    ended = (
                        self._take(reader, lines.feed(data) if data else lines.end()) or not data
                    )
                except BabbleError:
                    if reader.fresh:  # what came in the same read, before the trouble, stands
                        yield reader.batch()
                    raise
                if reader.fresh:
                    yield reader.batch()
                if not ended:
                    await pace.rest()
            yield reader.end()
            await _tail(response)  # a connection that was read to its end is used again

    async def whole(self, request: ModelRequest) -> ModelAnswer:
        """Return the answer in one piece."""
        async with self._answer(request, stream=False) as response:
            return await self._read_whole(response)

    @asynccontextmanager
    async def _answer(
        self, request: ModelRequest, *, stream: bool
    ) -> AsyncGenerator[aiohttp.ClientResponse, None]:
        full = request_body(self.target, request, stream=stream)
        for _ in (*OPTIONAL, None):
            body = self.refused.without(full)
            try:
                async with http.call(self.sessions.get(), self.target, PATH, body) as response:
                    yield response
                    return
            except ModelUnavailableError as error:
                refusal = error.__cause__
                if not isinstance(refusal, http.RefusalError):
                    raise
                if not self.refused.learn(body, str(refusal)):
                    raise

    async def _read_whole(self, response: aiohttp.ClientResponse) -> ModelAnswer:
        document = await http.read_json(self.target, response, self.deadlines.max_bytes)
        return read_answer(self.target, document)

    def _take(self, reader: AnswerReader, lines: list[bytes]) -> bool:
        """Read the chunks on `lines`; True once the server's end mark has come."""
        for payload in sse_data(self.target, lines):
            if payload == _DONE:
                reader.close()
                return True
            try:
                chunk = orjson.loads(payload)
            except orjson.JSONDecodeError as error:
                raise failures.garbled(self.target) from error
            reader.read(chunk)
        return False


async def _tail(response: aiohttp.ClientResponse) -> bytes:
    """Read what follows a complete answer; a server that dawdles or drops the line there harms nothing."""
    try:
        async with asyncio.timeout(TAIL_SECONDS):
            return await response.content.readany()
    except (TimeoutError, aiohttp.ClientError, OSError):
        return b""
