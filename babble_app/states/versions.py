"""An agent's history: its versions, the difference between any two, and going back to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import reflex as rx

from babble_app.errors import BabbleError, NotFoundError
from babble_app.services import runtime, versions
from babble_app.states.shell import fill_shell
from babble_app.states.tab import own_tab, owner_of

if TYPE_CHECKING:
    from babble_app.schemas.agents import Agent, Version, VersionSummary
    from babble_app.services.runtime import Runtime

KINDS = {"create": "Created", "edit": "Changed", "manual": "Edited by hand", "revert": "Went back"}


@dataclass(frozen=True)
class VersionRow:
    """A version in a list."""

    id: str
    number: int
    parent_id: str
    kind: str
    """In words: `Changed`, `Went back`; empty where the summary says it."""
    author: str
    summary: str
    request: str
    model: str
    rounds: int
    added: int
    removed: int
    at: str
    is_head: bool


class VersionsState(rx.State):
    """The versions of one agent, and the two that are compared."""

    agent: str = ""
    agent_name: str = ""
    workspace: str = ""
    status: str = "loading"
    """`loading`, `ready` or `missing`."""
    rows: list[VersionRow] = []
    from_id: str = ""
    to_id: str = ""
    from_number: int = 0
    to_number: int = 0
    old_text: str = ""
    new_text: str = ""
    added: int = 0
    removed: int = 0
    layout: str = "unified"
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
        """Read the versions anew and compare the head with its parent."""
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
            agent = await versions.get_agent(rt, owner_id, agent_id)
        except NotFoundError:
            async with own_tab(self, owner_id):
                self.status = "missing"
            return
        rows = _rows(agent, await versions.list_versions(rt, owner_id, agent_id))
        async with own_tab(self, owner_id):
            news = self.agent != agent.id or [row.id for row in self.rows] != [
                row.id for row in rows
            ]
            self.status, self.agent, self.agent_name = "ready", agent.id, agent.name
            self.workspace, self.rows = agent.workspace_id, rows
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
        added, removed = await _counts(rt, owner_id, new, old)
        async with own_tab(self, owner_id):
            if (self.from_id, self.to_id) != (from_id, to_id):
                return  # another pair was chosen meanwhile
            self.from_number, self.to_number = old.number if old else 0, new.number
            self.old_text, self.new_text = old.text if old else "", new.text
            self.added, self.removed = added, removed


async def revert_chosen(state: rx.State, owner_id: str) -> Version | None:
    """Make a new version with the text of the one that was asked about, from any state of the tab; None if refused."""
    async with own_tab(state, owner_id):
        chosen = await state.get_state(VersionsState)
        agent_id, version_id = chosen.agent, chosen.reverting_id
        if chosen.busy or not version_id:
            return None
        chosen.busy, chosen.reverting_id, chosen.problem = True, "", ""
    problem = ""
    try:
        return await versions.revert(runtime.current(), owner_id, agent_id, version_id)
    except BabbleError as error:
        problem = str(error)
        return None
    finally:
        async with own_tab(state, owner_id):
            chosen = await state.get_state(VersionsState)
            chosen.busy, chosen.problem = False, problem


async def _counts(rt: Runtime, owner_id: str, new: Version, old: Version | None) -> tuple[int, int]:
    if old is None:
        return new.text.count("\n"), 0
    diff = await versions.diff_versions(rt, owner_id, new.agent_id, old.id, new.id)
    return diff.added, diff.removed


def _rows(agent: Agent, summaries: list[VersionSummary]) -> list[VersionRow]:
    return [
        VersionRow(
            id=item.id,
            number=item.number,
            parent_id=item.parent_id or "",
            kind=KINDS[item.kind] if item.summary else "",
            author=item.author.capitalize()
            if item.author in {"builder", "iterator"}
            else item.author,
            summary=item.summary or KINDS[item.kind],
            request=item.request,
            model=item.model,
            rounds=item.rounds,
            added=item.added,
            removed=item.removed,
            at=item.created_at.isoformat(),
            is_head=item.id == agent.head_version_id,
        )
        for item in summaries
    ]
