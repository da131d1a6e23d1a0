"""An agent's history: its versions, the difference between any two, going back to one, and taking parts of one back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import reflex as rx

from babble_app.errors import BabbleError, NotFoundError
from babble_app.services import (
    agents,
    runtime,
    versions,
)
from babble_app.states.comparisons import HunkView, compare_texts
from babble_app.states.shell import fill_shell
from babble_app.states.tab import own_tab, owner_of
from babble_app.states.version_rows import VersionRow, version_rows

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from babble_app.schemas.agents import Version


class VersionsState(rx.State):
    """The versions of one agent, and the two that are compared."""

    agent: str = ""
    agent_name: str = ""
    workspace: str = ""
    status: str = "loading"
    """`loading`, `ready` or `missing`."""
    rows: list[VersionRow] = []
    tests: dict[str, str] = {}
    """How the tests of the versions ended, in words, by the versions' ids."""
    tests_kinds: dict[str, str] = {}
    head_id: str = ""
    head_number: int = 0
    live_number: int = 0
    gated: bool = False
    from_id: str = ""
    to_id: str = ""
    from_number: int = 0
    to_number: int = 0
    old_text: str = ""
    new_text: str = ""
    hunks: list[HunkView] = []
    added: int = 0
    removed: int = 0
    layout: str = "unified"
    picked: list[int] = []
    """Hunks that shall be copied into the newest version."""
    problem: str = ""
    reverting_id: str = ""
    """The version that a revert was asked for; the dialog is open."""
    reverting_number: int = 0
    busy: bool = False

    @rx.event(background=True, supersedes=True)
    async def load(self) -> None:
        """Show the agent of the address: its newest change."""
        async with self:
            owner_id = await owner_of(self)
            agent_id = str(getattr(self, "agent_id", ""))  # of the address: a var of the root state
            if agent_id != self.agent:
                self.reset()
        await self._read(owner_id, agent_id)
        async with own_tab(self, owner_id):
            if self.status == "ready":
                await fill_shell(
                    self, workspace_id=self.workspace, title=f"Versions of {self.agent_name}"
                )

    @rx.event(background=True)
    async def open_agent(self, agent_id: str) -> None:
        """Read the versions anew, and compare the head with its parent if there is a new one."""
        async with self:
            owner_id = await owner_of(self)
        await self._read(owner_id, agent_id)

    @rx.event(background=True)
    async def show_change(self, version_id: str) -> None:
        """Compare a version with the one it came from."""
        async with self:
            owner_id = await owner_of(self)
            parents = [row.parent_id for row in self.rows if row.id == version_id]
            self.from_id, self.to_id = parents[0] if parents else "", version_id
        await self._compare(owner_id)

    @rx.event(background=True)
    async def show_parts(self, version_id: str) -> None:
        """Compare the newest version with another one, to take parts of that."""
        async with self:
            owner_id = await owner_of(self)
            self.from_id, self.to_id = self.head_id, version_id
        await self._compare(owner_id)

    @rx.event(background=True)
    async def pick_from(self, version_id: str) -> None:
        """Compare from another version on."""
        async with self:
            owner_id = await owner_of(self)
            self.from_id = version_id
        await self._compare(owner_id)

    @rx.event(background=True)
    async def pick_to(self, version_id: str) -> None:
        """Compare up to another version."""
        async with self:
            owner_id = await owner_of(self)
            self.to_id = version_id
        await self._compare(owner_id)

    @rx.event
    def pick_layout(self, layout: str) -> None:
        """Show the difference unified or side by side."""
        self.layout = "split" if layout == "split" else "unified"

    @rx.event
    def pick_hunk(self, number: int, chosen: bool) -> None:
        """Choose a change that shall be copied into the newest version, or leave it."""
        kept = {one for one in self.picked if one != number}
        self.picked = sorted(kept | {number}) if chosen else sorted(kept)

    @rx.event(background=True)
    async def restore(self) -> None:
        """Make a new version: the newest, with the picked changes of the version it is compared with."""
        async with self:
            owner_id, agent_id = await owner_of(self), self.agent
        if await restore_picked(self, owner_id):
            await self._read(owner_id, agent_id)

    @rx.event
    def ask_revert(self, version_id: str, number: int) -> None:
        """Ask whether to go back to a version."""
        self.reverting_id, self.reverting_number = version_id, number

    @rx.event
    def cancel_revert(self) -> None:
        """Stay where we are."""
        self.reverting_id = ""

    @rx.event(background=True)
    async def revert(self) -> None:
        """Go back to the version that the dialog asks about."""
        async with self:
            owner_id, agent_id = await owner_of(self), self.agent
        await revert_chosen(self, owner_id)
        await self._read(owner_id, agent_id)

    @rx.event
    def dismiss_problem(self) -> None:
        """Take the notice away."""
        self.problem = ""

    async def _read(self, owner_id: str, agent_id: str) -> None:
        """Show the agent's versions, and what the newest one changed."""
        rt = runtime.current()
        try:
            agent = await agents.get_agent(rt, owner_id, agent_id)
        except NotFoundError:
            async with own_tab(self, owner_id):
                self.status = "missing"
            return
        rows = version_rows(agent, await versions.list_versions(rt, owner_id, agent_id))
        async with own_tab(self, owner_id):
            news = [row.id for row in self.rows] != [row.id for row in rows]
            self.status, self.agent, self.agent_name = "ready", agent.id, agent.name
            self.workspace, self.rows = agent.workspace_id, rows
            self.tests = {row.id: row.tests for row in rows if row.tests}
            self.tests_kinds = {row.id: row.tests_kind for row in rows if row.tests}
            self.head_id, self.head_number = agent.head_version_id, agent.head_number
            self.live_number, self.gated = agent.live_number or 0, agent.gated
            if news and rows:
                self.from_id, self.to_id = rows[0].parent_id, rows[0].id
        if news and rows:
            await self._compare(owner_id)

    async def _compare(self, owner_id: str) -> None:
        """Show the difference of the two chosen versions; the first version is compared with nothing."""
        rt = runtime.current()
        from_id, to_id = self.from_id, self.to_id
        new = await versions.get_version(rt, owner_id, to_id)
        old = await versions.get_version(rt, owner_id, from_id) if from_id else None
        old_text = old.text if old else ""
        found = await compare_texts(old_text, new.text)
        async with own_tab(self, owner_id):
            if (self.from_id, self.to_id) != (from_id, to_id):
                return  # another pair was chosen meanwhile
            self.from_number, self.to_number = old.number if old else 0, new.number
            self.old_text, self.new_text, self.hunks = old_text, new.text, found.hunks
            self.added, self.removed, self.picked = found.added, found.removed, []


