"""Only whole and good answers are kept, for a time that fits, and come back as they were."""

from __future__ import annotations

import pytest

from babble_app.llm.kept_answers import is_good, keep_seconds, pack, unpack
from babble_app.schemas.models import (
    ModelDone,
    ModelEvent,
    ModelRequest,
    ReasoningPart,
    TextPart,
    ToolCall,
)

CALL = ToolCall(id="c1", name="look_up", arguments={"id": 7})
DONE = ModelDone(model="gpt")
TEXT = TextPart(text="Hello")


def asked(*roles: str, **fields: object) -> ModelRequest:
    messages = [{"role": role, "text": role} for role in roles]
    return ModelRequest.model_validate({"messages": messages, **fields})


@pytest.mark.parametrize(
    ("roles", "minutes"),
    [
        (("user",), 60),
        (("system", "user"), 60),
        (("system", "user", "assistant", "tool"), 60),  # its own tool calls are no history
        (("system", "user", "assistant", "user"), 30),
        (("assistant", "user"), 30),
        (("system",), 60),
    ],
)
def test_an_answer_within_a_conversation_is_kept_half_as_long(
    roles: tuple[str, ...], minutes: int
) -> None:
    assert keep_seconds(asked(*roles), None) == minutes * 60


@pytest.mark.parametrize("minutes", [0, 5, 240])
def test_a_profile_may_say_how_long(minutes: int) -> None:
    assert keep_seconds(asked("user"), minutes) == minutes * 60
    assert keep_seconds(asked("user", "assistant", "user"), minutes) == minutes * 60


@pytest.mark.parametrize(
    "events",
    [
        [TEXT, DONE],
        [CALL, DONE.model_copy(update={"finish_reason": "tool_calls"})],
        [ReasoningPart(text="hm"), TEXT, DONE],
    ],
)
def test_a_whole_answer_is_good(events: list[ModelEvent]) -> None:
    assert is_good(asked("user"), events)


@pytest.mark.parametrize(
    "events",
    [
        [],
        [TEXT],
        [DONE],
        [TextPart(text=" \n"), DONE],
        [ReasoningPart(text="hm"), DONE],
        [TextPart(text="hm"), ReasoningPart(text="", all_before=True), DONE],
        [TEXT, DONE.model_copy(update={"finish_reason": "length"})],
        [TEXT, DONE.model_copy(update={"finish_reason": "content_filter"})],
        [CALL.model_copy(update={"error": "no JSON"}), DONE],
    ],
    ids=["nothing", "no end", "no text", "space", "thoughts", "thoughts after all", "cut off", "filtered", "bad call"],
)  # fmt: skip
def test_half_an_answer_is_not_good(events: list[ModelEvent]) -> None:
    assert not is_good(asked("user"), events)


@pytest.mark.parametrize(
    ("text", "good"), [('{"kind": "answer"}', True), ("answer, I think", False)]
)
def test_what_was_asked_for_as_json_must_be_json(text: str, good: bool) -> None:
    request = asked("user", json_schema={"type": "object"})

    assert is_good(request, [TextPart(text=text), DONE]) is good


def test_the_pieces_come_back_as_they_were() -> None:
    events = [
        ReasoningPart(text="hm"),
        TextPart(text="Grüße"),
        ReasoningPart(text="", all_before=True),
        TextPart(text=" aus Köln 🎉"),
        CALL,
    ]
    done = ModelDone(model="gpt-served", finish_reason="tool_calls", why="it was first")

    value = pack([*events, done], kept_at=1000.5)

    assert value is not None
    kept = unpack(value)
    assert list(kept.pieces) == events
    assert (kept.done.model, kept.done.finish_reason) == ("gpt-served", "tool_calls")
    assert kept.kept_at == 1000.5


def test_what_json_cannot_hold_is_not_kept() -> None:
    assert pack([TextPart(text="\ud83d"), DONE], 0.0) is None
