"""The answer that is being written: pages attach to its run, the run knows nothing of pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING

import reflex as rx

from babble_app.schemas.events import StateChanged, VersionSaved
from babble_app.services import runs, runtime
from babble_app.states.canvas import CanvasState
from babble_app.states.history import read_history, show_history
from babble_app.states.live_answer import LiveAnswer, part
from babble_app.states.message_views import (
    AttemptView,
    SourceView,
    ToolView,
    UseView,
    VersionView,
)
from babble_app.states.proposals import ProposalState
from babble_app.states.tab import own_tab, owner_of, tab_is_open

if TYPE_CHECKING:
    from typing import TypeGuard

    from babble_app.schemas.events import NumberedEvent, RunEvent
    from babble_app.services.runtime import Runtime

FLUSH_SECONDS = 0.09
PRESENCE_SECONDS = 5.0
"""How often the follower of a silent run looks whether its tab is still there."""


class LiveState(rx.State):
    """What the page paints of the running answer; all of it is rebuilt from the run's log."""

    running: bool = False
    run_id: str = ""
    doing: str = ""
    model: str = ""
    blocks: list[str] = []
    tail_base: str = ""
    tail: str = ""
    thoughts: str = ""
    attempts: list[AttemptView] = []
    tools: list[ToolView] = []
    sources: list[SourceView] = []
    versions: list[VersionView] = []
    used: list[UseView] = []
    proposal: str = ""
    """Id of the change that the answer proposed."""
    writing: bool = False
    """A program streams into the canvas."""
    program_key: str = ""
    program_base: str = ""
    program_tail: str = ""

    @rx.event(background=True, supersedes=True)
    async def attach(self, chat_id: str) -> AsyncGenerator[object, None]:
        """Follow the chat's runs, one after the other, until none is queued or running."""
        async with self:
            owner_id = await owner_of(self)
        rt = runtime.current()
        while active := await runs.list_active_runs(rt, owner_id, chat_id):
            live = LiveAnswer(run_id=active[0].id)
            async with own_tab(self, owner_id):
                self._paint(live)
            async with aclosing(self._follow(rt, owner_id, live)) as results:
                async for result in results:
                    if isinstance(result, VersionSaved):
                        yield CanvasState.take_new_version(result.agent_id, result.version_id)
                        yield ProposalState.open_agent(result.agent_id)
                    else:
                        yield ProposalState.take_proposal(result.detail)
            if not tab_is_open(self) or self.run_id != live.run_id:
                return
            await self._settle(rt, owner_id, chat_id)
            if not live.ended:  # its server is gone; who asks for it again makes a new run
                return
        await self._settle(rt, owner_id, chat_id)

    @rx.event
    def detach(self) -> None:
        """Stop following: the page was left. The run goes on."""
        self._forget()

    async def _follow(
        self, rt: Runtime, owner_id: str, live: LiveAnswer
    ) -> AsyncGenerator[VersionSaved | StateChanged, None]:
        """Paint the run's events: the first at once, later ones together every `FLUSH_SECONDS`.

        Yield new versions, and the news that a change was proposed.
        """
        inbox: asyncio.Queue[NumberedEvent | None] = asyncio.Queue()
        reader = asyncio.create_task(_read_into(inbox, rt, owner_id, live.run_id))
        try:
            ended = False
            while not ended and tab_is_open(self):
                batch = await _next_batch(inbox)
                ended = None in batch
                events = [item.event for item in batch if item is not None]
                for event in events:
                    live.add(event)
                # Passed on before the card is painted: whoever sees it and asks on at once supersedes this following.
                for result in [event for event in events if _changes_canvas(event)]:
                    async with own_tab(self, owner_id):
                        if self.run_id != live.run_id:  # the page was left
                            return
                    yield result
                if events:
                    async with own_tab(self, owner_id):
                        if self.run_id != live.run_id:
                            return
                        self._paint(live)
                await asyncio.sleep(0 if ended else FLUSH_SECONDS)
        finally:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)

    async def _settle(self, rt: Runtime, owner_id: str, chat_id: str) -> None:
        """Put the stored answer in the place of the one that was being written, in one repaint."""
        history = await read_history(rt, owner_id, chat_id)
        async with own_tab(self, owner_id):
            await show_history(self, history)
            self._forget()

    def _paint(self, live: LiveAnswer) -> None:
        """Set what differs: every assignment goes over the wire."""
        tail_base, tail = part(live.tail)
        program_base, program_tail = part(live.program)
        wanted = {
            "running": True,
            "run_id": live.run_id,
            "doing": live.doing,
            "model": live.model,
            "blocks": live.blocks,
            "tail_base": tail_base,
            "tail": tail,
            "thoughts": live.thoughts,
            "attempts": live.attempts,
            "tools": live.tools,
            "sources": live.sources,
            "versions": live.versions,
            "used": live.used,
            "proposal": live.proposal,
            "writing": bool(live.program) and not live.versions and not live.proposal,
            "program_key": f"{live.run_id}/{live.attempt}",
            "program_base": program_base,
            "program_tail": program_tail,
        }
        for name, value in wanted.items():
            if getattr(self, name) != value:
                setattr(self, name, value)

    def _forget(self) -> None:
        if self.running:
            self.reset()


def _changes_canvas(event: RunEvent) -> TypeGuard[VersionSaved | StateChanged]:
    """Whether a version was saved or a change proposed."""
    return isinstance(event, VersionSaved) or (
        isinstance(event, StateChanged) and event.name == "proposed"
    )


async def _read_into(
    inbox: asyncio.Queue[NumberedEvent | None], rt: Runtime, owner_id: str, run_id: str
) -> None:
    """Queue the run's events, and None behind the last one."""
    try:
        async with aclosing(runs.events(rt, owner_id, run_id)) as events:
            async for event in events:
                inbox.put_nowait(event)
    finally:
        inbox.put_nowait(None)


async def _next_batch(inbox: asyncio.Queue[NumberedEvent | None]) -> list[NumberedEvent | None]:
    """Return everything that is there; wait for the first, but no longer than `PRESENCE_SECONDS`."""
    try:
        batch = [await asyncio.wait_for(inbox.get(), PRESENCE_SECONDS)]
    except TimeoutError:
        return []
    while not inbox.empty():
        batch.append(inbox.get_nowait())
    return batch
