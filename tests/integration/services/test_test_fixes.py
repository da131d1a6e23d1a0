"""A failed test as the next request of a chat, round after round until it passes."""

from __future__ import annotations

import asyncio
import itertools
import threading
from typing import TYPE_CHECKING

import pytest

from babble_app.agents.builder import MAX_DECLINED
from babble_app.errors import ConflictError, NotFoundError, ValidationFailedError
from babble_app.schemas.agent_tests import TestSpec
from babble_app.services import (
    agent_tests,
    agents,
    chats,
    keys,
    proposals,
    test_fixes,
    test_recording,
    versions,
)
from tests.factories import make_agent, make_chat, make_user
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule
from tests.integration.services.test_agent_tests import change, make_session
from tests.unit.based.helpers import BAKERY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.schemas.agent_tests import AgentTest, TestFix
    from babble_app.schemas.chats import Chat
    from babble_app.services.runtime import Runtime
    from tests.fakes.script import Incoming

pytestmark = pytest.mark.parametrize("source", ["sqlite"], indirect=True)
MODEL = "custom/fake-model"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


async def make_failing(
    rt: Runtime, server: ModelServer, *, review_changes: bool = False
) -> tuple[str, Chat, AgentTest]:
    """A bakery whose second version says goodbye in a way that its test does not like."""
    owner = (await make_user(rt, role="admin")).id
    await keys.set_key(rt, owner, "custom", "sk-canary-123456", base_url=server.openai_url)
    _, chat = await make_chat(rt, owner, model=MODEL)
    version = await make_agent(rt, owner, chat.workspace_id, name="Bakery", program=BAKERY)
    await chats.update_chat(
        rt, owner, chat.id, agent_id=version.agent_id, review_changes=review_changes
    )
    test = await agent_tests.keep_as_test(
        rt, owner, await make_session(rt, owner, version), name="Two cakes"
    )
    await change(rt, owner, version, BAKERY.replace("Goodbye!", "Go away!"))
    return owner, chat, test


def say(old: str, new: str) -> str:
    return (
        "I change the farewell.\n\n```diff\n@@ ... @@\n"
        f' until "the customer leaves":\n-    say("{old}")\n+    say("{new}")\n```\n'
    )


async def ended(rt: Runtime, owner: str, test_id: str) -> TestFix:
    async with asyncio.timeout(30):
        await asyncio.wait([rt.fixes[owner, test_id][1]])
    return await test_fixes.get_fix(rt, owner, test_id)


async def test_a_failed_test_is_told_with_its_transcripts_and_lines(
    rt: Runtime, server: ModelServer
) -> None:
    owner, _, test = await make_failing(rt, server)

    text = await test_fixes.fix_request(rt, owner, test.id)

    assert text.startswith("The test “Two cakes” does not pass. Change the agent so that it passes")
    assert "- agent: Goodbye!\n+ agent: Go away!" in text
    assert "line 9: agent Go away!" in text


async def test_rounds_go_on_until_the_test_passes(rt: Runtime, server: ModelServer) -> None:
    owner, chat, test = await make_failing(rt, server)
    server.script.queue = [say("Go away!", "Adieu!"), say("Adieu!", "Goodbye!")]

    started = await test_fixes.start_fix(rt, owner, test.id, chat.id)
    with pytest.raises(ConflictError):
        await test_fixes.start_fix(rt, owner, test.id, chat.id)
    fix = await ended(rt, owner, test.id)

    assert started.status == "running"
    assert (fix.status, fix.round, len(fix.run_ids)) == ("passed", 2, 2)
    listed = await versions.list_versions(rt, owner, test.agent_id)
    assert [(one.number, one.tests.passed if one.tests else None) for one in listed] == [
        (4, 1), (3, 0), (2, 0), (1, 1),
    ]  # fmt: skip
    assert "recorded “agent: Goodbye!”, now “agent: Adieu!”" in server.requests[1].last_user


