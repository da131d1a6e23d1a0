"""Which version is live: moving it, moving it back, the gate, and what was live before."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import reflex as rx

from babble_app.errors import BabbleError, GateClosedError
from babble_app.services import (
    agents,
    publishing,
    runtime,
)
from babble_app.states.tab import own_tab, owner_of
from babble_app.states.toasts import toast
from babble_app.states.versions import VersionsState

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from babble_app.schemas.agents import Agent, Publication


@dataclass(frozen=True)
class PublicationRow:
    """A move of the live version."""

    id: str
    words: str
    author: str
    at: str


class PublishState(rx.State):
    """The question before a version goes live, and the list of what was live."""

    dialog: str = ""
    """`publish`, `roll-back`, `history`, or empty."""
    version_id: str = ""
    number: int = 0
    problem: str = ""
    blocked: bool = False
    """Whether it was tests that refused it."""
    busy: bool = False
    rows: list[PublicationRow] = []

    @rx.event
    def ask_publish(self, version_id: str, number: int) -> None:
        """Ask whether a version shall go live."""
        self.reset()
        self.dialog, self.version_id, self.number = "publish", version_id, number

    @rx.event
    def ask_roll_back(self) -> None:
        """Ask whether the version that was live before shall be again."""
        self.reset()
        self.dialog = "roll-back"

    @rx.event(background=True)
    async def show_publications(self) -> None:
        """Show what was live and when."""
        async with self:
            owner_id = await owner_of(self)
            agent_id = (await self.get_state(VersionsState)).agent
        found = await publishing.list_publications(runtime.current(), owner_id, agent_id)
        async with own_tab(self, owner_id):
            self.reset()
            self.dialog, self.rows = "history", [_row(one) for one in found]

    @rx.event
    def close(self) -> None:
        """Leave everything as it is."""
        self.dialog = ""

    @rx.event(background=True)
    async def publish(self) -> AsyncGenerator[object, None]:
        """Let the version that the dialog asks about go live."""
        async with self:
            owner_id, version_id = await owner_of(self), self.version_id
            agent_id = (await self.get_state(VersionsState)).agent
            if self.dialog != "publish":
                return
        work = publishing.publish(runtime.current(), owner_id, agent_id, version_id)
        if await self._carry_out(owner_id, work):
            yield VersionsState.open_agent(agent_id)

    @rx.event(background=True)
    async def roll_back(self) -> AsyncGenerator[object, None]:
        """Let the version that was live before go live again."""
        async with self:
            owner_id = await owner_of(self)
            agent_id = (await self.get_state(VersionsState)).agent
            if self.dialog != "roll-back":
                return
        work = publishing.roll_back(runtime.current(), owner_id, agent_id)
        if await self._carry_out(owner_id, work):
            yield VersionsState.open_agent(agent_id)

    @rx.event(background=True)
    async def gate(self, chosen: bool) -> AsyncGenerator[object, None]:
        """Let only versions that pass the chosen tests go live, or all."""
        async with self:
            owner_id = await owner_of(self)
            agent_id = (await self.get_state(VersionsState)).agent
        try:
            await agents.update_agent(runtime.current(), owner_id, agent_id, gated=chosen)
        except BabbleError as error:
            async with own_tab(self, owner_id):
                await toast(self, str(error), "bad")
        yield VersionsState.open_agent(agent_id)

    async def _carry_out(self, owner_id: str, work: Coroutine[Any, Any, Agent]) -> bool:
        """Move the live version, or say in the dialog why not."""
        async with own_tab(self, owner_id):
            self.busy, self.problem, self.blocked = True, "", False
        agent, problem, blocked = None, "", False
        try:
            agent = await work
        except GateClosedError as error:
            problem, blocked = str(error), True
        except BabbleError as error:
            problem = str(error)
        finally:
            async with own_tab(self, owner_id):
                self.busy, self.problem, self.blocked = False, problem, blocked
        async with own_tab(self, owner_id):
            if agent:
                self.dialog = ""
                await toast(self, f"Version {agent.live_number} is live.", "good")
        return agent is not None


def _row(publication: Publication) -> PublicationRow:
    words = f"Version {publication.version_number} went live"
    if publication.kind == "rollback":
        words = f"Rolled back to version {publication.version_number}"
    if publication.previous_number:
        words += f", in the place of version {publication.previous_number}"
    return PublicationRow(
        id=publication.id,
        words=words,
        author=publication.author,
        at=publication.created_at.isoformat(),
    )
