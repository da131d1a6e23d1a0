"""The canvas: the version in the editor, edits by hand, and saving them as a version."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any

import reflex as rx

from babble_app.errors import NotFoundError
from babble_app.services import (
    agents,
    checks,
    runtime,
    versions,
)
from babble_app.states.panes import PanesState
from babble_app.states.tab import own_tab, owner_of
from babble_app.states.versions import VersionsState

if TYPE_CHECKING:
    from babble_app.schemas.agents import Version

MAX_TEXT_CHARS = 200_000
Unsaved = tuple[str, int, str, str]
"""Edits: the version they were made of, its number, its text, and the edited text."""


class CanvasState(rx.State):
    """One agent's program: what the editor was given, and whether it was edited since."""

    agent: str = ""
    agent_name: str = ""
    version_id: str = ""
    """The version in the editor; edits are based on it."""
    number: int = 0
    text: str = ""
    """What the editor begins with; edits stay in the editor and in `_draft`, so that nothing is echoed."""
    doc_key: str = ""
    text_key: str = ""
    """Names the text on screen, whichever version or edit it is."""
    dirty: bool = False
    findings: list[dict[str, Any]] = []
    error_count: int = 0
    problem: str = ""
    newer: int = 0
    """Number of a version that was saved while there were unsaved edits; 0 for none."""
    saving: bool = False
    _draft: str = ""
    """What the editor holds, as far as it was told."""
    _base: str = ""
    """The text of the version that the edits are based on."""
    dropped: bool = False
    """Whether edits were given up just now, and can be taken back."""
    _dropped: Unsaved = ("", 0, "", "")
    _left: dict[str, Unsaved] = {}
    """Unsaved edits of agents that were left."""
    _proposed: str = ""
    """The text of the change that waits for the person's word, while that is what the editor shows."""
    _seed: int = 0

    @rx.event(background=True)
    async def open_agent(self, agent_id: str) -> AsyncGenerator[object, None]:
        """Show the agent's head; unsaved edits of the same agent stay, as after a reload."""
        async with self:
            owner_id = await owner_of(self)
            if self.agent != agent_id:
                self._leave()
            elif self.dirty:
                self._show_text(self._draft)
        if agent_id:
            await self._show_head(owner_id, agent_id)
            yield VersionsState.open_agent(agent_id)

    @rx.event(background=True)
    async def take_new_version(
        self, agent_id: str, version_id: str
    ) -> AsyncGenerator[object, None]:
        """A run saved a version: show it, unless that would push unsaved edits away."""
        async with self:
            owner_id = await owner_of(self)
            kept = self.dirty and self.agent == agent_id
        if kept:
            version = await versions.get_version(runtime.current(), owner_id, version_id)
            async with own_tab(self, owner_id):
                self.newer = version.number
        else:
            await self._show_head(owner_id, agent_id)
        yield VersionsState.open_agent(agent_id)

    @rx.event
    def edit(self, text: str, doc_key: str) -> Any:
        """Note what was typed; a late edit of another document is none of this one."""
        if doc_key != self.doc_key or len(text) > MAX_TEXT_CHARS:
            return None
        self._take(text)
        self.dropped = False
        return CanvasState.check()

    @rx.event(background=True, supersedes=True)
    async def check(self) -> None:
        """Underline what is wrong with the text as it is now."""
        async with self:
            owner_id = await owner_of(self)
            text = self._draft
        result = await checks.check(text)
        async with own_tab(self, owner_id):
            if self._draft == text:
                self._mark([finding.model_dump() for finding in result.findings])

    @rx.event(background=True)
    async def discard(self) -> None:
        """Give the edits up and show the head."""
        async with self:
            owner_id = await owner_of(self)
            agent_id = self.agent
            if self.dirty:
                self._dropped, self.dropped = self._unsaved(), True
            self.dirty, self.version_id = False, ""
        await self._show_head(owner_id, agent_id)

    @rx.event
    def take_edits_back(self) -> None:
        """Put the edits that were given up into the editor again."""
        if self.dropped and not self.dirty:
            self._show_unsaved(self._dropped)
            self.dropped = False

    @rx.event
    def dismiss_dropped(self) -> None:
        """Take the offer away."""
        self.dropped = False

    @rx.event(background=True)
    async def show_version(self, version_id: str) -> AsyncGenerator[object, None]:
        """Open any version in the editor; unsaved edits are not pushed away."""
        async with self:
            owner_id = await owner_of(self)
            if self.dirty:
                self.problem = (
                    "Save or discard your edits first: another version would replace them."
                )
                return
        version = await versions.get_version(runtime.current(), owner_id, version_id)
        async with own_tab(self, owner_id):
            self._show(version)
        yield PanesState.pick_tab("code")

    @rx.event
    def dismiss_problem(self) -> None:
        """Take the notice away."""
        self.problem = ""

    @rx.event
    def download(self) -> Any:
        """Hand the text on screen out as a file."""
        name = f"{self.agent_name or 'agent'}.based".replace("/", "-")
        return rx.download(data=self._program()[0], filename=name)  # pyright: ignore[reportUnknownMemberType] - Var[Unknown]

    def _program(self) -> tuple[str, str | None]:
        """Return the text on screen, and the version it is, if it is one."""
        if self._proposed and not self.dirty:
            return self._proposed, None
        return self._draft, None if self.dirty else self.version_id

    def _edits(self) -> tuple[str, str]:
        """Return the text that is edited, and what it was before."""
        return self._draft, self._base

    def _propose(self, text: str) -> None:
        """Note the proposed text that stands in the editor's place; empty when there is none."""
        self._proposed = text
        self._name_text()

    def _rebase(self, version: Version, text: str) -> None:
        """Put a text into the editor as an edit of the version."""
        self._settle(version)
        self._show_text(text)

    async def _show_head(self, owner_id: str, agent_id: str) -> None:
        rt = runtime.current()
        try:
            agent = await agents.get_agent(rt, owner_id, agent_id)
            head = await versions.get_version(rt, owner_id, agent.head_version_id)
        except NotFoundError:
            return
        async with own_tab(self, owner_id):
            self.agent, self.agent_name = agent.id, agent.name
            if not self.dirty:
                self._show(head)

    def _leave(self) -> None:
        """Put unsaved edits aside before another agent is shown."""
        left = dict(self._left)
        if self.dirty:
            left[self.agent] = self._unsaved()
        self.reset()
        self._left = left

    def _show(self, version: Version) -> None:
        """Put a version into the editor, if it is not what stands there."""
        if version.id != self.version_id or self.dirty:
            self._settle(version)
            self._show_text(version.text)
        if left := self._left.pop(version.agent_id, None):
            self._show_unsaved(left)

    def _unsaved(self) -> Unsaved:
        return self.version_id, self.number, self._base, self._draft

    def _show_unsaved(self, unsaved: Unsaved) -> None:
        self.version_id, self.number, self._base, draft = unsaved
        self.dirty = True
        self._show_text(draft)

    def _settle(self, version: Version) -> None:
        """Note that the version holds what was edited; what was typed since is an edit of it."""
        self.version_id, self.number, self._base = version.id, version.number, version.text
        self.problem, self.newer = "", 0
        self._mark([finding.model_dump() for finding in version.findings])
        self._take(self._draft)
        if not self.dirty:
            self.text = version.text

    def _take(self, text: str) -> None:
        self._draft, self.dirty = text, text != self._base
        self._name_text()

    def _name_text(self) -> None:
        program, _ = self._program()
        self.text_key = hashlib.sha256(program.encode("utf-8", "replace")).hexdigest()

    def _show_text(self, text: str) -> None:
        self._seed += 1
        self.text = text
        self.doc_key = f"{self.version_id}/{self._seed}"
        self._take(text)

    def _mark(self, findings: list[dict[str, Any]]) -> None:
        self.findings = findings
        self.error_count = sum(item["severity"] == "error" for item in findings)
