"""Begins at the server's start, in threads, what the first requests would otherwise wait for."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING

from babble_app.llm import litellm_client, model_table, tokens
from babble_app.llm.credentials import environment_credentials

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from babble_app.llm.provider import Provider
    from babble_app.settings import Settings


def warm(settings: Settings, providers: Iterable[Provider], with_keys: Collection[str]) -> None:
    """Load the table of models and the vocabulary, and LiteLLM where a provider that can be called needs it.

    Args:
        settings: The server's, which may name keys.
        providers: All there are.
        with_keys: The ids of those that somebody has stored a key for.
    """
    threading.Thread(target=_load_tables, name="load-tables", daemon=True).start()
    for provider in providers:
        if provider.id in with_keys or environment_credentials(settings, provider):
            prepare(provider)


def prepare(provider: Provider) -> None:
    """Begin to load what calls of the provider need: LiteLLM takes seconds and 150 MB, so it is left out where nobody needs it."""
    if provider.wire == "litellm":
        litellm_client.loading()


def _load_tables() -> None:
    model_table.load()
    tokens.encoding()
    gc.freeze()  # what is there now stays: walking over it would stall the event loop
