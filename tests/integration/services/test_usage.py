"""Figures of usage on both databases: sums, percentiles, groups, the table of calls, and whose they are."""

from __future__ import annotations

import csv
import json
import zipfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.errors import PermissionDeniedError, ValidationFailedError
from babble_app.schemas.usage import Usage
from babble_app.services import accounts, budgets, usage
from tests.call_factories import NOON, UNPRICED, make_record
from tests.factories import make_chat, make_user

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.stats import FigureGroup
    from babble_app.services.runtime import Runtime

SINCE = NOON - timedelta(days=7)
UNTIL = NOON + timedelta(days=7)


def by_key(groups: Sequence[FigureGroup]) -> dict[str, tuple[int, float]]:
    return {group.key: (group.calls, group.cost_usd) for group in groups}


async def note(rt: Runtime, owner: str, **fields: Any) -> None:
    await rt.meter.note(make_record(owner, **fields))


async def test_figures_add_up(rt: Runtime) -> None:
    owner, chat = await make_chat(rt, title="Plans")
    early = NOON.replace(hour=0) - timedelta(milliseconds=1)
    await note(rt, owner, chat_id=chat.id, profile="coder", dollars=0.5)
    await note(rt, owner, chat_id="cht_gone", app_id="app_1", dollars=2, started_at=early)
    await note(rt, owner, outcome="failed", usage=Usage(), error_code="model_timeout")
    await note(rt, owner, outcome="cached", dollars=0, usage=Usage())
    await note(rt, owner, model=UNPRICED, dollars=None)
    await note(rt, owner, started_at=UNTIL)
    await note(rt, owner, started_at=SINCE - timedelta(milliseconds=1))

    stats = await usage.get_stats(rt, owner, since=SINCE, until=UNTIL)

    totals = stats.totals
    assert (totals.calls, totals.errors, totals.cache_hits, totals.unpriced_calls) == (4, 1, 1, 1)
    assert (totals.input_tokens, totals.output_tokens, totals.cached_tokens) == (30, 6, 12)
    assert totals.cost_usd == 2.5
    assert by_key(stats.by_model) == {"custom/priced": (3, 2.5), UNPRICED: (1, 0)}
    assert by_key(stats.by_day) == {"2026-11-14": (1, 2), "2026-11-15": (3, 0.5)}
    assert [group.key for group in stats.by_day] == ["2026-11-14", "2026-11-15"]
    assert by_key(stats.by_app) == {"app_1": (1, 2)}
    assert by_key(stats.by_profile) == {"coder": (1, 0.5)}
    assert [(group.key, group.label) for group in stats.by_chat] == [
        ("cht_gone", ""),
        (chat.id, "Plans"),
    ]
    assert stats.by_person == ()


async def test_percentiles_are_those_of_answered_calls(rt: Runtime) -> None:
    owner = (await make_user(rt)).id
    for number in range(1, 21):
        await note(
            rt, owner, latency_seconds=number / 1000, first_token_seconds=number / 10_000,
            started_at=NOON + timedelta(days=number % 2),
        )  # fmt: skip
    await note(rt, owner, outcome="failed", latency_seconds=60)
    await note(rt, owner, outcome="stopped", latency_seconds=60)

    stats = await usage.get_stats(rt, owner, since=SINCE, until=UNTIL)

    totals, (even, odd) = stats.totals, stats.by_day
    assert (totals.latency_p50_ms, totals.latency_p95_ms) == (10, 19)
    assert (totals.first_token_p50_ms, totals.first_token_p95_ms) == (1, 1.9)
    assert (even.latency_p50_ms, odd.latency_p50_ms, odd.latency_p95_ms) == (10, 9, 19)


async def test_nothing_used_is_all_zeros(rt: Runtime) -> None:
    owner = (await make_user(rt)).id

    stats = await usage.get_stats(rt, owner, since=SINCE)

    assert (stats.totals.calls, stats.totals.cost_usd, stats.totals.latency_p50_ms) == (0, 0, None)
    assert (stats.by_model, stats.by_day, stats.by_chat) == ((), (), ())


