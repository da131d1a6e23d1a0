"""The ledger: no budget is overshot, every call is stored once, and a killed server forgets nothing that was settled."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from babble_app.errors import BudgetExhaustedError
from babble_app.schemas.calls import CallScope
from babble_app.schemas.usage import Usage
from babble_app.services import accounts, budgets
from babble_app.services.meter import Ledger
from babble_app.services.runtime import running
from babble_app.store.budgets import list_caps
from babble_app.store.tables.usage import UsageRow
from tests.call_factories import (
    FREE,
    NOON,
    PRICED,
    UNPRICED,
    make_record,
    make_request,
    write_prices,
)
from tests.conftest import make_settings
from tests.factories import PASSWORD, make_user, make_workspace

if TYPE_CHECKING:
    from babble_app.llm.route import Hold
    from babble_app.services.runtime import Runtime
    from babble_app.settings import Settings

ROOT = Path(__file__).parents[3]
EVENING = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path, database_address: str) -> Settings:
    """A server whose operator named prices that are easy to add up."""
    return make_settings(
        tmp_path, DATABASE_URL=database_address, BABBLE_PRICES_FILE=write_prices(tmp_path)
    )


@pytest.fixture
async def rt(rt: Runtime) -> Runtime:
    """A server at noon."""
    rt.meter = Ledger(rt.database, rt.writer, clock=Clock(NOON))
    return rt


class Clock:
    """Stands still until it is set."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


async def try_to_reserve(
    ledger: Ledger, scope: CallScope, *, model: str = PRICED, tokens: int = 1
) -> Hold | None:
    try:
        return await ledger.reserve(scope, model, make_request(tokens=tokens))
    except BudgetExhaustedError:
        return None


async def stored(rt: Runtime) -> list[Any]:
    def read(db: Any) -> list[Any]:
        return db.execute(select(*UsageRow.__table__.columns).order_by(UsageRow.started_at)).all()

    return await rt.database.fetch(read)


async def cap(rt: Runtime, owner: str, dollars: float, period: Any = "day") -> None:
    await budgets.set_budget(rt, owner, "person", owner, period, limit_usd=dollars)


async def figures(rt: Runtime, owner: str) -> tuple[float | None, float | None, str]:
    (one,) = await budgets.status(rt, owner)
    return one.spent_usd, one.held_usd, one.state


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


async def test_the_refusal_says_whose_budget_it_is_and_when_to_come_back(rt: Runtime) -> None:
    owner = (await make_user(rt)).id
    ledger = Ledger(rt.database, rt.writer, clock=Clock(EVENING))
    await cap(rt, owner, 0.5)
    await cap(rt, owner, 0.25, "month")

    with pytest.raises(BudgetExhaustedError, match="Your budget for November") as caught:
        await ledger.reserve(CallScope(owner_id=owner), PRICED, make_request())

    assert caught.value.retry_after_seconds == 24 * 3600 + 1800


async def test_what_is_free_or_has_no_price_is_never_refused_but_stored(rt: Runtime) -> None:
    owner = (await make_user(rt)).id
    await cap(rt, owner, 0)
    scope = CallScope(owner_id=owner)

    for model in (FREE, UNPRICED, "demo/based"):
        hold = await rt.meter.reserve(scope, model, make_request(tokens=1000))
        await hold.settle(make_record(owner, model=model, dollars=None))

    assert await try_to_reserve(rt.meter, scope) is None
    assert [row.cost_nano for row in await stored(rt)] == [0, None, None]


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


async def test_a_call_of_an_account_that_was_erased_meanwhile_hurts_nobody(rt: Runtime) -> None:
    gone, stays = (await make_user(rt)).id, (await make_user(rt)).id
    hold = await rt.meter.reserve(CallScope(owner_id=gone), PRICED, make_request())
    async with rt.database.unit_of_work() as db:
        await accounts.rows.delete_user(db, gone)

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


async def caps_of(rt: Runtime, owner: str) -> list[Any]:
    return await rt.database.fetch(list_caps, owner)


CHILD = """
import asyncio, sys
from babble_app.schemas.calls import CallScope
from babble_app.services import budgets
from babble_app.services.startup import serving
from babble_app.settings import Settings
from babble_app.store.tables.base import now
from tests.call_factories import PRICED, make_record, make_request

async def main(owner):
    async with serving(Settings()) as rt:
        await budgets.set_budget(rt, owner, "person", owner, "month", limit_usd=10)
        scope = CallScope(owner_id=owner)
        holds = [await rt.meter.reserve(scope, PRICED, make_request()) for _ in range(10)]
        for number, hold in enumerate(holds[:7]):
            await hold.settle(make_record(owner, place=number, started_at=now()))
        held = (await budgets.status(rt, owner))[0]
        print(held.model_dump_json(), flush=True)
        await asyncio.sleep(60)

asyncio.run(main(sys.argv[1]))
"""


async def test_a_killed_server_keeps_what_was_settled_and_frees_what_was_held(
    tmp_path: Path, sqlite: Any
) -> None:
    values = {
        "BABBLE_DATA_DIR": str(tmp_path),
        "DATABASE_URL": sqlite.fresh(tmp_path),
        "BABBLE_PRICES_FILE": write_prices(tmp_path),
    }
    settings = make_settings(tmp_path, **values)
    async with running(settings) as rt:
        owner = (await make_user(rt)).id
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, owner,
        env=os.environ | values | {"PYTHONPATH": str(ROOT)}, cwd=tmp_path, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None
    async with asyncio.timeout(60):
        before = json.loads(await child.stdout.readline())
    child.send_signal(signal.SIGKILL)
    await child.communicate()

    async with running(settings) as rt:
        assert (before["spent_usd"], before["held_usd"]) == (7, 3)
        assert await figures(rt, owner) == (7, 0, "ok")
        assert sorted(row.place for row in await stored(rt)) == [*range(7)]
        scope = CallScope(owner_id=owner)
        holds = [await try_to_reserve(rt.meter, scope) for _ in range(4)]
        assert [hold is not None for hold in holds] == [True, True, True, False]
