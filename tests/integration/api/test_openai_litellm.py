"""The same routes as LiteLLM's client asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from babble_app.llm import litellm_client
from tests.fakes.script import Answer, Rule, ToolUse
from tests.integration.api.openai_world import BIKES, MODEL, OpenAIWorld, open_world

if TYPE_CHECKING:
    from collections.abc import Iterator

IMPORT_SECONDS = 90


@pytest.fixture(scope="module")
def litellm() -> Any:
    return litellm_client.loading().result(IMPORT_SECONDS)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenAIWorld]:
    with open_world(tmp_path_factory.mktemp("litellm")) as opened:
        yield opened


async def test_a_model_and_an_agent_answer_litellm(world: OpenAIWorld, litellm: Any):
    world.upstream.script.rules = [
        Rule(Answer(tools=[ToolUse("the_visitor_says_goodbye")]), user="^bye$"),
        Rule("So?"),
    ]
    host = world.make(program=BIKES, model=MODEL)
    named = {"api_base": f"{world.server.url}/v1", "api_key": host.token.token, "max_retries": 0}
    messages: list[Any] = [{"role": "user", "content": "Hi"}]

    whole = await litellm.acompletion(model=f"openai/{MODEL}", messages=messages, **named)
    chunks = await litellm.acompletion(
        model="openai/agent/greeter", messages=messages, stream=True, **named
    )
    first = "".join([chunk.choices[0].delta.content or "" async for chunk in chunks])
    messages += [{"role": "assistant", "content": first}, {"role": "user", "content": "bye"}]
    second = await litellm.acompletion(model="openai/agent/greeter", messages=messages, **named)
    vectors = await litellm.aembedding(model="openai/custom/embedder", input=["x"], **named)

    assert whole.choices[0].message.content == "So?"
    assert first == "Welcome to the bike shop.\n\nSo?"
    assert second.choices[0].message.content == "Ride safely! You asked 0 times."
    assert vectors.data[0]["embedding"] == [1, 0.5, -0.25]


async def test_litellm_tells_our_failures_apart(world: OpenAIWorld, litellm: Any):
    host = world.make()
    base = f"{world.server.url}/v1"
    messages = [{"role": "user", "content": "Hi"}]

    with pytest.raises(litellm.AuthenticationError):
        await litellm.acompletion(
            model="openai/app", messages=messages, api_base=base, api_key="bb_0", max_retries=0
        )
    with pytest.raises(litellm.NotFoundError):
        await litellm.acompletion(
            model="openai/agent/nobody",
            messages=messages,
            api_base=base,
            api_key=host.token.token,
            max_retries=0,
        )
