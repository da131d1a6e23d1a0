"""Imports LiteLLM, for `media` too: it speaks to providers that have a wire of their own.

Importing it takes 4 to 7 seconds and 160 MB, so a background thread does that once; a request that comes earlier waits
for the thread, while the event loop goes on.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import threading
import warnings
from concurrent.futures import Future
from contextlib import aclosing
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, cast
from weakref import WeakKeyDictionary

from babble_app.errors import BabbleError
from babble_app.llm import failures, tokens
from babble_app.llm.openai_answer import AnswerReader, read_answer
from babble_app.llm.openai_request import request_body

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    import aiohttp
    import httpx

    from babble_app.llm import http
    from babble_app.llm.deadlines import Deadlines
    from babble_app.llm.target import Target
    from babble_app.schemas.models import ModelAnswer, ModelEvent, ModelRequest

logger = logging.getLogger(__name__)

_REHEARSAL = """\
event: message_start
data: {"type": "message_start", "message": {"id": "m", "type": "message", "role": "assistant", "model": "m", \
"content": [], "stop_reason": null, "stop_sequence": null, "usage": {"input_tokens": 1, "output_tokens": 1}}}

event: content_block_start
data: {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}

event: content_block_delta
data: {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hi"}}

event: content_block_stop
data: {"type": "content_block_stop", "index": 0}

event: message_delta
data: {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}}

event: message_stop
data: {"type": "message_stop"}

"""
"""The shortest answer on Anthropic's wire."""
_UNREACHED = (
    "cannot connect",
    "connection error",
    "connect call failed",
    "name or service not known",
)


class _Chunk(Protocol):
    """What LiteLLM answers with: a pydantic model in the form of OpenAI's wire."""

    def model_dump(self, *, exclude_none: bool) -> dict[str, Any]: ...


class _LiteLLM(Protocol):
    """The part of the library that is used; its own types are incomplete."""

    async def acompletion(self, **arguments: Any) -> Any: ...


@cache
def loading() -> Future[_LiteLLM]:
    """Begin the import in a thread of its own, once for the process, and return its future."""
    future: Future[_LiteLLM] = Future()
    future.set_running_or_notify_cancel()  # a waiting request that gives up must not cancel it
    threading.Thread(target=_load, args=(future,), name="import-litellm", daemon=True).start()
    return future


def _load(future: Future[_LiteLLM]) -> None:
    collecting = gc.isenabled()
    gc.disable()  # collections during the import stall the event loop for 125 ms instead of 28
    try:
        library = _import()
        gc.freeze()  # 340,000 objects that stay: walking over them stalled the event loop for 200 ms
        future.set_result(library)
    except BaseException as error:  # noqa: BLE001 - whoever waits gets it
        future.set_exception(error)
    finally:
        if collecting:
            gc.enable()


def _import() -> _LiteLLM:
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it downloads a table for 8 s
    os.environ.setdefault("LITELLM_LOG", "ERROR")
    tokens.use_shipped_vocabulary()
    import litellm  # noqa: PLC0415 - seconds

    litellm.disable_hf_tokenizer_download = True
    litellm.suppress_debug_info = True
    litellm.drop_params = True
    warnings.filterwarnings("ignore", "Item '.*' on TypedDict class", UserWarning)  # its own types
    logging.getLogger("LiteLLM").setLevel(logging.ERROR)
    library = cast("_LiteLLM", litellm)
    try:
        asyncio.run(_rehearse(library))
    except vendor_errors():
        logger.warning("the rehearsal of LiteLLM failed", exc_info=True)
    return library


async def _rehearse(library: _LiteLLM) -> None:
    """Make a call that never leaves the process: the first one loads 2 s more of LiteLLM."""
    import httpx  # noqa: PLC0415 - part of LiteLLM's import
    from litellm.llms.custom_httpx import http_handler  # noqa: PLC0415

    def answer(_: httpx.Request) -> httpx.Response:
        headers = {"content-type": "text/event-stream"}
        return httpx.Response(200, headers=headers, text=_REHEARSAL)

    client = http_handler.AsyncHTTPHandler(transport=httpx.MockTransport(answer))
    chunks = await library.acompletion(
        model="anthropic/rehearsal",
        messages=[{"role": "user", "content": "hi"}],
        stream=True,
        api_key="none",
        api_base="http://localhost",
        client=client,
        max_retries=0,
    )
    async with aclosing(chunks):
        async for _ in chunks:
            pass
    await client.close()


