"""Proposals: a change waits for the person, is kept whole or in part, merged with what came in, or discarded."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.errors import ConflictError, NotFoundError, ValidationFailedError
from babble_app.schemas.events import VersionProposed
from babble_app.services import (
    agents,
    chats,
    proposals,
    versions,
    workspaces,
)
from babble_app.services.proposals import Origin
from tests.factories import make_agent, make_chat, make_proposal

if TYPE_CHECKING:
    from babble_app.schemas.agents import Proposal, Version
    from babble_app.services.runtime import Runtime

LINES = tuple(f'say("This is line {n}.", True)' for n in range(1, 31))
PROGRAM = "\n".join(LINES) + "\n"
CHANGED = (
    PROGRAM.replace("line 3.", "line three.")
    .replace('say("This is line 15.", True)\n', "")
    .replace("line 28.", "line twenty-eight.")
)


async def start(rt: Runtime) -> tuple[str, str, Version]:
    """Return a person, a chat of his, and the only version of the agent on its canvas."""
    owner, chat = await make_chat(rt)
    version = await make_agent(rt, owner, chat.workspace_id, program=PROGRAM)
    await chats.update_chat(rt, owner, chat.id, agent_id=version.agent_id, review_changes=True)
    return owner, chat.id, version


async def propose(
    rt: Runtime, owner: str, chat_id: str, parent: Version, text: str = CHANGED, **fields: Any
) -> Proposal:
    return await make_proposal(
        rt, owner, parent.agent_id, parent.id, chat_id=chat_id, text=text, **fields
    )


async def proposed(rt: Runtime, **fields: Any) -> tuple[str, Version, Proposal]:
    owner, chat_id, first = await start(rt)
    return owner, first, await propose(rt, owner, chat_id, first, **fields)


async def edit(rt: Runtime, owner: str, parent: Version, old: str, new: str) -> Version:
    text = parent.text.replace(old, new)
    return await versions.add_version(
        rt, owner, parent.agent_id, text=text, parent_id=parent.id, kind="manual", author="Ada"
    )


async def decide_at_once(
    rt: Runtime, owner: str, proposal: Proposal
) -> tuple[Version | Proposal | BaseException, ...]:
    return await asyncio.gather(
        proposals.keep(rt, owner, proposal.id),
        proposals.discard(rt, owner, proposal.id),
        proposals.keep(rt, owner, proposal.id, hunks=[1]),
        return_exceptions=True,
    )


async def test_a_proposal_waits_and_changes_nothing(rt: Runtime) -> None:
    owner, first, proposal = await proposed(rt)

    agent = await agents.get_agent(rt, owner, first.agent_id)

    assert (agent.head_version_id, agent.proposal_id) == (first.id, proposal.id)
    assert [hunk.number for hunk in proposal.diff.hunks] == [1, 2, 3]
    assert (proposal.status, proposal.stale, proposal.parent_number) == ("pending", False, 1)
    assert (proposal.text, proposal.raw, proposal.rounds) == (CHANGED, "```diff", 2)
    assert await proposals.find_pending(rt, owner, first.agent_id) == proposal


async def test_a_proposal_that_is_kept_becomes_the_newest_version(rt: Runtime) -> None:
    owner, first, proposal = await proposed(rt)

    version = await proposals.keep(rt, owner, proposal.id)

    assert (version.text, version.kind, version.author) == (CHANGED, "edit", "iterator")
    assert (version.parent_id, version.number) == (first.id, 2)
    assert (version.request, version.summary) == ("Say good night.", "Says good night.")
    assert (version.model, version.rounds, version.raw) == ("demo/based", 2, "```diff")
    after = await proposals.get_proposal(rt, owner, proposal.id)
    assert (after.status, after.version_id, after.stale) == ("kept", version.id, False)
    assert (await agents.get_agent(rt, owner, first.agent_id)).proposal_id is None
    assert await proposals.find_pending(rt, owner, first.agent_id) is None


async def test_chosen_hunks_alone_are_kept(rt: Runtime) -> None:
    owner, _, proposal = await proposed(rt)

    version = await proposals.keep(rt, owner, proposal.id, hunks=[3, 1])

    assert version.text == CHANGED.replace(LINES[13], LINES[13] + "\n" + LINES[14])
    assert version.summary == "Says good night. (2 of 3 hunks)"
    assert (version.request, version.raw) == (proposal.request, proposal.raw)


async def test_a_choice_that_names_no_hunks_is_refused(rt: Runtime) -> None:
    owner, first, proposal = await proposed(rt)

    for hunks in ([], [0], [-1], [4], [1, 1], [10**9]):
        with pytest.raises(ValidationFailedError) as caught:
            await proposals.keep(rt, owner, proposal.id, hunks=hunks)
        assert caught.value.field == "hunks"

    assert (await agents.get_agent(rt, owner, first.agent_id)).proposal_id == proposal.id


async def test_hunks_that_make_no_valid_program_are_refused_with_the_finding(rt: Runtime) -> None:
    text = PROGRAM.replace(LINES[2], f'note = """\n{LINES[2]}').replace(
        LINES[24], f'{LINES[24]}\n"""'
    )
    owner, first, proposal = await proposed(rt, text=text)

    with pytest.raises(ValidationFailedError, match=r"errors.*line \d+"):
        await proposals.keep(rt, owner, proposal.id, hunks=[2])

    assert (await agents.get_agent(rt, owner, first.agent_id)).head_version_id == first.id


