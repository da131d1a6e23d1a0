"""Pictures and videos through LiteLLM's calls, for OpenAI and servers that speak its wire."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from babble_app.errors import BabbleError
from babble_app.llm import failures, litellm_client
from babble_app.llm.deadlines import Deadlines
from babble_app.llm.media import (
    MAX_IMAGE_ANSWER_BYTES,
    MAX_VIDEO_BYTES,
    VIDEO_SECONDS,
    Made,
    read_image,
    read_video,
    took_too_long,
)
from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from babble_app.llm.http import Sessions
    from babble_app.llm.media_transport import CappedTransport
    from babble_app.llm.target import Target

POLL_SECONDS = 5.0
_PROVIDER = "openai"


@dataclass
class LiteLLMMedia:
    """A `MediaClient` for OpenAI and whoever speaks its wire."""

    name: str
    target: Target
    sessions: Sessions
    deadlines: Deadlines = field(default_factory=Deadlines)
    poll_seconds: float = POLL_SECONDS
    on_failure: Callable[[BabbleError], None] = lambda _: None
    """Told of each call that failed."""

    async def generate_image(self, prompt: str, size: str = "") -> Made:
        """Return a picture; see `MediaClient`."""
        wanted: dict[str, Any] = {"prompt": prompt, "n": 1}
        if size:
            wanted["size"] = size
        if self.target.model.startswith("dall-e"):
            wanted["response_format"] = "b64_json"  # it answers with an address otherwise
        async with self._calling(MAX_IMAGE_ANSWER_BYTES) as call:
            answer = await call("aimage_generation", model=self._model, **wanted)
        first = next(iter(answer.data or ()), None)
        return read_image(self.target, getattr(first, "b64_json", None), _usage(answer.usage))

    async def generate_video(
        self, prompt: str, size: str = "", seconds: int = VIDEO_SECONDS[0]
    ) -> Made:
        """Return a video when the provider has finished it; see `MediaClient`."""
        wanted: dict[str, Any] = {"seconds": str(seconds)}
        if size:
            wanted["size"] = size
        async with self._calling(MAX_VIDEO_BYTES) as call:
            video = await call("avideo_generation", model=self._model, prompt=prompt, **wanted)
            while video.status in {"queued", "in_progress"}:
                await asyncio.sleep(self.poll_seconds)
                video = await call("avideo_status", video_id=video.id)
            if video.status != "completed":
                raise failures.error_event(self.target, video.error or {})
            data = await call("avideo_content", video_id=video.id)
        return read_video(self.target, data, getattr(video, "seconds", None))

    @property
    def _model(self) -> str:
        return f"{_PROVIDER}/{self.target.model}"

    @asynccontextmanager
    async def _calling(self, max_bytes: int) -> AsyncGenerator[_Call]:
        """Hand out a function that calls LiteLLM, within one deadline for all its calls."""
        library = await asyncio.wrap_future(litellm_client.loading())
        # The module needs what LiteLLM brings.
        from babble_app.llm.media_transport import CappedTransport  # noqa: PLC0415

        transport = CappedTransport(self.sessions.get(), self.target, max_bytes)
        call = _Call(library, self.target, transport, self.deadlines.total_seconds)
        try:
            async with asyncio.timeout(self.deadlines.total_seconds):
                yield call
        except TimeoutError:
            raise took_too_long(self.target) from None
        except BabbleError as error:
            self.on_failure(error)
            raise


@dataclass
class _Call:
    library: Any
    target: Target
    transport: CappedTransport
    timeout_seconds: float

    async def __call__(self, function: str, **arguments: Any) -> Any:
        try:
            return await getattr(self.library, function)(
                **arguments,
                custom_llm_provider=_PROVIDER,
                api_key=self.target.api_key or "none",
                api_base=self.target.base_url,
                client=self._client(function),
                timeout=self.timeout_seconds,
                max_retries=0,
                num_retries=0,
                **{"no-log": True},
            )
        except litellm_client.vendor_errors() as error:
            raise self._problem(error) from error

    def _problem(self, error: Exception) -> BabbleError:
        if self.transport.problem is not None:
            return self.transport.problem
        if self.transport.answered:
            return failures.garbled(self.target)
        return litellm_client.translate(self.target, error)

    def _client(self, function: str) -> object:
        """Return what LiteLLM takes as a client: for OpenAI's pictures that company's own, else its own."""
        import httpx  # noqa: PLC0415 - loaded with LiteLLM
        import openai  # noqa: PLC0415

        if function != "aimage_generation":
            return litellm_client.handler(self.transport)
        return openai.AsyncOpenAI(
            api_key=self.target.api_key or "none",
            base_url=self.target.base_url,
            max_retries=0,
            http_client=httpx.AsyncClient(transport=self.transport, trust_env=False),
        )


def _usage(used: object) -> Usage:
    """Return the tokens; servers of other makers count none."""
    return Usage(
        input_tokens=getattr(used, "input_tokens", 0) or 0,
        output_tokens=getattr(used, "output_tokens", 0) or 0,
    )
