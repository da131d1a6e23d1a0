"""What background handlers ask about their tab: whose it is, whether it still is, and whether anybody looks at it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from reflex.utils.prerequisites import get_app

from babble_app.errors import UnauthenticatedError
from babble_app.states.session import get_user, is_somebody_else

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import reflex as rx


async def owner_of(state: rx.State) -> str:
    """Return the id of the person at the tab.

    Raises:
        UnauthenticatedError: nobody is logged in there any more.
    """
    return (await get_user(state)).id


@asynccontextmanager
async def own_tab(state: rx.State, owner_id: str) -> AsyncGenerator[None, None]:
    """Hold the tab's lock for a short write, while the tab is still this person's.

    Raises:
        UnauthenticatedError: the person logged out, or somebody else logged in, while the handler was at work.
    """
    async with state:
        if await is_somebody_else(state, owner_id):
            message = "This tab belongs to another login now."
            raise UnauthenticatedError(message)
        yield


def tab_is_open(state: rx.State) -> bool:
    """Say whether a browser still listens to this tab's state; deltas to a closed one are lost and logged each."""
    token = state.router.session.client_token
    if not token:  # a state that no browser made, as in tests
        return True
    namespace = get_app().app.event_namespace
    return namespace is None or token in namespace.token_to_sid
