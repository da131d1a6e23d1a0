"""Tokens of an app from its page: shown once, listed, rotated, revoked; and the snippets they stand in."""

from __future__ import annotations

import ast
import json
import shlex
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from babble_app.services import app_tokens
from babble_app.states.app_snippets import NO_TOKEN, snippets
from babble_app.states.app_tokens import AppTokensState
from babble_app.store.tables.base import now
from tests.factories import make_user
from tests.unit.states.app_tabs import make_shown

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime
    from tests.databases import Source, SqliteSource
    from tests.unit.states.conftest import Tab

FORM = {
    "name": "Shop page",
    "channel": "staging",
    "expiry": "30",
    "rate_limit_per_minute": "60",
    "daily_budget_usd": "2",
}


@pytest.fixture
def source(sqlite: SqliteSource) -> Source:
    """One kind of database is enough: these are about the page."""
    return sqlite


async def load(tab: Tab) -> AppTokensState:
    shown = await tab.state(AppTokensState)
    await tab.run(AppTokensState.load, shown)
    return shown


async def test_a_new_token_is_on_the_screen_once_and_stands_in_the_snippets(
    rt: Runtime, tab: Tab
) -> None:
    await make_shown(rt, tab)
    shown = await load(tab)
    assert all(NO_TOKEN in one.text for one in shown.snippets if one.id != "iframe")

    await tab.run(AppTokensState.open_new, shown)
    await tab.run(AppTokensState.create, shown, FORM)
    token = shown.fresh.token
    assert token.startswith("bb_")
    assert shown.dialog == ""
    assert all(token in one.text for one in shown.snippets if one.id != "iframe")
    row = shown.rows[0]
    assert (row.name, row.shown) == ("Shop page", f"{token[:7]}…{token[-4:]}")
    assert (row.staging, row.state, row.limits) == (
        True,
        "ending",
        "60 messages a minute, $2.00 a day",
    )

    await tab.run(AppTokensState.dismiss_token, shown)
    assert shown.fresh.token == ""
    assert token not in str([shown.fresh, shown.rows, shown.snippets])


async def test_opening_the_page_again_does_not_show_it_again(rt: Runtime, tab: Tab) -> None:
    await make_shown(rt, tab)
    shown = await load(tab)
    await tab.run(AppTokensState.create, shown, FORM)
    token = shown.fresh.token

    await load(tab)

    assert token not in str([shown.fresh, shown.rows, shown.snippets])


@pytest.mark.parametrize(
    ("field", "text"),
    [("rate_limit_per_minute", "many"), ("daily_budget_usd", "lots"), ("name", " ")],
)
async def test_what_is_wrong_with_a_token_is_said_at_its_field(
    rt: Runtime, tab: Tab, field: str, text: str
) -> None:
    made = await make_shown(rt, tab)
    shown = await load(tab)

    await tab.run(AppTokensState.create, shown, {**FORM, field: text})

    assert set(shown.problems) == {field}
    assert await app_tokens.list_tokens(rt, tab.user.id, app_id=made.app.id) == []


async def test_a_token_is_rotated_with_an_overlap_and_revoked(rt: Runtime, tab: Tab) -> None:
    made = await make_shown(rt, tab)
    old = await app_tokens.create_token(rt, tab.user.id, made.app.id, "shop")
    shown = await load(tab)

    await tab.run(AppTokensState.ask_rotate, shown, old.id)
    await tab.run(AppTokensState.rotate, shown, {"overlap": "1"})
    ends_at = (await app_tokens.get_token(rt, tab.user.id, old.id)).expires_at
    assert ends_at is not None
    assert ends_at - now() < timedelta(hours=1, minutes=1)
    assert shown.fresh.token not in {"", old.token}
    await tab.run(AppTokensState.ask_revoke, shown, old.id)
    await tab.run(AppTokensState.revoke, shown)

    assert [row.state for row in shown.rows] == ["valid", "revoked"]


async def test_nothing_is_rotated_or_revoked_without_the_question(rt: Runtime, tab: Tab) -> None:
    made = await make_shown(rt, tab)
    token = await app_tokens.create_token(rt, tab.user.id, made.app.id, "shop")
    shown = await load(tab)
    shown.chosen = shown.rows[0]

    await tab.run(AppTokensState.rotate, shown, {})
    await tab.run(AppTokensState.revoke, shown)

    kept = await app_tokens.get_token(rt, tab.user.id, token.id)
    assert (kept.revoked_at, kept.expires_at) == (None, None)


async def test_a_stranger_on_the_page_sees_and_makes_no_token(rt: Runtime, tab: Tab) -> None:
    made = await make_shown(rt, tab)
    await app_tokens.create_token(rt, tab.user.id, made.app.id, "shop")
    await tab.log_in(await make_user(rt))
    shown = await load(tab)

    await tab.run(AppTokensState.create, shown, FORM)

    assert (shown.rows, shown.fresh.token) == ([], "")
    assert len(await app_tokens.list_tokens(rt, tab.user.id)) == 1


def test_snippets_are_valid_in_their_languages() -> None:
    texts = {
        one.id: one.text
        for one in snippets("https://babble.example", "shop", "bb_x", 'A "shop" <b>&')
    }

    ast.parse(texts["python"])
    arguments = shlex.split(texts["curl"])
    assert arguments[1] == "https://babble.example/api/v1/chat"
    assert json.loads(arguments[-1]) == {"message": "Hello"}
    assert "<b>" not in texts["iframe"]
    assert "https://babble.example/embed/shop" in texts["iframe"]
    assert texts["html"].count("<script") == texts["html"].count("</script>") == 2
