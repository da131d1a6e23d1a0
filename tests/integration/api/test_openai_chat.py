"""Chat completions of models, as OpenAI's own client asks for them."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import openai
import pytest

from tests.fakes.script import Answer, Rule, ToolUse
from tests.integration.api.openai_world import MODEL, OpenAIWorld, open_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openai import OpenAI

    from tests.integration.api.app_people import HostApp

TOOL: Any = {
    "type": "function",
    "function": {
        "name": "look_up",
        "description": "Look it up.",
        "parameters": {"type": "object", "properties": {"id": {"type": "integer"}}},
        "strict": True,
    },
}
PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenAIWorld]:
    with open_world(tmp_path_factory.mktemp("openai")) as opened:
        yield opened


@pytest.fixture(scope="module")
def host(world: OpenAIWorld) -> Iterator[HostApp]:
    made = world.make()
    with made.client:
        yield made


@pytest.fixture
def client(world: OpenAIWorld, host: HostApp) -> Iterator[OpenAI]:
    world.upstream.requests.clear()
    with world.client(host) as opened:
        yield opened


def ask(text: str) -> Any:
    return [{"role": "user", "content": text}]


def test_a_model_answers_whole(world: OpenAIWorld, client: OpenAI):
    world.upstream.script.queue.append(Answer(text="Hello there", usage=(10, 5)))

    answer = client.chat.completions.create(model=MODEL, messages=ask("whole"))

    assert answer.choices[0].message.content == "Hello there"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.model == MODEL
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.total_tokens) == (10, 15)


def test_a_model_answers_in_chunks_with_its_figures_last(world: OpenAIWorld, client: OpenAI):
    world.upstream.script.queue.append(Answer(text="One two three", usage=(10, 5)))

    chunks = list(
        client.chat.completions.create(
            model=MODEL,
            messages=ask("chunks"),
            stream=True,
            stream_options={"include_usage": True},
        )
    )

    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == "One two three"
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.total_tokens == 15
    assert len({chunk.id for chunk in chunks}) == 1


def test_figures_come_only_when_they_are_asked_for(world: OpenAIWorld, client: OpenAI):
    world.upstream.script.queue.append("Fine")

    chunks = list(
        client.chat.completions.create(model=MODEL, messages=ask("no figures"), stream=True)
    )

    assert all(chunk.usage is None and chunk.choices for chunk in chunks)


def test_what_is_asked_for_besides_reaches_the_model(world: OpenAIWorld, client: OpenAI):
    world.upstream.script.queue.append("Fine")
    wishes: dict[str, Any] = {
        "stop": ["END", "STOP"],
        "seed": 7,
        "top_p": 0.5,
        "presence_penalty": 0.1,
        "frequency_penalty": 0.2,
        "user": "u1",
    }

    client.chat.completions.create(
        model=MODEL,
        messages=ask("wishes"),
        temperature=0.3,
        max_completion_tokens=50,
        extra_body={"store": True, "unheard_of": 1},
        **wishes,
    )

    body = world.upstream.requests[-1].body
    assert {key: body[key] for key in wishes} == wishes
    assert (body["temperature"], body["max_tokens"]) == (0.3, 50)
    assert not {"store", "unheard_of"} & set(body)


@pytest.mark.parametrize("streamed", [False, True])
def test_functions_are_called_and_answered(world: OpenAIWorld, client: OpenAI, streamed: bool):
    world.upstream.script.rules = [
        Rule("It is red.", after_tool=True),
        Rule(Answer(tools=[ToolUse("look_up", {"id": 7})]), tool="look_up"),
    ]
    messages = ask(f"Which colour has 7? {streamed}")
    wanted: Any = {"model": MODEL, "tools": [TOOL], "tool_choice": "required"}

    create: Any = client.chat.completions.create
    call: Any
    finish: str
    if streamed:
        chunks: list[Any] = list(create(messages=messages, stream=True, **wanted))
        [call] = [call for one in chunks for call in one.choices[0].delta.tool_calls or ()]
        finish = chunks[-1].choices[0].finish_reason
    else:
        answer: Any = create(messages=messages, **wanted)
        [call] = answer.choices[0].message.tool_calls
        finish = answer.choices[0].finish_reason
    function: dict[str, str] = {"name": call.function.name, "arguments": call.function.arguments}
    messages += [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": call.id, "type": "function", "function": function}],
        },
        {"role": "tool", "tool_call_id": call.id, "content": "red"},
    ]
    second = client.chat.completions.create(messages=messages, model=MODEL, tools=[TOOL])

    asked = world.upstream.requests[0].body
    assert finish == "tool_calls"
    assert json.loads(function["arguments"]) == {"id": 7}
    assert asked["tools"][0]["function"] == TOOL["function"]
    assert asked["tool_choice"] == "required"
    assert second.choices[0].message.content == "It is red."
    assert world.upstream.requests[-1].body["messages"][1]["tool_calls"][0]["id"] == call.id
    world.upstream.script.rules = []


def test_pictures_are_passed_on_and_addresses_are_not_fetched(world: OpenAIWorld, client: OpenAI):
    def content(url: str) -> Any:
        picture = {"type": "image_url", "image_url": {"url": url}}
        return [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, picture]}]

    # What a model sees is learnt from its provider; the scripted one says so by its name.
    world.upstream.script.models = ["fake-model"]
    world.upstream.script.queue.append("A bike")
    client.chat.completions.create(
        model="ollama/vision", messages=content(f"data:image/png;base64,{PICTURE}")
    )
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model=MODEL, messages=content("http://127.0.0.1/x.png"))

    assert len(world.upstream.requests) == 1
    assert refused.value.param == "messages.0.content"
    assert "data: URL" in refused.value.message


def test_json_is_asked_for_by_a_shape_or_without(world: OpenAIWorld, client: OpenAI):
    shape: Any = {"type": "object", "properties": {"a": {"type": "integer"}}}
    world.upstream.script.queue += ['{"a": 1}', '{"b": 2}']

    client.chat.completions.create(
        model=MODEL,
        messages=ask("shaped"),
        response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": shape}},
    )
    client.chat.completions.create(
        model=MODEL, messages=ask("json"), response_format={"type": "json_object"}
    )

    shaped, plain = [one.body["response_format"] for one in world.upstream.requests]
    assert shaped["json_schema"]["schema"] == shape
    assert plain == {"type": "json_object"}


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"n": 2}, "n"),
        ({"logprobs": True}, "logprobs"),
        ({"temperature": 3}, "temperature"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "wizard", "content": "x"}]}, "messages.0.role"),
        ({"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]}, "messages.0.content"),
        ({"tools": [{"type": "web_search"}]}, "tools.0"),
        ({"response_format": {"type": "xml"}}, "response_format"),
    ],
)  # fmt: skip
def test_what_cannot_be_passed_on_is_refused_by_its_name(
    client: OpenAI, fields: dict[str, Any], param: str
):
    wanted: Any = {"model": MODEL, "messages": ask("x"), **fields}

    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(**wanted)

    assert refused.value.type == "invalid_request_error"
    assert refused.value.param == param


def test_a_body_that_is_no_json_is_refused(host: HostApp):
    answer = host.client.post("/v1/chat/completions", content=b'{"model": "\\ud800"}')

    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_unknown_tokens_and_models_are_told_apart(world: OpenAIWorld, client: OpenAI):
    with (
        world.client("bb_" + "0" * 36) as stranger,
        pytest.raises(openai.AuthenticationError) as unknown,
    ):
        stranger.chat.completions.create(model=MODEL, messages=ask("x"))
    with pytest.raises(openai.NotFoundError) as missing:
        client.chat.completions.create(model="nobody/model", messages=ask("x"))

    assert unknown.value.code == "invalid_api_key"
    assert missing.value.code == "model_not_found"


@pytest.mark.parametrize(
    ("status", "message", "kind", "code"),
    [
        (429, "slow down", openai.RateLimitError, "rate_limit_exceeded"),
        (400, "maximum context length is 5", openai.BadRequestError, "context_length_exceeded"),
        (400, "tools are unsupported", openai.BadRequestError, "invalid_request"),
        (404, "model_not_found", openai.NotFoundError, "model_not_found"),
    ],
)
def test_a_providers_refusal_has_openais_kind(
    world: OpenAIWorld,
    client: OpenAI,
    status: int,
    message: str,
    kind: type[openai.APIStatusError],
    code: str,
):
    refusal = Answer(fault="status", status=status, message=message)
    world.upstream.script.rules = [Rule(refusal)]

    for stream in (False, True):
        with pytest.raises(kind) as refused:
            client.chat.completions.create(model=MODEL, messages=ask(message), stream=stream)
        assert refused.value.code == code
    world.upstream.script.rules = []


def test_a_stream_that_breaks_off_says_so(world: OpenAIWorld, client: OpenAI):
    world.upstream.script.queue.append(Answer(text="one two three four five", fault="cut", after=3))
    said = ""

    with pytest.raises(openai.APIError, match="stopped in the middle"):
        for chunk in client.chat.completions.create(model=MODEL, messages=ask("cut"), stream=True):
            said += chunk.choices[0].delta.content or ""

    assert said.startswith("one two")


def test_the_apps_limits_and_figures_count_the_calls(world: OpenAIWorld):
    host = world.make(token={"rate_limit_per_minute": 2})
    world.upstream.script.queue += [Answer(text="a", usage=(3, 4)), Answer(text="b", usage=(1, 1))]
    with world.client(host) as client:
        client.chat.completions.create(model=MODEL, messages=ask("first"))
        list(client.chat.completions.create(model=MODEL, messages=ask("second"), stream=True))
        with pytest.raises(openai.RateLimitError) as refused:
            client.chat.completions.create(model=MODEL, messages=ask("third"))

    assert refused.value.code == "rate_limit_exceeded"
    assert int(refused.value.response.headers["retry-after"]) > 0
    usage = world.person.client.get("/api/usage", params={"by": "app"})
    assert usage.status_code == 200
    assert host.app.id in usage.text


def test_a_money_cap_is_kept_and_not_asked_again(world: OpenAIWorld):
    host = world.make(token={"daily_budget_usd": 0.01})
    world.upstream.requests.clear()
    with world.client(host) as client:
        for call in (
            lambda: client.chat.completions.create(model=MODEL, messages=ask("capped")),
            lambda: client.embeddings.create(model=MODEL, input="capped"),
        ):
            with pytest.raises(openai.RateLimitError) as refused:
                call()
            assert refused.value.code == "insufficient_quota"
            assert refused.value.response.headers["x-should-retry"] == "false"

    assert world.upstream.requests == []
    assert world.upstream.embedded == []


def test_equal_requests_get_the_answer_of_before_unless_it_must_be_fresh(
    world: OpenAIWorld, client: OpenAI
):
    world.upstream.script.queue += ["first", "second"]
    asked: Any = {"model": MODEL, "messages": ask("twice")}
    create: Any = client.chat.completions.create

    answers: list[Any] = [
        create(**asked),
        create(**asked),
        create(**asked, extra_headers={"Cache-Control": "no-cache"}),
    ]

    texts: list[str] = [answer.choices[0].message.content for answer in answers]
    assert texts == ["first", "first", "second"]


@pytest.mark.parametrize("stream", [False, True])
def test_a_request_with_a_key_is_carried_out_once(world: OpenAIWorld, host: HostApp, stream: bool):
    world.upstream.requests.clear()
    world.upstream.script.queue.append("made once")
    body = {"model": MODEL, "messages": ask(f"keyed {stream}"), "temperature": 1, "stream": stream}
    headers = {"Idempotency-Key": f"key-{stream}", "Cache-Control": "no-cache"}

    answers = [
        host.client.post("/v1/chat/completions", json=body, headers=headers) for _ in range(2)
    ]
    other = host.client.post(
        "/v1/chat/completions", json={**body, "temperature": 0}, headers=headers
    )

    assert all("made once" in answer.text for answer in answers)
    assert len(world.upstream.requests) == 1
    assert (other.status_code, other.headers["x-should-retry"]) == (409, "false")
    assert other.json()["error"]["code"] == "idempotency_conflict"


def test_a_browsers_client_may_say_what_it_is(world: OpenAIWorld):
    asked = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,x-stainless-lang,x-evil",
    }
    with world.server.client() as browser:
        answer = browser.options("/v1/chat/completions", headers=asked)

    allowed = answer.headers["access-control-allow-headers"].lower()
    assert "x-stainless-lang" in allowed
    assert "x-evil" not in allowed
