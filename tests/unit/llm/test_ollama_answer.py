"""Reading Ollama's documents, also misshapen ones."""

from __future__ import annotations

import pytest

from babble_app.errors import BabbleError, ModelAnswerInvalidError, ModelUnavailableError
from babble_app.llm.ollama_wire import _Reader
from babble_app.schemas.models import ModelDone, ToolCall
from tests.unit.llm.targets import make_target


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"message": "x"},
        {"message": {"content": 1}},
        {"message": {"tool_calls": ["x"]}},
        {"done": True, "eval_count": "many"},
    ],
)
def test_a_document_of_another_shape_is_refused(document):
    with pytest.raises(ModelAnswerInvalidError):
        _Reader(make_target("ollama")).take(document)


def test_a_model_that_is_not_pulled_names_the_command():
    with pytest.raises(ModelUnavailableError, match="ollama pull some-model"):
        _Reader(make_target("ollama")).take({"error": "model 'some-model' not found"})


def test_calls_have_ids_of_their_own():
    reader = _Reader(make_target("ollama"))
    call = {"function": {"name": "f", "arguments": {"a": 1}}}
    reader.take({"message": {"tool_calls": [call, call]}})
    reader.take({"done": True, "done_reason": "stop"})

    first, second, done = reader.batch()

    assert isinstance(first, ToolCall)
    assert isinstance(second, ToolCall)
    assert first.id != second.id
    assert isinstance(done, ModelDone)
    assert done.finish_reason == "tool_calls"


def test_an_end_that_never_came_is_an_error():
    reader = _Reader(make_target("ollama"))
    reader.take({"message": {"content": "x"}, "done": False})
    reader.batch()

    with pytest.raises(BabbleError, match="middle"):
        reader.check_end()