async def test_a_discarded_proposal_is_over(rt: Runtime) -> None:
    owner, first, proposal = await proposed(rt)

    gone = await proposals.discard(rt, owner, proposal.id)

    assert (gone.status, gone.version_id) == ("discarded", None)
    agent = await agents.get_agent(rt, owner, first.agent_id)
    assert (agent.head_version_id, agent.proposal_id) == (first.id, None)
    with pytest.raises(ConflictError, match="discarded already"):
        await proposals.keep(rt, owner, proposal.id)


async def test_of_decisions_at_once_one_wins_and_the_others_are_told(rt: Runtime) -> None:
    owner, first, proposal = await proposed(rt)

    results = await decide_at_once(rt, owner, proposal)

    lost = [item for item in results if isinstance(item, BaseException)]
    assert len(lost) == 2
    assert all(isinstance(item, ConflictError) and "already" in str(item) for item in lost)
    assert len(await versions.list_versions(rt, owner, first.agent_id)) <= 2


async def test_of_proposals_at_once_one_waits_and_the_others_are_told(rt: Runtime) -> None:
    owner, chat_id, first = await start(rt)
    texts = [PROGRAM.replace("line 9.", f"line nine {n}.") for n in range(4)]

    results = await asyncio.gather(
        *(propose(rt, owner, chat_id, first, text) for text in texts), return_exceptions=True
    )

    lost = [item for item in results if isinstance(item, BaseException)]
    assert len(lost) == 3
    assert all(isinstance(item, ConflictError) for item in lost)


async def test_a_proposal_that_is_kept_while_an_edit_comes_in_loses_nothing(rt: Runtime) -> None:
    owner, first, proposal = await proposed(rt)

    await asyncio.gather(
        proposals.keep(rt, owner, proposal.id),
        edit(rt, owner, first, "line 9.", "line nine."),
        return_exceptions=True,
    )

    listed = await versions.list_versions(rt, owner, first.agent_id)
    assert [item.number for item in listed] == list(range(len(listed), 0, -1))
    kept = {item.kind for item in listed} >= {"edit"}
    after = await proposals.get_proposal(rt, owner, proposal.id)
    assert after.status == ("kept" if kept else "pending")
    assert after.version_id in ({item.id for item in listed} if kept else {None})


async def test_an_outdated_proposal_is_brought_together_with_what_came_in(rt: Runtime) -> None:
    owner, first, proposal = await proposed(rt)
    second = await edit(rt, owner, first, "line 9.", "line nine.")

    stale = await proposals.get_proposal(rt, owner, proposal.id)
    version = await proposals.keep(rt, owner, proposal.id)

    assert (stale.stale, stale.head_id, stale.diff) == (True, second.id, proposal.diff)
    assert version.text == CHANGED.replace("line 9.", "line nine.")
    assert (version.parent_id, version.number) == (second.id, 3)
    assert version.summary == "Says good night. (merged with version 2)"


