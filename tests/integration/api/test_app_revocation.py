"""A token that is revoked while an answer is made for it gets none, however it asked."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.services import app_tokens
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Rule
from tests.integration.api.app_people import make_host_app
from tests.integration.api.conftest import make_person, make_settings, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.script import Incoming
    from tests.integration.api.conftest import LiveServer

TALKS_FIRST = 'loop:\n    talk("Greet.", True)\nuntil "the visitor leaves":\n    say("Bye!")\n'
WAIT_SECONDS = 30
SAID = [{"role": "user", "content": "Hello"}]
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "chat": ("/api/v1/chat", {"message": "Hello"}),
    "companion": ("/v1/chat", {"message": "Hello"}),
    "greeting": ("/api/v1/sessions", {}),
    "completion": ("/v1/chat/completions", {"model": "app", "messages": SAID}),
    "response": ("/v1/responses", {"model": "app", "input": "Hello"}),
    "model": ("/v1/chat/completions", {"model": "openai/fake-model", "messages": SAID}),
    "stream": ("/v1/chat/completions", {"model": "app", "messages": SAID, "stream": True}),
}


class SlowModel:
    """A model that begins to answer when it is let."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.may_answer = threading.Event()

    async def answer(self, _: Incoming) -> str:
        self.asked.set()
        await asyncio.to_thread(self.may_answer.wait, WAIT_SECONDS)
        return "Good day."


@pytest.fixture(scope="module")
def model() -> SlowModel:
    return SlowModel()


@pytest.fixture(scope="module")
def slow(model: SlowModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server of that model."""
    with ModelServer(rules=[Rule(model.answer)]) as upstream:
        settings = make_settings(
            tmp_path_factory.mktemp("slow"),
            OPENAI_API_KEY="sk-test",
            OPENAI_BASE_URL=upstream.openai_url,
            BABBLE_DEFAULT_MODEL="openai/fake-model",
        )
        with serve(settings) as server:
            yield server


@pytest.mark.parametrize("kind", CALLS)
def test_an_answer_that_is_being_made_is_refused(
    slow: LiveServer, model: SlowModel, kind: str
) -> None:
    path, body = CALLS[kind]
    model.asked.clear()
    model.may_answer.clear()
    person = make_person(slow)
    host = make_host_app(slow, person.user.id, program=TALKS_FIRST)
    with person.client, host.client as client, ThreadPoolExecutor(1) as pool:
        answering = pool.submit(client.post, path, json=body)
        assert model.asked.wait(WAIT_SECONDS)
        slow.call(app_tokens.revoke_token(slow.runtime, host.owner_id, host.token.id))
        answer = answering.result(WAIT_SECONDS)
    # Not before: who is refused does not wait for the model.
    model.may_answer.set()

    assert answer.status_code == 401
    problem = answer.json()
    assert "revoked" in problem.get("error", problem).get("message", problem.get("detail"))
