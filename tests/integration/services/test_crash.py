"""`kill -9` in the middle of an answer: the question is there, the partial is there once, and it can be run again."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from babble_app.schemas.events import RunFailed, TextDelta
from babble_app.services import chats, runs
from babble_app.services.startup import serving
from babble_app.settings import Settings
from tests.factories import make_chat, make_user
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
LONG_TEXT = " ".join(f"word{n}" for n in range(1000))
CHILD = """
import asyncio, sys
from babble_app.schemas.events import TextDelta
from babble_app.services import runs
from babble_app.services.startup import serving
from babble_app.settings import Settings

async def main(owner_id, chat_id, pieces):
    async with serving(Settings()) as rt:
        first = await runs.start(rt, owner_id, chat_id, text="slow", mode="chat")
        second = await runs.start(rt, owner_id, chat_id, text="waiting", mode="chat")
        text = ""
        async for item in runs.events(rt, owner_id, first.id):
            if isinstance(item.event, TextDelta):
                text += item.event.text
                if item.seq > pieces:
                    print(first.id, second.id, text.replace(" ", "_"), flush=True)

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


@pytest.fixture
def server() -> Iterator[ModelServer]:
    rules = [
        Rule([Answer(text=LONG_TEXT, tokens_per_second=150), Answer(text="Whole.")], user="slow"),
        Rule("Late.", user="waiting"),
    ]
    with ModelServer(rules=rules) as running:
        yield running


@pytest.mark.parametrize("pieces", [2, 4, 7, 11, 16])
async def test_a_killed_server_loses_nothing_and_doubles_nothing(
    tmp_path: Path, server: ModelServer, pieces: int
) -> None:
    environment = os.environ | {
        "BABBLE_DATA_DIR": str(tmp_path),
        "OPENAI_BASE_URL": server.openai_url,
        "OPENAI_API_KEY": "sk-test",
        "DATABASE_URL": "",
        "PYTHONPATH": str(ROOT),
    }
    settings = Settings(
        _env_file=None,
        BABBLE_DATA_DIR=tmp_path,
        OPENAI_BASE_URL=server.openai_url,
        OPENAI_API_KEY="sk-test",
    )
    async with serving(settings) as rt:
        owner = (await make_user(rt)).id
        _, chat = await make_chat(rt, owner, model="openai/fake-model")

    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, owner, chat.id, str(pieces),
        env=environment, cwd=tmp_path, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None
    async with asyncio.timeout(60):
        line = (await child.stdout.readline()).decode()
    child.send_signal(signal.SIGKILL)
    await child.communicate()
    first_id, second_id, seen = line.split()
    seen = seen.replace("_", " ")

    async with serving(settings) as rt:
        first, second = (
            await runs.get_run(rt, owner, first_id),
            await runs.get_run(rt, owner, second_id),
        )
        assert (first.status, second.status) == ("interrupted", "interrupted")
        messages = await chats.list_messages(rt, owner, chat.id)
        assert [(m.role, m.status) for m in messages] == [
            ("user", "done"),
            ("user", "done"),
            ("assistant", "interrupted"),
            ("assistant", "interrupted"),
        ]
        partial = messages[2].text
        assert partial.startswith(seen)
        assert LONG_TEXT.startswith(partial)
        events = [item async for item in runs.events(rt, owner, first_id)]
        assert [item.seq for item in events] == list(range(1, len(events) + 1))
        assert "".join(e.event.text for e in events if isinstance(e.event, TextDelta)) == partial
        last = events[-1].event
        assert isinstance(last, RunFailed)
        assert (last.code, last.retryable) == ("interrupted", True)

        again = await runs.run_again(rt, owner, first_id)
        async with asyncio.timeout(20):
            _ = [item async for item in runs.events(rt, owner, again.id)]
        assert (await chats.list_messages(rt, owner, chat.id))[-1].text == "Whole."

    async with serving(settings) as rt:
        assert len(await chats.list_messages(rt, owner, chat.id)) == 5
