"""Embeddings, as OpenAI's own client asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openai
import pytest
import tiktoken

from babble_app.llm import tokens
from tests.integration.api.openai_world import OpenAIWorld, open_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openai import OpenAI

    from tests.integration.api.app_people import HostApp

MODEL = "custom/embedder"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenAIWorld]:
    with open_world(tmp_path_factory.mktemp("embeddings")) as opened:
        yield opened


@pytest.fixture
def host(world: OpenAIWorld) -> HostApp:
    return world.make()


@pytest.fixture
def client(world: OpenAIWorld, host: HostApp) -> Iterator[OpenAI]:
    world.upstream.embedded.clear()
    with world.client(host) as opened:
        yield opened


def test_texts_become_vectors_in_their_order(world: OpenAIWorld, client: OpenAI):
    made = client.embeddings.create(model=MODEL, input=["a", "bbb", "cc"], dimensions=3)
    plain = client.embeddings.create(model=MODEL, input="dddd", encoding_format="float")

    assert [one.embedding for one in made.data] == [
        [1, 0.5, -0.25],
        [3, 0.5, -0.25],
        [2, 0.5, -0.25],
    ]
    assert [one.index for one in made.data] == [0, 1, 2]
    assert plain.data[0].embedding == [4, 0.5, -0.25]
    assert made.usage.total_tokens == 7
    assert world.upstream.embedded[0]["dimensions"] == 3


def test_tokens_are_passed_on_or_become_text(world: OpenAIWorld, client: OpenAI):
    tokens.use_shipped_vocabulary()
    numbers = tiktoken.get_encoding("cl100k_base").encode("A red bike")

    client.embeddings.create(model=MODEL, input=[numbers, numbers])
    client.embeddings.create(model="ollama/embedder", input=numbers)

    assert [one["input"] for one in world.upstream.embedded] == [[numbers, numbers], ["A red bike"]]


def test_they_are_counted_as_calls_of_the_app(world: OpenAIWorld, host: HostApp, client: OpenAI):
    client.embeddings.create(model=MODEL, input="x")

    usage = world.person.client.get("/api/usage", params={"by": "app"}).json()
    assert host.app.id in str(usage)


@pytest.mark.parametrize(
    ("model", "words"),
    [("demo/based", "no embeddings"), ("app", "no embeddings"), ("nobody/x", "no provider")],
)
def test_who_makes_none_says_so(client: OpenAI, model: str, words: str):
    with pytest.raises(openai.NotFoundError, match=words):
        client.embeddings.create(model=model, input="x")


@pytest.mark.parametrize("given", ["", [], ["a", ""], [[]]])
def test_an_empty_text_is_refused(client: OpenAI, given: list[str]):
    with pytest.raises(openai.BadRequestError):
        client.embeddings.create(model=MODEL, input=given)