async def test_an_outdated_proposal_that_collides_keeps_waiting_and_parts_of_it_can_be_kept(
    rt: Runtime,
) -> None:
    owner, first, proposal = await proposed(rt)
    second = await edit(rt, owner, first, "line 3.", "line III.")

    with pytest.raises(ConflictError, match="Version 2 changed the same lines") as caught:
        await proposals.keep(rt, owner, proposal.id)
    version = await proposals.keep(rt, owner, proposal.id, hunks=[2, 3])

    assert caught.value.head == second.id
    assert version.text == CHANGED.replace("line three.", "line III.")


async def test_a_proposal_whose_changes_are_there_already_makes_no_version(rt: Runtime) -> None:
    owner, first, proposal = await proposed(rt)
    await edit(rt, owner, first, PROGRAM, CHANGED)

    with pytest.raises(ConflictError, match="has these changes already"):
        await proposals.keep(rt, owner, proposal.id)


async def test_a_proposal_that_goes_on_from_another_takes_its_place(rt: Runtime) -> None:
    owner, chat_id, first = await start(rt)
    one = await propose(rt, owner, chat_id, first)
    more = CHANGED.replace("line 22.", "line 22!")

    two = await propose(rt, owner, chat_id, first, more, after=one.id, request="And line 22.")

    assert (await proposals.get_proposal(rt, owner, one.id)).status == "replaced"
    assert (two.parent_id, two.diff.added, two.diff.removed) == (first.id, 3, 4)
    assert two.request == "Say good night.\n\nAnd line 22."
    with pytest.raises(ConflictError, match="replaced by a newer one"):
        await proposals.keep(rt, owner, one.id)


async def test_a_request_that_takes_the_change_back_leaves_nothing_to_decide(rt: Runtime) -> None:
    owner, chat_id, first = await start(rt)
    one = await propose(rt, owner, chat_id, first)
    origin = Origin(chat_id, "run_2", "Take it back.", "demo/based", first.id, one.id)
    back = VersionProposed(kind="edit", program=PROGRAM, name="", summary="As before.")

    assert await proposals.add_proposal(rt, owner, first.agent_id, origin, back) is None

    assert await proposals.find_pending(rt, owner, first.agent_id) is None
    with pytest.raises(ValidationFailedError, match="Nothing was changed"):
        await propose(rt, owner, chat_id, first, PROGRAM)


async def test_a_change_made_while_its_ground_was_kept_is_a_change_of_that_version(
    rt: Runtime,
) -> None:
    owner, chat_id, first = await start(rt)
    one = await propose(rt, owner, chat_id, first)
    kept = await proposals.keep(rt, owner, one.id)

    two = await propose(
        rt, owner, chat_id, first, CHANGED.replace("line 4.", "line four."), after=one.id
    )

    assert (two.parent_id, two.stale, len(two.diff.hunks)) == (kept.id, False, 1)


async def test_a_change_of_another_run_does_not_push_a_waiting_one_aside(rt: Runtime) -> None:
    owner, chat_id, first = await start(rt)
    one = await propose(rt, owner, chat_id, first)

    with pytest.raises(ConflictError, match="waits for your word"):
        await propose(rt, owner, chat_id, first, PROGRAM.replace("line 9", "line nine"))

    assert await proposals.find_pending(rt, owner, first.agent_id) == one


async def test_a_proposal_outlives_its_chat_but_not_its_agent(rt: Runtime) -> None:
    owner, chat_id, first = await start(rt)
    one = await propose(rt, owner, chat_id, first)

    await chats.delete_chat(rt, owner, chat_id)
    assert (await proposals.get_proposal(rt, owner, one.id)).chat_id is None
    await agents.delete_agent(rt, owner, first.agent_id)
    with pytest.raises(NotFoundError):
        await proposals.get_proposal(rt, owner, one.id)


async def test_a_workspace_goes_with_what_waits_in_it(rt: Runtime) -> None:
    owner, chat_id, first = await start(rt)
    one = await propose(rt, owner, chat_id, first)
    chat = await chats.get_chat(rt, owner, chat_id)

    await workspaces.delete_workspace(rt, owner, chat.workspace_id)

    with pytest.raises(NotFoundError):
        await proposals.keep(rt, owner, one.id)
