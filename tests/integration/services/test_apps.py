"""Apps: what they point at, who may embed them, and how a step back is taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from babble_app.errors import (
    BabbleError,
    ConflictError,
    NotFoundError,
    OriginNotAllowedError,
    UnauthenticatedError,
    ValidationFailedError,
)
from babble_app.schemas.apps import Look
from babble_app.services import (
    accounts,
    agents,
    app_callers,
    app_fields,
    app_tokens,
    apps,
    budgets,
    publishing,
    versions,
    visit_openings,
)
from babble_app.store.tables.base import now
from tests.factories import PROGRAM, make_agent, make_user, make_workspace

if TYPE_CHECKING:
    from babble_app.schemas.apps import App
    from babble_app.services.runtime import Runtime


async def make_agent_app(rt: Runtime) -> tuple[str, App, list[str]]:
    """Return the owner, an app of an agent, and the ids of the agent's two versions."""
    owner_id, workspace = await make_workspace(rt)
    first = await make_agent(rt, owner_id, workspace.id)
    second = await versions.add_version(
        rt,
        owner_id,
        first.agent_id,
        text=PROGRAM.replace("Goodbye", "Bye"),
        parent_id=first.id,
        kind="manual",
        author="Ada",
    )
    await publishing.publish(rt, owner_id, first.agent_id, first.id)
    app = await apps.create_app(rt, owner_id, "Front desk", agent_id=first.agent_id)
    return owner_id, app, [first.id, second.id]


async def test_an_app_of_an_agent_that_was_never_live_makes_its_newest_version_live(
    rt: Runtime,
) -> None:
    owner_id, workspace = await make_workspace(rt)
    version = await make_agent(rt, owner_id, workspace.id)

    app = await apps.create_app(rt, owner_id, "Front desk", agent_id=version.agent_id)

    assert (await agents.get_agent(rt, owner_id, version.agent_id)).live_version_id == version.id
    assert (app.slug, app.workspace_id) == ("front-desk", workspace.id)


async def test_two_apps_of_one_name_have_addresses_of_their_own(rt: Runtime) -> None:
    mine, theirs = (await make_user(rt)).id, (await make_user(rt)).id

    slugs = [(await apps.create_app(rt, owner, "Same")).slug for owner in (mine, theirs)]

    assert slugs == ["same", "same-2"]


async def test_steps_back_undo_releases_one_after_the_other(rt: Runtime) -> None:
    owner_id, app, (first, second) = await make_agent_app(rt)
    await apps.release(rt, owner_id, app.id, version_id=first)
    await apps.release(
        rt, owner_id, app.id, version_id=first, trial_version_id=second, trial_percent=20
    )
    await apps.release(rt, owner_id, app.id, version_id=second)

    seen = [await apps.roll_back(rt, owner_id, app.id) for _ in range(3)]

    assert [(one.version_id, one.trial_version_id, one.trial_percent) for one in seen] == [
        (first, second, 20),
        (first, None, 0),
        (None, None, 0),
    ]
    with pytest.raises(ConflictError):
        await apps.roll_back(rt, owner_id, app.id)
    kinds = [one.kind for one in await apps.list_releases(rt, owner_id, app.id)]
    assert kinds == ["rollback"] * 3 + ["release"] * 3 + ["create"]


async def test_a_share_of_the_visitors_gets_the_version_on_trial_and_always_the_same_ones(
    rt: Runtime,
) -> None:
    owner_id, app, (first, second) = await make_agent_app(rt)
    await apps.release(
        rt, owner_id, app.id, version_id=first, trial_version_id=second, trial_percent=30
    )
    token = await app_tokens.create_token(rt, owner_id, app.id, "site")
    caller = await app_callers.find_caller(rt, token.token)

    chosen = {name: visit_openings.choose_version(caller, name) for name in map(str, range(500))}

    assert all(visit_openings.choose_version(caller, name) == chosen[name] for name in chosen)
    assert 100 < list(chosen.values()).count(second) < 200
    staging = replace(caller, channel="staging")
    assert visit_openings.choose_version(staging, "anybody") == second


async def test_what_is_live_changes_with_the_agent_at_once(rt: Runtime) -> None:
    owner_id, app, (first, second) = await make_agent_app(rt)
    token = await app_tokens.create_token(rt, owner_id, app.id, "site")

    async def chosen() -> str | None:
        return visit_openings.choose_version(
            await app_callers.find_caller(rt, token.token), "anybody"
        )

    assert app.agent_id is not None
    assert await chosen() == first
    await publishing.publish(rt, owner_id, app.agent_id, second)
    assert await chosen() == second
    await publishing.roll_back(rt, owner_id, app.agent_id)
    assert await chosen() == first


