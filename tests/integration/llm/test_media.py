"""Pictures and videos through LiteLLM, against a server on a real socket: made whole, or a failure in words."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from babble_app.errors import BabbleError, ModelUnavailableError
from babble_app.llm import litellm_client
from babble_app.llm.catalogue import Models
from babble_app.llm.credentials import Credential
from tests.fakes.media_server import MP4, PNG, MediaServer
from tests.integration.llm.clients import KEY, make_settings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from babble_app.llm.litellm_media import LiteLLMMedia

IMPORT_SECONDS = 90


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    litellm_client.loading().result(IMPORT_SECONDS)


@pytest.fixture
def server() -> Iterator[MediaServer]:
    running = MediaServer()
    with running:
        yield running


@asynccontextmanager
async def opened(
    server: MediaServer, model: str = "openai/gpt-image-2", **limits: float
) -> AsyncGenerator[LiteLLMMedia]:
    models = Models(make_settings(**limits))
    client = models.open_media(model, Credential(SecretStr(KEY), server.openai_url))
    client.poll_seconds = 0.01  # pyright: ignore[reportAttributeAccessIssue] - the one client there is
    try:
        yield client  # pyright: ignore[reportReturnType]
    finally:
        await models.close()


@pytest.mark.parametrize(
    "model", ["openai/gpt-image-2", "openai/dall-e-3", "custom/flux", "openrouter/google/nano"]
)
async def test_a_picture_is_made(server: MediaServer, model: str):
    async with opened(server, model) as client:
        made = await client.generate_image("A red fox in snow", "1024x1024")

    assert (made.data, made.media_type) == (PNG, "image/png")
    assert (made.usage.input_tokens, made.usage.output_tokens) == (9, 200)
    assert server.keys == [f"Bearer {KEY}"]
    assert server.bodies[0]["model"] == model.partition("/")[2]
    assert "A red fox in snow" in str(server.bodies[0])
    assert server.bodies[0].get("response_format") == ("b64_json" if "dall-e" in model else None)


async def test_a_video_is_waited_for(server: MediaServer):
    server.rounds = 3

    async with opened(server, "openai/sora-2") as client:
        made = await client.generate_video("A red fox runs", "1280x720", 8)

    assert (made.data, made.media_type) == (MP4, "video/mp4")
    assert (server.bodies[0]["size"], server.bodies[0]["seconds"]) == ("1280x720", "8")
    assert len(server.keys) == 5


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        ("filter", "model_answer_invalid", "content filter"),
        ("key", "provider_key_refused", "refused the key"),
        ("limit", "provider_rate_limited", "limiting"),
        ("broken", "provider_unavailable", "500"),
        ("html", "model_answer_invalid", "web page"),
        ("moved", "provider_unavailable", "configured path"),
        ("nonsense", "model_answer_invalid", "not a model's answer"),
        ("text", "model_answer_invalid", "not a model's answer"),
        ("nothing", "model_answer_invalid", "empty"),
        ("null", "model_answer_invalid", "not a model's answer"),
        ("no json", "model_answer_invalid", "not a model's answer"),
        ("address", "model_answer_invalid", ""),
        ("huge", "model_answer_invalid", "stopped"),
        ("drop", "provider_unavailable", "closed the connection"),
        ("hang", "model_timeout", "too long"),
    ],
)
@pytest.mark.parametrize("model", ["openai/gpt-image-2", "openrouter/google/nano"])
async def test_a_failure_is_told_in_words_after_one_call(
    server: MediaServer,
    caplog: pytest.LogCaptureFixture,
    model: str,
    fault: str,
    code: str,
    words: str,
):
    caplog.set_level(logging.DEBUG)
    server.faults["image"] = fault

    async with opened(server, model, total=0.5 if fault == "hang" else 20) as client:
        with pytest.raises(BabbleError) as caught:
            await client.generate_image("A red fox")

    assert caught.value.code == code
    assert words in str(caught.value)
    assert KEY not in str(caught.value)
    assert KEY not in caplog.text
    assert len(server.keys) == 1


@pytest.mark.parametrize(
    ("step", "fault", "code"),
    [
        ("video", "filter", "model_answer_invalid"),
        ("video", "broken", "provider_unavailable"),
        ("video", "html", "model_answer_invalid"),
        ("video", "no json", "model_answer_invalid"),
        ("status", "failed", "model_answer_invalid"),
        ("status", "limit", "provider_rate_limited"),
        ("content", "html", "model_answer_invalid"),
        ("content", "text", "model_answer_invalid"),
        ("content", "drop", "provider_unavailable"),
        ("status", "hang", "model_timeout"),
    ],
)
async def test_a_video_that_fails_is_told_in_words(
    server: MediaServer, step: str, fault: str, code: str
):
    server.faults[step] = fault

    async with opened(server, "openai/sora-2", total=0.5 if fault == "hang" else 20) as client:
        with pytest.raises(BabbleError) as caught:
            await client.generate_video("A red fox runs")

    assert caught.value.code == code
    assert KEY not in str(caught.value)


async def test_a_server_that_is_not_there_is_named(server: MediaServer):
    async with opened(server) as client:
        client.target = client.target.__class__(
            client.target.provider, "gpt-image-2", "http://127.0.0.1:9/v1", KEY
        )
        with pytest.raises(BabbleError) as caught:
            await client.generate_image("A red fox")

    assert caught.value.code == "provider_unavailable"
    assert "Cannot reach OpenAI" in str(caught.value)


def test_a_provider_without_pictures_says_so():
    with pytest.raises(ModelUnavailableError, match="no pictures"):
        Models(make_settings()).open_media("groq/x", Credential(SecretStr(KEY)))


@pytest.mark.parametrize("model", ["openai/gpt-image-2", "openrouter/google/nano"])
async def test_a_key_that_is_refused_has_its_turn_after_the_others(server: MediaServer, model: str):
    server.faults[KEY] = "key"
    models = Models(make_settings())
    bad, good = Credential(SecretStr(KEY)), Credential(SecretStr("sk-other-0123456789"))
    client = models.open_media(model, Credential(SecretStr(KEY), server.openai_url))

    with pytest.raises(BabbleError):
        await client.generate_image("A red fox")
    await models.close()
    models.turns.note_use("sk-other-0123456789")

    assert models.turns.in_turn([bad, good]) == (good, bad)
