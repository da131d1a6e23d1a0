"""The ledger on both databases: no budget is overshot, and every call is stored once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from babble_app.schemas.calls import CallScope
from babble_app.schemas.usage import Usage
from babble_app.services import accounts, budgets
from babble_app.services.meter import Ledger
from babble_app.store import users as user_rows
from tests.call_factories import PRICED, make_record, make_request
from tests.factories import PASSWORD, make_user, make_workspace
from tests.integration.services.meter.ledgers import (
    EVENING,
    Clock,
    cap,
    caps_of,
    figures,
    stored,
    try_to_reserve,
)

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime


async def test_of_a_hundred_calls_at_once_only_so_many_are_allowed_as_the_budget_has_room_for(
    rt: Runtime,
) -> None:
    owner = (await make_user(rt)).id
    await cap(rt, owner, 37.99)
    scope = CallScope(owner_id=owner)

    holds = await asyncio.gather(*(try_to_reserve(rt.meter, scope) for _ in range(100)))

    allowed = [hold for hold in holds if hold]
    assert len(allowed) == 37
    assert await figures(rt, owner) == (0, 37, "ok")
    await asyncio.gather(*(hold.settle(make_record(owner, dollars=0.99)) for hold in allowed))
    assert await figures(rt, owner) == (36.63, 0, "warning")
    # To the cent: what was not used can be used by the next one, and nothing beyond it.
    assert await try_to_reserve(rt.meter, scope) is not None
    assert await try_to_reserve(rt.meter, scope) is None
    assert len(await stored(rt)) == 37


async def test_many_waves_of_calls_never_spend_more_than_the_budget(rt: Runtime) -> None:
    owner = (await make_user(rt)).id
    await cap(rt, owner, 20)
    scope = CallScope(owner_id=owner)

    async def call(number: int) -> None:
        if hold := await try_to_reserve(rt.meter, scope, tokens=1 + number % 3):
            await hold.settle(make_record(owner, dollars=(1 + number % 3) / 2))

    await asyncio.gather(*(call(number) for number in range(100)))

    rows = await stored(rt)
    spent, held, _ = await figures(rt, owner)
    assert spent == sum(row.cost_nano for row in rows) / 1e9
    assert spent is not None
    assert 18 <= spent <= 20
    assert held == 0


async def test_a_call_is_stored_as_it_was(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)
    scope = CallScope(owner_id=owner, workspace_id=workspace.id, chat_id="cht_1", basis="secret")
    hold = await rt.meter.reserve(scope, PRICED, make_request())
    record = make_record(owner, workspace_id=workspace.id, chat_id="cht_1", profile="coder")

    await hold.settle(record)

    (row,) = await stored(rt)
    assert row.id.startswith("use_")
    assert (row.owner_id, row.workspace_id, row.chat_id) == (owner, workspace.id, "cht_1")
    assert (row.model, row.provider, row.served_model) == (PRICED, "custom", "priced-2026")
    assert (row.input_tokens, row.output_tokens, row.cached_tokens) == (10, 2, 4)
    assert (row.cost_nano, row.latency_ms, row.first_token_ms) == (10**9, 2000, 500)
    assert (row.started_at, row.day) == (record.started_at, f"{record.started_at:%Y-%m-%d}")
    assert "secret" not in str(row)


async def test_figures_that_cannot_be_are_stored_as_something_that_can(rt: Runtime) -> None:
    owner = (await make_user(rt)).id
    await cap(rt, owner, 10)

    for cost in (-5.0, float("nan"), float("inf"), 1e300):
        usage = Usage(input_tokens=10**15, output_tokens=2, cached_tokens=-1, cost_usd=cost)
        await rt.meter.note(make_record(owner, usage=usage))

    rows = await stored(rt)
    assert {row.cost_nano for row in rows} == {2 * 10**9}
    assert {(row.input_tokens, row.cached_tokens) for row in rows} == {(2**31 - 1, 0)}
    assert await figures(rt, owner) == (8, 0, "warning")


async def test_a_day_is_free_again_at_midnight_and_a_month_is_not(rt: Runtime) -> None:
    owner = (await make_user(rt)).id
    await cap(rt, owner, 2)
    await cap(rt, owner, 3, "month")
    clock = Clock(EVENING)
    ledger = Ledger(rt.database, rt.writer, clock=clock)
    scope = CallScope(owner_id=owner)
    late = await try_to_reserve(ledger, scope, tokens=2)
    assert late is not None
    assert await try_to_reserve(ledger, scope) is None

    clock.at = EVENING + timedelta(hours=1)
    early = await try_to_reserve(ledger, scope)

    assert early is not None
    assert await try_to_reserve(ledger, scope) is None  # the month has no room for more
    await late.settle(make_record(owner, dollars=2, started_at=EVENING))
    await early.settle(make_record(owner, dollars=1, started_at=clock.at))
    again = Ledger(rt.database, rt.writer, clock=clock)
    await again.load()
    for one in (ledger, again):
        spent = {c.period: one.tally(c).spent / 1e9 for c in await caps_of(rt, owner)}
        assert spent == {"day": 1, "month": 3}
    clock.at = datetime(2026, 12, 1, tzinfo=UTC)
    assert await try_to_reserve(ledger, scope, tokens=2) is not None


async def test_a_call_of_an_account_that_was_erased_meanwhile_hurts_nobody(rt: Runtime) -> None:
    gone, stays = (await make_user(rt)).id, (await make_user(rt)).id
    hold = await rt.meter.reserve(CallScope(owner_id=gone), PRICED, make_request())
    async with rt.database.unit_of_work() as db:
        await user_rows.delete_user(db, gone)

    await asyncio.gather(hold.settle(make_record(gone)), rt.meter.note(make_record(stays)))

    assert [row.owner_id for row in await stored(rt)] == [stays]


async def test_calls_that_the_database_could_not_take_are_stored_with_the_next(
    rt: Runtime,
) -> None:
    owner = (await make_user(rt)).id
    await rt.writer.close()
    for place in (1, 2):
        await rt.meter.note(make_record(owner, place=place))
    assert await stored(rt) == []

    rt.writer.start()
    await rt.meter.note(make_record(owner, place=3))

    assert sorted(row.place for row in await stored(rt)) == [1, 2, 3]


async def test_erasing_an_account_erases_its_figures_and_budgets(rt: Runtime) -> None:
    made = await accounts.create_user(rt, "ada@example.com", PASSWORD)
    await cap(rt, made.id, 5)
    await rt.meter.note(make_record(made.id))

    await accounts.delete_account(rt, made.id, PASSWORD)

    assert await stored(rt) == []
    admin = (await make_user(rt, role="admin")).id
    assert await budgets.list_budgets(rt, admin) == []