async def test_a_person_sees_the_persons_own_and_an_administrator_everybodys(rt: Runtime) -> None:
    admin, chat = await make_chat(rt, (await make_user(rt, role="admin")).id)
    ada = await make_user(rt, email="ada@example.com")
    eve = (await make_user(rt)).id
    await note(rt, ada.id, dollars=3, chat_id="cht_secret")
    await note(rt, admin, dollars=1, chat_id=chat.id)

    mine = await usage.get_stats(rt, eve, since=SINCE)
    everybody = await usage.get_stats(rt, admin, since=SINCE, everybody=True)

    assert mine.totals.calls == 0
    assert everybody.totals.cost_usd == 4
    dearest = everybody.by_person[0]
    assert (dearest.key, dearest.label) == (ada.id, ada.email)
    assert everybody.by_chat == ()
    with pytest.raises(PermissionDeniedError):
        await usage.get_stats(rt, eve, since=SINCE, everybody=True)
    with pytest.raises(PermissionDeniedError):
        await usage.csv_rows(rt, eve, since=SINCE, everybody=True)


async def test_a_time_that_ends_before_it_begins_is_refused(rt: Runtime) -> None:
    owner = (await make_user(rt)).id

    with pytest.raises(ValidationFailedError):
        await usage.get_stats(rt, owner, since=NOON, until=NOON)


async def read_csv(rt: Runtime, owner: str, **fields: Any) -> list[dict[str, str]]:
    lines = await usage.csv_rows(rt, owner, since=SINCE, **fields)
    return list(csv.DictReader("".join([line async for line in lines]).splitlines()))


async def test_the_table_has_every_call_once_also_over_many_pages(rt: Runtime) -> None:
    owner, other = (await make_user(rt)).id, (await make_user(rt)).id
    for number in range(9):
        # Several at the same moment: pages must not lose or repeat those on their border.
        await note(rt, owner, chain_id=f"c{number}", started_at=NOON + timedelta(days=number // 4))
    await note(rt, other)

    table = await read_csv(rt, owner, page_calls=3)

    assert sorted(row["chain_id"] for row in table) == [f"c{number}" for number in range(9)]
    assert [row["started_at"] for row in table] == sorted(row["started_at"] for row in table)
    assert table[0]["started_at"] == "2026-11-15T12:00:00.000+00:00"
    assert (table[0]["cost_usd"], table[0]["latency_ms"]) == ("1.000000000", "2000.0")
    assert {row["owner_id"] for row in table} == {owner}


async def test_no_cell_is_a_formula(rt: Runtime) -> None:
    owner = (await make_user(rt)).id
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("x","y")']
    for text in texts:
        await note(rt, owner, served_model=text, profile=text, model=f"{text}/x")

    table = await read_csv(rt, owner)

    assert {row["profile"] for row in table} == {f"'{text}" for text in texts}
    assert {row["served_model"] for row in table} == {f"'{text.strip()}" for text in texts}
    assert all(row["provider"][0] == "'" for row in table)


async def test_the_export_holds_the_persons_calls_and_budgets(rt: Runtime) -> None:
    owner, other = (await make_user(rt)).id, (await make_user(rt)).id
    await note(rt, owner, chain_id="mine", started_at=datetime(2020, 1, 1, tzinfo=UTC))
    await note(rt, other, chain_id="theirs")
    await budgets.set_budget(rt, owner, "person", owner, "day", limit_usd=7)

    path = await accounts.export_data(rt, owner)

    assert [file.name for file in path.parent.iterdir()] == [path.name]
    with zipfile.ZipFile(path) as archive:
        table = archive.read("usage.csv").decode()
        account = json.loads(archive.read("account.json"))
    assert "mine" in table
    assert "theirs" not in table
    assert [item["limit_nano"] for item in account["budgets"]] == [7 * 10**9]
