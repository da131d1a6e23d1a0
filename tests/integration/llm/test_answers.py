"""What a model says arrives the same through every wire."""

from __future__ import annotations

import asyncio

import pytest

from babble_app.schemas.models import (
    Image,
    ModelDone,
    ModelMessage,
    ModelRequest,
    ToolCall,
    ToolSpec,
)
from tests.fakes.script import Answer, ToolUse
from tests.integration.llm.clients import ask, collect, opened, text_of

LOOK_UP = ToolSpec(
    name="look_up",
    description="Look up an order",
    parameters={"type": "object", "properties": {"id": {"type": "integer"}}},
)
SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "required": ["name"],
    "additionalProperties": False,
}


async def test_text_arrives_in_pieces_and_ends_once(wire, server):
    server.script.queue.append(
        Answer(text="Grüße aus Köln, 你好 🎉", tokens_per_second=200, usage=(7, 4))
    )

    async with opened(wire, server) as client:
        events, error = await collect(client)

    assert error is None
    assert text_of(events) == "Grüße aus Köln, 你好 🎉"
    assert len([event for event in events if event.type == "text"]) > 1
    done = events[-1]
    assert isinstance(done, ModelDone)
    assert [event.type for event in events].count("done") == 1
    assert (done.usage.input_tokens, done.usage.output_tokens) == (7, 4)
    assert done.finish_reason == "stop"
    assert "fake" in done.model


async def test_a_whole_answer_holds_the_same(wire, server):
    server.script.queue.append(Answer(text="Hello there", reasoning="hm hm", usage=(7, 4)))

    async with opened(wire, server) as client:
        answer = await client.complete(ask())

    assert answer.text == "Hello there"
    assert answer.reasoning.strip() == "hm hm"
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (7, 4)
    assert server.requests[0].stream is False


async def test_thinking_is_kept_apart_from_the_answer(wire, server):
    server.script.queue.append(Answer(text="Four.", reasoning="two and two"))

    async with opened(wire, server) as client:
        events, _ = await collect(client)

    thoughts = "".join(event.text for event in events if event.type == "reasoning")
    assert thoughts.strip() == "two and two"
    assert text_of(events) == "Four."


@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize("opening", ["<think>\n", ""])
async def test_thinking_within_the_text_is_kept_apart_too(wire, server, streamed, opening):
    said = "```based\nsay(1)\n```\n"
    server.script.queue.append(f"{opening}I would write\n{said}or so.\n</think>\n\nHere:\n{said}")

    async with opened(wire, server) as client:
        if streamed:
            text = thought = ""
            for event in (await collect(client))[0]:
                if event.type == "text":
                    text += event.text
                elif event.type == "reasoning":
                    text, thought = ("", text) if event.all_before else (text, thought)
                    thought += event.text
        else:
            answer = await client.complete(ask())
            text, thought = answer.text, answer.reasoning

    assert text.strip() == f"Here:\n{said}".strip()
    assert thought.strip() == f"I would write\n{said}or so."


async def test_an_answer_of_thoughts_alone_is_left_to_who_asked(wire, server):
    server.script.queue.append("<think>I go on and on")

    async with opened(wire, server) as client:
        events, error = await collect(client)

    assert error is None
    assert text_of(events) == ""
    assert [event.text for event in events if event.type == "reasoning"] != []


@pytest.mark.parametrize("streamed", [True, False])
async def test_tool_calls_come_whole_with_checked_arguments(wire, server, streamed):
    tools = [ToolUse("look_up", {"id": 7}), ToolUse("look_up", {"id": 8})]
    server.script.queue.append(Answer(tools=tools))

    async with opened(wire, server) as client:
        if streamed:
            events, _ = await collect(client, ask(tools=(LOOK_UP,)))
            calls = [event for event in events if isinstance(event, ToolCall)]
            finish = events[-1].finish_reason
        else:
            answer = await client.complete(ask(tools=(LOOK_UP,)))
            calls, finish = list(answer.tool_calls), answer.finish_reason

    assert [(call.name, call.arguments, call.error) for call in calls] == [
        ("look_up", {"id": 7}, ""),
        ("look_up", {"id": 8}, ""),
    ]
    assert len({call.id for call in calls}) == 2
    assert finish == "tool_calls"
    assert server.requests[0].tools == ["look_up"]


