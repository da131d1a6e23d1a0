"""What is sent: bodies of both direct wires, and the estimate of tokens."""

from __future__ import annotations

from babble_app.llm import ollama_wire, openai_request, tokens
from babble_app.llm.refused_parameters import RefusedParameters
from babble_app.schemas.models import Image, ModelMessage, ModelRequest, ToolCall, ToolSpec, Wishes
from tests.unit.llm.targets import make_target

IMAGE = Image(media_type="image/png", data=b"abc")
CLOSED = {
    "type": "object",
    "properties": {"a": {"type": "string"}},
    "required": ["a"],
    "additionalProperties": False,
}


def make_request(text: str = "hi", **fields: object) -> ModelRequest:
    return ModelRequest(messages=(ModelMessage(role="user", text=text),), **fields)


def test_openai_is_sent_its_own_name_of_the_limit():
    body = openai_request.request_body(
        make_target("openai"), make_request(max_output_tokens=5), stream=False
    )
    other = openai_request.request_body(
        make_target("groq"), make_request(max_output_tokens=5), stream=True
    )

    assert body["max_completion_tokens"] == 5
    assert other["max_tokens"] == 5
    assert other["stream_options"] == {"include_usage": True}
    assert "stream" not in body


def test_images_are_data_urls():
    message = ModelMessage(role="user", text="see", images=(IMAGE,))

    body = openai_request.request_body(
        make_target(), ModelRequest(messages=(message,)), stream=False
    )

    assert body["messages"][0]["content"] == [
        {"type": "text", "text": "see"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,YWJj"}},
    ]


def test_strict_schemas_are_claimed_only_where_they_are_closed():
    assert openai_request.is_closed(CLOSED)
    assert not openai_request.is_closed({**CLOSED, "required": []})
    assert not openai_request.is_closed({**CLOSED, "properties": {"a": {"type": "object"}}})


def test_ollama_is_told_which_tool_answered():
    call = ToolCall(id="c1", name="look_up", arguments={"id": 1})
    messages = (
        ModelMessage(role="assistant", tool_calls=(call,)),
        ModelMessage(role="tool", tool_call_id="c1", text="found"),
    )

    body = ollama_wire.request_body(
        make_target("ollama"), ModelRequest(messages=messages), stream=True
    )

    assert body["messages"][1] == {"role": "tool", "content": "found", "tool_name": "look_up"}


def test_ollamas_context_grows_with_the_prompt_in_doubling_steps():
    short, long = make_request("hi"), make_request("word " * 12_000)

    assert ollama_wire.context_tokens(short) == 8_192
    assert ollama_wire.context_tokens(long) == 16_384
    assert ollama_wire.context_tokens(make_request("word " * 900_000)) == 131_072


def test_tokens_are_counted_offline_and_long_texts_by_their_beginning():
    assert tokens.count("hello world") == 2
    assert 90_000 < tokens.count("hello world " * 50_000) < 110_000
    assert tokens.count("") == 0


def test_a_refusal_that_names_no_parameter_teaches_nothing():
    refused = RefusedParameters()

    assert not refused.learn({"model": "m", "temperature": 1}, "no")
    assert not refused.learn({"model": "m"}, "temperature is not supported")
    assert refused.learn(
        {"temperature": 1}, '{"error": {"message": "bad", "param": "temperature"}}'
    )
    assert refused.without({"model": "m", "temperature": 1}) == {"model": "m"}


WISHES = Wishes(
    stop=("END",), seed=7, top_p=0.5, tool_choice="none", user="u1", reasoning_effort="low"
)


def test_a_callers_wishes_go_to_openai_under_their_names():
    tool = ToolSpec(name="look_up", description="", parameters={"type": "object"}, strict=True)
    request = make_request(wishes=WISHES, tools=(tool,))

    body = openai_request.request_body(make_target(), request, stream=False)

    wanted = {
        "seed": 7,
        "top_p": 0.5,
        "tool_choice": "none",
        "user": "u1",
        "reasoning_effort": "low",
    }
    assert {key: body[key] for key in wanted} == wanted
    assert list(body["stop"]) == ["END"]
    assert body["tools"][0]["function"]["strict"] is True
    assert "presence_penalty" not in body


def test_ollama_gets_the_wishes_that_it_knows():
    tool = ToolSpec(name="look_up", description="", parameters={"type": "object"})
    request = make_request(wishes=WISHES, tools=(tool,))

    body = ollama_wire.request_body(make_target("ollama"), request, stream=False)

    wanted = {"stop": ("END",), "seed": 7, "top_p": 0.5}
    assert {key: body["options"][key] for key in wanted} == wanted
    assert "tools" not in body
    assert "user" not in body["options"]


def test_json_of_any_shape_is_asked_for_in_both_ways():
    request = make_request(wishes=Wishes(json_object=True))

    openai = openai_request.request_body(make_target(), request, stream=False)
    ollama = ollama_wire.request_body(make_target("ollama"), request, stream=False)

    assert openai["response_format"] == {"type": "json_object"}
    assert ollama["format"] == "json"
    assert "json_object" not in openai
