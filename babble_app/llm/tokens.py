"""Estimates tokens offline, with the vocabulary files that LiteLLM ships; LiteLLM itself is not imported."""

from __future__ import annotations

import os
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import tiktoken

from babble_app.llm.model_table import litellm_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.models import ModelMessage

TOKENS_PER_MESSAGE = 4
TOKENS_PER_IMAGE = 1_100
"""A 1024 x 1024 picture costs about 765 (OpenAI's guide) to 1,400 tokens (Anthropic's: width x height / 750)."""
_EMBEDDING_TOKENS = 100_256
"""Tokens of cl100k_base that stand for text."""
SAMPLE_CHARS = 40_000
"""Longer texts are measured by their beginning: counting takes about 1 ms for 10,000 characters, on the event loop."""


def use_shipped_vocabulary() -> None:
    """Point tiktoken, which would download, to the files that came with LiteLLM."""
    folder = litellm_folder() / "litellm_core_utils" / "tokenizers"
    os.environ.setdefault("TIKTOKEN_CACHE_DIR", str(folder))


@cache
def encoding() -> tiktoken.Encoding:
    """Load the vocabulary of GPT-4o and later; takes about 0.3 s, so `warming` calls it in a thread."""
    use_shipped_vocabulary()
    return tiktoken.get_encoding("o200k_base")


def embedded_text(numbers: Sequence[int]) -> str:
    """Return the text of tokens as OpenAI's embedding models have them; unknown ones are left out."""
    use_shipped_vocabulary()
    known = [number for number in numbers if 0 <= number < _EMBEDDING_TOKENS]
    return tiktoken.get_encoding("cl100k_base").decode(known)


def count(text: str) -> int:
    """Estimate the tokens of `text`; other vendors' vocabularies differ by up to a third."""
    sample = text[:SAMPLE_CHARS]
    tokens = len(encoding().encode_ordinary(sample))
    return tokens if len(sample) == len(text) else round(tokens * len(text) / len(sample))


def count_messages(messages: Sequence[ModelMessage]) -> int:
    """Estimate the tokens of a prompt."""
    return sum(
        TOKENS_PER_MESSAGE
        + (_count_again if message.role == "system" else count)(message.text)
        + TOKENS_PER_IMAGE * len(message.images)
        + sum(count(str(call.arguments)) for call in message.tool_calls)
        for message in messages
    )


@lru_cache(maxsize=32)
def _count_again(text: str) -> int:
    """Count what is the same in most prompts once: Babble's own words are the longest part of a short question."""
    return count(text)
