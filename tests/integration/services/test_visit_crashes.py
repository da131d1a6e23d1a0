"""What is left of a visitor's conversation with a program when the server is killed in mid-answer, or upgraded."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from babble_app.errors import ConflictError
from babble_app.schemas.events import MessageDone
from babble_app.schemas.visits import VisitorMessage
from babble_app.services import app_callers, app_tokens, apps, chats, visits, workspaces
from babble_app.services.idempotency import KeyedRequest
from babble_app.services.startup import serving
from babble_app.store.agents import packed
from babble_app.store.tables.agents import VersionRow
from babble_app.store.visits import get_standing
from tests.conftest import make_settings
from tests.factories import make_agent, make_user
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.services.app_callers import AppCaller
    from babble_app.services.runtime import Runtime

ROOT = Path(__file__).parents[3]
LONG_TEXT = " ".join(f"word{n}" for n in range(1000))
PROGRAM = 'say("Hello.")\nloop:\n    talk("Sell bells.", False)\nuntil "never":\n    say("Bye.")\n'
CHILD = """
import asyncio, sys
from babble_app.schemas.events import MessageDone, TextDelta
from babble_app.schemas.visits import VisitorMessage
from babble_app.services import app_callers, visits
from babble_app.services.idempotency import KeyedRequest
from babble_app.services.startup import serving
from babble_app.settings import Settings

async def main(token):
    async with serving(Settings()) as rt:
        caller = await app_callers.find_caller(rt, token)
        first = await visits.start(rt, caller, VisitorMessage(text="A bell"))
        async for item in visits.events(rt, caller, first):
            pass
        slow = await visits.start(rt, caller, VisitorMessage(text="slow"), session_id=first.session_id,
                                  keyed=KeyedRequest("k1", "same"))
        async for item in visits.events(rt, caller, slow):
            if isinstance(item.event, TextDelta):
                print(first.session_id, slow.run_id, flush=True)

asyncio.run(main(sys.argv[1]))
"""


@pytest.fixture
def models() -> Iterator[ModelServer]:
    """A model that is cut off the first time."""
    slow = Answer(text=LONG_TEXT, tokens_per_second=100)
    with ModelServer(
        rules=[Rule([slow, Answer(text="Whole.")], user="slow"), Rule("Sure.")]
    ) as running:
        yield running


async def ask(rt: Runtime, caller: AppCaller, text: str, session_id: str, key: str = "") -> str:
    """Return the answer to a message of the session."""
    keyed = KeyedRequest(key, "same") if key else None
    message = VisitorMessage(text=text)
    run = await visits.start(rt, caller, message, session_id=session_id, keyed=keyed)
    events = [item.event async for item in visits.events(rt, caller, run)]
    assert isinstance(events[-1], MessageDone)
    return events[-1].text


async def test_a_killed_server_leaves_the_program_where_it_stood_and_the_key_free(
    tmp_path: Path, models: ModelServer
) -> None:
    keys = {"OPENAI_BASE_URL": models.openai_url, "OPENAI_API_KEY": "sk-test"}
    names = {"BABBLE_DEFAULT_MODEL": "openai/fake-model", "BABBLE_DATA_DIR": str(tmp_path)}
    settings = make_settings(tmp_path, DATABASE_URL="", **keys, **names)
    async with serving(settings) as rt:
        owner_id = (await make_user(rt)).id
        workspace = await workspaces.create_workspace(rt, owner_id, "Shop")
        agent_id = (await make_agent(rt, owner_id, workspace.id, program=PROGRAM)).agent_id
        app = await apps.create_app(rt, owner_id, "Shop", agent_id=agent_id)
        token = (await app_tokens.create_token(rt, owner_id, app.id, "test")).token

    environment = os.environ | keys | names | {"DATABASE_URL": "", "PYTHONPATH": str(ROOT)}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, token,
        env=environment, cwd=tmp_path, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None
    async with asyncio.timeout(60):
        session_id, run_id = (await child.stdout.readline()).decode().split()
    child.send_signal(signal.SIGKILL)
    await child.communicate()

    async with serving(settings) as rt, asyncio.timeout(60):
        caller = await app_callers.find_caller(rt, token)
        standing = await rt.database.fetch(get_standing, owner_id, app.id, session_id)
        left = await chats.list_messages(rt, owner_id, session_id)
        again = await ask(rt, caller, "slow", session_id, "k1")
        repeated = await ask(rt, caller, "slow", session_id, "k1")
        moved = await rt.database.fetch(get_standing, owner_id, app.id, session_id)
        after = await ask(rt, caller, "A lock", session_id)

    assert [one["text"] for one in standing.log if one["kind"] == "user"] == ["A bell"]
    assert (left[-1].run_id, left[-1].status) == (run_id, "interrupted")
    assert (again, repeated, after) == ("Whole.", "Whole.", "Sure.")
    assert [one["text"] for one in moved.log if one["kind"] == "user"] == ["A bell", "slow"]


async def test_a_program_that_no_release_reads_any_more_is_said_in_words(rt: Runtime) -> None:
    owner_id = (await make_user(rt)).id
    workspace = await workspaces.create_workspace(rt, owner_id, "Shop")
    made = await make_agent(rt, owner_id, workspace.id, program=PROGRAM)
    broken = VersionRow(
        owner_id=owner_id, agent_id=made.agent_id, number=2, kind="edit", sha256="", author="x",
        text_zlib=packed("say("),
    )  # fmt: skip
    version_id = broken.id
    async with rt.database.unit_of_work() as db:
        db.add(broken)

    with pytest.raises(ConflictError, match="after an upgrade"):
        await rt.programs.get(rt, owner_id, version_id)
