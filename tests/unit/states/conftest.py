"""A tab of somebody who is logged in, without a server: its states, on real services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
import reflex as rx

from babble_app.services import runtime
from babble_app.states.session import SessionState
from tests.factories import make_user

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from babble_app.schemas.accounts import User
    from babble_app.services.runtime import Runtime

S = TypeVar("S", bound=rx.State)


@dataclass
class Tab:
    """One tab's tree of states."""

    root: rx.State
    user: User

    async def state(self, kind: type[S]) -> S:
        """Return one of the tab's states."""
        return await self.root.get_state(kind)

    async def run(self, handler: Any, state: rx.State, *arguments: Any) -> list[Any]:
        """Call a handler as an event would, and return the events that it chained."""
        result = handler.fn(state, *arguments)
        if hasattr(result, "__aiter__"):
            return [event async for event in result]
        if hasattr(result, "__await__"):
            result = await result
        return [] if result is None else [result]

    async def log_in(self, user: User | None) -> None:
        """Let somebody else, or nobody, sit at the tab."""
        session = await self.root.get_state(SessionState)
        session._bind(user)


@pytest.fixture
async def tab(rt: Runtime) -> AsyncIterator[Tab]:
    """A tab of a new person."""
    runtime.set_current(rt)
    user = await make_user(rt)
    tab = Tab(rx.State(_reflex_internal_init=True), user)
    await tab.log_in(user)
    yield tab
    runtime.set_current(None)
