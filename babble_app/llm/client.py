"""The port through which everything talks to a language model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from babble_app.schemas.models import ModelAnswer, ModelEvent, ModelMessage, ModelRequest


class ModelClient(Protocol):
    """One model of one provider, with its credential already bound."""

    @property
    def name(self) -> str:
        """`provider/name`, such as `openai/gpt-4o-mini`."""
        ...

    @property
    def sees_images(self) -> bool:
        """Whether images in messages reach the model; they are left out otherwise."""
        ...

    def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """Yield the answer's pieces as they arrive, then exactly one `ModelDone`.

        Closing the generator (use `contextlib.aclosing`) or cancelling the task closes the provider's connection.

        Raises:
            BabbleError: before the first piece or in the middle; what was yielded stands. The codes are
                `provider_unavailable`, `provider_rate_limited`, `provider_key_refused`, `model_unavailable`,
                `model_timeout`, `model_answer_invalid`, `context_too_large`.
        """
        ...

    async def complete(self, request: ModelRequest) -> ModelAnswer:
        """Return the whole answer; raises as `stream` does."""
        ...

    def count_tokens(self, messages: Sequence[ModelMessage]) -> int:
        """Estimate the prompt's tokens, offline."""
        ...
