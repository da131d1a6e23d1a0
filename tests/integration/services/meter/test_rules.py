"""What the ledger allows, refuses and counts."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.errors import BudgetExhaustedError, PriceUnknownError
from babble_app.schemas.calls import CallScope
from babble_app.schemas.usage import Usage
from babble_app.services import budgets
from babble_app.services.meter import Ledger
from babble_app.store.tables.base import now
from tests.call_factories import FREE, PRICED, UNPRICED, make_record, make_request
from tests.factories import make_user, make_workspace
from tests.integration.services.meter.ledgers import (
    EVENING,
    Clock,
    cap,
    figures,
    stored,
    try_to_reserve,
)

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime
    from tests.databases import Source


@pytest.fixture
def source(sqlite: Source) -> Source:
    """One kind of database: nothing here depends on it."""
    return sqlite


async def test_the_refusal_says_whose_budget_it_is_and_when_to_come_back(rt: Runtime) -> None:
    owner = (await make_user(rt)).id
    ledger = Ledger(rt.database, rt.writer, clock=Clock(EVENING))
    await cap(rt, owner, 0.5)
    await cap(rt, owner, 0.25, "month")

    with pytest.raises(BudgetExhaustedError, match="Your budget for November") as caught:
        await ledger.reserve(CallScope(owner_id=owner), PRICED, make_request())

    assert caught.value.retry_after_seconds == 24 * 3600 + 1800


async def test_what_is_free_is_never_refused_but_stored(rt: Runtime) -> None:
    owner = (await make_user(rt)).id
    await cap(rt, owner, 0)
    scope = CallScope(owner_id=owner)

    for model in (FREE, "demo/based", "ollama/llama3"):
        hold = await rt.meter.reserve(scope, model, make_request(tokens=1000))
        await hold.settle(make_record(owner, model=model, dollars=0))

    assert await try_to_reserve(rt.meter, scope) is None
    assert [row.cost_nano for row in await stored(rt)] == [0, 0, 0]


async def test_what_nobody_knows_the_price_of_is_refused_where_a_budget_applies(
    rt: Runtime,
) -> None:
    owner = (await make_user(rt)).id
    scope = CallScope(owner_id=owner)
    before = await rt.meter.reserve(scope, UNPRICED, make_request())
    await before.settle(make_record(owner, model=UNPRICED, dollars=None))
    await cap(rt, owner, 1000)

    with pytest.raises(PriceUnknownError) as caught:
        await rt.meter.reserve(scope, UNPRICED, make_request())

    assert str(caught.value) == (
        "Babble does not know what custom/nobody-knows costs, and so cannot keep to a budget. Choose another model, or have "
        "an administrator name its price in the price file (BABBLE_PRICES_FILE). Your budget for today applies here. You can "
        "remove it yourself."
    )
    assert [row.cost_nano for row in await stored(rt)] == [None]
    told = await try_to_reserve(rt.meter, scope, model="openrouter/nobody/knows")
    assert told is not None  # it says with each answer what that cost


@pytest.mark.parametrize("model", ["openrouter/nobody/knows", UNPRICED])
async def test_a_model_whose_cost_only_its_provider_knows_is_stopped_too(
    rt: Runtime, model: str
) -> None:
    owner = (await make_user(rt)).id
    scope = CallScope(owner_id=owner)
    first = await try_to_reserve(rt.meter, scope, model=model)
    assert first is not None
    await first.settle(make_record(owner, model=model, dollars=0.4))
    await cap(rt, owner, 1)

    holds = [await try_to_reserve(rt.meter, scope, model=model) for _ in range(5)]

    assert [hold is not None for hold in holds] == [True, False, False, False, False]
    assert await figures(rt, owner) == (0.4, 0.4, "ok")


async def test_a_hold_is_settled_once(rt: Runtime) -> None:
    owner = (await make_user(rt)).id
    await cap(rt, owner, 10)
    hold = await rt.meter.reserve(CallScope(owner_id=owner), PRICED, make_request(tokens=3))

    await asyncio.gather(hold.settle(make_record(owner)), hold.settle(make_record(owner)))

    assert await figures(rt, owner) == (1, 0, "ok")
    assert len(await stored(rt)) == 1


@pytest.mark.parametrize(
    ("fields", "spent"),
    [
        ({"outcome": "failed", "error_code": "model_timeout", "usage": Usage()}, 0),
        ({"outcome": "stopped", "usage": Usage(input_tokens=5, output_tokens=2)}, 2),
        ({"outcome": "lost", "usage": Usage(output_tokens=1, cost_usd=0.25)}, 0.25),
    ],
)
async def test_a_call_that_came_to_no_good_end_frees_its_money_and_costs_what_arrived(
    rt: Runtime, fields: dict[str, Any], spent: float
) -> None:
    owner = (await make_user(rt)).id
    await cap(rt, owner, 10)
    hold = await rt.meter.reserve(CallScope(owner_id=owner), PRICED, make_request(tokens=9))

    await hold.settle(make_record(owner, **fields))

    assert await figures(rt, owner) == (spent, 0, "ok")
    assert [row.outcome for row in await stored(rt)] == [fields["outcome"]]


async def test_an_answer_that_was_given_again_costs_nothing(rt: Runtime) -> None:
    owner = (await make_user(rt)).id
    await cap(rt, owner, 1)

    await rt.meter.note(make_record(owner, outcome="cached", dollars=5))

    assert await figures(rt, owner) == (0, 0, "ok")
    assert [row.cost_nano for row in await stored(rt)] == [0]


async def test_a_clock_that_is_set_back_frees_nothing(rt: Runtime) -> None:
    owner = (await make_user(rt)).id
    await cap(rt, owner, 3)
    clock = Clock(EVENING)
    ledger = Ledger(rt.database, rt.writer, clock=clock)
    scope = CallScope(owner_id=owner)
    first = await try_to_reserve(ledger, scope, tokens=2)
    assert first is not None
    await first.settle(make_record(owner, dollars=2, started_at=EVENING))

    clock.at = EVENING - timedelta(days=2)
    second = await try_to_reserve(ledger, scope)

    assert second is not None
    await second.settle(make_record(owner, dollars=1, started_at=clock.at))
    assert await try_to_reserve(ledger, scope) is None


@pytest.mark.parametrize("kind", ["server", "person", "workspace", "app", "token"])
async def test_every_budget_that_applies_can_refuse(rt: Runtime, kind: Any) -> None:
    admin = (await make_user(rt, role="admin")).id
    _, workspace = await make_workspace(rt, admin)
    ids = {"server": "all", "person": admin, "workspace": workspace.id, "app": "app_1"}
    await budgets.set_budget(rt, admin, kind, ids.get(kind, "tok_1"), "month", limit_usd=1)
    scope = CallScope(owner_id=admin, workspace_id=workspace.id, app_id="app_1", token_id="tok_1")
    elsewhere = CallScope(owner_id="usr_other", workspace_id="wsp_other")

    first = await try_to_reserve(rt.meter, scope)

    assert first is not None
    assert await try_to_reserve(rt.meter, scope) is None
    assert (await try_to_reserve(rt.meter, elsewhere) is None) == (kind == "server")


async def test_the_servers_budget_is_about_the_servers_keys(rt: Runtime) -> None:
    admin = (await make_user(rt, role="admin")).id
    await budgets.set_budget(rt, admin, "server", "all", "day", limit_usd=1)
    own = CallScope(owner_id=admin, own_key=True)

    hold = await try_to_reserve(rt.meter, own, tokens=5)

    assert hold is not None
    await hold.settle(make_record(admin, dollars=5, own_key=True, started_at=now()))
    for ledger in (rt.meter, Ledger(rt.database, rt.writer)):
        assert await try_to_reserve(ledger, CallScope(owner_id=admin)) is not None
