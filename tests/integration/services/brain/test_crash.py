"""`kill -9` of a server in the middle of an answer: rows that were settled are there, money that was set aside is free."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from babble_app.schemas.events import MessageDone
from babble_app.services import budgets, chats, keys, profiles, runs
from babble_app.services.startup import serving
from tests.conftest import make_settings
from tests.factories import make_chat, make_user
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule
from tests.integration.services.brain.brains import KEY, MODEL, TOKEN_NANO, follow, write_cents
from tests.integration.services.meter.ledgers import figures, stored

if TYPE_CHECKING:
    from tests.databases import SqliteSource

ROOT = Path(__file__).parents[4]
CHILD = """
import asyncio, sys
from contextlib import aclosing
from babble_app.schemas.events import TextDelta
from babble_app.services import budgets, runs
from babble_app.services.startup import serving
from babble_app.settings import Settings

async def main(owner, whole, broken):
    async with serving(Settings()) as rt:
        first = await runs.start(rt, owner, whole, text="short", mode="chat")
        async for _ in runs.events(rt, owner, first.id):
            pass
        second = await runs.start(rt, owner, broken, text="slow", mode="chat")
        async for item in runs.events(rt, owner, second.id):
            if isinstance(item.event, TextDelta):
                print((await budgets.status(rt, owner))[0].model_dump_json(), flush=True)
                await asyncio.sleep(60)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_server_killed_in_mid_stream_keeps_settled_rows_and_frees_what_was_held(
    tmp_path: Path, sqlite: SqliteSource
) -> None:
    rules = [
        Rule(Answer("word " * 2000, tokens_per_second=50), user="slow"),
        Rule(Answer("Hello there.", usage=(3, 7))),
    ]
    values = {
        "BABBLE_DATA_DIR": str(tmp_path),
        "DATABASE_URL": sqlite.fresh(tmp_path),
        "BABBLE_PRICES_FILE": write_cents(tmp_path),
        "BABBLE_MASTER_KEY": "a master key of this test alone",
        "BABBLE_SECRET_KEY": "a secret key of this test alone",
    }
    settings = make_settings(tmp_path, **values)
    with ModelServer(rules=rules) as server:
        async with serving(settings) as rt:
            owner = (await make_user(rt, role="admin")).id
            await keys.set_key(rt, owner, "custom", KEY, base_url=server.openai_url)
            brief = await profiles.create_profile(rt, owner, name="Brief", max_output_tokens=10)
            await budgets.set_budget(rt, owner, "person", owner, "month", limit_usd=0.02)
            chat_ids = [
                (await make_chat(rt, owner, model=MODEL, profile=brief.id))[1].id for _ in range(2)
            ]

        await _kill_in_mid_stream(tmp_path, values, owner, *chat_ids)

        async with serving(settings) as rt:
            assert await figures(rt, owner) == (0.007, 0, "ok")
            (row,) = await stored(rt)
            assert (row.outcome, row.chat_id, row.cost_nano) == ("ok", chat_ids[0], 7 * TOKEN_NANO)
            broken = await chats.list_messages(rt, owner, chat_ids[1])
            assert [message.status for message in broken] == ["done", "interrupted"]
            again = await runs.start(rt, owner, chat_ids[0], text="short again", mode="chat")
            assert isinstance((await follow(rt, owner, again.id))[-1], MessageDone)
            assert await figures(rt, owner) == (0.014, 0, "ok")


async def _kill_in_mid_stream(folder: Path, values: dict[str, str], *arguments: str) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, *arguments,
        env=os.environ | values | {"PYTHONPATH": str(ROOT)}, cwd=folder, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None
    async with asyncio.timeout(60):
        told = (await child.stdout.readline()).decode()
    child.send_signal(signal.SIGKILL)
    await child.communicate()
    assert '"spent_usd":0.007,"held_usd":0.01,' in told
