"""Saving edits by hand; where another version was saved meanwhile, the two are brought together."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import reflex as rx

from babble_app.diffs.make import split_kept
from babble_app.errors import BabbleError, ConflictError
from babble_app.services import runtime, versions
from babble_app.states.canvas import MAX_TEXT_CHARS, CanvasState
from babble_app.states.comparisons import HunkView, compare_texts
from babble_app.states.panes import PanesState
from babble_app.states.proposals import ProposalState, discard_merged
from babble_app.states.session import get_user
from babble_app.states.tab import own_tab, owner_of
from babble_app.states.versions import VersionsState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from babble_app.schemas.agents import MergeConflict, Version

CHOICES = ("yours", "theirs", "both", "own")


@dataclass(frozen=True)
class ConflictView:
    """A place that both changed, each in another way."""

    number: int
    line: int
    """The first of its lines in the merged text, from 1."""
    lines: int
    """How many lines of the merged text it takes."""
    base: str
    yours: str
    theirs: str
    choice: str = ""
    """`yours`, `theirs`, `both`, `own`; empty while nothing is chosen."""
    text: str = ""
    """What shall stand there."""


class MergeState(rx.State):
    """Edits by hand on their way to a version, and their merge with a version that came in between."""

    open: bool = False
    saving: bool = False
    problem: str = ""
    head_number: int = 0
    head_text: str = ""
    conflicts: list[ConflictView] = []
    open_count: int = 0
    """Conflicts for which nothing was chosen yet."""
    text: str = ""
    """The merged text as far as it is chosen."""
    hunks: list[HunkView] = []
    added: int = 0
    removed: int = 0
    _agent: str = ""
    _head_id: str = ""
    _proposal: str = ""
    """The proposed change that is merged, rather than edits by hand."""
    _marked: str = ""
    """The merged text with each conflict between markers."""

    @rx.event(background=True)
    async def save(self, text: str, doc_key: str) -> AsyncGenerator[object, None]:
        """Save what the editor holds (Ctrl/Cmd+S)."""
        async with self:
            await owner_of(self)
            canvas = await self.get_state(CanvasState)
            if doc_key == canvas.doc_key and len(text) <= MAX_TEXT_CHARS:
                canvas._take(text)  # noqa: SLF001 - underscore: not callable from outside  # pyright: ignore[reportPrivateUsage]
        yield MergeState.save_draft()

    @rx.event(background=True)
    async def save_draft(self) -> AsyncGenerator[object, None]:
        """Make a version of the edits; a version that came in between is merged with them first."""
        async with self:
            owner_id = await owner_of(self)
            canvas = await self.get_state(CanvasState)
            agent_id, parent_id, dirty = canvas.agent, canvas.version_id, canvas.dirty
            text, _ = canvas._edits()  # noqa: SLF001 - underscore: not callable from outside  # pyright: ignore[reportPrivateUsage]
        if dirty and await self._add_version(owner_id, agent_id, parent_id, text):
            yield VersionsState.open_agent(agent_id)
            yield ProposalState.open_agent(agent_id)
        elif self.open:
            yield PanesState.show_decision()

    @rx.event(background=True)
    async def merge_proposal(self) -> AsyncGenerator[object, None]:
        """Bring the accepted changes of a proposal together with the version that came in between."""
        async with self:
            owner_id = await owner_of(self)
            agent_id = (await self.get_state(CanvasState)).agent
            waiting = (await self.get_state(ProposalState))._waiting()  # noqa: SLF001 - underscore: not callable from outside  # pyright: ignore[reportPrivateUsage]
            self._proposal, parent_id, text = waiting
            if not self._proposal:
                return
        await self._merge(owner_id, agent_id, parent_id, text)
        yield PanesState.show_decision()

    @rx.event(background=True)
    async def choose(self, number: int, choice: str) -> None:
        """Settle a conflict with one of its sides, with both, or with words of one's own."""
        async with self:
            owner_id = await owner_of(self)
            self._settle(number, choice if choice in CHOICES else "")
        await self._compare(owner_id)

    @rx.event(background=True)
    async def write(self, number: int, text: str) -> None:
        """Settle a conflict with words of one's own."""
        async with self:
            owner_id = await owner_of(self)
            self._settle(number, "own", text[:MAX_TEXT_CHARS])
        await self._compare(owner_id)

    @rx.event(background=True)
    async def save_merged(self) -> AsyncGenerator[object, None]:
        """Make a version of the merged text."""
        async with self:
            owner_id = await owner_of(self)
            agent_id, head_id, text = self._agent, self._head_id, self.text
            ready, proposal_id = self.open and not self.open_count, self._proposal
        if ready and await self._add_version(owner_id, agent_id, head_id, text):
            if proposal_id:
                await discard_merged(self, owner_id, proposal_id)
            yield VersionsState.open_agent(agent_id)
            yield ProposalState.open_agent(agent_id)
            yield PanesState.pick_tab("code")

    @rx.event(background=True)
    async def edit_merged(self) -> AsyncGenerator[object, None]:
        """Put the merged text into the editor, as an unsaved edit of the newest version."""
        async with self:
            owner_id, head_id, text = await owner_of(self), self._head_id, self.text
            if not self.open:
                return
        head = await versions.get_version(runtime.current(), owner_id, head_id)
        async with own_tab(self, owner_id):
            canvas = await self.get_state(CanvasState)
            canvas._rebase(head, text)  # noqa: SLF001 - underscore: not callable from outside  # pyright: ignore[reportPrivateUsage]
            self.reset()
        yield PanesState.pick_tab("code")

    @rx.event
    def leave_merge(self) -> object:
        """Go back to the edits as they were; nothing is saved and nothing is lost."""
        self.reset()
        return PanesState.pick_tab("code")

    @rx.event
    def dismiss_problem(self) -> None:
        """Take the notice away."""
        self.problem = ""

    async def _add_version(self, owner_id: str, agent_id: str, parent_id: str, text: str) -> bool:
        """Save the text as a child of `parent_id`; else show why not, or what it must be merged with."""
        async with own_tab(self, owner_id):
            if self.saving:
                return False
            self.saving, self.problem = True, ""
            author = (await get_user(self)).name
        rt = runtime.current()
        try:
            version = await versions.add_version(
                rt, owner_id, agent_id, text=text, parent_id=parent_id, kind="manual", author=author
            )
            await self._show_saved(owner_id, version, text)
        except ConflictError:
            await self._merge(owner_id, agent_id, parent_id, text)
            return False
        except BabbleError as error:
            async with own_tab(self, owner_id):
                self.problem = str(error)
            return False
        finally:
            async with own_tab(self, owner_id):
                self.saving = False
        return True

    async def _show_saved(self, owner_id: str, version: Version, text: str) -> None:
        async with own_tab(self, owner_id):
            canvas = await self.get_state(CanvasState)
            if canvas.agent == version.agent_id:
                if self.open:
                    canvas._rebase(version, text)  # noqa: SLF001 - underscore: not callable from outside  # pyright: ignore[reportPrivateUsage]
                else:
                    canvas._settle(version)  # noqa: SLF001 - see above  # pyright: ignore[reportPrivateUsage]
            self.reset()

    async def _merge(self, owner_id: str, agent_id: str, base_id: str, text: str) -> None:
        """Show the text merged with the newest version."""
        rt = runtime.current()
        try:
            merged = await versions.merge(rt, owner_id, agent_id, base_id=base_id, text=text)
            head = await versions.get_version(rt, owner_id, merged.head_id)
        except BabbleError as error:
            async with own_tab(self, owner_id):
                self.problem = str(error)
            return
        async with own_tab(self, owner_id):
            self.open, self._agent, self._head_id = True, agent_id, merged.head_id
            self.head_number, self.head_text = head.number, head.text
            self._marked, self.conflicts = merged.text, _views(merged.conflicts)
            self._resolve()
        await self._compare(owner_id)

    def _settle(self, number: int, choice: str, text: str = "") -> None:
        self.conflicts = [
            replace(one, choice=choice, text=_chosen_text(one, choice, text))
            if one.number == number
            else one
            for one in self.conflicts
        ]
        self._resolve()

    def _resolve(self) -> None:
        """Put what was chosen in the places of the conflicts."""
        self.open_count = sum(not one.choice for one in self.conflicts)
        lines = split_kept(self._marked)
        for one in reversed(self.conflicts):
            if one.choice:
                lines[one.line - 1 : one.line - 1 + one.lines] = [one.text]
        self.text = "".join(lines)

    async def _compare(self, owner_id: str) -> None:
        """Show what the merged text changes in the newest version, once every conflict is settled."""
        async with self:
            old, new, ready = self.head_text, self.text, self.open and not self.open_count
        found = await compare_texts(old, new if ready else old)
        async with own_tab(self, owner_id):
            if self.text == new:
                self.hunks, self.added, self.removed = found.hunks, found.added, found.removed


def _views(conflicts: Iterable[MergeConflict]) -> list[ConflictView]:
    return [
        ConflictView(at, one.line, one.lines, one.base, one.yours, one.theirs)
        for at, one in enumerate(conflicts, 1)
    ]


def _chosen_text(conflict: ConflictView, choice: str, own: str) -> str:
    match choice:
        case "yours":
            return conflict.yours
        case "theirs":
            return conflict.theirs
        case "both":
            return conflict.theirs + conflict.yours
        case "own":
            written = own or conflict.text or conflict.yours
            return written if written.endswith("\n") or not written else written + "\n"
        case _:
            return ""
