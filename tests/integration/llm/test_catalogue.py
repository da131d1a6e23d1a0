"""Listing models and testing keys, against the scripted server."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from babble_app.errors import BabbleError
from babble_app.llm.catalogue import FAILED_LIST_SECONDS, LIST_SECONDS, Models
from babble_app.llm.credentials import Credential
from babble_app.llm.retries import Retries
from tests.fakes.script import Answer
from tests.integration.llm.clients import ask, credential, make_settings


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


async def test_models_are_listed_live_and_believed_for_a_while(server):
    clock = Clock()
    models = Models(make_settings(), clock=clock)
    server.script.models = ["gpt-4o-mini", "text-embedding-3-small", "brand-new"]
    key = credential("openai", server)

    first = await models.list_models("openai", key)
    server.script.models = ["later"]
    clock.now = LIST_SECONDS - 1
    second = await models.list_models("openai", key)
    clock.now = LIST_SECONDS + 1
    third = await models.list_models("openai", key)
    await models.close()

    assert [info.id for info in first] == ["openai/gpt-4o-mini", "openai/brand-new"]
    assert first[0].context_tokens == 128_000
    assert first[0].sees_images
    assert second == first
    assert [info.id for info in third] == ["openai/later"]


async def test_ollamas_models_are_listed_with_what_they_can(server):
    models = Models(make_settings())
    server.script.models = ["qwen3:latest", "llama-vision:11b", "nomic-embed-text:latest"]

    listed = await models.list_models("ollama", credential("ollama", server))
    client = models.open("ollama/llama-vision:11b", credential("ollama", server))
    await models.close()

    assert [(info.id, info.title) for info in listed] == [
        ("ollama/qwen3:latest", "qwen3"),
        ("ollama/llama-vision:11b", "llama-vision:11b"),
    ]
    assert listed[0].context_tokens == 32_768
    assert [info.sees_images for info in listed] == [False, True]
    assert client.sees_images


async def test_anthropics_models_are_listed_without_litellm(server):
    models = Models(make_settings())
    server.script.models = ["claude-haiku-4-5"]

    listed = await models.list_models("anthropic", credential("litellm", server))
    await models.close()

    assert [info.title for info in listed] == ["Claude Haiku 4.5"]


async def test_a_provider_that_is_down_still_shows_its_known_models(server):
    clock = Clock()
    models = Models(make_settings(), clock=clock)
    key = Credential(SecretStr("k"), "http://127.0.0.1:9")

    known = await models.list_models("groq", key)
    again = await models.list_models("groq", key)
    clock.now = FAILED_LIST_SECONDS + 1
    none = await models.list_models("ollama", Credential(base_url="http://127.0.0.1:9"))
    await models.close()

    assert "groq/openai/gpt-oss-120b" in [info.id for info in known]
    assert again == known
    assert none == []


async def test_a_provider_without_a_key_lists_nothing():
    models = Models(make_settings())

    assert await models.list_models("openrouter", None) == []


@pytest.mark.parametrize(
    ("provider", "wire"),
    [
        ("openai", "openai"),
        ("ollama", "ollama"),
        ("anthropic", "litellm"),
        ("openrouter", "openai"),
    ],
)
async def test_a_good_key_passes_the_check(server, provider, wire):
    models = Models(make_settings())

    await models.check(provider, credential(wire, server))
    await models.close()


@pytest.mark.parametrize("provider", ["openai", "openrouter", "huggingface"])
async def test_a_wrong_key_fails_the_check_in_words(server, provider):
    models = Models(make_settings())

    with pytest.raises(BabbleError) as caught:
        await models.check(provider, credential("openai", server, key="sk-wrong-canary"))
    await models.close()

    assert caught.value.code == "provider_key_refused"
    assert "Settings → Providers" in str(caught.value)
    assert "canary" not in str(caught.value)


async def test_an_address_without_a_server_fails_the_check_in_words():
    models = Models(make_settings())

    with pytest.raises(BabbleError) as caught:
        await models.check("ollama", Credential(base_url="localhost:9"))
    await models.close()

    assert caught.value.code == "provider_unavailable"
    assert "OLLAMA_HOST" in str(caught.value)


@pytest.mark.parametrize(("status", "last"), [(401, True), (429, True), (500, False)])
async def test_a_key_that_a_call_was_refused_with_comes_after_the_others(server, status, last):
    models = Models(make_settings(), retries=Retries(most=0))
    good, bad = credential("openai", server, "sk-good"), credential("openai", server, "sk-bad")
    models.turns.note_use("sk-good")
    server.script.queue.append(Answer(fault="status", status=status))
    client = models.open("custom/fake-model", bad)
    models.turns.note_use("sk-good")

    with pytest.raises(BabbleError):
        await client.complete(ask())
    await models.close()

    assert models.turns.in_turn([good, bad])[-1] == (bad if last else good)
