"""Asks a provider which models it has now, and whether it takes the key."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, cast

from babble_app.errors import BabbleError, ModelTimeoutError
from babble_app.llm import failures, http, model_table
from babble_app.schemas.models import ModelInfo

if TYPE_CHECKING:
    import aiohttp

    from babble_app.llm.provider import Provider
    from babble_app.llm.target import Target

MAX_BYTES = 20_000_000
"""OpenRouter's list of some hundred models has half a megabyte."""
SHOWN_AT_ONCE = 4
"""How many of Ollama's models are asked about side by side."""
_NO_CHAT = re.compile(
    r"embed|whisper|tts|dall-e|image|audio|realtime|moderation|transcribe|davinci|babbage|sora|guard|orpheus|rerank",
    re.IGNORECASE,
)


async def list_models(
    session: aiohttp.ClientSession, target: Target, timeout_seconds: float
) -> list[ModelInfo]:
    """Return what the provider offers, in its own order; `target.model` is not used.

    Raises:
        BabbleError: the provider cannot be asked.
    """
    path = {"ollama": "/api/tags", "litellm": "/v1/models?limit=1000"}
    document = await _get(
        session, target, path.get(target.provider.wire, "/models"), timeout_seconds
    )
    key = "models" if target.provider.wire == "ollama" else "data"
    # A few gateways answer with the bare list.
    rows = cast("dict[str, Any]", document).get(key) if isinstance(document, dict) else document
    if not isinstance(rows, list):
        raise failures.garbled(target)
    named = [
        cast("dict[str, Any]", row) for row in cast("list[object]", rows) if isinstance(row, dict)
    ]
    if target.provider.wire == "ollama":
        return await _ollama_models(session, target, named, timeout_seconds)
    found = [info for row in named if (info := _read_row(target.provider, row)) is not None]
    return sorted(found, key=lambda info: _place(target.provider, info))


def _place(provider: Provider, info: ModelInfo) -> tuple[int, str]:
    """Put the models that we know of first, in our order; the rest by name."""
    ids = [f"{provider.id}/{entry.name}" for entry in provider.models]
    return (ids.index(info.id), "") if info.id in ids else (len(ids), info.id)


async def check(session: aiohttp.ClientSession, target: Target, timeout_seconds: float) -> None:
    """Make the cheapest call that a wrong key or address fails.

    Raises:
        BabbleError: says what is wrong.
    """
    path = target.provider.check_path
    if path.startswith("https://") and target.base_url.rstrip("/") != target.provider.base_url:
        path = "/models"  # another address is checked there, and the key does not go elsewhere
    await _get(session, target, path, timeout_seconds)


async def _get(
    session: aiohttp.ClientSession, target: Target, path: str, timeout_seconds: float
) -> object:
    return await _ask(session, target, path, None, timeout_seconds)


async def _ask(
    session: aiohttp.ClientSession,
    target: Target,
    path: str,
    body: dict[str, Any] | None,
    timeout_seconds: float,
) -> object:
    try:
        async with (
            asyncio.timeout(timeout_seconds),
            http.call(session, target, path, body) as response,
        ):
            return await http.read_json(target, response, MAX_BYTES)
    except TimeoutError:
        raise ModelTimeoutError(
            f"{target.provider.title} at {target.address} did not answer within {timeout_seconds:g} seconds."
        ) from None


def _read_row(provider: Provider, row: dict[str, Any]) -> ModelInfo | None:
    name = str(row.get("id") or "").removeprefix("models/")
    if not name or _NO_CHAT.search(name) or row.get("active") is False:
        return None
    entry, facts = provider.entry(name), model_table.facts(provider.id, name)
    context = (
        row.get("context_length")
        or row.get("context_window")
        or row.get("max_model_len")
        or row.get("max_input_tokens")
        or facts.get("max_input_tokens")
        or (entry.context_tokens if entry else None)
    )
    architecture = cast("dict[str, Any]", row.get("architecture") or {})
    inputs = cast("list[str]", architecture.get("input_modalities") or [])
    parameters = cast("list[str]", row.get("supported_parameters") or [])
    return ModelInfo(
        id=f"{provider.id}/{name}",
        provider=provider.id,
        title=(entry.title if entry else "")
        or str(row.get("display_name") or row.get("name") or name),
        note=entry.note if entry else "",
        context_tokens=int(context) if context else None,
        sees_images=_either("image" in inputs if inputs else None, facts.get("supports_vision")),
        calls_tools=_either("tools" in parameters if parameters else None, _takes_tools(facts)),
        output_usd_per_million=provider.output_usd_per_million(name),
    )


def _either(said: bool | None, known: object) -> bool:
    return bool(known) if said is None else said


def _takes_tools(facts: dict[str, Any]) -> bool:
    """An unknown model is offered tools: nearly all take them, and a refusal has its words."""
    return bool(facts.get("supports_function_calling", not facts))


async def _ollama_models(
    session: aiohttp.ClientSession,
    target: Target,
    rows: list[dict[str, Any]],
    timeout_seconds: float,
) -> list[ModelInfo]:
    limit = asyncio.Semaphore(SHOWN_AT_ONCE)

    async def read(name: str) -> ModelInfo | None:
        async with limit:
            try:
                shown = await _ask(session, target, "/api/show", {"model": name}, timeout_seconds)
            except BabbleError:  # deleted meanwhile, or an old server: its name is enough
                shown = None
        return _read_shown(target.provider, name, shown)

    names = [str(row["name"]) for row in rows if row.get("name")]
    found = await asyncio.gather(*(read(name) for name in names))
    return [info for info in found if info is not None]


def _read_shown(provider: Provider, name: str, shown: object) -> ModelInfo | None:
    fields = cast("dict[str, Any]", shown) if isinstance(shown, dict) else {}
    abilities = cast("list[str] | None", fields.get("capabilities"))
    if abilities and "completion" not in abilities:
        return None  # an embedding model
    sizes = cast("dict[str, Any]", fields.get("model_info") or {})
    context = next((size for key, size in sizes.items() if key.endswith(".context_length")), None)
    return ModelInfo(
        id=f"{provider.id}/{name}",
        provider=provider.id,
        title=name.removesuffix(":latest"),
        note="runs on your own machine",
        context_tokens=int(context) if context else None,
        sees_images="vision" in (abilities or ()),
        calls_tools="tools" in (abilities or ()),
        output_usd_per_million=provider.output_usd_per_million(name),
    )
