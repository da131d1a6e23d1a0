"""Pictures and videos fall back to other keys and models as answers do, and say why."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.schemas.events import MessageDone, RunFailed
from babble_app.services import chats, files, keys, profiles, runs
from tests.conftest import make_settings
from tests.factories import make_workspace
from tests.fakes.media_server import MediaServer
from tests.integration.services.meter.ledgers import cap, figures, stored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from babble_app.schemas.chats import Chat
    from babble_app.services.runtime import Runtime
    from babble_app.settings import Settings
    from tests.databases import Source

FIRST = "openrouter/first"
SECOND = "openrouter/google/gemini-2.5-flash-image"
UNPRICED = "custom/flux"
FILM = "openai/sora-2"


@pytest.fixture
def source(sqlite: Source) -> Source:
    """One kind of database: what is stored of calls is tested on both elsewhere."""
    return sqlite


@pytest.fixture
def server() -> Iterator[MediaServer]:
    running = MediaServer()
    with running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, database_address: str, server: MediaServer) -> Settings:
    """A server with a key for pictures, one for videos, and a server of its own."""
    return make_settings(
        tmp_path,
        DATABASE_URL=database_address,
        OPENROUTER_API_KEY="sk-or-canary-123456",
        OPENROUTER_BASE_URL=server.openai_url,
        OPENAI_BASE_URL=server.openai_url,
        BABBLE_CUSTOM_BASE_URL=server.openai_url,
    )


async def make_drawing_chat(
    rt: Runtime, *models: str, makes: Any = "image", dollars: float = 0
) -> tuple[str, Chat]:
    owner, workspace = await make_workspace(rt)
    if dollars:
        await cap(rt, owner, dollars)
    profile = await profiles.create_profile(rt, owner, name="Covers", makes=makes, models=models)
    return owner, await chats.create_chat(rt, owner, workspace.id, profile=profile.id)


async def draw(rt: Runtime, owner: str, chat: Chat, text: str = "A red fox") -> Any:
    run = await runs.start(rt, owner, chat.id, text=text, mode="auto")
    async with asyncio.timeout(120), aclosing(runs.events(rt, owner, run.id)) as events:
        return [item.event async for item in events][-1]


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        ("broken", "provider_unavailable", "was not reachable"),
        ("limit", "provider_rate_limited", "was rate-limited"),
        ("text", "model_answer_invalid", "gave no usable answer"),
        ("drop", "provider_unavailable", "was not reachable"),
    ],
)
async def test_another_model_draws_where_the_first_fails(
    rt: Runtime, server: MediaServer, fault: str, code: str, words: str
) -> None:
    server.faults["first"] = fault
    owner, chat = await make_drawing_chat(rt, FIRST, SECOND)

    done = await draw(rt, owner, chat)

    why = f"google/gemini-2.5-flash-image: first {words}"
    assert isinstance(done, MessageDone)
    assert (done.model, done.why) == (SECOND, why)
    assert done.text.startswith("![a-red-fox.png](/api/files/")
    assert len(await files.list_files(rt, owner, chat.workspace_id)) == 1
    failed, drawn = await stored(rt)
    assert (failed.model, failed.outcome, failed.error_code) == (FIRST, "failed", code)
    assert (drawn.model, drawn.outcome) == (SECOND, "ok")
    assert (failed.chain_id, failed.place, drawn.place) == (drawn.chain_id, 1, 2)


async def test_a_model_that_failed_lately_is_asked_last(rt: Runtime, server: MediaServer) -> None:
    server.faults["first"] = "broken"
    owner, chat = await make_drawing_chat(rt, FIRST, SECOND)

    await draw(rt, owner, chat)
    again = await draw(rt, owner, chat, "Another fox")

    assert [body["model"] for body in server.bodies] == [
        "first", "google/gemini-2.5-flash-image", "google/gemini-2.5-flash-image",
    ]  # fmt: skip
    assert again.why == "google/gemini-2.5-flash-image: first was not reachable"


async def test_another_key_draws_where_one_is_refused_and_goes_first_the_next_time(
    rt: Runtime, server: MediaServer
) -> None:
    owner, chat = await make_drawing_chat(rt, SECOND)
    bad, good = "sk-or-bad-0123456789", "sk-or-good-0123456789"
    await keys.add_key(rt, owner, "openrouter", bad)
    await keys.add_key(rt, owner, "openrouter", good)
    server.faults[bad] = "key"

    done = await draw(rt, owner, chat)
    await draw(rt, owner, chat, "Another fox")

    assert isinstance(done, MessageDone)
    assert server.keys == [f"Bearer {bad}", f"Bearer {good}", f"Bearer {good}"]
    assert [(row.outcome, row.own_key) for row in await stored(rt)] == [
        ("failed", True), ("ok", True), ("ok", True),
    ]  # fmt: skip


async def test_where_all_fail_the_message_names_what_was_tried(
    rt: Runtime, server: MediaServer
) -> None:
    server.faults["image"] = "broken"
    owner, chat = await make_drawing_chat(rt, FIRST, SECOND, dollars=1)

    failed = await draw(rt, owner, chat)

    assert isinstance(failed, RunFailed)
    assert failed.message.startswith(
        "No model answered: first was not reachable; google/gemini-2.5-flash-image was not reachable."
    )
    assert await figures(rt, owner) == (0, 0, "ok")
    told = (await chats.list_messages(rt, owner, chat.id))[-1]
    assert (told.status, told.model) == ("failed", FIRST)


async def test_a_model_of_unknown_price_is_passed_over_where_a_budget_applies(
    rt: Runtime, server: MediaServer
) -> None:
    owner, chat = await make_drawing_chat(rt, UNPRICED, SECOND, dollars=1)

    done = await draw(rt, owner, chat)

    assert done.why == "google/gemini-2.5-flash-image: flux has no known price"
    assert [body["model"] for body in server.bodies] == ["google/gemini-2.5-flash-image"]
    assert await figures(rt, owner) == (0.039, 0, "ok")


async def test_a_video_longer_than_there_is_money_for_is_not_begun(
    rt: Runtime, server: MediaServer
) -> None:
    owner, chat = await make_drawing_chat(rt, FILM, makes="video", dollars=1)
    await keys.set_key(rt, owner, "openai", "sk-0123456789")

    long = await draw(rt, owner, chat, "A red fox runs for 12 seconds")
    asked = len(server.bodies)
    server.faults["video"] = (
        "limit"  # that it is asked for is enough here: waiting for it takes seconds
    )
    short = await draw(rt, owner, chat, "A red fox runs for 8 seconds")

    assert isinstance(long, RunFailed)
    assert "this answer may cost $1.20" in long.message
    assert asked == 0
    assert short.code == "provider_rate_limited"
    assert server.bodies[0]["seconds"] == "8"
    assert await figures(rt, owner) == (0, 0, "ok")
