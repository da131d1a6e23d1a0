"""LiteLLM in the process costs no one an answer's time."""

from __future__ import annotations

import gc

from babble_app.llm import litellm_client

IMPORT_SECONDS = 90


def test_collections_of_garbage_leave_the_library_out() -> None:
    litellm_client.loading().result(IMPORT_SECONDS)

    assert gc.get_freeze_count() > 100_000
