"""Pictures that come within a chat's answer, as OpenRouter has it.

Asked directly: LiteLLM 1.106 makes this call in a thread with a client of its own, past our caps and deadlines.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from babble_app.errors import BabbleError, ModelUnavailableError
from babble_app.llm import failures, http
from babble_app.llm.deadlines import Deadlines
from babble_app.llm.media import (
    MAX_IMAGE_ANSWER_BYTES,
    VIDEO_SECONDS,
    Made,
    read_image,
    took_too_long,
)
from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.llm.http import Sessions
    from babble_app.llm.target import Target

_SHAPES = {"1536x1024": "3:2", "1792x1024": "16:9", "1024x1536": "2:3", "1024x1792": "9:16"}
"""Sizes as OpenAI names them; every other one is a square (https://openrouter.ai/docs, image generation)."""
_NO_PICTURE = "data:;base64,"


class _Address(BaseModel):
    url: str


class _Image(BaseModel):
    image_url: _Address


class _Message(BaseModel):
    images: tuple[_Image, ...] | None = None


class _Choice(BaseModel):
    message: _Message


class _Used(BaseModel):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None


class _Answer(BaseModel):
    choices: tuple[_Choice, ...] = ()
    error: Any = None
    usage: _Used | None = None


@dataclass
class ChatMedia:
    """A `MediaClient` for pictures only."""

    name: str
    target: Target
    sessions: Sessions
    deadlines: Deadlines = field(default_factory=Deadlines)
    on_failure: Callable[[BabbleError], None] = lambda _: None
    """Told of each call that failed."""

    async def generate_image(self, prompt: str, size: str = "") -> Made:
        """Return a picture; see `MediaClient`."""
        body: dict[str, Any] = {
            "model": self.target.model,
            "messages": [{"role": "user", "content": prompt}],
            "modalities": ["image", "text"],
        }
        if size:
            body["image_config"] = {"aspect_ratio": _SHAPES.get(size, "1:1")}
        session = self.sessions.get()
        try:
            async with (
                asyncio.timeout(self.deadlines.total_seconds),
                http.call(session, self.target, "/chat/completions", body) as response,
            ):
                answer = await http.read_json(self.target, response, MAX_IMAGE_ANSWER_BYTES)
        except TimeoutError:
            raise took_too_long(self.target) from None
        except BabbleError as error:
            self.on_failure(error)
            raise
        return self._read(answer)

    async def generate_video(
        self, prompt: str, size: str = "", seconds: int = VIDEO_SECONDS[0]
    ) -> Made:
        """Refuse: there is no such call."""
        del prompt, size, seconds
        raise ModelUnavailableError(
            f"{self.target.provider.title} makes no videos here. Choose a model of another provider."
        )

    def _read(self, document: Any) -> Made:
        try:
            answer = _Answer.model_validate(document)
        except ValidationError as error:
            raise failures.garbled(self.target) from error
        if answer.error is not None:
            raise failures.error_event(self.target, answer.error)
        images = [image for choice in answer.choices for image in choice.message.images or ()]
        address = images[0].image_url.url if images else _NO_PICTURE
        kind, _, encoded = address.partition(",")
        if not (kind.startswith("data:") and kind.endswith(";base64")):
            raise failures.garbled(self.target)
        used = answer.usage or _Used()
        usage = Usage(
            input_tokens=used.prompt_tokens,
            output_tokens=used.completion_tokens,
            cost_usd=used.cost,
        )
        return read_image(self.target, encoded, usage)
