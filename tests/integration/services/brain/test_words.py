"""What a person is told when models refuse, through a route: the cause and what to do, and the code that programs go by."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from babble_app.errors import BabbleError, ModelUnavailableError
from babble_app.schemas.models import ToolSpec
from babble_app.services import models
from tests.factories import make_user
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule
from tests.integration.llm.routes import Dead
from tests.integration.services.brain.brains import answer_of, ask, open_along
from tests.integration.services.meter.ledgers import stored

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime

TOOL = ToolSpec(name="look_up", description="Look it up.", parameters={"type": "object"})
TOO_LONG = "This model's maximum context length is 8192 tokens. However, you requested 9000."
UNKNOWN = "The model `fake-model` does not exist or you do not have access to it."
NO_TOOLS = "fake-model does not support tools"
REFUSALS = [
    (
        Answer(fault="status", status=401),
        "provider_key_refused",
        "refused the key. Set BABBLE_CUSTOM_API_KEY, or enter a key in Settings",
    ),
    (
        Answer(fault="status", status=404, message=UNKNOWN),
        "model_unavailable",
        "does not offer the model fake-model to this key. Choose another model.",
    ),
    (
        Answer(fault="status", status=400, message=TOO_LONG),
        "context_too_large",
        "too long for fake-model. Take files out of the chat, begin a new chat",
    ),
    (
        Answer(fault="status", status=400, message=NO_TOOLS),
        "model_unavailable",
        "may lack something it was asked for, such as images or tools: choose another model.",
    ),
]
NAMES = ["bad key", "unknown model", "context too large", "no tools"]


@pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "whole"])
@pytest.mark.parametrize(("answer", "code", "words"), REFUSALS, ids=NAMES)
async def test_a_refusal_is_told_in_words_and_stored_by_its_code(
    rt: Runtime, answer: Answer, code: str, words: str, *, streamed: bool
) -> None:
    owner = (await make_user(rt)).id
    with ModelServer(rules=[Rule(answer)]) as server:
        client = open_along(rt, owner, {"fake-model": server})
        with pytest.raises(BabbleError) as caught:
            await answer_of(client, ask(tools=(TOOL,)), streamed=streamed)

    assert caught.value.code == code
    assert words in str(caught.value)
    (row,) = await stored(rt)
    assert (row.outcome, row.error_code, row.cost_nano) == ("failed", code, 0)


async def test_where_all_refuse_each_is_named_with_its_trouble(rt: Runtime) -> None:
    owner = (await make_user(rt)).id
    with ExitStack() as stack:
        servers = {
            f"{name.replace(' ', '-')}": stack.enter_context(ModelServer(rules=[Rule(answer)]))
            for name, (answer, _, _) in zip(NAMES, REFUSALS, strict=True)
        }
        client = open_along(rt, owner, {"dead": Dead(), **servers})
        with pytest.raises(BabbleError) as caught:
            await answer_of(client, ask(), streamed=True)

    assert str(caught.value).startswith(
        "No model answered: dead was not reachable; bad-key refused the key; unknown-model did not take the "
        "request; context-too-large had too small a context; no-tools did not take the request. "
        "Cannot reach OpenAI-compatible server at http://127.0.0.1:"
    )
    rows = await stored(rt)
    assert [row.place for row in rows] == [1, 2, 3, 4, 5]
    assert len({row.chain_id for row in rows}) == 1


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("nobody/x", "There is no provider named “nobody”."),
        ("openai/gpt-4o", "OpenAI is not set up here. Add its key in Settings, or choose another"),
        ("openai", "OpenAI is not set up here"),
    ],
)
async def test_a_model_that_nothing_opens_is_told_before_anybody_is_asked(
    rt: Runtime, model: str, words: str
) -> None:
    owner = (await make_user(rt)).id

    with pytest.raises(ModelUnavailableError, match=words):
        await models.open_model(rt, owner, model)
