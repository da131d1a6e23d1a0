"""An answer's key changes with everything that the answer depends on, and with nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from babble_app.llm.cache_key import cache_key
from babble_app.schemas.calls import CallScope
from babble_app.schemas.models import Image, ModelMessage, ModelRequest, ToolCall, ToolSpec, Wishes

CALL = ToolCall(id="c1", name="look_up", arguments={"id": 7, "by": "name"})
IMAGE = Image(media_type="image/png", data=b"a picture")
MESSAGE = ModelMessage(
    role="user", text="Hi", images=(IMAGE,), tool_calls=(CALL,), tool_call_id="c0"
)
TOOL = ToolSpec(name="look_up", description="Look up", parameters={"type": "object"})
REQUEST = ModelRequest(
    messages=(ModelMessage(role="system", text="Be brief."), MESSAGE),
    task="answer",
    tools=(TOOL,),
    json_schema={"type": "object"},
    temperature=0.5,
    max_output_tokens=100,
)
SCOPE = CallScope(owner_id="usr_1", app_id="app_1", profile="coder", basis="b1")

MESSAGES: dict[str, Any] = {
    "role": "assistant",
    "text": "Hi!",
    "images": (),
    "tool_calls": (),
    "tool_call_id": "c9",
}
REQUESTS: dict[str, Any] = {
    "messages": REQUEST.messages[:1],
    "task": "ask",
    "tools": (),
    "json_schema": None,
    "temperature": 0.0,
    "max_output_tokens": 101,
    "wishes": Wishes(seed=1),
}
CALLS: dict[str, Any] = {"id": "c2", "name": "find", "arguments": {"id": 8}, "error": "no JSON"}
TOOLS: dict[str, Any] = {
    "name": "find",
    "description": "Find",
    "parameters": {"type": "array"},
    "strict": True,
}
IMAGES: dict[str, Any] = {"media_type": "image/gif", "data": b"another"}
SCOPES = {"owner_id": "usr_2", "app_id": "app_2", "profile": "tutor", "basis": "b2"}
NOT_OF_THE_ANSWER = {"workspace_id", "chat_id", "run_id", "agent_id", "token_id", "own_key"}


def key(request: ModelRequest = REQUEST, scope: CallScope = SCOPE, **changes: Any) -> str:
    return cache_key(
        **{"model": "openai/gpt", "scope": scope, "request": request, "whole": False, **changes}
    )


def with_message(message: ModelMessage) -> ModelRequest:
    return REQUEST.model_copy(update={"messages": (REQUEST.messages[0], message)})


def test_the_same_request_has_the_same_key() -> None:
    again = ModelRequest.model_validate(REQUEST.model_dump())

    assert key(again) == key()


def test_the_order_of_arguments_does_not_count() -> None:
    turned = CALL.model_copy(update={"arguments": {"by": "name", "id": 7}})
    message = MESSAGE.model_copy(update={"tool_calls": (turned,)})

    assert key(with_message(message)) == key()


@pytest.mark.parametrize("field", REQUESTS)
def test_each_field_of_the_request_counts(field: str) -> None:
    assert key(REQUEST.model_copy(update={field: REQUESTS[field]})) != key()


@pytest.mark.parametrize("field", MESSAGES)
def test_each_field_of_a_message_counts(field: str) -> None:
    assert key(with_message(MESSAGE.model_copy(update={field: MESSAGES[field]}))) != key()


@pytest.mark.parametrize("field", CALLS)
def test_each_field_of_a_tool_call_counts(field: str) -> None:
    call = CALL.model_copy(update={field: CALLS[field]})
    message = MESSAGE.model_copy(update={"tool_calls": (call,)})

    assert key(with_message(message)) != key()


@pytest.mark.parametrize("field", IMAGES)
def test_each_field_of_an_image_counts(field: str) -> None:
    image = IMAGE.model_copy(update={field: IMAGES[field]})

    assert key(with_message(MESSAGE.model_copy(update={"images": (image,)}))) != key()


@pytest.mark.parametrize("field", TOOLS)
def test_each_field_of_a_tool_counts(field: str) -> None:
    tool = TOOL.model_copy(update={field: TOOLS[field]})

    assert key(REQUEST.model_copy(update={"tools": (tool,)})) != key()


@pytest.mark.parametrize("field", SCOPES)
def test_whose_it_is_and_what_it_rests_on_count(field: str) -> None:
    assert key(scope=SCOPE.model_copy(update={field: SCOPES[field]})) != key()


@pytest.mark.parametrize("change", [{"model": "openai/gpt-mini"}, {"whole": True}])
def test_the_model_and_the_way_of_asking_count(change: dict[str, Any]) -> None:
    assert key(**change) != key()


@pytest.mark.parametrize("field", sorted(NOT_OF_THE_ANSWER))
def test_where_it_was_asked_does_not_count(field: str) -> None:
    assert key(scope=SCOPE.model_copy(update={field: "another"})) == key()


def test_no_field_was_forgotten() -> None:
    """A new field belongs into the key, and here; or among those that do not count."""
    assert set(ModelRequest.model_fields) == {*REQUESTS, "fresh"}
    assert set(ModelMessage.model_fields) == set(MESSAGES)
    assert set(ToolCall.model_fields) == {*CALLS, "type"}
    assert set(ToolSpec.model_fields) == set(TOOLS)
    assert set(Image.model_fields) == set(IMAGES)
    assert set(CallScope.model_fields) == {*SCOPES, *NOT_OF_THE_ANSWER}


def test_texts_do_not_run_together() -> None:
    one = ModelRequest(messages=(ModelMessage(role="user", text="ab"),))
    two = ModelRequest(
        messages=(ModelMessage(role="user", text="a"), ModelMessage(role="user", text="b"))
    )

    assert key(one) != key(two)


@pytest.mark.parametrize("text", ["\ud83d", "\x00", "Grüße 🎂"])
def test_any_text_has_a_key(text: str) -> None:
    request = ModelRequest(messages=(ModelMessage(role="user", text=text),))

    assert key(request) != key()
