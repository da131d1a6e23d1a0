"""Publishing moves the live pointer, rollback moves it back along what was live; the gate lets only passing versions by."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from babble_app.errors import (
    ConflictError,
    GateClosedError,
    NotFoundError,
    ValidationFailedError,
)
from babble_app.services import (
    agent_tests,
    agents,
    proposals,
    publishing,
    sessions,
    versions,
)
from tests.factories import PROGRAM, make_agent, make_proposal, make_user, make_workspace

if TYPE_CHECKING:
    from babble_app.schemas.agents import Version
    from babble_app.services.runtime import Runtime


async def three_versions(rt: Runtime) -> tuple[str, str, list[Version]]:
    """Return a person, an agent of his, and its versions."""
    owner, workspace = await make_workspace(rt)
    made = [await make_agent(rt, owner, workspace.id)]
    for word in ("Bye!", "Ciao!"):
        made.append(
            await versions.add_version(
                rt,
                owner,
                made[0].agent_id,
                text=PROGRAM.replace("Goodbye!", word),
                parent_id=made[-1].id,
                kind="manual",
                author="Ada",
            )
        )
    return owner, made[0].agent_id, made


async def test_nothing_is_live_until_a_version_is_published(rt: Runtime) -> None:
    owner, agent_id, (_, second, _) = await three_versions(rt)

    before = await agents.get_agent(rt, owner, agent_id)
    after = await publishing.publish(rt, owner, agent_id, second.id)

    assert (before.live_version_id, before.live_number) == (None, None)
    assert (after.live_version_id, after.live_number, after.head_number) == (second.id, 2, 3)


async def test_rollbacks_go_back_along_what_was_live_and_are_listed(rt: Runtime) -> None:
    owner, agent_id, (first, second, third) = await three_versions(rt)
    for version in (second, first, third):
        await publishing.publish(rt, owner, agent_id, version.id)

    live = [(await publishing.roll_back(rt, owner, agent_id)).live_number for _ in range(2)]
    with pytest.raises(ConflictError, match="no version that was live before"):
        await publishing.roll_back(rt, owner, agent_id)
    again = await publishing.publish(rt, owner, agent_id, third.id)
    back = await publishing.roll_back(rt, owner, agent_id)

    assert live == [1, 2]
    assert (again.live_number, back.live_number) == (3, 2)
    moves = await publishing.list_publications(rt, owner, agent_id)
    assert [(move.number, move.kind, move.previous_number, move.version_number) for move in moves] == [
        (7, "rollback", 3, 2),
        (6, "publish", 2, 3),
        (5, "rollback", 1, 2),
        (4, "rollback", 3, 1),
        (3, "publish", 1, 3),
        (2, "publish", 2, 1),
        (1, "publish", None, 2),
    ]  # fmt: skip
    assert {move.author for move in moves} == {"Ada"}


async def test_publishing_what_is_live_changes_nothing(rt: Runtime) -> None:
    owner, agent_id, (first, *_) = await three_versions(rt)

    results = await asyncio.gather(
        *(publishing.publish(rt, owner, agent_id, first.id) for _ in range(3))
    )

    assert {agent.live_number for agent in results} == {1}
    assert len(await publishing.list_publications(rt, owner, agent_id)) == 1


async def test_a_version_of_another_agent_does_not_go_live(rt: Runtime) -> None:
    owner, agent_id, _ = await three_versions(rt)
    other = await make_agent(rt, owner, (await make_workspace(rt, owner))[1].id)

    with pytest.raises(NotFoundError):
        await publishing.publish(rt, owner, agent_id, other.id)


async def test_a_program_with_errors_does_not_go_live(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt, (await make_user(rt)).id)
    # The builder's programs are checked before; one from before the language changed is not valid now.
    broken = await make_agent(rt, owner, workspace.id, program="loop:\n")

    with pytest.raises(ValidationFailedError, match="Version 1 has errors and cannot go live"):
        await publishing.publish(rt, owner, broken.agent_id, broken.id)


async def test_a_gated_agent_goes_live_only_when_its_chosen_tests_pass(rt: Runtime) -> None:
    program = 'say("Hello!", True)\nsay("Bye!", True)\n'
    owner, workspace = await make_workspace(rt)
    first = await make_agent(rt, owner, workspace.id, program=program)
    session = await sessions.start_session(rt, owner, first.agent_id, model="demo/based")
    await agent_tests.keep_as_test(rt, owner, session.id, name="Says hello")
    await agents.update_agent(rt, owner, first.agent_id, gated=True)

    live = await publishing.publish(rt, owner, first.agent_id, first.id)
    bad = program.replace("Hello!", "Go away!")
    proposal = await make_proposal(rt, owner, first.agent_id, first.id, text=bad)
    second = await proposals.keep(rt, owner, proposal.id)
    with pytest.raises(GateClosedError, match=r"does not go live.*Says hello") as caught:
        await publishing.publish(rt, owner, first.agent_id, second.id)
    third = await versions.revert(rt, owner, first.agent_id, first.id)
    again = await publishing.publish(rt, owner, first.agent_id, third.id)

    assert (live.live_number, caught.value.code, again.live_number) == (1, "tests_failing", 3)
    badges = [proposal.tests, second.tests, third.tests]
    assert [badge and (badge.passed, badge.failed) for badge in badges] == [(0, 1), (0, 1), (1, 0)]
    listed = await versions.list_versions(rt, owner, first.agent_id)
    assert [item.tests and item.tests.passed for item in listed] == [1, 0, 1]
    # Ungated, or going back, nothing is asked.
    await agents.update_agent(rt, owner, first.agent_id, gated=False)
    assert (
        await publishing.publish(rt, owner, first.agent_id, second.id)
    ).live_version_id == second.id
    await agents.update_agent(rt, owner, first.agent_id, gated=True)
    assert (await publishing.roll_back(rt, owner, first.agent_id)).live_version_id == third.id
