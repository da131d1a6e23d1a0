"""Reading OpenAI's chunks, also as sloppy servers send them."""

from __future__ import annotations

import json

import pytest

from babble_app.errors import ModelAnswerInvalidError, ProviderRateLimitedError
from babble_app.llm.openai_answer import AnswerReader, read_answer, read_usage
from babble_app.schemas.models import ModelDone, ReasoningPart, TextPart, ToolCall
from tests.unit.llm.targets import make_target


def make_reader(max_chars: int = 1000) -> AnswerReader:
    return AnswerReader(make_target(), max_chars)


def chunk(finish: str | None = None, **delta: object) -> dict[str, object]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def test_pieces_that_arrive_together_are_joined_in_their_order():
    reader = make_reader()
    for piece in (
        chunk(reasoning="a"),
        chunk(reasoning_content="b"),
        chunk(content="c"),
        chunk(content="d"),
    ):
        reader.read(piece)

    assert reader.batch() == [ReasoningPart(text="ab"), TextPart(text="cd")]
    assert reader.batch() == []


def test_a_heading_is_no_sign_of_life():
    reader = make_reader()

    reader.read(chunk(role="assistant", content=""))

    assert not reader.fresh


def test_figures_after_the_end_are_counted():
    reader = make_reader()
    reader.read(chunk("stop", content="x"))
    usage = {
        "prompt_tokens": 9,
        "completion_tokens": 2,
        "prompt_tokens_details": {"cached_tokens": 4},
    }
    reader.read({"choices": [], "usage": usage, "model": "gpt-4o-2026"})

    done = reader.end()[-1]

    assert isinstance(done, ModelDone)
    assert (done.usage.input_tokens, done.usage.output_tokens, done.usage.cached_tokens) == (
        9,
        2,
        4,
    )
    assert done.model == "gpt-4o-2026"


def test_an_end_mark_without_a_reason_is_an_ordinary_end():
    reader = make_reader()
    reader.read(chunk(content="x"))
    reader.close()

    assert reader.end()[-1] == ModelDone(model="some-model")


def test_a_stream_without_an_end_is_cut_off_and_one_without_anything_is_empty():
    begun, untouched = make_reader(), make_reader()
    begun.read(chunk(content="x"))

    with pytest.raises(ModelAnswerInvalidError, match="middle"):
        begun.end()
    with pytest.raises(ModelAnswerInvalidError, match="empty"):
        untouched.end()


def test_calls_that_all_claim_the_same_index_are_told_apart_by_their_ids():
    reader = make_reader()
    for call_id in ("a", "b"):
        function = {"name": "f", "arguments": json.dumps({"n": call_id})}
        reader.read(chunk(tool_calls=[{"index": 0, "id": call_id, "function": function}]))
    reader.read(chunk("stop"))

    first, second, done = reader.end()

    assert isinstance(first, ToolCall)
    assert isinstance(second, ToolCall)
    assert (first.arguments, second.arguments) == ({"n": "a"}, {"n": "b"})
    assert isinstance(done, ModelDone)
    assert done.finish_reason == "tool_calls"


@pytest.mark.parametrize(("arguments", "error"), [("", ""), ("[1]", "object"), ("{", "JSON")])
def test_arguments_are_checked(arguments, error):
    reader = make_reader()
    reader.read(
        chunk("tool_calls", tool_calls=[{"function": {"name": "f", "arguments": arguments}}])
    )

    call = reader.end()[0]

    assert isinstance(call, ToolCall)
    assert call.arguments == {}
    assert error in call.error
    assert bool(error) == bool(call.error)
    assert call.id


def test_endless_arguments_are_stopped():
    reader = make_reader(max_chars=10)

    with pytest.raises(ModelAnswerInvalidError):
        reader.read(chunk(tool_calls=[{"function": {"name": "f", "arguments": "x" * 11}}]))


def test_an_error_in_the_stream_keeps_its_meaning():
    with pytest.raises(ProviderRateLimitedError):
        make_reader().read({"error": {"code": 429, "message": "slow"}})


@pytest.mark.parametrize(
    "document",
    [
        [],
        "text",
        {"choices": ["x"]},
        {"choices": {"a": 1}},
        {"choices": [{"delta": "x"}]},
        {"choices": [{"delta": {"content": 1}}]},
        {"choices": [{"delta": {"tool_calls": ["x"]}}]},
        {"choices": [{"delta": {"tool_calls": [{"index": "x"}]}}]},
    ],
)
def test_a_chunk_of_another_shape_is_refused(document):
    with pytest.raises(ModelAnswerInvalidError):
        make_reader().read(document)


@pytest.mark.parametrize(
    "document", [None, [], {}, {"choices": []}, {"choices": [{"message": "x"}]}]
)
def test_a_document_that_is_no_answer_is_refused(document):
    with pytest.raises(ModelAnswerInvalidError):
        read_answer(make_target(), document)


def test_the_providers_own_price_goes_before_the_tables():
    usage = {"prompt_tokens": 1_000_000, "completion_tokens": 0}
    known = make_target(model="gpt-4o-mini")

    assert read_usage(known, {**usage, "cost": 0.5}).cost_usd == 0.5
    assert read_usage(known, usage).cost_usd == pytest.approx(0.15)
    assert read_usage(make_target(model="nobody-knows"), usage).cost_usd is None
