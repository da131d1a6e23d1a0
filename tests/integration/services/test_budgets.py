"""Who may cap whose money, and what is told of it to whom."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.errors import NotFoundError, PermissionDeniedError, ValidationFailedError
from babble_app.services import budgets, workspaces
from tests.factories import make_user, make_workspace

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime


async def limits(rt: Runtime, owner: str) -> list[tuple[str, str, float | None, bool]]:
    return [
        (item.kind, item.period, item.limit_usd, item.set_by_admin)
        for item in await budgets.list_budgets(rt, owner)
    ]


async def test_a_person_caps_what_is_the_persons_own(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)

    made = await budgets.set_budget(rt, owner, "person", owner, "day", limit_usd=2)
    await budgets.set_budget(rt, owner, "workspace", workspace.id, "month", limit_usd=0.5)
    await budgets.set_budget(rt, owner, "workspace", workspace.id, "month", limit_usd=0.75)

    assert (made.limit_usd, made.spent_usd, made.share, made.state) == (2, 0, 0, "ok")
    assert await limits(rt, owner) == [
        ("person", "day", 2, False),
        ("workspace", "month", 0.75, False),
    ]
    await budgets.delete_budget(rt, owner, "person", owner, "day")
    assert await limits(rt, owner) == [("workspace", "month", 0.75, False)]
    with pytest.raises(NotFoundError):
        await budgets.delete_budget(rt, owner, "person", owner, "day")
    await workspaces.delete_workspace(rt, owner, workspace.id)
    assert await limits(rt, owner) == []


async def test_nobody_raises_what_an_administrator_set(rt: Runtime) -> None:
    admin, owner = (await make_user(rt, role="admin")).id, (await make_user(rt)).id
    await budgets.set_budget(rt, admin, "person", owner, "day", limit_usd=1)

    await budgets.set_budget(rt, owner, "person", owner, "day", limit_usd=100)
    await budgets.delete_budget(rt, owner, "person", owner, "day")
    with pytest.raises(PermissionDeniedError):
        await budgets.delete_budget(rt, owner, "person", owner, "day")

    assert await limits(rt, owner) == [("person", "day", 1, True)]
    await budgets.delete_budget(rt, admin, "person", owner, "day")
    assert await limits(rt, owner) == []


async def test_an_administrator_may_take_away_what_another_one_set_on_him(rt: Runtime) -> None:
    one, other = [(await make_user(rt, role="admin")).id for _ in range(2)]
    await budgets.set_budget(rt, one, "person", other, "day", limit_usd=1)

    await budgets.delete_budget(rt, other, "person", other, "day")

    assert await limits(rt, other) == []


async def test_a_member_caps_nothing_else(rt: Runtime) -> None:
    owner = (await make_user(rt)).id
    refused: tuple[tuple[Any, str, type[Exception]], ...] = (
        ("server", "all", PermissionDeniedError),
        ("app", "app_1", NotFoundError),
        ("token", "tok_1", NotFoundError),
        ("person", "usr_1", NotFoundError),
        ("workspace", "wsp_1", NotFoundError),
    )

    for kind, scope, error in refused:
        with pytest.raises(error):
            await budgets.set_budget(rt, owner, kind, scope, "day", limit_usd=1)
        with pytest.raises(error):
            await budgets.delete_budget(rt, owner, kind, scope, "day")


async def test_an_administrator_caps_people_and_the_server_but_not_other_peoples_workspaces(
    rt: Runtime,
) -> None:
    admin = (await make_user(rt, role="admin")).id
    owner, workspace = await make_workspace(rt)
    await budgets.set_budget(rt, owner, "workspace", workspace.id, "day", limit_usd=9)
    for kind, scope in (("server", "all"), ("app", "app_1"), ("token", "tok_1"), ("person", owner)):
        await budgets.set_budget(rt, admin, kind, scope, "day", limit_usd=1)  # type: ignore[arg-type]

    with pytest.raises(NotFoundError):
        await budgets.set_budget(rt, admin, "workspace", workspace.id, "day", limit_usd=1)
    with pytest.raises(NotFoundError):
        await budgets.set_budget(rt, admin, "person", "usr_nobody", "day", limit_usd=1)
    with pytest.raises(NotFoundError):
        await budgets.set_budget(rt, admin, "server", "mine", "day", limit_usd=1)

    assert [kind for kind, *_ in await limits(rt, admin)] == ["app", "person", "server", "token"]
    assert [item.kind for item in await budgets.status(rt, admin)] == ["server"]


async def test_a_member_sees_how_full_the_servers_budget_is_but_no_amounts(rt: Runtime) -> None:
    admin, owner = (await make_user(rt, role="admin")).id, (await make_user(rt)).id
    await budgets.set_budget(rt, admin, "server", "all", "day", limit_usd=0)

    (seen,) = await budgets.list_budgets(rt, owner)

    assert (seen.limit_usd, seen.spent_usd, seen.held_usd) == (None, None, None)
    assert (seen.share, seen.state) == (1, "exhausted")


async def test_an_administrator_may_choose_the_server_and_everybody(rt: Runtime) -> None:
    admin, shop = await make_workspace(rt, (await make_user(rt, role="admin")).id)
    ada, _ = await make_workspace(rt, (await make_user(rt, email="ada@example.com")).id)

    subjects = await budgets.list_subjects(rt, admin)

    assert [(one.kind, one.scope_id, one.name) for one in subjects] == [
        ("person", admin, ""),
        ("workspace", shop.id, "Shop"),
        ("server", "all", ""),
        ("person", ada, "ada@example.com"),
    ]


async def test_a_limit_must_be_an_amount(rt: Runtime) -> None:
    owner = (await make_user(rt)).id

    for dollars in (-0.01, 1_000_000.5, float("nan"), float("inf")):
        with pytest.raises(ValidationFailedError):
            await budgets.set_budget(rt, owner, "person", owner, "day", limit_usd=dollars)


async def test_of_two_who_set_the_same_budget_at_once_both_succeed_and_one_stands(
    rt: Runtime,
) -> None:
    owner = (await make_user(rt)).id

    await asyncio.gather(
        *(
            budgets.set_budget(rt, owner, "person", owner, "day", limit_usd=amount)
            for amount in range(1, 9)
        )
    )

    ((_, _, stands, _),) = await limits(rt, owner)
    assert stands in range(1, 9)
