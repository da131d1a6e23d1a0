"""Pictures and videos: the port through which they are made, and what is accepted as one."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from babble_app.errors import ModelTimeoutError
from babble_app.llm import failures
from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from babble_app.llm.target import Target

MAX_IMAGE_BYTES = 25 * 2**20
MAX_IMAGE_ANSWER_BYTES = MAX_IMAGE_BYTES * 4 // 3 + 2**20
"""Of the JSON that holds it in base64."""
MAX_VIDEO_BYTES = 200 * 2**20
VIDEO_SECONDS = (4, 8, 12)
"""How long a video may be; the first is the usual length (OpenAI API reference, "Create video")."""
_LENGTH = re.compile(r"\b(\d{1,4})[ -]?sec(?:s|onds?)?\b", re.IGNORECASE)
_SIGNATURES = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
)


@dataclass(frozen=True)
class Made:
    """A picture or a video."""

    data: bytes
    media_type: str
    """By its first bytes, whatever the provider says."""
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    """A video's length, as far as the provider tells it."""
    model: str = ""
    """Who made it: `provider/name`."""
    why: str = ""
    """One line: why that model, where there was a choice."""


class MediaClient(Protocol):
    """A model that makes pictures or videos, with its credential already bound."""

    @property
    def name(self) -> str:
        """`provider/name`, such as `openai/gpt-image-2`."""
        ...

    async def generate_image(self, prompt: str, size: str = "") -> Made:
        """Return a picture of at most 25 MB.

        Args:
            prompt: What it shows.
            size: `1024x1024`, as the provider has it; empty: its usual one.

        Raises:
            BabbleError: as `ModelClient.stream`; a provider's filter is `model_answer_invalid`.
        """
        ...

    async def generate_video(
        self, prompt: str, size: str = "", seconds: int = VIDEO_SECONDS[0]
    ) -> Made:
        """Return a video of at most 200 MB; raises as `generate_image` does.

        Args:
            prompt: What it shows.
            size: `1280x720`, as the provider has it; empty: its usual one.
            seconds: One of `VIDEO_SECONDS`.
        """
        ...


def asked_seconds(text: str) -> int:
    """Return the length of the video that the words ask for ("8 seconds"), or the next that may be had."""
    found = _LENGTH.search(text)
    wanted = int(found[1]) if found else VIDEO_SECONDS[0]
    return next((one for one in VIDEO_SECONDS if one >= wanted), VIDEO_SECONDS[-1])


def read_image(target: Target, encoded: object, usage: Usage) -> Made:
    """Return the picture that is written in base64; raises ModelAnswerInvalidError where there is none."""
    text = encoded if isinstance(encoded, str) else ""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise failures.garbled(target) from error
    return _checked(target, data, "image/", MAX_IMAGE_BYTES, usage)


def read_video(target: Target, data: bytes, seconds: object = None) -> Made:
    """Return the video, and its length as the provider writes it; raises ModelAnswerInvalidError where these bytes are none."""
    made = _checked(target, data, "video/", MAX_VIDEO_BYTES, Usage())
    return replace(made, seconds=_length(seconds))


def _checked(target: Target, data: bytes, kind: str, max_bytes: int, usage: Usage) -> Made:
    if not data:
        raise failures.empty(target)
    if len(data) > max_bytes:
        raise failures.too_large(target, max_bytes)
    media_type = next(
        (name for at, sign, name in _SIGNATURES if data[at : at + len(sign)] == sign), ""
    )
    if not media_type.startswith(kind):
        raise failures.garbled(target)
    return Made(data, media_type, usage)


def _length(seconds: object) -> float:
    text = str(seconds)
    return float(text) if text.isdecimal() and len(text) <= 4 else 0.0


def took_too_long(target: Target) -> ModelTimeoutError:
    """Say that the deadline is over."""
    return ModelTimeoutError(
        f"{target.provider.title} took too long. Try again, or choose another model."
    )
