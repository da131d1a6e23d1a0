"""`kill -9`: what was settled is there, what was held is free."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from babble_app.schemas.calls import CallScope
from babble_app.services.runtime import running
from tests.call_factories import write_prices
from tests.conftest import make_settings
from tests.factories import make_user
from tests.integration.services.meter.ledgers import (
    figures,
    stored,
    try_to_reserve,
)

if TYPE_CHECKING:
    from tests.databases import SqliteSource

ROOT = Path(__file__).parents[4]
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
    tmp_path: Path, sqlite: SqliteSource
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
