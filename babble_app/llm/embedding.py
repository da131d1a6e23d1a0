"""Embeddings: asked of servers that speak OpenAI's wire or Ollama's, whole, as neither streams them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from babble_app.errors import ModelTimeoutError, ModelUnavailableError
from babble_app.llm import failures, http, model_table, prices, tokens
from babble_app.llm.openai_answer import MISSHAPEN
from babble_app.schemas.models import Embeddings
from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.llm.deadlines import Deadlines
    from babble_app.llm.provider import Provider
    from babble_app.llm.target import Target

MAX_BYTES = 64 * 2**20
"""2,048 vectors of 3,072 numbers have 70 MB at worst and 40 usually; asked for at once by nobody."""
OPENAI_PATH = "/embeddings"
OLLAMA_PATH = "/api/embed"


@dataclass(frozen=True)
class EmbeddingClient:
    """One model that turns texts into vectors, with its credential already bound."""

    name: str
    """`provider/name`, such as `openai/text-embedding-3-small`."""
    target: Target
    sessions: http.Sessions
    deadlines: Deadlines

    async def embed(
        self, texts: Sequence[str] | Sequence[Sequence[int]], dimensions: int | None = None
    ) -> Embeddings:
        """Return a vector for each text, in their order.

        Args:
            texts: Texts, or what OpenAI's tokenizers make of them.
            dimensions: How long the vectors shall be; None: as the model has them.

        Raises:
            BabbleError: as `ModelClient.complete`.
        """
        try:
            async with asyncio.timeout(self.deadlines.whole_seconds):
                return await self._ask(texts, dimensions)
        except TimeoutError:
            raise ModelTimeoutError(
                f"{self.target.provider.title} took too long. Try again, or send fewer texts at once."
            ) from None

    async def _ask(
        self, texts: Sequence[str] | Sequence[Sequence[int]], dimensions: int | None
    ) -> Embeddings:
        by_ollama = self.target.provider.wire == "ollama"
        path = OLLAMA_PATH if by_ollama else OPENAI_PATH
        body: dict[str, Any] = {"model": self.target.model, "input": list(texts)}
        if by_ollama:
            body["input"] = await asyncio.to_thread(lambda: [as_text(text) for text in texts])
        else:
            body["encoding_format"] = "float"
        if dimensions is not None:
            body["dimensions"] = dimensions
        async with http.call(self.sessions.get(), self.target, path, body) as response:
            document = await http.read_json(self.target, response, MAX_BYTES)
        found = self._read(document)
        if len(found.vectors) != len(texts):
            raise failures.garbled(self.target)
        return found

    def _read(self, document: object) -> Embeddings:
        fields = cast("dict[str, Any]", document) if isinstance(document, dict) else {}
        if fields.get("error"):
            raise failures.error_event(self.target, fields["error"])
        try:
            if "embeddings" in fields:
                vectors = [tuple(map(float, one)) for one in fields["embeddings"]]
                counted = int(fields.get("prompt_eval_count") or 0)
            else:
                rows = sorted(fields["data"], key=lambda row: row.get("index", 0))
                vectors = [tuple(map(float, row["embedding"])) for row in rows]
                used = cast("dict[str, Any]", fields.get("usage") or {})
                counted = int(used.get("prompt_tokens") or 0)
        except MISSHAPEN as error:
            raise failures.garbled(self.target) from error
        return Embeddings(
            vectors=tuple(vectors),
            usage=Usage(input_tokens=counted, cost_usd=cost_usd(self.name, counted)),
            model=str(fields.get("model") or self.target.model),
        )


def require_embeddings(provider: Provider) -> None:
    """Raise ModelUnavailableError where the provider makes no embeddings."""
    if provider.wire not in {"openai", "ollama"}:
        raise ModelUnavailableError(
            f"{provider.title} makes no embeddings here. Choose a model of another provider, such as "
            "openai/text-embedding-3-small or ollama/nomic-embed-text."
        )


def as_text(text: str | Sequence[int]) -> str:
    """Return the text that tokens stand for, by the vocabulary of OpenAI's embedding models."""
    return text if isinstance(text, str) else tokens.embedded_text(text)


def cost_usd(model: str, input_tokens: int) -> float | None:
    """Return what `provider/name` asks for so many tokens; None where nobody knows."""
    provider, _, name = model.partition("/")
    if provider == "ollama":
        return 0.0
    if (own := prices.find(provider, name)) is not None:
        return own.cost_usd(Usage(input_tokens=input_tokens))
    each = model_table.embedding_facts(provider, name).get("input_cost_per_token")
    return float(each) * input_tokens if isinstance(each, int | float) else None


def most_tokens(texts: Sequence[str] | Sequence[Sequence[int]]) -> int:
    """Estimate how many tokens the texts are, offline."""
    return sum(tokens.count(text) if isinstance(text, str) else len(text) for text in texts)
