"""Responses, as OpenAI's own client asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openai
import pytest

from tests.fakes.script import Answer, Rule, ToolUse
from tests.integration.api.openai_world import BIKES, MODEL, OpenAIWorld, open_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openai import OpenAI

TOOL: Any = {
    "type": "function",
    "name": "look_up",
    "description": "Look it up.",
    "parameters": {"type": "object", "properties": {"id": {"type": "integer"}}},
    "strict": False,
}
TEXT_EVENTS = [
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.completed",
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenAIWorld]:
    with open_world(tmp_path_factory.mktemp("responses")) as opened:
        yield opened


@pytest.fixture
def client(world: OpenAIWorld) -> Iterator[OpenAI]:
    world.upstream.requests.clear()
    world.upstream.script.rules = []
    with world.client(world.make()) as opened:
        yield opened


def test_a_text_is_answered(world: OpenAIWorld, client: OpenAI):
    world.upstream.script.queue.append(Answer(text="Hello there", usage=(10, 5)))

    answer = client.responses.create(
        model=MODEL, instructions="Be kind.", input="Hi", temperature=0.2, max_output_tokens=9
    )

    asked = world.upstream.requests[-1]
    assert answer.output_text == "Hello there"
    assert (answer.status, answer.model) == ("completed", MODEL)
    assert answer.usage is not None
    assert answer.usage.total_tokens == 15
    assert (asked.system, asked.last_user) == ("Be kind.", "Hi")
    assert (asked.body["temperature"], asked.body["max_tokens"]) == (0.2, 9)


def test_a_stream_has_the_events_in_their_order(world: OpenAIWorld, client: OpenAI):
    world.upstream.script.queue.append(Answer(text="One two three", usage=(10, 5)))

    with client.responses.stream(model=MODEL, input="Count") as stream:
        events = list(stream)
        final = stream.get_final_response()

    kinds = [event.type for event in events]
    assert list(dict.fromkeys(kinds)) == TEXT_EVENTS
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert final.output_text == "One two three"
    assert final.usage is not None
    assert final.usage.output_tokens == 5


@pytest.mark.parametrize("streamed", [False, True])
def test_functions_are_called_and_answered(world: OpenAIWorld, client: OpenAI, streamed: bool):
    world.upstream.script.rules = [
        Rule("It is red.", after_tool=True),
        Rule(Answer(text="Let me see.", tools=[ToolUse("look_up", {"id": 7})]), tool="look_up"),
    ]
    items: Any = [{"role": "user", "content": [{"type": "input_text", "text": f"7? {streamed}"}]}]
    choice: Any = {"type": "function", "name": "look_up"}
    wanted: Any = {"model": MODEL, "tools": [TOOL], "tool_choice": choice}

    create: Any = client.responses.create
    answer: Any
    if streamed:
        with client.responses.stream(input=items, **wanted) as stream:
            answer = stream.get_final_response()
    else:
        answer = create(input=items, **wanted)
    message: Any
    call: Any
    message, call = answer.output
    items += [message.model_dump(), call.model_dump()]
    items.append({"type": "function_call_output", "call_id": call.call_id, "output": "red"})
    second = client.responses.create(model=MODEL, input=items, tools=[TOOL])

    first, last = world.upstream.requests[0].body, world.upstream.requests[-1].body
    assert (message.content[0].text, call.name, call.arguments) == (
        "Let me see.",
        "look_up",
        '{"id":7}',
    )
    assert first["tool_choice"] == {"type": "function", "function": {"name": "look_up"}}
    assert second.output_text == "It is red."
    assert [one["role"] for one in last["messages"]] == ["user", "assistant", "tool"]
    assert last["messages"][1]["tool_calls"][0]["id"] == call.call_id


def test_an_answer_that_grew_too_long_is_incomplete(world: OpenAIWorld, client: OpenAI):
    world.upstream.script.queue.append(Answer(text="Too", finish="length"))

    answer = client.responses.create(model=MODEL, input="Long")

    assert answer.status == "incomplete"
    assert answer.incomplete_details is not None
    assert answer.incomplete_details.reason == "max_output_tokens"


def test_a_stream_that_breaks_off_fails(world: OpenAIWorld, client: OpenAI):
    world.upstream.script.queue.append(Answer(text="one two three four", fault="cut", after=2))

    with client.responses.create(model=MODEL, input="cut", stream=True) as stream:
        last: Any = list(stream)[-1]

    assert last.type == "response.failed"
    assert last.response.error.code == "model_answer_invalid"


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"background": True}, "background"),
        ({"conversation": "conv_1"}, "conversation"),
        ({"previous_response_id": "resp_1"}, "previous_response_id"),
        ({"input": [{"type": "computer_call"}]}, "input.0"),
        ({"text": {"format": {"type": "xml"}}}, "text.format"),
    ],
)
def test_what_cannot_be_done_is_refused_by_its_name(
    client: OpenAI, fields: dict[str, Any], param: str
):
    wanted: Any = {"model": MODEL, "input": "x", **fields}

    with pytest.raises(openai.BadRequestError) as refused:
        client.responses.create(**wanted)

    assert refused.value.param == param


def test_an_agent_goes_on_from_an_earlier_response(world: OpenAIWorld):
    world.upstream.script.rules = [
        Rule(Answer(tools=[ToolUse("the_visitor_asks_for_the_price")]), user="price"),
        Rule("So?"),
    ]
    with world.client(world.make(program=BIKES, model=MODEL)) as client:
        first = client.responses.create(model="app", input="The price")
        second = client.responses.create(
            model="app", input="The price again", previous_response_id=first.id
        )
        branch = client.responses.create(
            model="app", input="What price", previous_response_id=first.id
        )
        third = client.responses.create(
            model="app", input="One more price", previous_response_id=second.id
        )
        with pytest.raises(openai.NotFoundError):
            client.responses.create(model="app", input="x", previous_response_id="resp_nobodys")

    counted = [answer.output_text for answer in (first, second, branch, third)]
    assert ["You asked 1" in counted[0], "You asked 2" in counted[1]] == [True, True]
    assert ["You asked 2" in counted[2], "You asked 3" in counted[3]] == [True, True]