async def test_an_agent_takes_its_apps_and_their_conversations_with_it(rt: Runtime) -> None:
    owner_id, app, _ = await make_agent_app(rt)
    token = await app_tokens.create_token(rt, owner_id, app.id, "site")
    assert app.agent_id is not None

    await agents.delete_agent(rt, owner_id, app.agent_id)

    with pytest.raises(UnauthenticatedError):
        await app_callers.find_caller(rt, token.token)
    with pytest.raises(NotFoundError):
        await apps.get_app(rt, owner_id, app.id)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://Shop.example/", "https://shop.example"),
        ("shop.example", "https://shop.example"),
        ("http://localhost:3000/page?x=1", "http://localhost:3000"),
        ("https://shop.example:443", "https://shop.example"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_an_origin_is_kept_as_browsers_send_it(given: str, kept: str) -> None:
    assert app_fields.clean_origins([given]) == [kept]


@pytest.mark.parametrize(
    "given",
    [
        "*",
        "https://*.example",
        "ftp://shop.example",
        "https://a:b@shop.example",
        "null",
        "javascript:alert(1)",
        "https://x y",
    ],
)
def test_what_is_no_origin_is_refused(given: str) -> None:
    with pytest.raises(ValidationFailedError, match="no origin"):
        app_fields.clean_origins([given])


@pytest.mark.parametrize(
    "fields",
    [
        {"primary_color": "red;}"},
        {"font_family": "x;background:url(y)"},
        {"language": "<b>"},
        {"starters": ("a",) * 7},
    ],
)
def test_a_look_that_no_page_should_be_given_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationFailedError):
        app_fields.clean_look(Look.model_validate(fields))


async def test_tokens_are_rotated_with_an_overlap_and_revoked_at_once(rt: Runtime) -> None:
    owner_id = (await make_user(rt)).id
    app = await apps.create_app(rt, owner_id, "Helper")
    old = await app_tokens.create_token(rt, owner_id, app.id, "site", rate_limit_per_minute=5)

    new = await app_tokens.rotate_token(rt, owner_id, old.id, overlap_hours=1)

    callers = [await app_callers.find_caller(rt, one.token) for one in (old, new)]
    assert [one.token_limit for one in callers] == [5, 5]
    assert (await app_tokens.get_token(rt, owner_id, old.id)).expires_at <= now() + timedelta(
        hours=1
    )  # type: ignore[operator]
    await app_tokens.revoke_token(rt, owner_id, new.id)
    with pytest.raises(UnauthenticatedError):
        await app_callers.find_caller(rt, new.token)
    await app_tokens.rotate_token(rt, owner_id, old.id, overlap_hours=0)
    with pytest.raises(UnauthenticatedError):
        await app_callers.find_caller(rt, old.token)


async def test_a_token_is_stored_as_a_hash_only(rt: Runtime) -> None:
    owner_id = (await make_user(rt)).id
    app = await apps.create_app(rt, owner_id, "Helper")

    made = await app_tokens.create_token(rt, owner_id, app.id, "site")

    [listed] = await app_tokens.list_tokens(rt, owner_id, app_id=app.id)
    assert made.token not in listed.model_dump_json()
    assert (listed.prefix, listed.last4) == (made.token[:7], made.token[-4:])


async def test_a_daily_budget_of_a_token_is_a_budget_of_its_owner(rt: Runtime) -> None:
    owner_id, stranger = (await make_user(rt)).id, (await make_user(rt)).id
    app = await apps.create_app(rt, owner_id, "Helper")

    token = await app_tokens.create_token(rt, owner_id, app.id, "site", daily_budget_usd=0.5)

    [budget] = await budgets.status(rt, owner_id)
    assert (budget.kind, budget.scope_id, budget.limit_usd) == ("token", token.id, 0.5)
    with pytest.raises(NotFoundError):
        await budgets.set_budget(rt, stranger, "token", token.id, "day", limit_usd=9)
    with pytest.raises(NotFoundError):
        await budgets.set_budget(rt, stranger, "app", app.id, "day", limit_usd=9)


async def test_a_suspended_owners_apps_answer_nobody(rt: Runtime) -> None:
    owner = await make_user(rt)
    app = await apps.create_app(rt, owner.id, "Helper")
    token = await app_tokens.create_token(rt, owner.id, app.id, "site")
    await app_callers.find_caller(rt, token.token)

    await accounts.suspend_user(rt, owner.id, True)

    with pytest.raises(UnauthenticatedError):
        await app_callers.find_caller(rt, token.token)


async def test_visitors_tokens_open_one_app_until_they_expire_or_theirs_is_revoked(
    rt: Runtime,
) -> None:
    owner_id = (await make_user(rt)).id
    app = await apps.create_app(rt, owner_id, "Helper", origins=["https://shop.example"])
    token = await app_tokens.create_token(rt, owner_id, app.id, "site")
    caller = await app_callers.find_caller(rt, token.token, "https://shop.example")
    visitor = app_callers.make_visitor_token(rt, caller, "vis_1")

    found = await app_callers.find_caller(rt, visitor, "https://shop.example")
    assert (found.visitor, found.app.id) == ("vis_1", app.id)
    for forged in (
        visitor[:-2] + "AA",
        visitor.replace("bv_", "bv_A"),
        "bv_" + "a" * 50 + "." + "b" * 43,
    ):
        with pytest.raises(UnauthenticatedError):
            await app_callers.find_caller(rt, forged)
    with pytest.raises(OriginNotAllowedError):
        await app_callers.find_caller(rt, visitor, "https://evil.example")
    await app_tokens.revoke_token(rt, owner_id, token.id)
    with pytest.raises(UnauthenticatedError):
        await app_callers.find_caller(rt, visitor)


async def test_a_paused_app_answers_nobody(rt: Runtime) -> None:
    owner_id = (await make_user(rt)).id
    app = await apps.create_app(rt, owner_id, "Helper")
    token = await app_tokens.create_token(rt, owner_id, app.id, "site")

    await apps.update_app(rt, owner_id, app.id, paused=True)

    with pytest.raises(BabbleError) as refused:
        await app_callers.find_caller(rt, token.token)
    assert refused.value.code == "app_paused"
