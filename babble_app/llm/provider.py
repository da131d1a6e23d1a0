"""What a provider is: data, so that a new one is one file in `llm/providers/`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from babble_app.discovery import declared_by_id
from babble_app.llm import model_table, providers

if TYPE_CHECKING:
    from collections.abc import Mapping

Wire = Literal["openai", "ollama", "litellm", "demo"]
"""Which adapter speaks to it: our direct ones, or LiteLLM for whoever has a format of his own."""


@dataclass(frozen=True)
class ModelEntry:
    """A model known without asking the provider."""

    name: str
    """As the provider calls it, without our prefix."""
    title: str
    context_tokens: int | None = None
    sees_images: bool = False
    calls_tools: bool = True
    note: str = ""


@dataclass(frozen=True)
class Provider:
    """Somebody who runs models, and how to talk to him."""

    id: str
    title: str
    wire: Wire
    base_url: str = ""
    """What requests' paths are appended to, unless a setting or a credential says otherwise."""
    key_setting: str = ""
    """The field of `Settings` that holds the key; empty where none is needed."""
    key_env: str = ""
    """The environment variable behind it, as people are told to set it."""
    key_required: bool = True
    base_url_setting: str = ""
    """The field of `Settings` that replaces `base_url`."""
    base_url_env: str = ""
    takes_base_url: bool = False
    """Whether the settings page asks for an address."""
    models: tuple[ModelEntry, ...] = ()
    """Offered when the live list cannot be had, and first in it otherwise."""
    help: str = ""
    """One sentence: where the key or the server comes from."""
    key_header: Literal["authorization", "x-api-key"] = "authorization"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Sent with every request."""
    check_path: str = "/models"
    """A path that answers 200 only to a good key."""
    media_wire: Literal["", "openai", "chat"] = ""
    """How pictures are asked for: by OpenAI's own calls, or within a chat's answer; empty: not at all."""
    image_models: tuple[str, ...] = ()
    """Which make pictures, the preferred first."""
    video_models: tuple[str, ...] = ()
    max_tokens_field: str = "max_tokens"
    """How the server calls the limit of the answer."""
    cost: Literal["by_price", "told", "none"] = "by_price"
    """How it is known what a call costs: by a price for its tokens, by what each answer says, or nothing is ever paid."""
    caches_marked_prompts: bool = False
    """Whether it keeps the beginning of a prompt between calls only where that is marked; others do it by themselves."""

    def entry(self, name: str) -> ModelEntry | None:
        """Return what is known of the model, if anything."""
        return next((entry for entry in self.models if entry.name == name), None)

    def output_usd_per_million(self, name: str) -> float | None:
        """Return what a million tokens of the model's answers cost; None where nobody knows."""
        price = model_table.price(self.id, name)
        if price is None:
            return 0.0 if self.cost == "none" else None
        return price.output_per_million


def all_providers() -> dict[str, Provider]:
    """Collect every provider by its id, in the order of their files.

    Raises:
        ValueError: two files declare the same id.
    """
    return declared_by_id(providers, "PROVIDER", Provider)
