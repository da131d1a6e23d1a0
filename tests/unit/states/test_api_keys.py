"""Keys of the API in the settings: shown once, listed by their ends, deleted when it is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.services import api_keys
from babble_app.states.api_keys import ApiKeyRow, ApiKeysState, FreshKey
from tests.factories import make_user

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime
    from tests.unit.states.conftest import Tab


async def test_a_key_is_on_the_screen_once(rt: Runtime, tab: Tab) -> None:
    state = await tab.state(ApiKeysState)

    await tab.run(ApiKeysState.create, state, {"name": "report", "days": "30"})
    made = state.fresh
    await tab.run(ApiKeysState.load, state)

    user = await api_keys.find_user_by_key(rt, made.key)
    assert user is not None
    assert user.id == tab.user.id
    assert state.fresh == FreshKey()
    assert [row.shown for row in state.rows] == [f"{made.key[:8]}…{made.key[-4:]}"]
    assert state.rows[0].ends_at
    assert made.key not in repr(state.rows)


async def test_a_name_that_cannot_be_is_said_and_nothing_is_made(tab: Tab) -> None:
    state = await tab.state(ApiKeysState)

    await tab.run(ApiKeysState.create, state, {"name": " "})

    assert state.problem == "Please give a name."
    assert (state.fresh, state.rows, state.keys_made) == (FreshKey(), [], 0)


async def test_a_key_goes_when_it_is_asked_about_and_meant(rt: Runtime, tab: Tab) -> None:
    made = await api_keys.create_key(rt, tab.user.id, "report")
    state = await tab.state(ApiKeysState)
    await tab.run(ApiKeysState.load, state)

    await tab.run(ApiKeysState.ask_delete, state, made.id)
    await tab.run(ApiKeysState.delete, state)

    assert (state.rows, state.asks_delete) == ([], False)
    assert await api_keys.find_user_by_key(rt, made.key) is None


async def test_a_key_of_somebody_else_stays(rt: Runtime, tab: Tab) -> None:
    made = await api_keys.create_key(rt, (await make_user(rt)).id, "theirs")
    state = await tab.state(ApiKeysState)
    await tab.run(ApiKeysState.load, state)

    await tab.run(ApiKeysState.ask_delete, state, made.id)
    state.chosen = ApiKeyRow(id=made.id)
    await tab.run(ApiKeysState.delete, state)

    assert await api_keys.find_user_by_key(rt, made.key) is not None
