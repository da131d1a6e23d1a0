"""Runs in a chat whose changes wait for a review, with a model behind a real socket."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from babble_app.errors import NotFoundError
from babble_app.schemas.events import RunFailed, StateChanged, VersionSaved
from babble_app.services import (
    agents,
    chats,
    keys,
    proposals,
    runs,
)
from babble_app.store import conversations
from tests.factories import make_agent, make_chat, make_user
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Incoming, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.schemas.agents import Proposal, Version
    from babble_app.schemas.events import RunEvent
    from babble_app.services.runtime import Runtime
    from tests.databases import Source

MODEL = "custom/fake-model"
GREET = "Change the goodbye to: See you!"
AGAIN = "Change the goodbye to: Farewell!"
BACK = "Change the goodbye back."


@pytest.fixture
def source(sqlite: Source) -> Source:
    """One kind of database is enough: test_proposals.py asks both."""
    return sqlite


@pytest.fixture
def server() -> Iterator[ModelServer]:
    def change(incoming: Incoming) -> Answer:
        shown = "\n".join([incoming.system, *(text for _, text in incoming.messages)])
        old = "See you!" if 'say("See you!", True)' in shown else "Goodbye!"
        wishes = {AGAIN: "Farewell!", BACK: "Goodbye!", GREET: "See you!"}
        new = next(word for wish, word in wishes.items() if wish in incoming.last_user)
        diff = f'@@ @@\n-    say("{old}", True)\n+    say("{new}", True)\n'
        return Answer(text=f"```diff\n{diff}```", delay=0.1)

    with ModelServer(rules=[Rule(change)]) as running:
        yield running


async def ask(rt: Runtime, owner_id: str, chat_id: str, text: str) -> list[RunEvent]:
    run = await runs.start(rt, owner_id, chat_id, text=text)
    async with asyncio.timeout(30):
        return [item.event async for item in runs.events(rt, owner_id, run.id)]


def states(events: list[RunEvent], name: str) -> list[str]:
    return [e.detail for e in events if isinstance(e, StateChanged) and e.name == name]


async def start(rt: Runtime, server: ModelServer) -> tuple[str, str, Version]:
    """Return a person, a chat with review, and the agent on its canvas."""
    user = await make_user(rt, role="admin")
    await keys.set_key(rt, user.id, "custom", "sk-canary-123456", base_url=server.openai_url)
    owner, chat = await make_chat(rt, user.id, model=MODEL, review_changes=True)
    version = await make_agent(rt, owner, chat.workspace_id)
    await chats.update_chat(rt, owner, chat.id, agent_id=version.agent_id)
    return owner, chat.id, version


async def pending(rt: Runtime, owner: str, agent_id: str) -> Proposal:
    found = await proposals.find_pending(rt, owner, agent_id)
    assert found is not None
    return found


async def test_a_change_waits_and_the_answer_names_it(rt: Runtime, server: ModelServer) -> None:
    owner, chat_id, first = await start(rt, server)

    events = await ask(rt, owner, chat_id, GREET)

    proposal = await pending(rt, owner, first.agent_id)
    assert states(events, "proposed") == [proposal.id]
    assert not any(isinstance(event, VersionSaved) for event in events)
    assert (await agents.get_agent(rt, owner, first.agent_id)).head_version_id == first.id
    assert "See you!" in proposal.text
    assert (proposal.request, proposal.model, proposal.chat_id) == (GREET, MODEL, chat_id)
    assert "```diff" in proposal.raw
    answer = (await chats.list_messages(rt, owner, chat_id))[-1]
    assert (answer.proposal_id, answer.versions, answer.run_id) == (
        proposal.id,
        (),
        proposal.run_id,
    )


async def test_the_next_request_goes_on_from_what_waits(rt: Runtime, server: ModelServer) -> None:
    owner, chat_id, first = await start(rt, server)
    await ask(rt, owner, chat_id, GREET)
    one = await pending(rt, owner, first.agent_id)

    await ask(rt, owner, chat_id, AGAIN)

    two = await pending(rt, owner, first.agent_id)
    assert (await proposals.get_proposal(rt, owner, one.id)).status == "replaced"
    assert (two.parent_id, two.request) == (first.id, f"{GREET}\n\n{AGAIN}")
    assert "Farewell!" in two.text
    assert "See you!" not in two.text
    version = await proposals.keep(rt, owner, two.id)
    assert (version.number, version.text) == (2, two.text)


async def test_the_model_is_shown_what_waits_only_where_changes_are_reviewed(
    rt: Runtime, server: ModelServer
) -> None:
    owner, chat_id, first = await start(rt, server)
    await ask(rt, owner, chat_id, GREET)
    proposal = await pending(rt, owner, first.agent_id)

    async def program() -> conversations.Program | None:
        seen = await rt.database.fetch(conversations.get_conversation, owner, chat_id, 1)
        return seen.program

    reviewed = await program()
    await chats.update_chat(rt, owner, chat_id, review_changes=False)
    direct = await program()

    assert reviewed is not None
    assert direct is not None
    assert (reviewed.text, reviewed.version_id) == (proposal.text, first.id)
    assert reviewed.proposal_id == proposal.id
    assert (direct.text, direct.version_id, direct.proposal_id) == (first.text, first.id, None)


async def test_a_request_that_takes_the_change_back_says_so(
    rt: Runtime, server: ModelServer
) -> None:
    owner, chat_id, first = await start(rt, server)
    await ask(rt, owner, chat_id, GREET)
    proposal = await pending(rt, owner, first.agent_id)

    events = await ask(rt, owner, chat_id, BACK)

    assert states(events, "withdrawn") == [proposal.id]
    assert await proposals.find_pending(rt, owner, first.agent_id) is None


async def test_without_review_a_change_is_a_version_and_what_waits_is_outdated(
    rt: Runtime, server: ModelServer
) -> None:
    owner, chat_id, first = await start(rt, server)
    await ask(rt, owner, chat_id, GREET)
    await chats.update_chat(rt, owner, chat_id, review_changes=False)

    events = await ask(rt, owner, chat_id, AGAIN)

    assert any(isinstance(event, VersionSaved) for event in events)
    assert (await pending(rt, owner, first.agent_id)).stale


async def test_a_run_whose_agent_is_deleted_meanwhile_fails_in_words(
    rt: Runtime, server: ModelServer
) -> None:
    owner, chat_id, version = await start(rt, server)
    run = await runs.start(rt, owner, chat_id, text=GREET)
    last: RunEvent | None = None
    async with asyncio.timeout(30):
        async for item in runs.events(rt, owner, run.id):
            last = item.event
            if isinstance(last, StateChanged) and last.name == "changing":
                await agents.delete_agent(rt, owner, version.agent_id)

    assert isinstance(last, RunFailed)
    assert last.code == "not_found"
    with pytest.raises(NotFoundError):
        await proposals.find_pending(rt, owner, version.agent_id)


async def test_a_stopped_run_leaves_a_whole_proposal_or_none(
    rt: Runtime, server: ModelServer
) -> None:
    owner, chat_id, first = await start(rt, server)
    outcomes: set[str] = set()
    for _ in range(3):
        run = await runs.start(rt, owner, chat_id, text=GREET)
        async with asyncio.timeout(30):
            async for item in runs.events(rt, owner, run.id):
                if isinstance(item.event, StateChanged):
                    await runs.stop(rt, owner, run.id)
        found = await proposals.find_pending(rt, owner, first.agent_id)
        outcomes.add(found.status if found else "none")
        if found:
            assert "See you!" in found.text
            await proposals.discard(rt, owner, found.id)

    assert outcomes <= {"pending", "none"}
    assert (await agents.get_agent(rt, owner, first.agent_id)).head_number == 1