async def revert_chosen(state: rx.State, owner_id: str) -> Version | None:
    """Make a new version with the text of the one that was asked about, from any state of the tab; None if refused."""
    async with own_tab(state, owner_id):
        chosen = await state.get_state(VersionsState)
        agent_id, version_id = chosen.agent, chosen.reverting_id
        if not version_id:
            return None
        chosen.busy, chosen.reverting_id, chosen.problem = True, "", ""
    work = versions.revert(runtime.current(), owner_id, agent_id, version_id)
    return await _carry_out(state, owner_id, work)


async def restore_picked(state: rx.State, owner_id: str) -> Version | None:
    """Copy the picked changes into the newest version, from any state of the tab; None if refused."""
    async with own_tab(state, owner_id):
        chosen = await state.get_state(VersionsState)
        agent_id, head_id, from_id = chosen.agent, chosen.from_id, chosen.to_id
        hunks = list(chosen.picked)
        if chosen.busy or not hunks:
            return None
        chosen.busy, chosen.problem = True, ""
    work = versions.restore_hunks(
        runtime.current(), owner_id, agent_id, from_id=from_id, hunks=hunks, head_id=head_id
    )
    return await _carry_out(state, owner_id, work)


async def _carry_out(
    state: rx.State, owner_id: str, work: Coroutine[Any, Any, Version]
) -> Version | None:
    """Wait for a new version, or show why it was refused."""
    problem = ""
    try:
        return await work
    except BabbleError as error:
        problem = str(error)
        return None
    finally:
        async with own_tab(state, owner_id):
            chosen = await state.get_state(VersionsState)
            chosen.busy, chosen.problem = False, problem
