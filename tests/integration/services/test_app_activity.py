"""What went on with apps, when their tokens were used, and one step back for their visitors."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from babble_app.errors import ConflictError, NotFoundError
from babble_app.services import (
    app_activity,
    app_rollbacks,
    app_tokens,
    apps,
    publishing,
    versions,
    visit_openings,
    visitors,
)
from babble_app.services.app_callers import find_caller
from babble_app.store.runs import add_message
from tests.call_factories import make_record
from tests.factories import PROGRAM, make_agent, make_user, make_workspace

if TYPE_CHECKING:
    from babble_app.schemas.agents import Version
    from babble_app.schemas.apps import App
    from babble_app.services.runtime import Runtime

SHOP = "https://shop.example"


async def make_app(rt: Runtime) -> tuple[str, App, list[Version]]:
    """Make an app of an agent with two versions; the first is live."""
    owner, workspace = await make_workspace(rt)
    first = await make_agent(rt, owner, workspace.id)
    second = await versions.add_version(
        rt, owner, first.agent_id, text=PROGRAM.replace("Goodbye!", "Ciao!"), parent_id=first.id,
        kind="manual", author="A",
    )  # fmt: skip
    await publishing.publish(rt, owner, first.agent_id, first.id)
    app = await apps.create_app(rt, owner, "Helper", agent_id=first.agent_id, origins=[SHOP])
    return owner, app, [first, second]


async def test_an_app_that_nobody_used_has_figures_of_nothing(rt: Runtime) -> None:
    owner, app, _ = await make_app(rt)

    activity = (await app_activity.list_activity(rt, owner))[app.id]

    assert (activity.conversations, activity.calls_today, activity.tokens) == (0, 0, 0)
    assert activity.last_seen_at is None


async def test_what_visitors_did_is_counted(rt: Runtime) -> None:
    owner, app, _ = await make_app(rt)
    used = await app_tokens.create_token(rt, owner, app.id, "shop")
    idle = await app_tokens.create_token(rt, owner, app.id, "idle")
    await app_tokens.revoke_token(rt, owner, idle.id)
    await visitors.begin_visit(rt, used.token, origin=SHOP, address="10.0.0.9", page=f"{SHOP}/a")
    caller = await find_caller(rt, used.token)
    _, stored = visit_openings.open_visit(caller, "s_1", "vis_1")
    await rt.writer.write(stored)
    only_looked = (await app_activity.list_activity(rt, owner))[app.id]
    said = add_message("msg_1", owner, "s_1", run_id=None, role="user", text="Hello")
    await rt.writer.write([said])
    record = make_record(owner, dollars=1.5, started_at=datetime.now(UTC), app_id=app.id)
    await rt.meter.note(record)

    activity = (await app_activity.list_activity(rt, owner))[app.id]
    uses = await app_activity.list_last_uses(rt, owner, app.id)

    assert (only_looked.conversations, only_looked.conversations_today) == (0, 0)
    assert (activity.conversations, activity.conversations_today, activity.tokens) == (1, 1, 1)
    assert (activity.calls_today, activity.cost_today_usd) == (1, 1.5)
    assert activity.last_seen_at is not None
    assert used.id in uses
    assert idle.id not in uses


async def test_other_peoples_apps_are_nowhere(rt: Runtime) -> None:
    owner, app, _ = await make_app(rt)
    stranger = (await make_user(rt)).id

    assert await app_activity.list_activity(rt, stranger) == {}
    for call in (
        app_activity.list_last_uses(rt, stranger, app.id),
        app_rollbacks.find_rollback(rt, stranger, app.id),
        app_rollbacks.roll_back(rt, stranger, app.id, undoes="rel_1"),
    ):
        with pytest.raises(NotFoundError):
            await call
    assert await apps.list_releases(rt, owner, app.id)


async def test_there_is_no_step_back_from_the_beginning(rt: Runtime) -> None:
    owner, app, _ = await make_app(rt)

    assert await app_rollbacks.find_rollback(rt, owner, app.id) is None
    with pytest.raises(ConflictError):
        await app_rollbacks.roll_back(rt, owner, app.id, undoes="")


async def test_an_app_that_follows_the_live_version_goes_back_with_its_agent(rt: Runtime) -> None:
    owner, app, (first, second) = await make_app(rt)
    agent = await publishing.publish(rt, owner, first.agent_id, second.id)
    assert agent.live_number == 2

    found = await app_rollbacks.find_rollback(rt, owner, app.id)
    assert found is not None
    assert (found.of_agent, found.version_id) == (True, first.id)
    await app_rollbacks.roll_back(rt, owner, app.id, undoes=found.undoes)

    moves = await publishing.list_publications(rt, owner, first.agent_id)
    assert (moves[0].kind, moves[0].version_id) == ("rollback", first.id)
    assert len(await apps.list_releases(rt, owner, app.id)) == 1


async def test_the_later_of_two_moves_is_undone(rt: Runtime) -> None:
    owner, app, (first, second) = await make_app(rt)
    await publishing.publish(rt, owner, first.agent_id, second.id)
    await apps.release(
        rt, owner, app.id, version_id=None, trial_version_id=first.id, trial_percent=10
    )

    found = await app_rollbacks.find_rollback(rt, owner, app.id)
    assert found is not None
    assert (found.of_agent, found.version_id, found.trial_percent) == (False, None, 0)
    back = await app_rollbacks.roll_back(rt, owner, app.id, undoes=found.undoes)

    assert back.trial_version_id is None


async def test_a_pinned_app_does_not_move_its_agent(rt: Runtime) -> None:
    owner, app, (first, second) = await make_app(rt)
    await apps.release(rt, owner, app.id, version_id=second.id)
    await publishing.publish(rt, owner, first.agent_id, second.id)

    found = await app_rollbacks.find_rollback(rt, owner, app.id)

    assert found is not None
    assert (found.of_agent, found.version_id) == (False, None)


async def test_a_step_that_was_not_asked_about_is_refused(rt: Runtime) -> None:
    owner, app, (first, second) = await make_app(rt)
    await apps.release(rt, owner, app.id, version_id=first.id)
    seen = await app_rollbacks.find_rollback(rt, owner, app.id)
    assert seen is not None
    await apps.release(rt, owner, app.id, version_id=second.id)

    with pytest.raises(ConflictError, match="meanwhile"):
        await app_rollbacks.roll_back(rt, owner, app.id, undoes=seen.undoes)

    assert (await apps.get_app(rt, owner, app.id)).version_id == second.id