async def test_broken_tool_arguments_are_told_not_guessed(wire, server):
    server.script.queue.append(Answer(tools=[ToolUse("look_up", '{"id": 7')]))

    async with opened(wire, server) as client:
        events, error = await collect(client, ask(tools=(LOOK_UP,)))

    assert error is None
    call = next(event for event in events if isinstance(event, ToolCall))
    assert call.arguments == {}
    assert "JSON" in call.error


async def test_a_tools_answer_goes_back_to_the_model(wire, server):
    server.script.queue.append("It is on its way.")
    call = ToolCall(id="call_9", name="look_up", arguments={"id": 7})
    request = ModelRequest(
        messages=(
            ModelMessage(role="system", text="Be brief."),
            ModelMessage(role="user", text="Where is 7?"),
            ModelMessage(role="assistant", tool_calls=(call,)),
            ModelMessage(role="tool", tool_call_id="call_9", text="shipped"),
        ),
        tools=(LOOK_UP,),
    )

    async with opened(wire, server) as client:
        events, error = await collect(client, request)

    assert error is None
    assert text_of(events) == "It is on its way."
    asked = server.requests[0]
    assert asked.after_tool
    assert asked.system == "Be brief."
    assert asked.messages[-1][1] == "shipped"


async def test_images_reach_a_model_that_sees_and_are_left_out_otherwise(wire, server):
    server.script.models = ["fake-vision", "fake-blind"]
    server.script.queue += ["a cat", "a cat"]
    image = Image(media_type="image/png", data=b"\x89PNG not really")
    request = ModelRequest(messages=(ModelMessage(role="user", text="What?", images=(image,)),))

    async with opened(wire, server) as client:
        client.sees_images = True
        await collect(client, request)
        client.sees_images = False
        await collect(client, request)

    assert [asked.images for asked in server.requests] == [1, 0]
    assert server.requests[1].last_user == "What?"


async def test_a_schema_is_asked_for_in_the_wires_own_way(wire, server):
    server.script.queue.append('{"name": "Ada"}')

    async with opened(wire, server) as client:
        answer = await client.complete(ask(json_schema=SCHEMA))

    assert answer.text == '{"name": "Ada"}'
    body = str(server.requests[0].body)
    assert "'name': {'type': 'string'}" in body


async def test_the_limit_of_the_answer_and_the_temperature_are_passed_on(wire, server):
    server.script.queue.append("ok")

    async with opened(wire, server) as client:
        await client.complete(ask(temperature=0.5, max_output_tokens=77))

    body = server.requests[0].body
    flat = {**body, **body.get("options", {})}
    assert 77 in {flat.get("max_tokens"), flat.get("num_predict")}
    assert flat["temperature"] == 0.5


async def test_an_answer_cut_by_its_limit_says_so(wire, server):
    server.script.queue.append(Answer(text="Once upon", finish="length"))

    async with opened(wire, server) as client:
        events, error = await collect(client)

    assert error is None
    assert events[-1].finish_reason == "length"


async def test_closing_the_stream_closes_the_providers_connection(wire, server):
    server.script.queue.append(Answer(text="word " * 500, tokens_per_second=50))

    async with opened(wire, server) as client:
        stream = client.stream(ask())
        await anext(stream)
        await stream.aclose()

        assert await asyncio.to_thread(server.hung_up.wait, 3)


async def test_a_second_call_uses_the_first_ones_connection(wire, server):
    server.script.queue += ["one", "two"]

    async with opened(wire, server) as client:
        for _ in range(2):
            await collect(client)

    ports = {incoming.headers["X-Peer-Port"] for incoming in server.requests}
    assert len(ports) == 1
