"""Runs in chats with a profile, the model and the search engine behind real sockets."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from babble_app.schemas.events import Citation, MessageDone, run_event_adapter
from babble_app.services import chats, keys, profiles, runs
from tests.conftest import make_settings
from tests.factories import make_chat, make_user
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule, ToolUse
from tests.fakes.search_server import Found, search_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from babble_app.schemas.chats import Chat
    from babble_app.schemas.events import RunEvent
    from babble_app.services.runtime import Runtime
    from tests.databases import Source
    from tests.fakes.search_server import SearchServer

MODEL = "custom/fake-model"
URL = "https://sea.example/whales"


@pytest.fixture
def source(sqlite: Source) -> Source:
    """One kind of database: what is stored of profiles is tested on both elsewhere."""
    return sqlite


@pytest.fixture
def models() -> Iterator[ModelServer]:
    search = Answer(tools=[ToolUse("web_search", {"query": "whales"})], usage=(100, 10))
    rules = [
        Rule(Answer(text="They weigh 150 tons [1].", usage=(200, 20)), after_tool=True),
        Rule(search, tool="web_search"),
        Rule("From what I know: heavy."),
    ]
    with ModelServer(rules=rules) as running:
        yield running


@pytest.fixture
async def engine() -> AsyncIterator[SearchServer]:
    async with search_server() as running:
        running.found = [Found("Whales", URL, "A whale weighs 150 tons.")]
        yield running


async def start_chat(rt: Runtime, models: ModelServer, profile: str) -> tuple[str, Chat]:
    """Return somebody with a key for the models, and a chat with the profile."""
    user = await make_user(rt, role="admin")
    await keys.set_key(rt, user.id, "custom", "sk-canary-123456", base_url=models.openai_url)
    if not profile:
        made = await profiles.create_profile(
            rt, user.id, name="Sea", instructions="Speak like a sailor.", temperature=0.25,
            max_output_tokens=321, tools=["web"],
        )  # fmt: skip
        profile = made.id
    return await make_chat(rt, user.id, profile=profile, model=MODEL)


async def ask(rt: Runtime, owner: str, chat: Chat, text: str) -> list[RunEvent]:
    """Ask and return everything that came of it."""
    run = await runs.start(rt, owner, chat.id, text=text, mode="chat")
    async with asyncio.timeout(60), aclosing(runs.events(rt, owner, run.id)) as events:
        return [item.event async for item in events]


async def test_a_custom_profile_reaches_the_model_and_its_search_is_cited_and_stored(
    rt: Runtime, models: ModelServer, engine: SearchServer, tmp_path: Path
) -> None:
    rt.settings = make_settings(
        tmp_path,
        BABBLE_SEARCH_ENGINE="duckduckgo",
        BABBLE_SEARCH_URL=engine.url,
        BABBLE_ALLOWED_PRIVATE_HOSTS="127.0.0.1",
    )
    owner, chat = await start_chat(rt, models, "")

    events = await ask(rt, owner, chat, "How heavy is a whale?")

    done = events[-1]
    assert isinstance(done, MessageDone)
    assert (done.text, done.usage.input_tokens) == ("They weigh 150 tons [1].", 300)
    cited = next(event for event in events if isinstance(event, Citation))
    assert (cited.url, cited.file, cited.file_id) == (URL, "Whales", "")
    assert run_event_adapter.validate_json(cited.model_dump_json()) == cited
    first, second = models.requests
    assert (first.body["temperature"], first.body["max_tokens"]) == (0.25, 321)
    assert "Speak like a sailor." in first.system
    assert first.tools == ["read_page", "web_search"]
    assert "A whale weighs 150 tons." in second.messages[-1][1]
    stored = await chats.list_messages(rt, owner, chat.id)
    assert stored[-1].citations == (cited,)
    assert [asked.query for asked in engine.asked] == ["whales"]


async def test_a_built_in_profile_without_an_engine_answers_and_knows_that_there_is_none(
    rt: Runtime, models: ModelServer
) -> None:
    owner, chat = await start_chat(rt, models, "research")

    events = await ask(rt, owner, chat, "How heavy is a whale?")

    assert isinstance(events[-1], MessageDone)
    assert events[-1].text == "From what I know: heavy."
    request = models.requests[-1]
    assert request.tools == ["think"]
    assert "BABBLE_SEARCH_ENGINE" in request.system
    assert request.body["max_tokens"] == 32_000


async def test_a_chat_whose_profile_is_gone_answers_without_one(
    rt: Runtime, models: ModelServer
) -> None:
    owner, chat = await start_chat(rt, models, "")
    await profiles.delete_profile(rt, owner, chat.profile)

    events = await ask(rt, owner, chat, "How heavy is a whale?")

    assert isinstance(events[-1], MessageDone)
    assert "temperature" not in models.requests[-1].body
    assert models.requests[-1].tools == []
