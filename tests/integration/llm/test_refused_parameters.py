"""A model that refuses an optional parameter is asked again without it, and remembered."""

from __future__ import annotations

import itertools

from babble_app.llm.catalogue import Models
from babble_app.schemas.models import Image, ModelMessage, ModelRequest
from tests.fakes.script import Answer, Incoming
from tests.integration.llm.clients import ask, collect, credential, make_settings, opened, text_of


def refuse(*names: str):
    """Answer as OpenAI's reasoning models do to parameters they do not take."""

    def answer(incoming: Incoming) -> Answer | str:
        for name in names:
            if name in incoming.body:
                message = f"Unsupported parameter: '{name}' is not supported with this model."
                return Answer(fault="status", status=400, message=message)
        return "fine"

    return answer


async def test_refused_parameters_are_left_out(server):
    server.script.queue += [refuse("temperature", "stream_options")] * 3

    async with opened("openai", server) as client:
        events, error = await collect(client, ask(temperature=0.1))

    assert error is None
    assert text_of(events) == "fine"
    assert "temperature" not in server.requests[-1].body


async def test_the_limit_of_the_answer_is_sent_by_its_other_name(server):
    server.script.queue += [refuse("max_tokens")] * 2

    async with opened("openai", server) as client:
        answer = await client.complete(ask(max_output_tokens=50))

    assert answer.text == "fine"
    assert server.requests[-1].body["max_completion_tokens"] == 50


async def test_a_refusal_is_learnt_once_for_all_clients_of_the_model(server):
    server.script.queue += [refuse("temperature")] * 3
    models = Models(make_settings())

    for _ in range(2):
        client = models.open("custom/fake-model", credential("openai", server))
        await client.complete(ask(temperature=0.1))
    await models.close()

    assert len(server.requests) == 3


async def test_a_model_that_wants_turns_gets_the_users_messages_as_one(server):
    def refuse_two_in_a_row(incoming: Incoming) -> Answer | str:
        roles = [role for role, _ in incoming.messages]
        if any(one == other for one, other in itertools.pairwise(roles)):
            message = "Conversation roles must alternate user/assistant/user/assistant/..."
            return Answer(fault="status", status=400, message=message)
        return "fine"

    server.script.queue += [refuse_two_in_a_row] * 2
    picture = Image(media_type="image/png", data=b"png")
    said = [
        ModelMessage(role="system", text="Be kind."),
        ModelMessage(role="user", text="The program now: x"),
        ModelMessage(role="user", text="Change it"),
        ModelMessage(role="assistant", text="No."),
        ModelMessage(role="user", text="Why?"),
        ModelMessage(role="user", text="Look:", images=(picture,)),
    ]

    async with opened("openai", server) as client:
        client.sees_images = True
        _, error = await collect(client, ModelRequest(messages=tuple(said)))

    assert error is None
    assert server.requests[-1].messages == [
        ("user", "The program now: x\n\nChange it"), ("assistant", "No."), ("user", "Why?Look:"),
    ]  # fmt: skip
    assert server.requests[-1].images == 1