@dataclass
class LiteLLMWire:
    """A `Wire` for one model of any provider that LiteLLM knows."""

    target: Target
    sessions: http.Sessions
    deadlines: Deadlines

    async def batches(self, request: ModelRequest) -> AsyncGenerator[Sequence[ModelEvent], None]:
        """Yield each chunk's pieces; see `Wire`."""
        reader = AnswerReader(self.target, self.deadlines.max_chars)
        try:
            async with aclosing(await self._call(request, stream=True)) as chunks:
                async for chunk in chunks:
                    reader.read(cast("_Chunk", chunk).model_dump(exclude_none=True))
                    if reader.fresh:
                        yield reader.batch()
                if chunks.received_finish_reason is None:
                    reader.finish = None  # LiteLLM makes up an end for a stream that broke off
        except vendor_errors() as error:
            raise translate(self.target, error) from error
        yield reader.end()

    async def whole(self, request: ModelRequest) -> ModelAnswer:
        """Return the answer in one piece."""
        try:
            answer = await self._call(request, stream=False)
        except vendor_errors() as error:
            raise translate(self.target, error) from error
        return read_answer(self.target, cast("_Chunk", answer).model_dump(exclude_none=True))

    async def _call(self, request: ModelRequest, *, stream: bool) -> Any:
        library = await asyncio.wrap_future(loading())
        body = request_body(self.target, request, stream=stream)
        return await library.acompletion(
            **body
            | {
                "model": f"{self.target.provider.id}/{self.target.model}",
                "api_key": self.target.api_key,
                "api_base": self.target.base_url,
                "max_retries": 0,
                "num_retries": 0,
                "timeout": self.deadlines.total_seconds,
                "client": _transport(self.sessions.get()),
                "no-log": True,
                # else a call with tools imports `mcp`, which only the proxy's extra brings (LiteLLM 1.106.2)
                "_skip_mcp_handler": True,
            }
        )


def translate(target: Target, error: Exception) -> BabbleError:
    """Return our error for what LiteLLM raised."""
    original = getattr(error, "original_exception", None) or error
    text = f"{error}"
    if any(words in text.lower() for words in _UNREACHED):
        return failures.unreachable(target)
    headers: object = getattr(error, "litellm_response_headers", None) or {}
    status = getattr(original, "status_code", None) or 500
    return failures.refusal(target, int(status), text, cast("Mapping[str, str]", headers))


_transports: WeakKeyDictionary[aiohttp.ClientSession, object] = WeakKeyDictionary()


def _transport(session: aiohttp.ClientSession) -> object:
    """Let LiteLLM use our connections: those it makes itself are closed by nobody."""
    transport = _transports.get(session)
    if transport is None:
        from litellm.llms.custom_httpx import http_handler  # noqa: PLC0415 - loaded by now

        transport = _transports[session] = http_handler.AsyncHTTPHandler(
            shared_session=session, follow_redirects=False
        )
    return transport


def handler(transport: httpx.AsyncBaseTransport) -> object:
    """Return what LiteLLM takes as a client, over a transport of ours."""
    from litellm.llms.custom_httpx import http_handler  # noqa: PLC0415 - loaded by now

    return http_handler.AsyncHTTPHandler(transport=transport, follow_redirects=False)


@cache
def vendor_errors() -> tuple[type[Exception], ...]:
    """Name what LiteLLM raises; it has imported these libraries already when this is asked."""
    import httpx  # noqa: PLC0415 - part of LiteLLM's import
    import openai  # noqa: PLC0415

    return (openai.OpenAIError, httpx.HTTPError, OSError, ValueError)
