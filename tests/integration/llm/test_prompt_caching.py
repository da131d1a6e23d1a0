"""Anthropic is asked to keep long system prompts between calls, and what that saves is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from babble_app.llm import litellm_client, model_table
from babble_app.llm.catalogue import Models
from babble_app.schemas.models import ModelDone, ModelMessage, ModelRequest
from babble_app.schemas.usage import Usage
from tests.fakes.script import Answer
from tests.integration.llm.clients import credential, make_settings, opened
from tests.integration.llm.conftest import IMPORT_SECONDS

if TYPE_CHECKING:
    from tests.fakes.model_server import ModelServer

LONG = "You bake cakes, and nothing else. " * 150
MODEL = "anthropic/claude-haiku-4-5"


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    litellm_client.loading().result(IMPORT_SECONDS)


def asked(system: str) -> ModelRequest:
    messages = (
        ModelMessage(role="system", text=system),
        ModelMessage(role="user", text="A cake, please."),
    )
    return ModelRequest(messages=messages)


async def system_sent(server: ModelServer, wire: str, system: str) -> Any:
    server.script.queue.append("Here it is.")
    async with opened(wire, server) as client:
        await client.complete(asked(system))
    return server.requests[-1].body.get("system") or server.requests[-1].body["messages"][0]


async def test_a_long_system_prompt_is_marked(server: ModelServer) -> None:
    sent = await system_sent(server, "litellm", LONG)

    assert sent == [{"type": "text", "text": LONG, "cache_control": {"type": "ephemeral"}}]


@pytest.mark.parametrize(("wire", "system"), [("litellm", "You bake cakes."), ("openai", LONG)])
async def test_a_short_one_and_other_providers_are_sent_no_mark(
    server: ModelServer, wire: str, system: str
) -> None:
    assert "cache_control" not in str(await system_sent(server, wire, system))


@pytest.mark.parametrize("streamed", [True, False])
async def test_tokens_of_the_cache_are_counted_and_cost_what_they_cost(
    server: ModelServer, streamed: bool
) -> None:
    server.script.queue.append(Answer(text="Here.", usage=(100, 10), cache_usage=(4000, 2000)))

    usage = await usage_of(server, streamed=streamed)

    assert (usage.input_tokens, usage.cached_tokens, usage.output_tokens) == (6100, 4000, 10)
    row = model_table.facts("anthropic", "claude-haiku-4-5")
    expected = (
        100 * row["input_cost_per_token"]
        + 4000 * row["cache_read_input_token_cost"]
        + 2000 * row["cache_creation_input_token_cost"]
        + 10 * row["output_cost_per_token"]
    )
    assert usage.cost_usd == pytest.approx(expected)


async def usage_of(server: ModelServer, *, streamed: bool) -> Usage:
    models = Models(make_settings())
    try:
        client = models.open(MODEL, credential("litellm", server))
        if not streamed:
            return (await client.complete(asked(LONG))).usage
        ends = [event async for event in client.stream(asked(LONG)) if isinstance(event, ModelDone)]
        return ends[0].usage
    finally:
        await models.close()