async def test_reviewed_changes_are_tested_before_they_are_kept(
    rt: Runtime, server: ModelServer
) -> None:
    owner, chat, test = await make_failing(rt, server, review_changes=True)
    server.script.queue = [say("Go away!", "Adieu!"), say("Adieu!", "Goodbye!")]

    await test_fixes.start_fix(rt, owner, test.id, chat.id)
    fix = await ended(rt, owner, test.id)

    assert (fix.status, fix.round) == ("passed", 2)
    waiting = await proposals.find_pending(rt, owner, test.agent_id)
    assert waiting is not None
    assert waiting.text == BAKERY
    assert (await agents.get_agent(rt, owner, test.agent_id)).head_number == 2


async def test_there_are_at_most_five_rounds(rt: Runtime, server: ModelServer) -> None:
    owner, chat, test = await make_failing(rt, server)
    words = ["Go away!", "1", "2", "3", "4", "5", "6"]
    server.script.queue = [say(old, new) for old, new in itertools.pairwise(words)]

    await test_fixes.start_fix(rt, owner, test.id, chat.id)
    fix = await ended(rt, owner, test.id)

    assert (fix.status, fix.round) == ("failed", 5)
    assert fix.message == "The test does not pass after 5 changes."
    assert len(server.script.queue) == 1


@pytest.mark.parametrize(
    ("answers", "rounds"),
    [
        (["Which farewell would you like?"] * MAX_DECLINED, 1),
        ([say("Go away!", "Adieu!"), say("Adieu!", "Go away!")], 2),
    ],
    ids=["words", "a program that failed"],
)
@pytest.mark.parametrize("review_changes", [False, True], ids=["versions", "proposals"])
async def test_a_round_that_brings_nothing_new_is_the_last(
    rt: Runtime, server: ModelServer, answers: list[str], rounds: int, review_changes: bool
) -> None:
    owner, chat, test = await make_failing(rt, server, review_changes=review_changes)
    server.script.queue = [*answers, say("Go away!", "Goodbye!")]

    await test_fixes.start_fix(rt, owner, test.id, chat.id)
    fix = await ended(rt, owner, test.id)

    assert (fix.status, fix.round) == ("failed", rounds)
    assert "the last round brought no new program" in fix.message
    assert len(server.script.queue) == 1


async def test_fixing_is_stopped_with_its_run(rt: Runtime, server: ModelServer) -> None:
    owner, chat, test = await make_failing(rt, server)
    asked = threading.Event()

    def hang(_: Incoming) -> Answer:
        asked.set()
        return Answer(text="never", fault="hang")

    server.script.rules = [Rule(hang)]
    await test_fixes.start_fix(rt, owner, test.id, chat.id)
    assert await asyncio.to_thread(asked.wait, 20)

    fix = await test_fixes.stop_fix(rt, owner, test.id)

    assert fix.status == "stopped"
    assert await asyncio.to_thread(server.hung_up.wait, 10)


async def test_what_does_not_fail_is_not_fixed(rt: Runtime, server: ModelServer) -> None:
    owner, chat, test = await make_failing(rt, server)
    await test_recording.record_again(rt, owner, test.id)
    _, elsewhere = await make_chat(rt, owner)
    live = await agent_tests.add_test(
        rt, owner, test.agent_id, name="x", kind="scripted", spec=TestSpec(turns=("x",))
    )
    stranger = (await make_user(rt)).id

    with pytest.raises(ConflictError, match="passes"):
        await test_fixes.fix_request(rt, owner, test.id)
    with pytest.raises(ConflictError, match="Run it first"):
        await test_fixes.fix_request(rt, owner, live.id)
    with pytest.raises(ValidationFailedError, match="not about"):
        await test_fixes.start_fix(rt, owner, test.id, elsewhere.id)
    for work in (
        test_fixes.fix_request(rt, stranger, test.id),
        test_fixes.start_fix(rt, stranger, test.id, chat.id),
        test_fixes.get_fix(rt, stranger, test.id),
        test_fixes.stop_fix(rt, stranger, test.id),
    ):
        with pytest.raises(NotFoundError):
            await work
    await test_fixes.start_fix(rt, owner, test.id, chat.id)
    assert (await ended(rt, owner, test.id)).message == "The test passed already."
