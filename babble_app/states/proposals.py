"""The change that waits for the person's word: its hunks, accepted or refused, and what becomes of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import TYPE_CHECKING

import reflex as rx

from babble_app.diffs.pick import pick
from babble_app.errors import BabbleError, ConflictError, NotFoundError
from babble_app.services import (
    agents,
    checks,
    proposals,
    runtime,
    versions,
)
from babble_app.states.canvas import CanvasState
from babble_app.states.comparisons import HunkView, comparison_of, mark_aligned
from babble_app.states.outcomes import read_outcomes
from babble_app.states.panes import PanesState
from babble_app.states.tab import own_tab, owner_of
from babble_app.states.toasts import toast
from babble_app.states.version_rows import tests_kind, tests_words

if TYPE_CHECKING:
    from babble_app.schemas.agents import Proposal, Version

MOST_FINDINGS = 5


class ProposalState(rx.State):
    """The pending change of the agent on the canvas; everything is accepted until it is refused."""

    proposal: str = ""
    """Its id; empty while nothing waits."""
    parent_number: int = 0
    head_number: int = 0
    stale: bool = False
    """The agent was changed since; the two changes must be brought together."""
    summary: str = ""
    request: str = ""
    made_by: str = ""
    raw: str = ""
    warnings: list[str] = []
    tests: str = ""
    tests_kind: str = ""
    old_text: str = ""
    new_text: str = ""
    hunks: list[HunkView] = []
    added: int = 0
    removed: int = 0
    accepted: list[int] = []
    text: str = ""
    """What would be saved now: the parent with the accepted hunks."""
    errors: list[str] = []
    """What is wrong with that text; empty when it can be saved."""
    in_editor: bool = True
    """Whether the editor shows the proposed text, rather than the newest version."""
    problem: str = ""
    busy: bool = False
    _agent: str = ""
    _parent_id: str = ""
    _shown: tuple[str, str] = ("", "")
    """What the page was filled with: every assignment goes over the wire."""

    @rx.event(background=True)
    async def open_agent(self, agent_id: str) -> None:
        """Show what waits for the agent; tell when another tab decided about it."""
        async with self:
            owner_id = await owner_of(self)
            if self._agent != agent_id:
                await self._forget()
                self._agent = agent_id
        if agent_id:
            with suppress(NotFoundError):  # the canvas says so
                await self._read(owner_id, agent_id)

    @rx.event(background=True)
    async def take_proposal(self, proposal_id: str) -> AsyncGenerator[object, None]:
        """A run proposed a change: bring it into view, if it still waits."""
        async with self:
            owner_id = await owner_of(self)
        proposal = await proposals.get_proposal(runtime.current(), owner_id, proposal_id)
        if proposal.status == "pending":
            await self._show(owner_id, proposal)
            yield PanesState.pick_tab("changes")

    @rx.event(background=True)
    async def decide(self, number: int, chosen: bool) -> AsyncGenerator[object, None]:
        """Accept or refuse one change."""
        async with self:
            owner_id = await owner_of(self)
            there = {hunk.number for hunk in self.hunks}
            kept = {one for one in self.accepted if one != number}
            self.accepted = sorted((kept | {number} if chosen else kept) & there)
        await self._pick(owner_id)
        yield ProposalState.check()

    @rx.event(background=True)
    async def decide_all(self, chosen: bool) -> AsyncGenerator[object, None]:
        """Accept or refuse all changes."""
        async with self:
            owner_id = await owner_of(self)
            self.accepted = [hunk.number for hunk in self.hunks] if chosen else []
        await self._pick(owner_id)
        yield ProposalState.check()

    @rx.event(background=True, supersedes=True)
    async def check(self) -> None:
        """Say what is wrong with the text that would be saved now."""
        async with self:
            owner_id, text = await owner_of(self), self.text
        result = await checks.check(text)
        errors = [item for item in result.findings if item.severity == "error"]
        async with own_tab(self, owner_id):
            if self.text == text:
                self.errors = [f"Line {item.line}: {item.message}" for item in errors]
                self.errors = self.errors[:MOST_FINDINGS]

    @rx.event
    async def show_in_editor(self, chosen: bool) -> None:
        """Show the proposed text in the editor, or the newest version."""
        self.in_editor = chosen
        await self._to_editor()

    @rx.event(background=True)
    async def keep(self) -> AsyncGenerator[object, None]:
        """Make a version of the accepted changes."""
        async with self:
            owner_id, proposal_id = await owner_of(self), self.proposal
            all_of_it = len(self.accepted) == len(self.hunks)
            hunks = None if all_of_it else list(self.accepted)
            if self.busy or not proposal_id:
                return
            self.busy, self.problem = True, ""
        version = await self._keep(owner_id, proposal_id, hunks)
        if version:
            yield CanvasState.take_new_version(version.agent_id, version.id)

    @rx.event(background=True)
    async def discard(self) -> None:
        """Give the proposed change up; the agent stays as it is."""
        async with self:
            owner_id, proposal_id = await owner_of(self), self.proposal
            agent_id = self._agent
            if self.busy or not proposal_id:
                return
        try:
            await proposals.discard(runtime.current(), owner_id, proposal_id)
        except ConflictError:
            await self._read(owner_id, agent_id)
            return
        async with own_tab(self, owner_id):
            await self._forget()
            await toast(self, "The proposed change was discarded.")
        await self._read(owner_id, agent_id)

    @rx.event
    def dismiss_problem(self) -> None:
        """Take the notice away."""
        self.problem = ""

    async def _keep(
        self, owner_id: str, proposal_id: str, hunks: list[int] | None
    ) -> Version | None:
        problem, agent_id = "", self._agent
        try:
            version = await proposals.keep(runtime.current(), owner_id, proposal_id, hunks=hunks)
        except BabbleError as error:
            problem = str(error)
            return None
        finally:
            async with own_tab(self, owner_id):
                self.busy, self.problem = False, problem
            if problem:
                await self._read(owner_id, agent_id)
        async with own_tab(self, owner_id):
            await self._forget()
        await self._read(owner_id, agent_id)
        return version

    async def _read(self, owner_id: str, agent_id: str) -> None:
        """Show what waits now; what was shown and waits no more was decided elsewhere."""
        rt = runtime.current()
        pending = await proposals.find_pending(rt, owner_id, agent_id)
        await read_outcomes(self, owner_id, agent_id)
        gone = self.proposal if self.proposal and not pending else ""
        if pending and _key(pending) != self._shown:
            await self._show(owner_id, pending)
        if gone:
            decided = await proposals.get_proposal(rt, owner_id, gone)
            async with own_tab(self, owner_id):
                if self.proposal == gone:
                    await self._forget()
                    await toast(self, ENDS[decided.status])

    async def _show(self, owner_id: str, proposal: Proposal) -> None:
        rt = runtime.current()
        parent = await versions.get_version(rt, owner_id, proposal.parent_id)
        agent = await agents.get_agent(rt, owner_id, proposal.agent_id)
        found = comparison_of(proposal.diff)
        hunks = await mark_aligned(found.hunks, parent.text, proposal.text, proposal.raw)
        async with own_tab(self, owner_id):
            news = self.proposal != proposal.id
            self._agent, self._parent_id = proposal.agent_id, proposal.parent_id
            self._shown = _key(proposal)
            self.proposal, self.parent_number = proposal.id, parent.number
            self.stale, self.head_number = proposal.stale, agent.head_number
            self.summary, self.request, self.raw = proposal.summary, proposal.request, proposal.raw
            self.made_by = _made_by(proposal)
            self.warnings = [f"Line {item.line}: {item.message}" for item in proposal.findings]
            self.tests, self.tests_kind = tests_words(proposal.tests), tests_kind(proposal.tests)
            self.old_text, self.new_text, self.hunks = parent.text, proposal.text, hunks
            self.added, self.removed = found.added, found.removed
            if news:
                self.accepted = [hunk.number for hunk in found.hunks]
                self.text, self.errors, self.problem = proposal.text, [], ""
                self.in_editor = True
            await self._to_editor()

    async def _pick(self, owner_id: str) -> None:
        """Work out what would be saved now."""
        async with self:
            old, new, accepted = self.old_text, self.new_text, list(self.accepted)
        text = await asyncio.to_thread(pick, old, new, accepted)
        async with own_tab(self, owner_id):
            if self.accepted == accepted:
                self.text = text
                await self._to_editor()

    async def _to_editor(self) -> None:
        """Let the canvas know which text stands in the editor; called while the tab is held."""
        canvas = await self.get_state(CanvasState)
        shown = self.proposal and self.in_editor
        canvas._propose(self.text if shown else "")  # noqa: SLF001 - underscore: not callable from outside  # pyright: ignore[reportPrivateUsage]

    async def _forget(self) -> None:
        agent_id = self._agent
        self.reset()
        self._agent = agent_id
        await self._to_editor()

    def _waiting(self) -> tuple[str, str, str]:
        """Return the pending change's id, the version that it changes, and what would be saved now."""
        return self.proposal, self._parent_id, self.text


async def discard_merged(state: rx.State, owner_id: str, proposal_id: str) -> None:
    """Take a proposed change off the table whose text was saved another way, from any state of the tab."""
    with suppress(BabbleError):
        await proposals.discard(runtime.current(), owner_id, proposal_id)
    async with own_tab(state, owner_id):
        waiting = await state.get_state(ProposalState)
        if waiting.proposal == proposal_id:
            await waiting._forget()  # noqa: SLF001 - underscore: not callable from outside  # pyright: ignore[reportPrivateUsage]


ENDS = {
    "kept": "The proposed change was kept in another tab.",
    "discarded": "The proposed change was discarded in another tab.",
    "replaced": "The proposed change was replaced by a newer one.",
    "pending": "",
}


def _key(proposal: Proposal) -> tuple[str, str]:
    return proposal.id, proposal.head_id


def _made_by(proposal: Proposal) -> str:
    rounds = "1 round" if proposal.rounds == 1 else f"{proposal.rounds} rounds"
    return f"{proposal.model}, {rounds}" if proposal.model else rounds
