"""A model that refuses an optional parameter is asked again without it, and remembered."""

from __future__ import annotations

from babble_app.llm.catalogue import Models
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
